package io.pinferry.directory;

/** The id of a connection. A UUID in text form. */
public record ConnectionId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
