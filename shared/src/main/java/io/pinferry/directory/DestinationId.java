package io.pinferry.directory;

/** A destination's id. A UUID in text form. */
public record DestinationId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
