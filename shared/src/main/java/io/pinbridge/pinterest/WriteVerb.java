package io.pinbridge.pinterest;

import java.util.Locale;

/** What a write does with a record. */
public enum WriteVerb {
  CREATE,
  UPDATE,
  DELETE;

  /** Returns the contract's word. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
