package io.pinferry.delivery;

import java.util.List;

/** The queue of messages that want to be delivered. At least once, in no order. */
public interface DeliveryQueue {
  /**
   * Sends messages; each may be received more than once.
   *
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if not all were accepted; some
   *     may have been
   */
  void send(List<DeliveryMessage> messages);

  /** Returns whether the queue takes a message of this size, encoded as it will be. */
  boolean fits(DeliveryMessage message);
}
