package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Messages that were refused to the last, for a person to look at and to send again. There is at
 * most one of an id; keeping it again replaces it. Every call can be repeated.
 */
public interface DeadLetters {
  /** After this they are forgotten. */
  Duration KEPT = Duration.ofDays(14);

  /**
   * Keeps a message.
   *
   * @param reason why it was given up, in words for a person
   * @param at when; kept to the millisecond
   */
  void keep(DeliveryMessage message, String reason, Instant at);

  /**
   * Returns some of a project's, in the order of destinations and ids.
   *
   * @param limit at most this many, at least 1
   * @param pageToken where the page before ended, null for the first page
   * @throws IllegalArgumentException if the token was not made by this method for the same choice
   */
  Page list(ProjectId project, Filter filter, int limit, @Nullable String pageToken);

  /**
   * Makes a dead letter a parked message with no attempt behind it, in one atomic step.
   *
   * @param dueAt when it is to be sent again; to the millisecond
   * @return whether this call did; false if it is not there any more
   */
  boolean park(DeadLetter letter, Instant dueAt);

  /**
   * A choice among a project's dead letters.
   *
   * @param destination only those for this one, null for all
   * @param operation only those with records of this read, null for all
   * @param messages only those of these ids, empty for all
   */
  record Filter(@Nullable String destination, @Nullable String operation, Set<String> messages) {
    public Filter {
      messages = Set.copyOf(messages);
    }

    /** Returns whether a dead letter is chosen. */
    public boolean has(DeadLetter letter) {
      return (destination == null || destination.equals(letter.destination()))
          && (operation == null || operation.equals(operationOf(letter)))
          && (messages.isEmpty() || messages.contains(letter.messageId()));
    }

    private static @Nullable String operationOf(DeadLetter letter) {
      return letter.content() instanceof DeliveryMessage.Records records
          ? records.receipt().operation()
          : null;
    }
  }

  /**
   * Some dead letters.
   *
   * @param nextPageToken null if there are no more; else there may be, even if this page is not
   *     full
   */
  record Page(List<DeadLetter> letters, @Nullable String nextPageToken) {
    public Page {
      letters = List.copyOf(letters);
    }
  }
}
