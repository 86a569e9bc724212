package io.pinferry.http;

import java.util.Locale;

/**
 * A front door: one of the four HTTP APIs. They are told apart by their host only, since reads are
 * triggered and records written with the same method and path.
 */
public enum Door {
  API,
  READ,
  WRITE,
  PROXY;

  /** Returns the door's name in problem documents and logs. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
