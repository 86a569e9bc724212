package io.pinferry.http;

import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.Issue;

/** Reads values of query parameters. */
final class Queries {
  private Queries() {}

  static boolean flag(String name, String value) {
    return switch (value) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw Issue.query(name, clipped(value), "must be true or false").malformed();
    };
  }

  static int number(String name, String value, int min, int max) {
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Answered below, together with numbers out of range.
    }
    throw Issue.query(name, clipped(value), "must be a whole number from " + min + " to " + max)
        .malformed();
  }
}
