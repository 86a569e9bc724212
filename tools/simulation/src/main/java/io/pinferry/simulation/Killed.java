package io.pinferry.simulation;

/** The process is gone: no code of the invocation goes on after this. */
final class Killed extends Error {
  private static final long serialVersionUID = 1;

  Killed() {
    super("killed", null, false, false);
  }
}
