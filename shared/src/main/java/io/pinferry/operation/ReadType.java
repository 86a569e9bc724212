package io.pinferry.operation;

import java.util.Locale;

/** Why a read was started. */
public enum ReadType {
  BACKFILL,
  SCHEDULED,
  TRIGGERED;

  /** Returns the contract's word. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
