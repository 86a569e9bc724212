package io.pinferry.limit;

/** Which requests go first where a limit is used up. */
public enum Priority {
  /** One of the many requests of a read; these leave a part of each limit to the others. */
  BULK,
  /** A request by itself, whose answer somebody waits for. */
  SINGLE
}
