package io.pinferry.operation;

/** The id of an operation, a UUID in text form. */
public record OperationId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
