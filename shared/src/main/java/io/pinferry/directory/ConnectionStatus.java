package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a connection's credentials. */
public enum ConnectionStatus {
  /** Just connected, or its tokens were just refreshed. */
  CREATED,
  /** A request succeeded with it since. */
  WORKING,
  /** The provider refuses its credentials for good; the customer must connect again. */
  BAD_CREDENTIALS;

  /** Returns the contract's word for it. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
