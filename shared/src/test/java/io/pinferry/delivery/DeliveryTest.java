package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.CircuitBreakers;
import io.pinferry.base.Json;
import io.pinferry.base.JsonLines;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.delivery.Delivery.Attempt;
import io.pinferry.delivery.DeliveryMessage.Receipt;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.timer.InMemoryTimerStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DeliveryTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Receipt RECEIPT = new Receipt("operation-1", "partition-1", "1.0.abc");
  private static final DeliveryTargets.Webhook WEBHOOK =
      new DeliveryTargets.Webhook(
          URI.create("https://example.com/hook?a=1"),
          List.of(new Secret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")),
          Map.of("X-Key", new Secret("header-secret")),
          false);
  private static final DeliveryMessage MESSAGE =
      new DeliveryMessage(
          "msg_1",
          new ProjectId("project-1"),
          new DeliveryMessage.Records(
              new IntegrationId("integration-1"),
              new InstallationId("installation-1"),
              "pins",
              RECEIPT),
          "webhook",
          "{\"a\":1}".getBytes(UTF_8));

  private final ManualClock clock = new ManualClock(NOON);
  private final List<HttpCall> calls = new ArrayList<>();
  private final List<String> reported = new ArrayList<>();
  private final List<DeliveryAttempt> kept = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final InMemoryTimerStore timers = new InMemoryTimerStore();
  private final InMemoryParkedMessages parked = new InMemoryParkedMessages(timers);
  private final CircuitBreakers<String> breakers = Delivery.breakers();
  private @Nullable DestinationTrouble noted;
  private String delays = "PT5S,PT5M";
  private AttemptSettings.Kept keptAttempts = AttemptSettings.Kept.FAILURES;

  /** The target after a call; null if it stays the same. */
  private DeliveryTargets.@Nullable Target afterTheCall;

  private Attempt attempt(DeliveryTargets.Target target, HttpTransport http, int number) {
    return attempt(MESSAGE, target, http, number);
  }

  private Attempt attempt(
      DeliveryMessage message, DeliveryTargets.Target target, HttpTransport http, int number) {
    HttpTransport recording =
        call -> {
          calls.add(call);
          return http.send(call);
        };
    return new Delivery(
            new Delivery.Parts(
                _ -> calls.isEmpty() || afterTheCall == null ? target : afterTheCall,
                recording,
                new RecordingReceipts(),
                new RecordingAttempts(),
                parked,
                new RecordingDeadLetters(),
                new RecordingTroubles(),
                breakers,
                new ResultLinks(URI.create("https://api.example"))),
            RetrySchedule.parse(delays),
            new AttemptSettings(keptAttempts, Duration.ofDays(30)),
            clock,
            JsonLines.log(log::add, clock))
        .attempt(message, number);
  }

  private byte[] posted(int call) {
    return Objects.requireNonNull(calls.get(call).body());
  }

  private final class RecordingDeadLetters implements DeadLetters {
    @Override
    public void keep(DeliveryMessage message, String reason, Instant at) {
      reported.add("dead letter " + message.id() + " " + reason);
    }

    @Override
    public DeadLetters.Page list(
        ProjectId project, DeadLetters.Filter filter, int limit, @Nullable String pageToken) {
      throw new AssertionError("deliveries list nothing");
    }

    @Override
    public boolean park(DeadLetter letter, Instant dueAt) {
      throw new AssertionError("deliveries send nothing again");
    }

    @Override
    public boolean remove(DeadLetter letter) {
      throw new AssertionError("deliveries remove nothing");
    }
  }

  private final class RecordingTroubles implements DestinationTroubles {
    @Override
    public void note(ProjectId project, String destinationName, DestinationTrouble trouble) {
      reported.add("noted " + destinationName + " " + trouble.reason());
      noted = trouble;
    }

    @Override
    public void recovered(ProjectId project, String destinationName) {
      reported.add("recovered " + destinationName);
    }
  }

  private final class RecordingReceipts implements Receipts {
    @Override
    public void delivered(List<Receipt> receipts) {
      reported.add("delivered " + receipts);
    }

    @Override
    public void deliveredLater(Receipt receipt) {
      reported.add("later " + receipt.entry());
    }

    @Override
    public void sentAgain(Receipt receipt, String destination, Instant at) {
      throw new AssertionError("deliveries send nothing again");
    }

    @Override
    public void undeliverable(Receipt receipt, String reason) {
      reported.add("undeliverable " + receipt.entry() + " " + reason);
    }

    @Override
    public void dropped(Receipt receipt, String reason) {
      reported.add("dropped " + receipt.entry() + " " + reason);
    }
  }

  private final class RecordingAttempts implements DeliveryAttempts {
    @Override
    public void keep(DeliveryAttempt attempt, @Nullable DeliveryMessage message, Instant until) {
      kept.add(attempt);
      assertThat(until).isEqualTo(attempt.at().plus(Duration.ofDays(30)));
      reported.add("kept " + attempt.id() + " " + attempt.text());
      if (message != null) {
        reported.add("with its message " + message.id());
      }
    }

    @Override
    public Optional<DeliveryMessage> message(DeliveryAttempt attempt) {
      throw new AssertionError("deliveries replay nothing");
    }

    @Override
    public DeliveryAttempts.Page list(
        ProjectId project, DeliveryAttempts.Filter filter, int limit, @Nullable String pageToken) {
      throw new AssertionError("deliveries list nothing");
    }

    @Override
    public void remove(InstallationId installation) {
      throw new AssertionError("deliveries remove nothing");
    }
  }

  private static HttpTransport answering(int status) {
    return call -> new HttpAnswer(status, Map.of(), "secret answer".getBytes(UTF_8), false);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void everySuccessIsADelivery(int status) {
    assertThat(attempt(WEBHOOK, answering(status), 1)).isEqualTo(new Attempt.Success(RECEIPT));
    assertThat(reported).as("reported by the caller, with others").isEmpty();
  }

  @Test
  void theMessageIsPostedSignedWithTheHeadersOfTheDestination() {
    clock.advance(Duration.ofSeconds(7));

    attempt(WEBHOOK, answering(200), 1);

    HttpCall call = calls.getFirst();
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.uri()).isEqualTo(URI.create("https://example.com/hook?a=1"));
    assertThat(call.body()).isEqualTo(MESSAGE.body());
    assertThat(call.answerBytesMax()).isZero();
    assertThat(call.headers())
        .containsEntry("X-Key", "header-secret")
        .containsEntry("Content-Type", "application/json")
        .containsEntry("webhook-id", "msg_1")
        .containsEntry("svix-id", "msg_1")
        .containsEntry("webhook-timestamp", Long.toString(NOON.plusSeconds(7).getEpochSecond()))
        .containsKey("webhook-signature");
  }

  @Test
  void eachAttemptBringsALinkOfItsOwnToWhatIsTooLarge() throws IOException {
    var large =
        new DeliveryMessage(
            "msg_1",
            new ProjectId("project-1"),
            new DeliveryMessage.Records(
                new IntegrationId("integration-1"),
                new InstallationId("installation-1"),
                "pins",
                RECEIPT,
                true),
            "web hook",
            "{\"a\":1,\"resultInfo\":{\"type\":\"url\",\"numRecords\":1}}".getBytes(UTF_8));

    attempt(large, WEBHOOK, answering(500), 1);
    clock.advance(Duration.ofMinutes(5));
    attempt(large, WEBHOOK, answering(200), 2);

    JsonNode first = Json.parse(posted(0));
    JsonNode second = Json.parse(posted(1));
    assertThat(first.path("a").asInt()).isEqualTo(1);
    assertThat(first.at("/resultInfo/numRecords").asInt()).isEqualTo(1);
    assertThat(first.at("/resultInfo/downloadUrl").asText())
        .matches(
            "https://api\\.example/v1/projects/project-1/integrations/integration-1"
                + "/installations/installation-1/results/msg_1\\?destination=web%20hook&expires="
                + NOON.plusSeconds(900).getEpochSecond()
                + "&signature=[0-9a-f]{64}");
    assertThat(second.at("/resultInfo/downloadUrl").asText())
        .contains("&expires=" + NOON.plusSeconds(1200).getEpochSecond() + "&");
    assertThat(calls.get(1).headers().get("webhook-signature"))
        .isEqualTo(
            WebhookSignature.headers(
                    "msg_1", NOON.plusSeconds(300), posted(1), WEBHOOK.signingKeys())
                .get("webhook-signature"));
    assertThat(log.toString()).doesNotContain("signature=");
  }

  @Test
  void aLinkIsSignedForJustWhatItLeadsTo() {
    Secret key = WEBHOOK.signingKeys().getFirst();
    var linked = new ResultLinks.Link("p", "i", "n", "m", "d", NOON);
    attempt(
        new DeliveryMessage(
            "m",
            new ProjectId("p"),
            new DeliveryMessage.Records(
                new IntegrationId("i"), new InstallationId("n"), "pins", RECEIPT, true),
            "d",
            "{\"resultInfo\":{}}".getBytes(UTF_8)),
        WEBHOOK,
        answering(200),
        1);
    String sent = new String(posted(0), UTF_8);
    String signature = sent.replaceAll(".*signature=([0-9a-f]+).*", "$1");
    Instant until = NOON.plus(ResultLinks.VALID);

    assertThat(
            ResultLinks.isSigned(
                new ResultLinks.Link("p", "i", "n", "m", "d", until), signature, List.of(key)))
        .isTrue();
    assertThat(
            List.of(
                linked,
                new ResultLinks.Link("q", "i", "n", "m", "d", until),
                new ResultLinks.Link("p", "j", "n", "m", "d", until),
                new ResultLinks.Link("p", "i", "o", "m", "d", until),
                new ResultLinks.Link("p", "i", "n", "l", "d", until),
                new ResultLinks.Link("p", "i", "n", "m", "e", until),
                new ResultLinks.Link("p", "i", "n", "m", "d", until.plusSeconds(1))))
        .noneMatch(other -> ResultLinks.isSigned(other, signature, List.of(key)));
    var right = new ResultLinks.Link("p", "i", "n", "m", "d", until);
    assertThat(ResultLinks.isSigned(right, "", List.of(key))).isFalse();
    assertThat(ResultLinks.isSigned(right, signature, List.of())).isFalse();
    assertThat(
            ResultLinks.isSigned(
                right, signature, List.of(new Secret("whsec_" + "QUJD".repeat(8)), key)))
        .as("while a key is being replaced both open")
        .isTrue();
    assertThat(
            ResultLinks.isSigned(
                right, signature, List.of(new Secret("whsec_" + "QUJD".repeat(8)))))
        .isFalse();
  }

  @Test
  void eachAttemptIsSignedAnewUnderTheSameId() {
    attempt(WEBHOOK, answering(500), 1);
    clock.advance(Duration.ofSeconds(5));
    attempt(WEBHOOK, answering(500), 2);

    Map<String, String> first = calls.get(0).headers();
    Map<String, String> second = calls.get(1).headers();
    assertThat(second.get("webhook-id")).isEqualTo(first.get("webhook-id"));
    assertThat(second.get("webhook-timestamp")).isNotEqualTo(first.get("webhook-timestamp"));
    assertThat(second.get("webhook-signature")).isNotEqualTo(first.get("webhook-signature"));
  }

  @ParameterizedTest
  @ValueSource(ints = {199, 301, 302, 307, 400, 401, 404, 429, 500, 503})
  void everythingElseIsTriedAgain(int status) {
    assertThat(attempt(WEBHOOK, answering(status), 2))
        .isEqualTo(new Attempt.Retry(Duration.ofMinutes(5)));
    assertThat(reported)
        .containsExactly(
            "noted webhook the destination answered " + status,
            "kept attempt-2-msg_1 message 1 of page 1: attempt 2 at webhook: the destination"
                + " answered "
                + status
                + "; next attempt at 2026-03-01T12:05:00Z");
  }

  @Test
  void noAnswerIsTriedAgain() {
    HttpTransport silent =
        call -> {
          throw new TransportFailure("timed out", true, new IOException());
        };

    assertThat(attempt(WEBHOOK, silent, 1)).isEqualTo(new Attempt.Retry(Duration.ofSeconds(5)));
    assertThat(reported)
        .hasSize(2)
        .allSatisfy(
            line -> assertThat(line).contains("the destination gave no answer (timed out)"));
  }

  @Test
  void theLastAttemptEndsIt() {
    assertThat(attempt(WEBHOOK, answering(500), 3)).isEqualTo(new Attempt.Removal());
    String reason =
        "attempt 3 at webhook: the destination answered 500, and there is no further attempt";
    assertThat(reported)
        .as("noted and kept for a redrive, before the read forgets it")
        .containsExactly(
            "noted webhook the destination answered 500",
            "noted webhook " + reason,
            "dead letter msg_1 " + reason,
            "kept given_up-msg_1 message 1 of page 1 was not delivered: " + reason,
            "undeliverable 1.0.abc message 1 of page 1 was not delivered: " + reason);
    assertThat(noted).isEqualTo(DestinationTrouble.givenUp(reason, NOON));
  }

  @Test
  void aDestinationThatIsMissingMayComeBack() {
    var missing = new DeliveryTargets.MissingDestination("there is no destination webhook");

    assertThat(attempt(missing, answering(200), 1))
        .isEqualTo(new Attempt.Retry(Duration.ofSeconds(5)));
    assertThat(attempt(missing, answering(200), 3)).isEqualTo(new Attempt.Removal());
    assertThat(calls).isEmpty();
    assertThat(reported).filteredOn(line -> line.startsWith("kept attempt")).hasSize(1);
    assertThat(reported).filteredOn(line -> line.startsWith("undeliverable")).hasSize(1);
  }

  @Test
  void nothingIsSentForAnInstallationThatIsGone() {
    assertThat(attempt(new DeliveryTargets.MissingInstallation(), answering(200), 1))
        .isEqualTo(new Attempt.Removal());
    assertThat(calls).isEmpty();
    assertThat(reported)
        .as("its read does not wait for it")
        .containsExactly(
            "kept dropped-msg_1 message 1 of page 1 was not delivered: the installation is gone",
            "dropped 1.0.abc message 1 of page 1 was not delivered: the installation is gone");
  }

  @Test
  void nothingIsSentOfAPausedObjectAndItsReadSaysSo() {
    assertThat(attempt(new DeliveryTargets.PausedObject(), answering(200), 1))
        .isEqualTo(new Attempt.Removal());
    assertThat(calls).isEmpty();
    assertThat(reported)
        .containsExactly(
            "kept dropped-msg_1 message 1 of page 1 was not delivered: the object is paused",
            "dropped 1.0.abc message 1 of page 1 was not delivered: the object is paused");
  }

  @Test
  void failuresAreLoggedWithoutSecrets() {
    attempt(WEBHOOK, answering(500), 1);

    assertThat(log)
        .singleElement()
        .asString()
        .contains("\"operation\":\"operation-1\"")
        .contains("\"installation\":\"installation-1\"")
        .contains("\"attempt\":1")
        .doesNotContain("header-secret")
        .doesNotContain("whsec_")
        .doesNotContain("secret answer");
  }

  @Test
  void aMessageOfACustomerWhoWasRemovedDuringTheAttemptDoesNotWait() {
    delays = "PT30M";
    afterTheCall = new DeliveryTargets.MissingInstallation();

    assertThat(attempt(WEBHOOK, answering(500), 1)).isEqualTo(new Attempt.Removal());

    assertThat(parked.size()).isZero();
  }

  @Test
  void aMessageOfARemovedCustomerThatAnInterruptedAttemptHasParkedGoes() {
    parked.park(MESSAGE, NOON.plus(Duration.ofMinutes(30)));

    assertThat(attempt(new DeliveryTargets.MissingInstallation(), answering(500), 1))
        .isEqualTo(new Attempt.Removal());

    assertThat(parked.size()).isZero();
  }

  @Test
  void aMessageThatWaitsLongLeavesTheQueueWithItsAttemptsCounted() {
    delays = "PT5S,PT10M,PT30M";

    assertThat(attempt(WEBHOOK, answering(500), 2))
        .isEqualTo(new Attempt.Retry(Duration.ofMinutes(10)));
    assertThat(parked.size()).isZero();

    assertThat(attempt(WEBHOOK, answering(500), 3)).isEqualTo(new Attempt.Removal());
    assertThat(parked.find("msg_1", NOON.plus(Duration.ofMinutes(30))))
        .hasValueSatisfying(message -> assertThat(message.attempts()).isEqualTo(3));
    assertThat(reported).last().asString().endsWith("next attempt at 2026-03-01T12:30:00Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3             | PT5S",
        "120           | PT2M",
        "999999999     | PT12H",
        "86400         | PT12H",
        "Sun, 01 Mar 2026 12:01:00 GMT | PT1M",
        "Sun, 01 Mar 2026 11:00:00 GMT | PT5S",
        "Mon, 09 Mar 2026 12:01:00 GMT | PT12H",
        "-7            | PT5S",
        "soon          | PT5S",
        "99999999999   | PT5S"
      })
  void retryAfterIsObeyedUpToTwelveHoursAndNeverShortensAWait(String header, Duration expected) {
    HttpTransport asking =
        call -> new HttpAnswer(503, Map.of("retry-after", List.of(header)), new byte[0], false);

    Attempt attempt = attempt(WEBHOOK, asking, 1);

    assertThat(reported).last().asString().endsWith("next attempt at " + NOON.plus(expected));
    assertThat(attempt)
        .isEqualTo(
            expected.compareTo(Duration.ofMinutes(10)) > 0
                ? new Attempt.Removal()
                : new Attempt.Retry(expected));
  }

  @Test
  void goneDisablesTheDestinationAtOnce() {
    assertThat(attempt(WEBHOOK, answering(410), 1))
        .isEqualTo(new Attempt.Retry(Duration.ofSeconds(5)));

    assertThat(noted)
        .isEqualTo(
            DestinationTrouble.disabled(
                "the destination answered 410: it wants no more messages", NOON));
    assertThat(reported)
        .containsExactly(
            "noted webhook the destination answered 410: it wants no more messages",
            "kept attempt-1-msg_1 message 1 of page 1: attempt 1 at webhook: the destination"
                + " answered 410; next attempt at 2026-03-01T12:00:05Z");
  }

  @Test
  void theAttemptsOfANotificationAreInTheLogOfItsOperation() {
    var notice =
        new DeliveryMessage(
            "msg_2",
            new ProjectId("project-1"),
            new DeliveryMessage.Notice(NotificationType.READ_TRIGGERED_DONE, null, "operation-1"),
            "webhook",
            "{}".getBytes(UTF_8));

    attempt(notice, WEBHOOK, answering(500), 1);
    attempt(notice, WEBHOOK, answering(200), 2);
    attempt(notice, WEBHOOK, answering(500), 3);
    attempt(notice, new DeliveryTargets.MissingInstallation(), answering(200), 1);
    attempt(notice.sentAgain(NOON), WEBHOOK, answering(200), 1);

    assertThat(kept)
        .extracting(DeliveryAttempt::operation)
        .containsOnly(Optional.of("operation-1"));
    String notification = " notification read.triggered.done";
    assertThat(reported)
        .filteredOn(entry -> entry.startsWith("kept"))
        .containsExactly(
            "kept attempt-1-msg_2"
                + notification
                + ": attempt 1 at webhook: the destination answered 500; next attempt at"
                + " 2026-03-01T12:00:05Z",
            "kept accepted-msg_2" + notification + ": attempt 2 at webhook was accepted",
            "kept given_up-msg_2"
                + notification
                + " was not delivered: attempt 3 at webhook: the destination answered 500, and"
                + " there is no further attempt",
            "kept dropped-msg_2" + notification + " was not delivered: the installation is gone",
            "kept accepted-msg_2-1772366400000"
                + notification
                + ": attempt 1 at webhook was accepted, after it was sent again");
    assertThat(log.getFirst()).contains("\"operation\":\"operation-1\"");
  }

  @Test
  void nobodyWaitsForTheEndOfANotification() {
    var notice =
        new DeliveryMessage(
            "msg_2",
            new ProjectId("project-1"),
            new DeliveryMessage.Notice(NotificationType.READ_TRIGGERED_DONE, null),
            "webhook",
            "{}".getBytes(UTF_8));

    assertThat(attempt(notice, WEBHOOK, answering(200), 1)).isEqualTo(new Attempt.Removal());
    assertThat(attempt(notice, WEBHOOK, answering(500), 1))
        .isEqualTo(new Attempt.Retry(Duration.ofSeconds(5)));
    assertThat(attempt(notice, new DeliveryTargets.MissingInstallation(), answering(200), 1))
        .isEqualTo(new Attempt.Removal());
    assertThat(reported).noneMatch(line -> line.contains("1.0.abc"));
    assertThat(calls).hasSize(2);
    assertThat(calls.getFirst().headers()).containsEntry("webhook-id", "msg_2");
    assertThat(log.getFirst()).contains("\"notification\":\"read.triggered.done\"");
    assertThat(attempt(notice, WEBHOOK, answering(500), 3)).isEqualTo(new Attempt.Removal());
    assertThat(reported).contains("dead letter msg_2 " + kept.getLast().failure());
  }

  @Test
  void aFailingDestinationThatTakesAMessageHasRecovered() {
    var failing = new DeliveryTargets.Webhook(WEBHOOK.url(), WEBHOOK.signingKeys(), Map.of(), true);

    attempt(failing, answering(200), 1);
    attempt(WEBHOOK, answering(200), 1);

    assertThat(reported).containsExactly("recovered webhook");
  }

  @Test
  void aDestinationThatIsKnownToFailIsNotNotedAgain() {
    var failing = new DeliveryTargets.Webhook(WEBHOOK.url(), WEBHOOK.signingKeys(), Map.of(), true);

    attempt(failing, answering(500), 1);

    assertThat(reported).noneMatch(line -> line.startsWith("noted"));
  }

  @Test
  void aMessageThatFailedBeforeRecoversItsDestination() {
    assertThat(attempt(WEBHOOK, answering(200), 2)).isEqualTo(new Attempt.Success(RECEIPT));

    assertThat(reported)
        .as("what is known of the destination may be older than the failure")
        .containsExactly(
            "recovered webhook",
            "kept accepted-msg_1 message 1 of page 1: attempt 2 at webhook was accepted");
  }

  @Test
  void nothingWaitsForAMessageThatIsSentAgain() {
    assertThat(attempt(MESSAGE.sentAgain(NOON), WEBHOOK, answering(200), 1))
        .isEqualTo(new Attempt.Removal());

    assertThat(reported)
        .containsExactly(
            "kept accepted-msg_1-1772366400000 message 1 of page 1: attempt 1 at webhook was"
                + " accepted, after it was sent again",
            "later 1.0.abc");
  }

  @Test
  void anAttemptThatWasNotMadeIsCalledSo() {
    for (int i = 0; i <= Delivery.FAILURES_MAX; i++) {
      attempt(WEBHOOK, answering(500), 1);
    }

    assertThat(reported)
        .last()
        .asString()
        .startsWith(
            "kept attempt-1-msg_1 message 1 of page 1: attempt 1 at webhook was not made: the"
                + " destination failed 5 times");
  }

  @Test
  void aDestinationThatKeepsFailingIsAskedOncePerInterval() {
    for (int i = 0; i < 20; i++) {
      attempt(WEBHOOK, answering(500), 1);
    }
    assertThat(calls).as("until the circuit opens").hasSize(Delivery.FAILURES_MAX);

    clock.advance(CircuitBreakers.INTERVAL);
    attempt(WEBHOOK, answering(500), 1);
    assertThat(attempt(WEBHOOK, answering(500), 1))
        .as("put off without a call")
        .isEqualTo(new Attempt.Retry(Duration.ofSeconds(5)));
    assertThat(calls).hasSize(Delivery.FAILURES_MAX + 1);

    clock.advance(CircuitBreakers.INTERVAL);
    attempt(WEBHOOK, answering(200), 1);
    attempt(WEBHOOK, answering(200), 1);
    assertThat(calls).as("one success closes it").hasSize(Delivery.FAILURES_MAX + 3);
  }

  @Test
  void theLastAttemptIsAlwaysMade() {
    for (int i = 0; i < Delivery.FAILURES_MAX; i++) {
      attempt(WEBHOOK, answering(500), 1);
    }

    assertThat(attempt(WEBHOOK, answering(200), 3)).isEqualTo(new Attempt.Success(RECEIPT));
  }

  @Test
  void aRefusalOfThisVeryMessageDoesNotHoldUpOthers() {
    for (int i = 0; i < 20; i++) {
      attempt(WEBHOOK, answering(422), 1);
    }

    assertThat(calls).hasSize(20);
  }

  @Test
  void anAttemptIsKeptWithTheBeginningOfTheAnswerWithoutSecrets() {
    HttpTransport echo =
        call -> {
          clock.advance(Duration.ofMillis(250));
          return new HttpAnswer(
              500,
              Map.of(),
              "no: header-secret whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY= é header-se"
                  .getBytes(UTF_8),
              false);
        };

    attempt(WEBHOOK, echo, 1);

    assertThat(calls.getFirst().answerBytesMax()).as("the status alone counts").isZero();
    assertThat(calls.getFirst().excerptBytesMax()).isEqualTo(1024);
    Instant at = NOON.plusMillis(250);
    assertThat(kept)
        .containsExactly(
            new DeliveryAttempt(
                "msg_1",
                new ProjectId("project-1"),
                MESSAGE.content(),
                "webhook",
                null,
                1,
                at,
                DeliveryAttempt.Outcome.FAILED,
                true,
                "the destination answered 500",
                new DeliveryAttempt.Answer(500, 250, "no: [redacted] [redacted] é "),
                at.plusSeconds(5)));
  }

  @Test
  void recordsThatAreAcceptedAtOnceCostNoWrite() {
    attempt(WEBHOOK, answering(200), 1);

    assertThat(kept).isEmpty();
  }

  @Test
  void allAttemptsCanBeKeptWithTheMessagesThatWereAccepted() {
    keptAttempts = AttemptSettings.Kept.ALL;

    attempt(WEBHOOK, answering(500), 1);
    attempt(WEBHOOK, answering(200), 2);
    attempt(MESSAGE.sentAgain(NOON), WEBHOOK, answering(200), 1);

    assertThat(reported)
        .filteredOn(line -> line.startsWith("kept") || line.startsWith("with"))
        .extracting(line -> line.replaceAll(" message 1 .*", ""))
        .containsExactly(
            "kept attempt-1-msg_1",
            "kept accepted-msg_1",
            "with its message msg_1",
            "kept accepted-msg_1-1772366400000",
            "with its message msg_1");
    reported.clear();
    attempt(WEBHOOK, answering(200), 1);
    assertThat(reported).hasSize(2).last().isEqualTo("with its message msg_1");
  }

  @Test
  void onlyTheEndsOfMessagesThatWereNotAcceptedCanBeKept() {
    keptAttempts = AttemptSettings.Kept.OFF;

    attempt(WEBHOOK, answering(500), 1);
    attempt(WEBHOOK, answering(200), 2);
    attempt(new DeliveryTargets.PausedObject(), answering(200), 1);
    attempt(WEBHOOK, answering(500), 3);

    assertThat(kept)
        .extracting(DeliveryAttempt::outcome)
        .containsExactly(DeliveryAttempt.Outcome.DROPPED, DeliveryAttempt.Outcome.GIVEN_UP);
  }

  @Test
  void aReplayChangesNeitherItsReadNorWhatIsKnownOfItsDestination() {
    keptAttempts = AttemptSettings.Kept.ALL;
    DeliveryMessage replay = MESSAGE.replayed(NOON);

    for (int i = 0; i <= Delivery.FAILURES_MAX; i++) {
      assertThat(attempt(replay, WEBHOOK, answering(500), 1))
          .isEqualTo(new Attempt.Retry(Duration.ofSeconds(5)));
    }
    assertThat(calls).as("no breaker opens").hasSize(Delivery.FAILURES_MAX + 1);
    attempt(replay, WEBHOOK, answering(410), 2);
    assertThat(attempt(replay, WEBHOOK, answering(500), 3)).isEqualTo(new Attempt.Removal());
    assertThat(attempt(replay, WEBHOOK, answering(200), 2)).isEqualTo(new Attempt.Removal());
    attempt(replay, new DeliveryTargets.PausedObject(), answering(200), 1);

    assertThat(reported).isNotEmpty().allMatch(line -> line.startsWith("kept "));
    assertThat(breakers.allowsCall(Delivery.destinationOf(MESSAGE), clock.instant())).isTrue();
  }
}
