package io.pinbridge.delivery;

import io.pinbridge.timer.InMemoryTimerStore;
import io.pinbridge.timer.TimerStore;

final class InMemoryDeadLettersTest extends DeadLettersContract {
  private final InMemoryTimerStore timers = new InMemoryTimerStore();
  private final InMemoryParkedMessages parked = new InMemoryParkedMessages(timers);
  private final DeadLetters letters = new InMemoryDeadLetters(parked);

  @Override
  protected DeadLetters letters() {
    return letters;
  }

  @Override
  protected ParkedMessages parked() {
    return parked;
  }

  @Override
  protected TimerStore timers() {
    return timers;
  }
}
