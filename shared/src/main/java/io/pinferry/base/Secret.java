package io.pinferry.base;

/** A value that must not be shown. */
public record Secret(String value) {
  /** Does not show the value. */
  @Override
  public String toString() {
    return "[redacted]";
  }
}
