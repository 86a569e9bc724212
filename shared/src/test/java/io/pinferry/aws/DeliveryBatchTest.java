package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.aws.SqsBatch.Message;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.VirtualTasks;
import io.pinferry.delivery.AttemptSettings;
import io.pinferry.delivery.Delivery;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryMessage.Receipt;
import io.pinferry.delivery.DeliveryTargets;
import io.pinferry.delivery.DestinationTroubles;
import io.pinferry.delivery.InMemoryDeadLetters;
import io.pinferry.delivery.InMemoryDeliveryAttempts;
import io.pinferry.delivery.InMemoryParkedMessages;
import io.pinferry.delivery.Receipts;
import io.pinferry.delivery.ResultLinks;
import io.pinferry.delivery.RetrySchedule;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.TransportFailure;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.timer.InMemoryTimerStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** In virtual time, where one attempt follows another: the slowest that a batch can be. */
final class DeliveryBatchTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final ManualClock clock = new ManualClock(NOON);
  private final VirtualTasks tasks = new VirtualTasks(clock, VirtualTasks.Forks.EAGER);
  private final InMemoryParkedMessages parked =
      new InMemoryParkedMessages(new InMemoryTimerStore());
  private final List<String> called = new ArrayList<>();
  private final Map<String, Duration> putOff = new LinkedHashMap<>();
  private final List<List<Receipt>> reports = new ArrayList<>();
  private boolean reportsFail;
  private boolean putOffFails;
  private Duration answerTime = Duration.ZERO;

  private final class Reports implements Receipts {
    @Override
    public void delivered(List<Receipt> receipts) {
      if (reportsFail) {
        throw new IllegalStateException("DynamoDB cannot answer now");
      }
      reports.add(receipts);
    }

    @Override
    public void deliveredLater(Receipt receipt) {
      throw new AssertionError(receipt);
    }

    @Override
    public void sentAgain(Receipt receipt, String destination, Instant at) {
      throw new AssertionError(destination);
    }

    @Override
    public void undeliverable(Receipt receipt, String reason) {
      throw new AssertionError(reason);
    }

    @Override
    public void dropped(Receipt receipt, String reason) {
      throw new AssertionError(reason);
    }
  }

  private static final class NoTroubles implements DestinationTroubles {
    @Override
    public void note(ProjectId project, String destinationName, DestinationTrouble trouble) {
      assertThat(trouble.isGrave()).isFalse();
    }

    @Override
    public void recovered(ProjectId project, String destinationName) {
      throw new AssertionError(destinationName);
    }
  }

  /** Destinations named dead do not answer within the timeout; all others take what comes. */
  private List<Message> deliver(Message... messages) {
    var delivery =
        new Delivery(
            new Delivery.Parts(
                message ->
                    new DeliveryTargets.Webhook(
                        URI.create("https://" + message.destination() + ".example"),
                        List.of(new Secret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")),
                        Map.of(),
                        false),
                call -> {
                  called.add(call.uri().getHost());
                  if (call.uri().getHost().startsWith("dead")) {
                    clock.advance(call.timeout());
                    throw new TransportFailure("timed out", true, new IOException());
                  }
                  clock.advance(answerTime);
                  return new HttpAnswer(200, Map.of(), new byte[0], false);
                },
                new Reports(),
                new InMemoryDeliveryAttempts(new InMemoryCloud(clock).operations()),
                parked,
                new InMemoryDeadLetters(parked),
                new NoTroubles(),
                Delivery.breakers(),
                new ResultLinks(URI.create("https://api.example"))),
            RetrySchedule.parse("PT5S,PT5M,PT30M"),
            new AttemptSettings(AttemptSettings.Kept.FAILURES, Duration.ofDays(30)),
            clock,
            Log.none());
    return new DeliveryBatch(
            delivery,
            new Reports(),
            (message, time) -> {
              if (putOffFails) {
                throw new IllegalStateException("SQS cannot answer now");
              }
              putOff.put(message.id(), time);
            },
            tasks,
            Log.none())
        .deliver(new SqsBatch(List.of(messages)));
  }

  private static Message message(String destination, int number, int attempts, int receives) {
    var content =
        new DeliveryMessage(
            "msg_" + number,
            new ProjectId("project-1"),
            new DeliveryMessage.Records(
                new IntegrationId("integration-1"),
                new InstallationId("installation-1"),
                "pins",
                new Receipt("operation-1", "partition-1", "1." + number + ".abc")),
            destination,
            "{}".getBytes(UTF_8),
            attempts,
            null,
            false);
    return new Message(
        destination + number,
        QueueBody.encode(content.toJson()),
        receives,
        "handle" + number,
        "request-" + number);
  }

  private static Message message(String destination, int number) {
    return message(destination, number, 0, 1);
  }

  @Test
  void deliveriesAreReportedTogetherAndNotReceivedAgain() {
    assertThat(deliver(message("hook", 0), message("hook", 1), message("other", 2))).isEmpty();

    assertThat(reports).singleElement().satisfies(report -> assertThat(report).hasSize(3));
  }

  @Test
  void anUnreportedDeliveryIsReceivedAgain() {
    reportsFail = true;
    Message message = message("hook", 0);

    assertThat(deliver(message)).containsExactly(message);
  }

  @Test
  void aBodyThatIsNoneOfOursComesAgainAndTheOthersAreDelivered() {
    var foreign = new Message("foreign", "{}", 1, "handle", "request-1");

    assertThat(deliver(foreign, message("hook", 1))).containsExactly(foreign);
    assertThat(called).containsExactly("hook.example");
  }

  @Test
  void attemptsBeforeAndAfterAParkingAreCountedTogether() {
    deliver(message("dead", 0, 1, 1));

    assertThat(putOff).containsExactly(Map.entry("dead0", Duration.ofMinutes(5)));
    deliver(message("dead", 1, 2, 1));
    assertThat(parked.size()).isEqualTo(1);
  }

  @Test
  void aDeadDestinationIsWaitedForByAQuarterOfTheBatchOnlyAndTheRestIsParkedUncounted() {
    Message[] batch =
        Stream.concat(
                Stream.of(message("hook", 8), message("hook", 9)),
                IntStream.range(0, 8).mapToObj(i -> message("dead", i)))
            .toArray(Message[]::new);

    List<Message> again = deliver(batch);

    assertThat(called)
        .as("one of the dead one's, since here they follow one another")
        .containsExactly("hook.example", "hook.example", "dead.example");
    assertThat(again).extracting(Message::id).containsExactly("dead0");
    assertThat(clock.instant()).isBefore(NOON.plusSeconds(30));
    assertThat(parked.size()).isEqualTo(7);
    Instant until = clock.instant().plus(Duration.ofMinutes(1));
    assertThat(parked.find("msg_1", until))
        .hasValueSatisfying(message -> assertThat(message.attempts()).isZero());
  }

  @Test
  void aSlowDestinationThatTakesMessagesGetsThemAllInTime() {
    answerTime = Duration.ofSeconds(1);
    Message[] batch =
        IntStream.range(0, 10).mapToObj(i -> message("slow", i)).toArray(Message[]::new);

    assertThat(deliver(batch)).isEmpty();
    assertThat(reports).singleElement().satisfies(report -> assertThat(report).hasSize(10));
  }

  @Test
  void aMessageThatCannotBePutOffHoldsUpNoOther() {
    putOffFails = true;

    assertThat(deliver(message("hook", 0), message("dead", 1), message("hook", 2)))
        .containsExactly(message("dead", 1));
    assertThat(reports).singleElement().satisfies(report -> assertThat(report).hasSize(2));
  }
}
