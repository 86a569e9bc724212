package io.pinferry.simulation;

import io.pinferry.delivery.NotificationRelay;
import io.pinferry.notification.Outbox;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.timer.TimerTick;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Fires due timers and sends notifications, every minute. */
final class ScheduleFunction {
  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final World world;
  private final Outbox outbox;

  private ScheduleFunction(World world) {
    this.world = world;
    this.outbox = new Outbox(world.memory().directory());
  }

  /** Invokes the function every minute from now on, until an instant. */
  static void start(World world, Instant until) {
    var function = new ScheduleFunction(world);
    for (Instant tick = world.clock().instant().plus(INTERVAL);
        tick.isBefore(until);
        tick = tick.plus(INTERVAL)) {
      world.scheduler().at(tick, function::tick);
    }
  }

  private void tick() {
    FaultPlan faults = world.faults();
    if (isIdle()) {
      return;
    }
    if (faults.strikes(3)) {
      faults.count("tick missed");
      return;
    }
    int times = 1;
    if (faults.strikes(3)) {
      faults.count("tick twice at once");
      times = 2;
    }
    for (int i = 0; i < times; i++) {
      invoke();
    }
  }

  /** Without work an invocation would only cost time. */
  private boolean isIdle() {
    Instant now = world.clock().instant();
    return outbox.pending(1).isEmpty()
        && world.memory().cloud().timers().all().stream()
            .allMatch(timer -> timer.dueAt().isAfter(now));
  }

  private void invoke() {
    SimulatedFunction environment = SimulatedFunction.of(world, "schedule");
    TimerTick timers = environment.assembly().timerTick();
    NotificationRelay relay = environment.assembly().notificationRelay();
    environment.invoke(TIMEOUT, () -> environment.tasks().all(List.of(timers::run, relay::run)));
  }
}
