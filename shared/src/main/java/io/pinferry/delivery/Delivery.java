package io.pinferry.delivery;

import static io.pinferry.base.Field.field;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.CircuitBreakers;
import io.pinferry.base.Field;
import io.pinferry.base.Log;
import io.pinferry.base.Metric;
import io.pinferry.base.Redaction;
import io.pinferry.base.Secret;
import io.pinferry.delivery.DeliveryAttempt.Outcome;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.RetryAfter;
import io.pinferry.net.TransportFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes attempts to deliver messages. A message with a short delay stays in the queue. A message
 * with a long delay is parked, so that a queue holds only due messages.
 */
public final class Delivery {
  /** The timeout of a request. A webhook should accept a message first and process it later. */
  public static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** The longest delay in the queue. A message with a longer delay is parked. */
  static final Duration WAITS_IN_QUEUE_MAX = Duration.ofMinutes(10);

  /** The delay of a message that had to wait too long for others. */
  static final Duration POSTPONEMENT = Duration.ofMinutes(1);

  /** This many failures in a row open the circuit breaker of a destination. */
  static final int FAILURES_MAX = 5;

  /** The longest delay that a destination may ask for. */
  private static final Duration RETRY_AFTER_MAX = Duration.ofHours(12);

  /** The status alone decides. The rest of an answer is for people, who look for a cause. */
  static final int EXCERPT_BYTES_MAX = 1024;

  /** Statuses that refuse one message. They say nothing about the next one. */
  private static final Set<Integer> MESSAGE_REFUSALS = Set.of(400, 413, 415, 422);

  private final Parts parts;
  private final AttemptReports reports;
  private final RetrySchedule retries;
  private final InstantSource clock;
  private final Log log;

  /**
   * The dependencies of deliveries.
   *
   * @param breakers by destination, shared by all attempts of the process; see {@link #breakers()}
   * @param links for records that are too large for a message
   */
  public record Parts(
      DeliveryTargets targets,
      HttpTransport http,
      Receipts receipts,
      DeliveryAttempts attempts,
      ParkedMessages parked,
      DeadLetters deadLetters,
      DestinationTroubles troubles,
      CircuitBreakers<String> breakers,
      ResultLinks links) {}

  public static CircuitBreakers<String> breakers() {
    return new CircuitBreakers<>(FAILURES_MAX);
  }

  public Delivery(
      Parts parts, RetrySchedule retries, AttemptSettings attempts, InstantSource clock, Log log) {
    this.parts = parts;
    this.reports = new AttemptReports(parts.attempts(), parts.receipts(), attempts);
    this.retries = retries;
    this.clock = clock;
    this.log = log;
  }

  /** The result of an attempt. */
  public sealed interface Attempt {
    /** The destination has accepted the message. The caller reports the receipt, with others. */
    record Success(DeliveryMessage.Receipt receipt) implements Attempt {}

    /** The message stays in the queue for another attempt. */
    record Retry(Duration delay) implements Attempt {}

    /** The message leaves the queue: it is parked, or has failed and is reported. */
    record Removal() implements Attempt {}
  }

  /**
   * Makes an attempt.
   *
   * @param number the number of the attempt, from 1
   */
  public Attempt attempt(DeliveryMessage message, int number) {
    return switch (parts.targets().find(message)) {
      case DeliveryTargets.MissingInstallation _ -> {
        // An attempt that was interrupted after it had parked the message.
        parts.parked().discard(message.id());
        // The report ends the wait of the read for this message.
        reports.ended(message, dropped(message, number, "the installation is gone"));
        yield new Attempt.Removal();
      }
      case DeliveryTargets.PausedObject _ -> {
        log.with(about(message))
            .info("message dropped: its object is paused", field("messageId", message.id()));
        reports.ended(message, dropped(message, number, "the object is paused"));
        yield new Attempt.Removal();
      }
      case DeliveryTargets.MissingDestination missing ->
          failed(message, number, new Failure(false, missing.reason(), null, Duration.ZERO));
      case DeliveryTargets.Webhook webhook -> {
        boolean last = retries.delayAfter(number).isEmpty();
        if (!last && !mayCall(message)) {
          // This counts as a failed attempt. Only the last attempt is always made.
          String reason =
              "the destination failed %s times in a row and was not called again yet"
                  .formatted(FAILURES_MAX);
          yield failed(message, number, new Failure(false, reason, null, Duration.ZERO));
        }
        yield post(message, webhook, number);
      }
    };
  }

  /**
   * Postpones a message without an attempt, since others of its destination took too long.
   *
   * @param number the number of the attempt that was not made
   */
  public Attempt postpone(DeliveryMessage message, int number) {
    return park(message, number - 1, POSTPONEMENT);
  }

  /** Returns the destination of a message with its project, as a key. */
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
    webhook.headers().forEach((name, value) -> headers.put(name, value.value()));
    headers.put("Content-Type", "application/json");
    headers.putAll(
        WebhookSignature.headers(message.id(), clock.instant(), body, webhook.signingKeys()));
    HttpAnswer answer;
    Instant start = clock.instant();
    try {
      answer =
          parts
              .http()
              .send(
                  HttpCall.withExcerpt(
                      "POST", webhook.url(), headers, body, TIMEOUT, EXCERPT_BYTES_MAX));
    } catch (TransportFailure e) {
      noteRefusal(message);
      String reason =
          (e.sent() ? "the destination gave no answer (" : "the destination was not reached (")
              + e.getMessage()
              + ")";
      noteFailure(message, webhook, reason);
      return failed(message, number, new Failure(true, reason, null, Duration.ZERO));
    }
    int status = answer.status();
    long durationMillis = Duration.between(start, clock.instant()).toMillis();
    log.add(Metric.WEBHOOK_LATENCY, durationMillis);
    if (answer.isSuccess()) {
      log.count(Metric.MESSAGES_DELIVERED);
      log.with(about(message))
          .info(
              "message delivered",
              field("messageId", message.id()),
              field("destination", message.destination()),
              field("attempt", number),
              field("status", status),
              field("durationMillis", durationMillis));
      noteSuccess(message, webhook, number);
      return accepted(message, number, new DeliveryAttempt.Answer(status, durationMillis, ""));
    }
    if (!MESSAGE_REFUSALS.contains(status)) {
      noteRefusal(message);
    }
    String reason = "the destination answered " + status;
    if (status == 410 && !message.isReplay()) {
      log.count(Metric.DESTINATIONS_DISABLED);
      note(
          message,
          DestinationTrouble.disabled(reason + ": it wants no more messages", clock.instant()));
    } else {
      noteFailure(message, webhook, reason);
    }
    Duration asked = RetryAfter.of(answer, clock.instant(), RETRY_AFTER_MAX).orElse(Duration.ZERO);
    var answered =
        new DeliveryAttempt.Answer(status, durationMillis, excerpt(answer.body(), webhook));
    return failed(message, number, new Failure(true, reason, answered, asked));
  }

  /** Returns the beginning of an answer without secrets, which it may repeat. */
  private static String excerpt(byte[] body, DeliveryTargets.Webhook webhook) {
    String text = new String(body, UTF_8);
    List<Secret> secrets = new ArrayList<>(webhook.headers().values());
    secrets.addAll(webhook.signingKeys());
    for (Secret secret : secrets) {
      if (!secret.value().isEmpty()) {
        text = withoutBeginning(text.replace(secret.value(), secret.toString()), secret.value());
      }
    }
    return Redaction.apply(text);
  }

  /** Removes the beginning of a secret from the end of a text, where the answer was cut. */
  private static String withoutBeginning(String text, String secret) {
    for (int length = Math.min(secret.length() - 1, text.length()); length >= 4; length--) {
      if (text.endsWith(secret.substring(0, length))) {
        return text.substring(0, text.length() - length);
      }
    }
    return text;
  }

  private Attempt accepted(DeliveryMessage message, int number, DeliveryAttempt.Answer answer) {
    reports.ended(message, attempt(message, number, Outcome.ACCEPTED, true, null, answer, null));
    // Nothing waits for a notification, or for a message that is sent again.
    return message
        .receipt()
        .filter(_ -> message.sentAgainAt() == null)
        .<Attempt>map(Attempt.Success::new)
        .orElseGet(Attempt.Removal::new);
  }

  /**
   * A failed attempt.
   *
   * @param called whether the destination was called
   * @param delayMin the delay that the destination asked for
   */
  private record Failure(
      boolean called, String reason, DeliveryAttempt.@Nullable Answer answer, Duration delayMin) {}

  private Attempt failed(DeliveryMessage message, int number, Failure failure) {
    Duration scheduled = retries.delayAfter(number).orElse(null);
    log.count(Metric.DELIVERIES_REFUSED);
    log.with(about(message))
        .warn(
            "message not delivered",
            field("messageId", message.id()),
            field("destination", message.destination()),
            field("attempt", number),
            field("reason", failure.reason()),
            field("final", scheduled == null));
    if (scheduled == null) {
      return givenUp(message, attempt(message, number, Outcome.GIVEN_UP, failure, null));
    }
    Duration delay = scheduled.compareTo(failure.delayMin()) < 0 ? failure.delayMin() : scheduled;
    Instant next = clock.instant().plus(delay);
    reports.ended(message, attempt(message, number, Outcome.FAILED, failure, next));
    return delay.compareTo(WAITS_IN_QUEUE_MAX) <= 0
        ? new Attempt.Retry(delay)
        : park(message, number, delay);
  }

  private DeliveryAttempt dropped(DeliveryMessage message, int number, String reason) {
    var failure = new Failure(false, reason, null, Duration.ZERO);
    return attempt(message, number, Outcome.DROPPED, failure, null);
  }

  private DeliveryAttempt attempt(
      DeliveryMessage message,
      int number,
      Outcome outcome,
      Failure failure,
      @Nullable Instant nextAttemptAt) {
    return attempt(
        message,
        number,
        outcome,
        failure.called(),
        failure.reason(),
        failure.answer(),
        nextAttemptAt);
  }

  private DeliveryAttempt attempt(
      DeliveryMessage message,
      int number,
      Outcome outcome,
      boolean called,
      @Nullable String reason,
      DeliveryAttempt.@Nullable Answer answer,
      @Nullable Instant nextAttemptAt) {
    return new DeliveryAttempt(
        message.id(),
        message.project(),
        message.content(),
        message.destination(),
        message.sentAgainAt(),
        number,
        clock.instant(),
        outcome,
        called,
        reason,
        answer,
        nextAttemptAt);
  }

  private Attempt park(DeliveryMessage message, int attempts, Duration delay) {
    parts.parked().park(message.after(attempts), clock.instant().plus(delay));
    // The customer may have been removed during the attempt, with all messages parked by then.
    if (parts.targets().isGone(message)) {
      parts.parked().discard(message.id());
    }
    return new Attempt.Removal();
  }

  /** Returns the fields of a log line for the origin of a message. */
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
          notice.operation() == null
              ? new Field[] {field("notification", notice.type().text())}
              : new Field[] {
                field("notification", notice.type().text()), field("operation", notice.operation())
              };
    };
  }

  /**
   * Every step can be repeated, and the message stays in the queue until all are done. The last
   * step is the report: when the message is sent again as a dead letter, the read no longer waits
   * for it.
   */
  private Attempt givenUp(DeliveryMessage message, DeliveryAttempt attempt) {
    String reason = attempt.failure();
    if (!message.isReplay()) {
      note(message, DestinationTrouble.givenUp(reason, attempt.at()));
      parts.deadLetters().keep(message, reason, attempt.at());
      log.count(Metric.DEAD_LETTERS);
    }
    reports.ended(message, attempt);
    return new Attempt.Removal();
  }

  private void noteFailure(
      DeliveryMessage message, DeliveryTargets.Webhook webhook, String reason) {
    if (!webhook.failing()) {
      note(message, DestinationTrouble.failing(reason, clock.instant()));
    }
  }

  // A replay has no effect on the health of its destination: a developer asks for it at any time.

  private boolean mayCall(DeliveryMessage message) {
    return message.isReplay()
        || parts.breakers().allowsCall(destinationOf(message), clock.instant());
  }

  private void noteRefusal(DeliveryMessage message) {
    if (!message.isReplay()) {
      parts.breakers().failed(destinationOf(message), clock.instant());
    }
  }

  private void noteSuccess(DeliveryMessage message, DeliveryTargets.Webhook webhook, int number) {
    if (message.isReplay()) {
      return;
    }
    parts.breakers().answered(destinationOf(message));
    // The cached state of the destination may be older than a failure of this message.
    if (webhook.failing() || number > 1) {
      parts.troubles().recovered(message.project(), message.destination());
    }
  }

  private void note(DeliveryMessage message, DestinationTrouble trouble) {
    if (message.isReplay()) {
      return;
    }
    parts.troubles().note(message.project(), message.destination(), trouble);
  }
}
