package io.pinferry.delivery;

import io.pinferry.delivery.DeliveryAttempt.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Reports attempts to deliver a message: they are kept, and a read is told what they mean for it. A
 * message has a bounded number of attempts, so a log gets a bounded number of lines.
 */
final class AttemptReports {
  private final DeliveryAttempts attempts;
  private final Receipts receipts;
  private final AttemptSettings settings;

  AttemptReports(DeliveryAttempts attempts, Receipts receipts, AttemptSettings settings) {
    this.attempts = attempts;
    this.receipts = receipts;
    this.settings = settings;
  }

  /** Reports an attempt that has ended. Every step can be repeated. */
  void ended(DeliveryMessage message, DeliveryAttempt attempt) {
    boolean isKept =
        switch (settings.kept()) {
          case OFF -> attempt.outcome() == Outcome.GIVEN_UP || attempt.outcome() == Outcome.DROPPED;
          // Nearly all records are accepted at once. They must not cost a write each.
          case FAILURES -> !attempt.isUsual();
          case ALL -> true;
        };
    if (isKept) {
      attempts.keep(attempt, replayable(message, attempt), attempt.at().plus(settings.keptFor()));
    }
    // Nobody waits for a message that was delivered before.
    if (attempt.content() instanceof DeliveryMessage.Records records && !message.isReplay()) {
      tell(attempt, records.receipt());
    }
  }

  /** Returns the message if it is to be kept with the attempt. */
  private @Nullable DeliveryMessage replayable(DeliveryMessage message, DeliveryAttempt attempt) {
    return settings.kept() == AttemptSettings.Kept.ALL
            && attempt.outcome() == Outcome.ACCEPTED
            && !message.isReplay()
        ? message
        : null;
  }

  private void tell(DeliveryAttempt attempt, DeliveryMessage.Receipt receipt) {
    switch (attempt.outcome()) {
      case ACCEPTED -> {
        // If the message is not sent again, the caller reports the receipt, with others.
        if (attempt.sentAgainAt() != null) {
          receipts.deliveredLater(receipt);
        }
      }
      case FAILED -> {}
      case GIVEN_UP -> receipts.undeliverable(receipt, attempt.text());
      case DROPPED -> receipts.dropped(receipt, attempt.text());
    }
  }
}
