package io.pinbridge.delivery;

import io.pinbridge.timer.InMemoryTimerStore;
import io.pinbridge.timer.TimerStore;

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
