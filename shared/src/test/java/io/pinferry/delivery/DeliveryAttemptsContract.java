package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.delivery.DeliveryAttempt.Outcome;
import io.pinferry.delivery.DeliveryAttempts.Filter;
import io.pinferry.delivery.DeliveryAttempts.Page;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.ReadType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every promise of {@link DeliveryAttempts}. Each test meets an empty store. */
public abstract class DeliveryAttemptsContract {
  protected static final Instant NOON = OperationFixtures.NOON;
  private static final ProjectId PROJECT = OperationFixtures.ORIGIN.project();
  private static final OperationId READ = new OperationId("0b5e1f6a-0000-4000-8000-000000000001");
  private static final OperationId OTHER_READ =
      new OperationId("0b5e1f6a-0000-4000-8000-000000000002");
  private static final Duration KEPT = Duration.ofDays(30);
  private static final Filter ALL = new Filter(null, null, Set.of(), null, TimeRange.ALL);

  /** Returns the store under test, the same during one test. */
  protected abstract DeliveryAttempts attempts();

  /** Returns the operations whose logs have the attempts, too. */
  protected abstract OperationStore operations();

  @BeforeEach
  void startReads() {
    for (OperationId id : List.of(READ, OTHER_READ)) {
      operations()
          .commit(
              new OperationTransaction(
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(
                      new OperationTransaction.Start(
                          OperationFixtures.operation(
                              id, NOON, OperationFixtures.read("pins", ReadType.TRIGGERED)),
                          List.of()))));
    }
  }

  private static DeliveryAttempt attempt(String message, int number, Instant at, Outcome outcome) {
    return attempt(message, READ, "hook", number, at, outcome);
  }

  private static DeliveryAttempt attempt(
      String message,
      OperationId operation,
      String destination,
      int number,
      Instant at,
      Outcome outcome) {
    return new DeliveryAttempt(
        message,
        PROJECT,
        new DeliveryMessage.Records(
            new IntegrationId("integration-1"),
            OperationFixtures.INSTALLATION,
            "pins",
            new DeliveryMessage.Receipt(operation.value(), "partition-1", "3.1.abc")),
        destination,
        null,
        number,
        at,
        outcome,
        true,
        outcome.isSuccess() ? null : "the destination answered 500",
        new DeliveryAttempt.Answer(outcome.isSuccess() ? 204 : 500, 37, "no \u0000 \"é\""),
        outcome == Outcome.FAILED ? at.plusSeconds(5) : null);
  }

  private static DeliveryAttempt ofNotice(
      String message, DeliveryMessage.@Nullable InstallationKey installation) {
    return new DeliveryAttempt(
        message,
        PROJECT,
        new DeliveryMessage.Notice(NotificationType.CONNECTION_DELETED, installation),
        "hook",
        NOON,
        1,
        NOON,
        Outcome.FAILED,
        true,
        "the destination answered 500",
        null,
        NOON.plusSeconds(5));
  }

  private List<String> ids(Filter filter) {
    return inPages(filter, 100);
  }

  private List<DeliveryAttempt> all() {
    return pages(ALL, 100).stream().flatMap(page -> page.attempts().stream()).toList();
  }

  private void keep(DeliveryAttempt... kept) {
    for (DeliveryAttempt attempt : kept) {
      attempts().keep(attempt, null, attempt.at().plus(KEPT));
    }
  }

  @Test
  void anAttemptIsListedAsItWasKept() {
    DeliveryAttempt attempt = attempt("msg_1", 2, NOON.plusNanos(1_234_567), Outcome.FAILED);
    DeliveryAttempt notice =
        ofNotice(
            "msg_2",
            new DeliveryMessage.InstallationKey(
                new IntegrationId("integration-1"), OperationFixtures.INSTALLATION));
    keep(attempt, notice);

    assertThat(attempts().list(PROJECT, ALL, 10, null))
        .isEqualTo(new Page(List.of(attempt, notice), null));
    assertThat(attempt.at()).isEqualTo(NOON.plusMillis(1));
    assertThat(attempts().list(new ProjectId("project-2"), ALL, 10, null))
        .isEqualTo(new Page(List.of(), null));
  }

  @Test
  void anAttemptIsALineOfTheLogOfItsOperationOnce() {
    DeliveryAttempt attempt = attempt("msg_1", 2, NOON, Outcome.FAILED);
    keep(attempt, attempt);
    keep(attempt("msg_1", 2, NOON.plusSeconds(1), Outcome.FAILED));

    assertThat(operations().logOf(READ, 10)).containsExactly(LogLine.of(attempt));
    assertThat(operations().logOf(READ, 10).getFirst().message())
        .isEqualTo(
            "message 2 of page 3: attempt 2 at hook: the destination answered 500; next attempt at"
                + " 2026-03-01T12:00:05Z");
    assertThat(all()).containsExactly(attempt);
  }

  @Test
  void attemptsGoWithTheirOperationAndDoNotComeBack() {
    keep(attempt("msg_1", 1, NOON, Outcome.FAILED));
    operations().remove(READ);
    keep(attempt("msg_1", 2, NOON.plusSeconds(5), Outcome.FAILED));

    assertThat(ids(ALL)).isEmpty();
    assertThat(ids(new Filter(null, READ.value(), Set.of(), null, TimeRange.ALL))).isEmpty();
    assertThat(operations().logOf(READ, 10)).isEmpty();
  }

  @Test
  void attemptsOfNoOperationGoWithTheirInstallation() {
    IntegrationId integration = new IntegrationId("integration-1");
    var other = new InstallationId("installation-2");
    keep(
        ofNotice(
            "msg_1",
            new DeliveryMessage.InstallationKey(integration, OperationFixtures.INSTALLATION)),
        ofNotice("msg_2", new DeliveryMessage.InstallationKey(integration, other)),
        ofNotice("msg_3", null),
        attempt("msg_4", 1, NOON, Outcome.FAILED));

    attempts().remove(OperationFixtures.INSTALLATION);
    attempts().remove(OperationFixtures.INSTALLATION);

    assertThat(all())
        .extracting(DeliveryAttempt::messageId)
        .containsExactlyInAnyOrder("msg_2", "msg_3", "msg_4");
  }

  @Test
  void eachConditionOfAFilterHolds() {
    keep(
        attempt("msg_1", READ, "hook", 1, NOON, Outcome.FAILED),
        attempt("msg_1", READ, "hook", 2, NOON.plusSeconds(10), Outcome.ACCEPTED),
        attempt("msg_2", READ, "other", 8, NOON.plusSeconds(20), Outcome.GIVEN_UP),
        attempt("msg_3", OTHER_READ, "hook", 1, NOON.plusSeconds(30), Outcome.DROPPED));
    String first = "attempt-1-msg_1";
    String accepted = "accepted-msg_1";
    String givenUp = "given_up-msg_2";
    String dropped = "dropped-msg_3";

    assertThat(ids(ALL)).containsExactly(dropped, givenUp, accepted, first);
    assertThat(ids(new Filter("hook", null, Set.of(), null, new TimeRange(null, null))))
        .containsExactly(dropped, accepted, first);
    assertThat(ids(new Filter(null, null, Set.of("msg_1"), null, TimeRange.ALL)))
        .containsExactly(accepted, first);
    assertThat(ids(new Filter(null, null, Set.of(), true, new TimeRange(null, null))))
        .containsExactly(accepted);
    assertThat(ids(new Filter(null, null, Set.of(), false, new TimeRange(null, null))))
        .containsExactly(dropped, givenUp, first);
    Instant ten = NOON.plusSeconds(10);
    assertThat(ids(new Filter(null, null, Set.of(), null, new TimeRange(ten, null))))
        .containsExactly(dropped, givenUp, accepted);
    assertThat(ids(new Filter(null, null, Set.of(), null, new TimeRange(null, ten))))
        .containsExactly(first);
    assertThat(ids(new Filter(null, null, Set.of(), null, new TimeRange(NOON, ten))))
        .containsExactly(first);
    assertThat(ids(new Filter(null, null, Set.of(), null, new TimeRange(ten, NOON)))).isEmpty();
    assertThat(ids(new Filter(null, null, Set.of(), null, new TimeRange(Instant.MIN, Instant.MAX))))
        .hasSize(4);

    UnaryOperator<Filter> ofRead =
        with ->
            new Filter(
                with.destination(), READ.value(), with.messages(), with.success(), with.period());
    assertThat(ids(ofRead.apply(ALL))).containsExactly(givenUp, accepted, first);
    assertThat(
            ids(
                ofRead.apply(
                    new Filter("hook", null, Set.of("msg_1"), false, new TimeRange(NOON, ten)))))
        .containsExactly(first);
    assertThat(attempts().list(new ProjectId("project-2"), ofRead.apply(ALL), 10, null).attempts())
        .as("of another project")
        .isEmpty();
  }

  @Test
  void everyAttemptIsOnOnePage() {
    List<DeliveryAttempt> all =
        IntStream.range(0, 23)
            .mapToObj(
                i ->
                    attempt(
                        "msg_" + i,
                        i % 3 == 0 ? OTHER_READ : READ,
                        "hook",
                        1,
                        // Several have the same time.
                        NOON.plusMillis(i / 4),
                        i % 2 == 0 ? Outcome.FAILED : Outcome.DROPPED))
            .toList();
    all.forEach(this::keep);

    for (int limit : List.of(1, 4, 5, 22, 23, 24)) {
      assertThat(inPages(ALL, limit)).as("pages of " + limit).containsExactlyElementsOf(ids(ALL));
    }
    Filter ofRead = new Filter(null, OTHER_READ.value(), Set.of(), null, TimeRange.ALL);
    assertThat(inPages(ofRead, 3)).hasSize(8).containsExactlyElementsOf(ids(ofRead));
    Filter ofMessage = new Filter(null, null, Set.of("msg_0"), null, TimeRange.ALL);
    assertThat(inPages(ofMessage, 1)).containsExactly("attempt-1-msg_0");
    assertThat(ids(ALL)).hasSize(23);
  }

  private List<String> inPages(Filter filter, int limit) {
    return pages(filter, limit).stream()
        .flatMap(page -> page.attempts().stream())
        .map(DeliveryAttempt::id)
        .toList();
  }

  private List<Page> pages(Filter filter, int limit) {
    List<Page> pages = new ArrayList<>();
    String token = null;
    do {
      Page page = attempts().list(PROJECT, filter, limit, token);
      assertThat(page.attempts()).hasSizeLessThanOrEqualTo(limit);
      pages.add(page);
      token = page.nextPageToken();
    } while (token != null);
    return pages;
  }

  @Test
  void nothingElseIsAPageToken() {
    for (String token : List.of("", "%", "YQ", "MTIzNDU2Nzg5MDEyMzQ1")) {
      assertThatThrownBy(() -> attempts().list(PROJECT, ALL, 1, token))
          .as(token)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> attempts().list(PROJECT, ALL, 0, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static DeliveryMessage message(DeliveryAttempt attempt) {
    return new DeliveryMessage(
        attempt.messageId(),
        attempt.project(),
        attempt.content(),
        attempt.destination(),
        "{\"é\":1}".getBytes(UTF_8),
        3,
        null,
        false);
  }

  @Test
  void theMessageOfAnAttemptIsKeptOnceWithoutItsAttempts() {
    DeliveryAttempt usual = attempt("msg_1", 1, NOON, Outcome.ACCEPTED);
    DeliveryAttempt late = attempt("msg_2", 3, NOON.plusSeconds(1), Outcome.ACCEPTED);
    DeliveryAttempt notice = ofNotice("msg_3", null);
    for (DeliveryAttempt attempt : List.of(usual, late, notice)) {
      for (int repeat = 0; repeat < 2; repeat++) {
        attempts().keep(attempt, message(attempt), NOON.plus(KEPT));
      }
      assertThat(attempts().message(attempt))
          .hasValueSatisfying(
              kept -> {
                assertThat(kept.body()).isEqualTo(message(attempt).body());
                assertThat(kept.id()).isEqualTo(attempt.messageId());
                assertThat(kept.content()).isEqualTo(attempt.content());
                assertThat(kept.attempts()).isZero();
              });
    }
    DeliveryAttempt without = attempt("msg_4", 1, NOON, Outcome.ACCEPTED);
    keep(without);

    assertThat(attempts().message(without)).isEmpty();
    assertThat(all()).containsExactlyInAnyOrder(usual, late, notice, without);
    assertThat(operations().logOf(READ, 10))
        .as("what is usual is no line")
        .containsExactly(LogLine.of(late));
    operations().remove(READ);
    assertThat(attempts().message(usual)).isEmpty();
    assertThat(attempts().message(late)).isEmpty();
    assertThat(all()).containsExactly(notice);
  }
}
