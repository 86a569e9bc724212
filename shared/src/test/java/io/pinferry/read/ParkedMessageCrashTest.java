package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualTasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.InMemoryParkedMessages;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ParkedRelease;
import io.pinferry.delivery.RecordingDeliveryQueue;
import io.pinferry.directory.ProjectId;
import io.pinferry.timer.InMemoryTimerStore;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A parked message comes back, wherever a process is stopped, and is forgotten once it has. */
final class ParkedMessageCrashTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final DeliveryMessage MESSAGE =
      new DeliveryMessage(
          "msg_1",
          new ProjectId("project-1"),
          new DeliveryMessage.Records(
              ReadFixtures.target("pins", null, ReadFixtures.EVERYTHING).origin().integration(),
              ReadFixtures.INSTALLATION,
              "pins",
              new DeliveryMessage.Receipt("operation-1", "partition-1", "1.0.abc")),
          "hook",
          "{}".getBytes(UTF_8),
          3,
          null,
          false);

  /** The stores and queues of a parked message, behind ports that can stop. */
  private static final class World {
    private final ManualClock clock = new ManualClock(NOON);
    private final Crashes crashes = new Crashes();
    private final InMemoryTimerStore timers = new InMemoryTimerStore();
    private final InMemoryParkedMessages parked = new InMemoryParkedMessages(timers);
    private final RecordingDeliveryQueue queue = new RecordingDeliveryQueue();
    private final ParkedMessages parkedPort = crashes.at(ParkedMessages.class, parked);
    private final ParkedRelease release =
        new ParkedRelease(
            parkedPort,
            crashes.at(DeliveryQueue.class, queue),
            crashes.at(TimerStore.class, timers),
            new VirtualTasks(clock, VirtualTasks.Forks.EAGER),
            Log.none());

    private boolean guarded(Runnable work) {
      try {
        work.run();
        return true;
      } catch (Crashes.Killed | RuntimeException e) {
        // A process that was killed, or whose invocation failed: the next one goes on.
        return false;
      }
    }

    /** As the queue does, which keeps a message until it is parked. */
    private void park() {
      while (!guarded(() -> parkedPort.park(MESSAGE, clock.instant().plus(MINUTE)))) {
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
  void aParkedMessageComesBackWhereverAProcessIsStopped(Crashes.Way way) {
    Set<String> stopped = new TreeSet<>();
    for (int stopAt = 1; ; stopAt++) {
      var world = new World();
      world.crashes.stopAt(stopAt, way);
      world.park();
      for (int minute = 1; minute <= 6; minute++) {
        world.tick();
      }
      String at = way + " at call " + stopAt + ", " + world.crashes.stopped();
      assertThat(world.queue.sent())
          .as(at)
          .isNotEmpty()
          .hasSizeLessThanOrEqualTo(2)
          .containsOnly(MESSAGE);
      assertThat(world.parked.size()).as(at).isZero();
      assertThat(world.timers.all()).as(at).isEmpty();
      if (world.crashes.stopped() == null) {
        break;
      }
      stopped.add(world.crashes.stopped());
    }
    assertThat(stopped)
        .containsExactly(
            "DeliveryQueue.send",
            "ParkedMessages.find",
            "ParkedMessages.park",
            "ParkedMessages.remove",
            "TimerStore.replace");
  }
}
