package io.pinferry.simulation.kernel;

/** Ends a task whose process was killed. An error, so that the engine does not catch it. */
final class KillSignal extends Error {
  private static final long serialVersionUID = 1;

  KillSignal() {
    super("killed", null, false, false);
  }
}
