package io.pinferry.delivery;

import java.time.Instant;
import java.util.List;

/** Receives the results of messages. Every call can be repeated. */
public interface Receipts {
  /** The destination has accepted these messages. */
  void delivered(List<DeliveryMessage.Receipt> receipts);

  /** The destination has accepted a message after it was given up and sent again. */
  void deliveredLater(DeliveryMessage.Receipt receipt);

  /** A message that was given up is sent again. */
  void sentAgain(DeliveryMessage.Receipt receipt, String destination, Instant at);

  /**
   * A message will never be delivered.
   *
   * @param reason with the message, in words for a person
   */
  void undeliverable(DeliveryMessage.Receipt receipt, String reason);

  /**
   * A message is not sent, since its installation is gone or its object is paused. It is no dead
   * letter.
   *
   * @param reason with the message, in words for a person
   */
  void dropped(DeliveryMessage.Receipt receipt, String reason);
}
