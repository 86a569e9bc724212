package io.pinferry.delivery;

import java.util.List;

/** The queue of messages to deliver. It delivers at least once, in any order. */
public interface DeliveryQueue {
  /**
   * Sends messages. Each may be received more than once.
   *
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if some were not accepted;
   *     others may have been accepted
   */
  void send(List<DeliveryMessage> messages);

  /** Returns whether the queue accepts the size of a message, in its encoded form. */
  boolean fits(DeliveryMessage message);
}
