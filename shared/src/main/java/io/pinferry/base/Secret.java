package io.pinferry.base;

/**
 * A value that must not be seen: shown only where it is used.
 *
 * @param value the secret itself
 */
public record Secret(String value) {
  /** Never the value. */
  @Override
  public String toString() {
    return "[redacted]";
  }
}
