package io.pinferry.delivery;

import java.time.Instant;
import java.util.Optional;

/**
 * Stores messages that wait for a later attempt outside of the queue, each with a timer. There is
 * at most one message of an id. If it is parked again, it is replaced, and the earlier timer finds
 * nothing.
 */
public interface ParkedMessages {
  /**
   * Stores a message and its timer together.
   *
   * @param dueAt the time of the next attempt, to the millisecond
   */
  void park(DeliveryMessage message, Instant dueAt);

  /**
   * Finds the message that was parked until this instant.
   *
   * @return empty if it was released, or is parked until another instant
   */
  Optional<DeliveryMessage> find(String messageId, Instant dueAt);

  /** Removes the message that was parked until this instant, if it exists. */
  void remove(String messageId, Instant dueAt);

  /**
   * Removes a message whenever it is due.
   *
   * @return whether it was there
   */
  boolean discard(String messageId);
}
