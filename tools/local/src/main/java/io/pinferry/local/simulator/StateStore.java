package io.pinferry.local.simulator;

import java.util.Optional;

/**
 * Keeps the small part of the simulator's state that a restart must not lose: which codes were
 * used, which refresh tokens were replaced, which records came and went.
 */
public interface StateStore {
  /** Returns what was saved last, or nothing on the first start. */
  Optional<String> load();

  /** Replaces what was saved; all of it or nothing is visible to the next {@link #load}. */
  void save(String state);

  /** Returns a store that forgets everything with the process. */
  static StateStore forgetful() {
    return new StateStore() {
      @Override
      public Optional<String> load() {
        return Optional.empty();
      }

      @Override
      public void save(String state) {
        // Tokens validate themselves, so a start without memory still knows them.
      }
    };
  }
}
