package io.pinferry.directory;

import java.util.Locale;

/** Whether an installation can do its work. */
public enum Health {
  HEALTHY,
  /** Something only a person can mend, such as a withdrawn grant. */
  UNHEALTHY;

  /** Returns the contract's word. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
