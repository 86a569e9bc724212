package io.pinferry.timer;

final class InMemoryTimerStoreTest extends TimerStoreContract {
  private final TimerStore store = new InMemoryTimerStore();

  @Override
  protected TimerStore store() {
    return store;
  }
}
