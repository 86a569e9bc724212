package io.pinferry.directory;

/** A connection's id. A UUID in text form. */
public record ConnectionId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
