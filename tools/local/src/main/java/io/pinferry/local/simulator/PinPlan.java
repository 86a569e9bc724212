package io.pinferry.local.simulator;

/** Chooses which pins an account has: those it owns, or those on the boards it sees. */
public enum PinPlan {
  /** What {@code GET /v5/pins} lists with protected pins included. */
  OWNED,
  /** What is on the boards and sections the account sees, its group boards too. */
  BOARDS
}
