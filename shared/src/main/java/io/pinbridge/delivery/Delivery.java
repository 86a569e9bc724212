package io.pinbridge.delivery;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.Log;
import io.pinbridge.base.Secret;
import io.pinbridge.net.HttpAnswer;
import io.pinbridge.net.HttpCall;
import io.pinbridge.net.HttpTransport;
import io.pinbridge.net.TransportFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Makes one attempt to deliver a message. */
public final class Delivery {
  /** A webhook should take a message and work on it later. */
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** An answer is only looked at for its status. */
  private static final int ANSWER_BYTES_MAX = 64 * 1024;

  private final DeliveryTargets targets;
  private final HttpTransport http;
  private final RetrySchedule retries;
  private final Receipts receipts;
  private final InstantSource clock;
  private final Log log;

  public Delivery(
      DeliveryTargets targets,
      HttpTransport http,
      RetrySchedule retries,
      Receipts receipts,
      InstantSource clock,
      Log log) {
    this.targets = targets;
    this.http = http;
    this.retries = retries;
    this.receipts = receipts;
    this.clock = clock;
    this.log = log;
  }

  /** What an attempt came to. */
  public sealed interface Attempt {
    /** Taken; the receipt is still to be reported, together with others. */
    record Delivered(DeliveryMessage.Receipt receipt) implements Attempt {}

    /** To be tried again after a time. */
    record Again(Duration delay) implements Attempt {}

    /** Finished without a delivery; reported already. */
    record Dropped() implements Attempt {}
  }

  /**
   * Makes an attempt.
   *
   * @param number of this attempt, from 1
   */
  public Attempt attempt(DeliveryMessage message, int number) {
    return switch (targets.find(message)) {
      case DeliveryTargets.Gone _ -> {
        // Else the read would wait for this message until it is too old.
        receipts.undeliverable(message.receipt(), "the installation is gone");
        yield new Attempt.Dropped();
      }
      case DeliveryTargets.Missing missing -> failed(message, number, missing.reason());
      case DeliveryTargets.Webhook webhook -> post(message, webhook, number);
    };
  }

  private Attempt post(DeliveryMessage message, DeliveryTargets.Webhook webhook, int number) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, Secret> header : webhook.headers().entrySet()) {
      headers.put(header.getKey(), header.getValue().value());
    }
    headers.put("Content-Type", "application/json");
    headers.putAll(
        WebhookSignature.headers(
            message.id(), clock.instant(), message.body(), webhook.signingKeys()));
    try {
      HttpAnswer answer =
          http.send(
              new HttpCall(
                  "POST", webhook.url(), headers, message.body(), TIMEOUT, ANSWER_BYTES_MAX));
      if (answer.status() >= 200 && answer.status() < 300) {
        return new Attempt.Delivered(message.receipt());
      }
      return failed(message, number, "the destination answered " + answer.status());
    } catch (TransportFailure e) {
      return failed(message, number, "the destination gave no answer (" + e.getMessage() + ")");
    }
  }

  private Attempt failed(DeliveryMessage message, int number, String what) {
    Optional<Duration> delay = retries.delayAfter(number);
    log.warn(
        "message not delivered",
        field("operation", message.receipt().operation()),
        field("installation", message.installation()),
        field("partition", message.receipt().partition()),
        field("message", message.id()),
        field("destination", message.destination()),
        field("attempt", number),
        field("reason", what),
        field("final", delay.isEmpty()));
    String description = "attempt " + number + " at " + message.destination() + ": " + what;
    if (delay.isEmpty()) {
      receipts.undeliverable(message.receipt(), description + ", and there is no further attempt");
      return new Attempt.Dropped();
    }
    Instant next = clock.instant().plus(delay.get());
    receipts.refused(message.receipt(), description, next);
    return new Attempt.Again(delay.get());
  }
}
