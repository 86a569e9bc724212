package io.pinferry.delivery;

import io.pinferry.timer.InMemoryTimerStore;
import io.pinferry.timer.TimerStore;

final class InMemoryParkedMessagesTest extends ParkedMessagesContract {
  private final InMemoryTimerStore timers = new InMemoryTimerStore();
  private final ParkedMessages parked = new InMemoryParkedMessages(timers);

  @Override
  protected ParkedMessages parked() {
    return parked;
  }

  @Override
  protected TimerStore timers() {
    return timers;
  }
}
