package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a connection's credentials. */
public enum ConnectionStatus {
  /** The connection is new, or its tokens were just refreshed. */
  CREATED,
  /** A request has succeeded since. */
  WORKING,
  /** The provider permanently refuses its credentials; the customer must connect again. */
  BAD_CREDENTIALS;

  /** Returns the contract's word. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
