package io.pinferry.local.simulator;

/** Chooses which pins an account has: those it owns, or those on the boards it sees. */
public enum PinPlan {
  /** The pins of {@code GET /v5/pins}, with protected ones. */
  OWNED,
  /** The pins of all boards and sections that the account sees, with its group boards. */
  BOARDS
}
