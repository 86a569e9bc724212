package io.pinferry.operation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The reason of a read. */
public enum ReadType {
  BACKFILL,
  SCHEDULED,
  TRIGGERED;

  /** Returns the contract's word. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
