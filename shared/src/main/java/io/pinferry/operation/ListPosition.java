package io.pinferry.operation;

import io.pinferry.base.PageToken;
import java.time.Instant;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in every list of operations: right behind the operation of this time and id. A page
 * token is its text. So a list goes on at a token of another list, and after the operation is gone.
 *
 * @param startedAt to the millisecond
 */
public record ListPosition(Instant startedAt, OperationId id) {
  /** The order of all lists. */
  public static final Comparator<Operation> NEWEST_FIRST =
      Comparator.comparing(Operation::startedAt)
          .thenComparing(operation -> operation.id().value())
          .reversed();

  private static final Pattern TEXT = Pattern.compile("(\\d{1,15})#([\\w-]{1,64})");

  public static ListPosition after(Operation operation) {
    return new ListPosition(operation.startedAt(), operation.id());
  }

  /**
   * Reads a page token.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ListPosition of(String pageToken) {
    return parse(PageToken.position(pageToken));
  }

  /**
   * Reads milliseconds, {@code #} and an id.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static ListPosition parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a position: " + text);
    }
    return new ListPosition(
        Instant.ofEpochMilli(Long.parseLong(parts.group(1))), new OperationId(parts.group(2)));
  }

  public String pageToken() {
    return PageToken.of(startedAt.toEpochMilli() + "#" + id);
  }

  /** Returns whether an operation is before this position. */
  public boolean isAfter(Operation operation) {
    int order = operation.startedAt().compareTo(startedAt);
    return order > 0 || (order == 0 && operation.id().value().compareTo(id.value()) >= 0);
  }
}
