package io.pinferry.http;

import java.util.Locale;

/**
 * A front door, one of the four HTTP APIs. Only their hosts differ: the method and path that
 * trigger a read on one host write a record on another.
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
