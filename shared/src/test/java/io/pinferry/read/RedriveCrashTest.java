package io.pinferry.read;

import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static io.pinferry.read.ReadFixtures.NOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualTasks;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.InMemoryDeadLetters;
import io.pinferry.delivery.InMemoryParkedMessages;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ParkedRelease;
import io.pinferry.delivery.Receipts;
import io.pinferry.delivery.RecordingDeliveryQueue;
import io.pinferry.delivery.Redrive;
import io.pinferry.delivery.SendingAgain;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationId;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.timer.InMemoryTimerStore;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each dead letter is sent again, wherever a process is stopped, by whoever asks once more. */
final class RedriveCrashTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Integration INTEGRATION = DirectoryFixtures.integration(1, "sync");
  private static final Installation INSTALLATION =
      DirectoryFixtures.installation(1, INTEGRATION.id(), "blue");
  private static final DeadLetters.Filter ALL = new DeadLetters.Filter("hook", null, Set.of());

  private static DeliveryMessage message(int number) {
    return new DeliveryMessage(
        "msg_" + number,
        PROJECT,
        new DeliveryMessage.Records(
            INTEGRATION.id(),
            INSTALLATION.id(),
            null,
            new DeliveryMessage.Receipt("operation-1", "partition-1", number + ".0.abc")),
        "hook",
        "{}".getBytes(UTF_8));
  }

  private static final class NoReceipts implements Receipts {
    @Override
    public void delivered(List<DeliveryMessage.Receipt> receipts) {}

    @Override
    public void deliveredLater(DeliveryMessage.Receipt receipt) {}

    @Override
    public void sentAgain(DeliveryMessage.Receipt receipt, String destination, Instant at) {}

    @Override
    public void undeliverable(DeliveryMessage.Receipt receipt, String reason) {}

    @Override
    public void dropped(DeliveryMessage.Receipt receipt, String reason) {}
  }

  /** Where messages are dead, parked and released, behind ports that may be stopped. */
  private static final class World {
    private final ManualClock clock = new ManualClock(NOON);
    private final VirtualTasks tasks = new VirtualTasks(clock, VirtualTasks.Forks.EAGER);
    private final Crashes crashes = new Crashes();
    private final InMemoryTimerStore timers = new InMemoryTimerStore();
    private final InMemoryParkedMessages parked = new InMemoryParkedMessages(timers);
    private final InMemoryDeadLetters letters = new InMemoryDeadLetters(parked);
    private final DeadLetters lettersPort = crashes.at(DeadLetters.class, letters);
    private final RecordingDeliveryQueue queue = new RecordingDeliveryQueue();
    private final Redrive redrive;
    private final ParkedRelease release =
        new ParkedRelease(
            crashes.at(ParkedMessages.class, parked),
            crashes.at(DeliveryQueue.class, queue),
            crashes.at(TimerStore.class, timers),
            tasks,
            Log.none());

    World() {
      var directory = new InMemoryDirectoryStore(clock);
      new ProjectRepository(directory).create(DirectoryFixtures.project(PROJECT, "shop"));
      new IntegrationRepository(directory).create(INTEGRATION);
      directory.write(InstallationRepository.creation(INSTALLATION));
      var destinations = new DestinationRepository(directory);
      destinations.create(
          new Destination(
              new DestinationId("7c0e2b1a-0000-4000-8000-000000000001"),
              PROJECT,
              "hook",
              new Destination.Webhook("https://hooks.example.com/"),
              "destination/1",
              NOON,
              null,
              null));
      var installations = new InstallationRepository(directory);
      redrive =
          new Redrive(
              lettersPort,
              new SendingAgain(
                  destinations,
                  installations,
                  crashes.at(Receipts.class, new NoReceipts()),
                  (_, _, _, _) -> {},
                  Log.none()),
              tasks);
    }

    private boolean guarded(Runnable work) {
      try {
        work.run();
        return true;
      } catch (Crashes.Killed | RuntimeException e) {
        // A process that was killed, or whose invocation failed: the next one goes on.
        return false;
      }
    }

    /** As the queue does, which keeps a message until it is done with. */
    private void keep(DeliveryMessage message) {
      while (!guarded(() -> lettersPort.keep(message.after(8), "why", clock.instant()))) {
        clock.advance(Duration.ofSeconds(10));
      }
    }

    /** As a person does, who asks until the answer is good. */
    private void sendAgain() {
      while (!guarded(() -> redrive.send(PROJECT, ALL, null))) {
        clock.advance(Duration.ofSeconds(10));
      }
    }

    private void tick() {
      clock.advance(MINUTE);
      for (Timer timer : timers.all()) {
        if (!timer.dueAt().isAfter(clock.instant())) {
          guarded(() -> release.fire(timer));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Crashes.Way.class)
  void eachIsSentAgainWhereverAProcessIsStopped(Crashes.Way way) {
    List<DeliveryMessage> messages = List.of(message(1), message(2), message(3));
    Set<String> stopped = new TreeSet<>();
    for (int stopAt = 1; ; stopAt++) {
      var world = new World();
      world.crashes.stopAt(stopAt, way);
      messages.forEach(world::keep);
      world.sendAgain();
      for (int minute = 1; minute <= 6; minute++) {
        world.tick();
      }
      String at = way + " at call " + stopAt + ", " + world.crashes.stopped();
      assertThat(world.queue.sent().stream().map(DeliveryMessage::id).distinct())
          .as(at)
          .containsExactlyInAnyOrder("msg_1", "msg_2", "msg_3");
      assertThat(world.queue.sent())
          .as(at)
          .as("only what a release was stopped at comes twice")
          .hasSizeLessThanOrEqualTo(4)
          .allSatisfy(message -> assertThat(message.attempts()).isZero());
      assertThat(world.letters.list(PROJECT, ALL, 10, null).letters()).as(at).isEmpty();
      assertThat(world.parked.size()).as(at).isZero();
      assertThat(world.timers.all()).as(at).isEmpty();
      if (world.crashes.stopped() == null) {
        break;
      }
      stopped.add(world.crashes.stopped());
    }
    assertThat(stopped)
        .containsExactly(
            "DeadLetters.keep",
            "DeadLetters.list",
            "DeadLetters.park",
            "DeliveryQueue.send",
            "ParkedMessages.find",
            "ParkedMessages.remove",
            "Receipts.sentAgain",
            "TimerStore.replace");
  }
}
