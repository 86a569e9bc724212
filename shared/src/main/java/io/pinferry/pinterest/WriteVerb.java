package io.pinferry.pinterest;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a write does with a record. */
public enum WriteVerb {
  CREATE,
  UPDATE,
  DELETE;

  /** Returns the verb of the contract's word. */
  public static WriteVerb of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** Returns the contract's word. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
