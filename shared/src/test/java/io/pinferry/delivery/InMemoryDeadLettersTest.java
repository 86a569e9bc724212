package io.pinferry.delivery;

import io.pinferry.timer.InMemoryTimerStore;
import io.pinferry.timer.TimerStore;

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
