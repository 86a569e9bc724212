package io.pinferry.delivery;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Receives the results of messages. Every call can be repeated. */
public interface Receipts {
  /** The destination has accepted these messages. */
  void delivered(List<DeliveryMessage.Receipt> receipts);

  /**
   * The destination did not accept a message. Another attempt follows.
   *
   * @param answer the destination's answer, in words for a person
   */
  void refused(AttemptId attempt, String answer, Instant nextAttempt);

  /**
   * The destination has accepted a message after other attempts, or after it was sent again. {@link
   * #delivered} is called as well, unless it was sent again: then nothing waits for it.
   */
  void deliveredLate(AttemptId attempt, String destination);

  /** A message that was given up is sent again. */
  void sentAgain(DeliveryMessage.Receipt receipt, String destination, Instant at);

  /**
   * A message will never be delivered.
   *
   * @param reason in words for a person
   */
  void undeliverable(AttemptId attempt, String reason);

  /**
   * A message is not sent, since its installation is gone or its object is paused. It is no dead
   * letter.
   *
   * @param reason in words for a person
   */
  void dropped(AttemptId attempt, String reason);

  /**
   * An attempt to deliver a message.
   *
   * @param sentAgainAt when the message was last sent again; null if it never was
   * @param number the number of the attempt since then, from 1
   */
  record AttemptId(DeliveryMessage.Receipt receipt, @Nullable Instant sentAgainAt, int number) {}
}
