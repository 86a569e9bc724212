package io.pinferry.pinterest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * A member of a record that holds a time.
 *
 * @param meaning whether the record was created or last changed at that time
 */
public record TimeField(String name, Form form, Meaning meaning) {
  /** How the time is written. */
  public enum Form {
    /** ISO 8601 text, zone and fraction optional; without a zone it is UTC. */
    TEXT,
    /** Seconds since the epoch. */
    SECONDS,
    /** Milliseconds since the epoch. */
    MILLISECONDS,
    /** Documented as seconds, but sent as milliseconds. A number above 10^11 is milliseconds. */
    SECONDS_OR_MILLISECONDS
  }

  /** The meaning of the time. */
  public enum Meaning {
    CREATED,
    UPDATED
  }

  private static final long MILLISECONDS_FROM = 100_000_000_000L;

  /** Returns the instant of a value; empty if the value is no time. */
  public Optional<Instant> read(String value) {
    try {
      return Optional.of(
          switch (form) {
            case TEXT -> text(value);
            case SECONDS -> Instant.ofEpochSecond(Long.parseLong(value));
            case MILLISECONDS -> Instant.ofEpochMilli(Long.parseLong(value));
            case SECONDS_OR_MILLISECONDS -> {
              long number = Long.parseLong(value);
              yield number > MILLISECONDS_FROM
                  ? Instant.ofEpochMilli(number)
                  : Instant.ofEpochSecond(number);
            }
          });
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Instant text(String value) {
    int time = value.indexOf('T');
    boolean zoned =
        value.endsWith("Z") || value.indexOf('+', time) > 0 || value.indexOf('-', time) > 0;
    return zoned
        ? OffsetDateTime.parse(value).toInstant()
        : LocalDateTime.parse(value).toInstant(ZoneOffset.UTC);
  }
}
