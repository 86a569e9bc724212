package io.pinferry.delivery;

import java.time.Instant;
import java.util.List;

/** Is told how messages ended. Every call can be repeated. */
public interface Receipts {
  /** The destination has taken these messages. */
  void delivered(List<DeliveryMessage.Receipt> receipts);

  /**
   * The destination did not take a message; it will be tried again.
   *
   * @param what the destination's answer, in words for a person
   */
  void refused(DeliveryMessage.Receipt receipt, String what, Instant nextAttempt);

  /**
   * A message will never be delivered.
   *
   * @param reason in words for a person
   */
  void undeliverable(DeliveryMessage.Receipt receipt, String reason);
}
