package io.pinferry.delivery;

import java.time.Instant;
import java.util.Optional;

/**
 * Messages that wait for a later attempt outside of the queue, each with a timer. There is at most
 * one of an id; parking it again replaces it, and the earlier timer then finds nothing.
 */
public interface ParkedMessages {
  /**
   * Stores the message and a timer for it, together.
   *
   * @param dueAt when it is to be sent again; to the millisecond
   */
  void park(DeliveryMessage message, Instant dueAt);

  /**
   * Returns the message that was parked until this instant.
   *
   * @return empty if it was released, or parked until another instant since
   */
  Optional<DeliveryMessage> find(String messageId, Instant dueAt);

  /** Forgets the message that was parked until this instant, if it is there. */
  void remove(String messageId, Instant dueAt);
}
