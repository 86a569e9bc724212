package io.pinferry.read;

import java.util.Locale;

/** Why a read was started, or that an operation is none. */
public enum ReadType {
  BACKFILL,
  SCHEDULED,
  TRIGGERED,
  /** No read: the operation writes. */
  WRITE;

  /** Returns the contract's word. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
