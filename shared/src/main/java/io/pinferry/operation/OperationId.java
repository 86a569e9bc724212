package io.pinferry.operation;

/** An operation's id, a UUID in text form. */
public record OperationId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
