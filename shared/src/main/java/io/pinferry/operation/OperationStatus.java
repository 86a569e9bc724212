package io.pinferry.operation;

import java.util.Locale;

/** Where an operation stands. */
public enum OperationStatus {
  IN_PROGRESS,
  /** All that the token may read was delivered. */
  SUCCESS,
  /** Something is incomplete; the result names it. */
  FAILURE;

  /** Returns the contract's word: in_progress, success or failure. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
