package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores messages that could not be delivered. A person can look at them and send them again. There
 * is at most one message of an id; storing it again replaces it. Every call can be repeated.
 */
public interface DeadLetters {
  /** How long dead letters are stored. */
  Duration KEPT = Duration.ofDays(14);

  /**
   * Stores a message.
   *
   * @param reason the reason of the failure, in words for a person
   * @param at the time of the last attempt; stored to the millisecond
   */
  void keep(DeliveryMessage message, String reason, Instant at);

  /**
   * Returns dead letters of a project, in the order of destinations and ids.
   *
   * @param limit at most this many, at least 1
   * @param pageToken the token of the page before, null for the first page
   * @throws IllegalArgumentException if the token does not come from this method and this filter
   */
  Page list(ProjectId project, Filter filter, int limit, @Nullable String pageToken);

  /**
   * Turns a dead letter into a parked message without attempts, in one atomic step.
   *
   * @param dueAt the time of the next attempt, to the millisecond
   * @return whether this call did it; false if the dead letter does not exist any more
   */
  boolean park(DeadLetter letter, Instant dueAt);

  /**
   * Removes a dead letter.
   *
   * @return whether it was there
   */
  boolean remove(DeadLetter letter);

  /**
   * A filter of dead letters. All its conditions must hold.
   *
   * @param destination null for all
   * @param operation the read of the records; null for all messages
   * @param messages the ids of messages; empty for all
   * @param period of the last attempt
   */
  record Filter(
      @Nullable String destination,
      @Nullable String operation,
      Set<String> messages,
      TimeRange period) {
    public Filter {
      messages = Set.copyOf(messages);
    }

    /** A filter of messages of any time. */
    public Filter(@Nullable String destination, @Nullable String operation, Set<String> messages) {
      this(destination, operation, messages, TimeRange.ALL);
    }

    public boolean has(DeadLetter letter) {
      return (destination == null || destination.equals(letter.destination()))
          && (operation == null
              || DeliveryMessage.operation(letter.content()).filter(operation::equals).isPresent())
          && (messages.isEmpty() || messages.contains(letter.messageId()))
          && period.has(letter.at());
    }
  }

  /**
   * A page of dead letters.
   *
   * @param nextPageToken null after the last page; else there may be more, even if this page is not
   *     full
   */
  record Page(List<DeadLetter> letters, @Nullable String nextPageToken) {
    public Page {
      letters = List.copyOf(letters);
    }
  }
}
