package io.pinferry.delivery;

import static io.pinferry.base.Field.field;

import io.pinferry.base.CircuitBreakers;
import io.pinferry.base.Field;
import io.pinferry.base.Log;
import io.pinferry.base.Secret;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Makes one attempt to deliver a message. What is to be tried again soon stays in the queue; what
 * is to be tried later is parked, so that a queue holds only what is due.
 */
public final class Delivery {
  /** A webhook should take a message and work on it later. */
  static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** A message that waits for longer than this is parked. */
  static final Duration WAITS_IN_QUEUE_MAX = Duration.ofMinutes(10);

  /** How long a message is put off for whose turn did not come. */
  static final Duration PUT_OFF = Duration.ofMinutes(1);

  /** After so many failures in a row a destination is asked once in a while only. */
  static final int FAILURES_MAX = 5;

  /** An answer is only looked at for its status. */
  private static final int ANSWER_BYTES_MAX = 64 * 1024;

  /** By these a destination refuses this message; they say nothing about the next one. */
  private static final Set<Integer> ABOUT_THE_MESSAGE = Set.of(400, 413, 415, 422);

  private final Parts parts;
  private final RetrySchedule retries;
  private final InstantSource clock;
  private final Log log;

  /**
   * What deliveries need.
   *
   * @param deadLetters keeps what was not delivered, for a person to send again
   * @param circuits by destination, shared by all attempts of the process; see {@link #circuits()}
   * @param links to what is too large for a message
   */
  public record Parts(
      DeliveryTargets targets,
      HttpTransport http,
      Receipts receipts,
      ParkedMessages parked,
      DeadLetters deadLetters,
      DestinationTroubles troubles,
      CircuitBreakers<String> circuits,
      ResultLinks links) {}

  /** Returns circuits of which nothing is known yet. */
  public static CircuitBreakers<String> circuits() {
    return new CircuitBreakers<>(FAILURES_MAX);
  }

  public Delivery(Parts parts, RetrySchedule retries, InstantSource clock, Log log) {
    this.parts = parts;
    this.retries = retries;
    this.clock = clock;
    this.log = log;
  }

  /** What an attempt came to. */
  public sealed interface Attempt {
    /** Taken; the receipt is still to be reported, together with others. */
    record Success(DeliveryMessage.Receipt receipt) implements Attempt {}

    /** To be received again after a time. */
    record Retry(Duration delay) implements Attempt {}

    /** Done with in this queue: parked, or given up and reported. */
    record Removal() implements Attempt {}
  }

  /**
   * Makes an attempt.
   *
   * @param number of this attempt, from 1
   */
  public Attempt attempt(DeliveryMessage message, int number) {
    return switch (parts.targets().find(message)) {
      case DeliveryTargets.MissingInstallation _ -> {
        // Else the read would wait for this message until it is too old.
        undeliverable(message, "the installation is gone");
        yield new Attempt.Removal();
      }
      case DeliveryTargets.PausedObject _ -> {
        log.with(about(message))
            .info("message dropped: its object is paused", field("message", message.id()));
        undeliverable(message, "the object is paused");
        yield new Attempt.Removal();
      }
      case DeliveryTargets.MissingDestination missing ->
          failed(message, number, missing.reason(), Duration.ZERO);
      case DeliveryTargets.Webhook webhook -> {
        boolean last = retries.delayAfter(number).isEmpty();
        if (!parts.circuits().mayAsk(destinationOf(message), clock.instant()) && !last) {
          // It counts as the attempt that it would most likely have been; only the last is always
          // made.
          yield failed(
              message,
              number,
              "the destination failed %s times in a row and was not asked again yet"
                  .formatted(FAILURES_MAX),
              Duration.ZERO);
        }
        yield post(message, webhook, number);
      }
    };
  }

  /**
   * Puts a message off without an attempt, since others of its destination took too long.
   *
   * @param number of the attempt that was not made
   */
  public Attempt putOff(DeliveryMessage message, int number) {
    return park(message, number - 1, PUT_OFF);
  }

  /** Names what messages queue up for: the destination, within its project. */
  public static String destinationOf(DeliveryMessage message) {
    return message.project().value() + "/" + message.destination();
  }

  private Attempt post(DeliveryMessage message, DeliveryTargets.Webhook webhook, int number) {
    byte[] body =
        message.content() instanceof DeliveryMessage.Records records && records.linked()
            ? parts
                .links()
                .body(message, records, webhook.signingKeys().getFirst(), clock.instant())
            : message.body();
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, Secret> header : webhook.headers().entrySet()) {
      headers.put(header.getKey(), header.getValue().value());
    }
    headers.put("Content-Type", "application/json");
    headers.putAll(
        WebhookSignature.headers(message.id(), clock.instant(), body, webhook.signingKeys()));
    HttpAnswer answer;
    try {
      answer =
          parts
              .http()
              .send(new HttpCall("POST", webhook.url(), headers, body, TIMEOUT, ANSWER_BYTES_MAX));
    } catch (TransportFailure e) {
      parts.circuits().failed(destinationOf(message), clock.instant());
      return failed(
          message,
          number,
          (e.sent() ? "the destination gave no answer (" : "the destination was not reached (")
              + e.getMessage()
              + ")",
          Duration.ZERO);
    }
    int status = answer.status();
    if (answer.isSuccess()) {
      parts.circuits().answered(destinationOf(message));
      if (webhook.failing()) {
        parts.troubles().recovered(message.project(), message.destination());
      }
      // Nobody waits for a notification, so there is nothing to report of it.
      return message.receipt().<Attempt>map(Attempt.Success::new).orElseGet(Attempt.Removal::new);
    }
    if (!ABOUT_THE_MESSAGE.contains(status)) {
      parts.circuits().failed(destinationOf(message), clock.instant());
    }
    String what = "the destination answered " + status;
    if (status == 410) {
      noteTrouble(message, true, what + ", which means that nothing is wanted there any more");
    }
    Duration asked =
        answer
            .header("retry-after")
            .flatMap(header -> RetryAfter.of(header, clock.instant()))
            .orElse(Duration.ZERO);
    return failed(message, number, what, asked);
  }

  private Attempt failed(DeliveryMessage message, int number, String what, Duration atLeast) {
    Duration scheduled = retries.delayAfter(number).orElse(null);
    log.with(about(message))
        .warn(
            "message not delivered",
            field("message", message.id()),
            field("destination", message.destination()),
            field("attempt", number),
            field("reason", what),
            field("final", scheduled == null));
    String description = "attempt " + number + " at " + message.destination() + ": " + what;
    if (scheduled == null) {
      return givenUp(message, description + ", and there is no further attempt");
    }
    Duration delay = scheduled.compareTo(atLeast) < 0 ? atLeast : scheduled;
    message
        .receipt()
        .ifPresent(
            receipt -> parts.receipts().refused(receipt, description, clock.instant().plus(delay)));
    return delay.compareTo(WAITS_IN_QUEUE_MAX) <= 0
        ? new Attempt.Retry(delay)
        : park(message, number, delay);
  }

  private Attempt park(DeliveryMessage message, int attempts, Duration delay) {
    parts.parked().park(message.after(attempts), clock.instant().plus(delay));
    return new Attempt.Removal();
  }

  /** Returns what a log line says of where a message comes from. */
  static Field[] about(DeliveryMessage message) {
    return about(message.content());
  }

  static Field[] about(DeliveryMessage.Content content) {
    return switch (content) {
      case DeliveryMessage.Records records ->
          new Field[] {
            field("operation", records.receipt().operation()),
            field("installation", records.installation()),
            field("partition", records.receipt().partition())
          };
      case DeliveryMessage.Notice notice ->
          new Field[] {field("notification", notice.type().text())};
    };
  }

  /**
   * Every step can be repeated, and the queue keeps the message until all are done: whoever sends
   * it again from the dead letters meets a read that does not wait for it any more.
   */
  private Attempt givenUp(DeliveryMessage message, String reason) {
    noteTrouble(message, false, reason);
    parts.deadLetters().keep(message, reason, clock.instant());
    undeliverable(message, reason);
    return new Attempt.Removal();
  }

  private void undeliverable(DeliveryMessage message, String reason) {
    message.receipt().ifPresent(receipt -> parts.receipts().undeliverable(receipt, reason));
  }

  private void noteTrouble(DeliveryMessage message, boolean disabled, String reason) {
    parts
        .troubles()
        .note(
            message.project(),
            message.destination(),
            new DestinationTrouble(disabled, reason, clock.instant()));
  }
}
