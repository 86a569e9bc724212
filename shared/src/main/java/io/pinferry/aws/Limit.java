package io.pinferry.aws;

/** Checks the number of items that a caller asks for. */
final class Limit {
  private Limit() {}

  static void check(int limit, int max) {
    if (limit < 1 || limit > max) {
      throw new IllegalArgumentException("limit " + limit + " is not between 1 and " + max);
    }
  }
}
