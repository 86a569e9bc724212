package io.pinferry.aws;

/** Checks the limit of a list. */
final class Limit {
  private Limit() {}

  static void check(int limit, int max) {
    if (limit < 1 || limit > max) {
      throw new IllegalArgumentException("limit " + limit + " is not between 1 and " + max);
    }
  }
}
