package io.pinferry.delivery;

import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores attempts to deliver messages. An attempt of a message of an operation is a line of the log
 * of that operation, too, and goes with it. Every call can be repeated.
 */
public interface DeliveryAttempts {
  /**
   * Stores an attempt, unless one of its id is stored. Records that were accepted at once are no
   * line of the log, and cost one write. Other attempts are not stored if their operation was
   * removed.
   *
   * @param message is stored with it, for {@link #message}; null if it is not needed
   * @param until when both may be removed
   */
  void keep(DeliveryAttempt attempt, @Nullable DeliveryMessage message, Instant until);

  /** Returns the message that was stored with an attempt. */
  Optional<DeliveryMessage> message(DeliveryAttempt attempt);

  /**
   * Returns attempts of a project, newest first. The newest ones may be missing for some seconds,
   * unless the filter names an operation.
   *
   * @param limit at most this many, 1 to 1000
   * @param pageToken the token of the page before, null for the first page
   * @throws IllegalArgumentException if it is not a page token
   */
  Page list(ProjectId project, Filter filter, int limit, @Nullable String pageToken);

  /** Removes the attempts of an installation that belong to no operation. It is not atomic. */
  void remove(InstallationId installation);

  /**
   * A filter of attempts. All its conditions must hold; null is no condition.
   *
   * @param messages the ids of messages; empty for all
   * @param success whether the destination accepted the message
   */
  record Filter(
      @Nullable String destination,
      @Nullable String operation,
      Set<String> messages,
      @Nullable Boolean success,
      TimeRange period) {
    public Filter {
      messages = Set.copyOf(messages);
    }

    public boolean has(DeliveryAttempt attempt) {
      return (destination == null || destination.equals(attempt.destination()))
          && (operation == null || attempt.operation().filter(operation::equals).isPresent())
          && (messages.isEmpty() || messages.contains(attempt.messageId()))
          && (success == null || success == attempt.outcome().isSuccess())
          && period.has(attempt.at());
    }
  }

  /**
   * A page of attempts.
   *
   * @param nextPageToken null after the last page; else there may be more, even if this page is not
   *     full
   */
  record Page(List<DeliveryAttempt> attempts, @Nullable String nextPageToken) {
    public Page {
      attempts = List.copyOf(attempts);
    }
  }
}
