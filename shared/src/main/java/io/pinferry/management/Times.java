package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.Issue;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Times that a caller names. */
final class Times {
  private Times() {}

  /** Reads a time of the query. */
  static Instant query(String name, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw Issue.query(name, clipped(text), "must be a time like 2026-09-01T08:00:00Z")
          .malformed();
    }
  }
}
