package io.pinferry.pinterest;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kinds of writes. */
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
