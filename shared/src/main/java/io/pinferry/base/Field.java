package io.pinferry.base;

/**
 * A named value of a log line. Names are design.md's words in camel case; a unit stands last.
 *
 * @param value a number or boolean is written as such, anything else as its text
 */
public record Field(String name, Object value) {
  public static Field field(String name, Object value) {
    return new Field(name, value);
  }
}
