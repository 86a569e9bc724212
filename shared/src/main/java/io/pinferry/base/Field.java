package io.pinferry.base;

/**
 * A named value of a log line. A unit is the last word of the name.
 *
 * @param value numbers and booleans are written as such, other values as texts
 */
public record Field(String name, Object value) {
  public static Field field(String name, Object value) {
    return new Field(name, value);
  }
}
