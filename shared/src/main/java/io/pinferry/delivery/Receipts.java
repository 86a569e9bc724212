package io.pinferry.delivery;

import java.time.Instant;
import java.util.List;

/** Receives the results of messages. Every call can be repeated. */
public interface Receipts {
  /** The destination has accepted these messages. */
  void delivered(List<DeliveryMessage.Receipt> receipts);

  /**
   * The destination did not accept a message. Another attempt follows.
   *
   * @param answer the destination's answer, in words for a person
   */
  void refused(DeliveryMessage.Receipt receipt, String answer, Instant nextAttempt);

  /**
   * A message will never be delivered.
   *
   * @param reason in words for a person
   */
  void undeliverable(DeliveryMessage.Receipt receipt, String reason);
}
