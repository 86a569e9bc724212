package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.delivery.DeadLetters.Filter;
import io.pinferry.delivery.DeadLetters.Page;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every promise of {@link DeadLetters}. Each test meets an empty store. */
public abstract class DeadLettersContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456Z");
  private static final Instant NOON_IN_MILLIS = Instant.parse("2026-03-01T12:00:00.123Z");
  private static final ProjectId SHOP = new ProjectId("project-1");
  private static final Filter ALL = new Filter(null, null, Set.of());

  /** Returns the store under test, the same during one test. */
  protected abstract DeadLetters letters();

  /** Returns where it parks messages. */
  protected abstract ParkedMessages parked();

  /** Returns the store of their timers. */
  protected abstract TimerStore timers();

  private static DeliveryMessage message(
      ProjectId project, String id, String destination, String operation) {
    return new DeliveryMessage(
        id,
        project,
        new DeliveryMessage.Records(
            new IntegrationId("integration-1"),
            new InstallationId("installation-1"),
            "pins",
            new DeliveryMessage.Receipt(operation, "partition-1", "1.0.abc")),
        destination,
        "{\"a\":7}".getBytes(UTF_8),
        8,
        null,
        false);
  }

  private static DeliveryMessage message(String id, String destination, String operation) {
    return message(SHOP, id, destination, operation);
  }

  private List<String> ids(Filter filter) {
    return letters().list(SHOP, filter, 100, null).letters().stream()
        .map(DeadLetter::messageId)
        .toList();
  }

  private List<Timer> due(Instant now) {
    return IntStream.range(0, Timer.SHARD_COUNT)
        .mapToObj(shard -> timers().due(shard, now, 10))
        .flatMap(List::stream)
        .toList();
  }

  @Test
  void whatIsKeptIsListedWithWhyAndWhen() {
    DeliveryMessage message = message("msg_1", "hook", "operation-1");
    letters().keep(message, "the destination answered 500", NOON);

    assertThat(letters().list(SHOP, ALL, 1, null))
        .isEqualTo(
            new Page(
                List.of(
                    new DeadLetter(
                        "msg_1",
                        SHOP,
                        message.content(),
                        "hook",
                        "the destination answered 500",
                        NOON_IN_MILLIS)),
                null));
  }

  @Test
  void aNotificationIsKeptLikeRecords() {
    var content = new DeliveryMessage.Notice(NotificationType.READ_TRIGGERED_DONE, null);
    letters()
        .keep(
            new DeliveryMessage("msg_1", SHOP, content, "hook", "{}".getBytes(UTF_8)), "why", NOON);

    assertThat(letters().list(SHOP, ALL, 1, null).letters())
        .extracting(DeadLetter::content)
        .containsExactly(content);
    assertThat(ids(new Filter(null, "operation-1", Set.of()))).isEmpty();
  }

  @Test
  void keptAgainItIsThereOnce() {
    letters().keep(message("msg_1", "hook", "operation-1"), "first", NOON);
    letters().keep(message("msg_1", "hook", "operation-1"), "second", NOON.plusSeconds(1));

    assertThat(letters().list(SHOP, ALL, 10, null).letters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.reason()).isEqualTo("second");
              assertThat(letter.at()).isEqualTo(NOON_IN_MILLIS.plusSeconds(1));
            });
  }

  @Test
  void someAreChosenByDestinationOperationAndId() {
    letters().keep(message("msg_1", "hook", "operation-1"), "why", NOON);
    letters().keep(message("msg_2", "hook", "operation-2"), "why", NOON);
    letters().keep(message("msg_3", "hook2", "operation-1"), "why", NOON);
    letters().keep(message(new ProjectId("project-2"), "msg_4", "hook", "o"), "why", NOON);

    assertThat(ids(ALL)).containsExactly("msg_1", "msg_2", "msg_3");
    assertThat(ids(new Filter("hook", null, Set.of()))).containsExactly("msg_1", "msg_2");
    assertThat(ids(new Filter(null, "operation-1", Set.of()))).containsExactly("msg_1", "msg_3");
    assertThat(ids(new Filter("hook", "operation-1", Set.of()))).containsExactly("msg_1");
    assertThat(ids(new Filter(null, null, Set.of("msg_2", "msg_3", "msg_4"))))
        .containsExactly("msg_2", "msg_3");
    assertThat(ids(new Filter("other", null, Set.of()))).isEmpty();
  }

  @Test
  void pagesHoldEachOnce() {
    for (int i = 0; i < 7; i++) {
      String operation = i % 2 == 0 ? "operation-1" : "operation-2";
      letters().keep(message("msg_" + i, "hook", operation), "why", NOON);
    }
    var filter = new Filter("hook", "operation-1", Set.of());
    List<String> listed = new ArrayList<>();
    int pages = 0;
    @Nullable String token = null;
    do {
      Page page = letters().list(SHOP, filter, 2, token);
      assertThat(page.letters()).hasSizeLessThanOrEqualTo(2);
      page.letters().forEach(letter -> listed.add(letter.messageId()));
      token = page.nextPageToken();
      pages++;
    } while (token != null && pages < 10);

    assertThat(listed).containsExactly("msg_0", "msg_2", "msg_4", "msg_6");
    assertThat(pages).isGreaterThanOrEqualTo(2);
    assertThatThrownBy(() -> letters().list(SHOP, filter, 2, "bWFkZSB1cA"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> letters().list(SHOP, filter, 2, "%"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void parkingMakesItAParkedMessageWithoutAttemptsOnce() {
    letters().keep(message("msg_1", "hook", "operation-1"), "why", NOON);
    letters().keep(message("msg_2", "hook", "operation-1"), "why", NOON);
    DeadLetter letter = letters().list(SHOP, ALL, 1, null).letters().getFirst();
    Instant later = NOON.plusSeconds(60);

    assertThat(letters().park(letter, later)).isTrue();
    assertThat(letters().park(letter, later.plusSeconds(1))).isFalse();

    assertThat(ids(ALL)).containsExactly("msg_2");
    assertThat(parked().find("msg_1", later).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(message("msg_1", "hook", "operation-1").sentAgain(later));
    assertThat(due(later))
        .containsExactly(
            ParkedRelease.timerFor(message("msg_1", "hook", "operation-1").after(0), later));
  }

  @Test
  void aRemovedDeadLetterIsGone() {
    letters().keep(message("msg_1", "hook", "operation-1"), "first", NOON);
    letters().keep(message("msg_2", "hook", "operation-1"), "first", NOON);
    DeadLetter letter = letters().list(SHOP, ALL, 1, null).letters().getFirst();

    assertThat(letters().remove(letter)).isTrue();
    assertThat(letters().remove(letter)).isFalse();

    assertThat(ids(ALL)).containsExactly("msg_2");
    assertThat(letters().park(letter, NOON)).isFalse();
  }

  @Test
  void whatDiesAgainIsThereAgain() {
    letters().keep(message("msg_1", "hook", "operation-1"), "first", NOON);
    letters().park(letters().list(SHOP, ALL, 1, null).letters().getFirst(), NOON);
    letters().keep(message("msg_1", "hook", "operation-1"), "second", NOON);

    DeadLetter again = letters().list(SHOP, ALL, 1, null).letters().getFirst();
    assertThat(again.reason()).isEqualTo("second");
    assertThat(letters().park(again, NOON)).isTrue();
  }
}
