package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to deliver a message. It counts even if the destination was not called.
 *
 * @param sentAgainAt when the message was last sent again; null if it never was
 * @param number the number of the attempt since then, from 1
 * @param at the time of its end, to the millisecond
 * @param called whether the destination was called
 * @param reason why the message was not accepted, in words for a person; null if it was accepted
 * @param answer null if the destination was not called, or gave no answer
 * @param nextAttemptAt null if no further attempt follows
 */
public record DeliveryAttempt(
    String messageId,
    ProjectId project,
    DeliveryMessage.Content content,
    String destination,
    @Nullable Instant sentAgainAt,
    int number,
    Instant at,
    Outcome outcome,
    boolean called,
    @Nullable String reason,
    @Nullable Answer answer,
    @Nullable Instant nextAttemptAt) {

  /** Stands between the message and the reason. */
  public static final String NOT_DELIVERED = " was not delivered: ";

  /** No attempt is later. */
  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

  public DeliveryAttempt {
    at = at.truncatedTo(ChronoUnit.MILLIS);
  }

  /** The outcome of an attempt. */
  public enum Outcome {
    /** The destination has accepted the message. */
    ACCEPTED("accepted"),
    /** Another attempt follows. */
    FAILED("failed"),
    /** No further attempt follows: the message is a dead letter. */
    GIVEN_UP("given_up"),
    /** The message is not sent, since its installation is gone or its object is paused. */
    DROPPED("dropped");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    /** Returns the outcome as the API shows it. */
    public String text() {
      return text;
    }

    public boolean isSuccess() {
      return this == ACCEPTED;
    }
  }

  /**
   * The answer of a destination.
   *
   * @param body the beginning of the body, without secrets; empty if it was not read
   */
  public record Answer(int status, long durationMillis, String body) {}

  /**
   * Returns an id: an attempt that is kept again has the same one. A message has one end since it
   * was last sent.
   */
  public String id() {
    return (outcome == Outcome.FAILED ? "attempt-" + number : outcome.text())
        + "-"
        + messageId
        + (sentAgainAt == null ? "" : "-" + sentAgainAt.toEpochMilli());
  }

  /** Returns whether records were accepted at once, as nearly all are. */
  public boolean isUsual() {
    return content instanceof DeliveryMessage.Records
        && outcome.isSuccess()
        && number == 1
        && sentAgainAt == null;
  }

  /** Returns the operation of the message, if it has one. */
  public Optional<String> operation() {
    return DeliveryMessage.operation(content);
  }

  /** Returns the position among the attempts of a project. As texts, positions sort by time. */
  public String position() {
    return positionAt(at) + operation().orElse("") + "#" + id();
  }

  /** Returns the position before all attempts from this instant on. */
  public static String positionAt(Instant at) {
    Instant known = at.isBefore(Instant.EPOCH) ? Instant.EPOCH : at.isAfter(END) ? END : at;
    return "%015d#".formatted(known.toEpochMilli());
  }

  /** Returns what happened to the message, in words for a person. */
  public String text() {
    return DeliveryMessage.describe(content)
        + switch (outcome) {
          case ACCEPTED ->
              ": attempt %s at %s was accepted%s"
                  .formatted(
                      number, destination, sentAgainAt == null ? "" : ", after it was sent again");
          case FAILED -> ": " + failure() + "; next attempt at " + nextAttemptAt;
          case GIVEN_UP, DROPPED -> NOT_DELIVERED + failure();
        };
  }

  /** Returns the failure with its attempt, in words for a person. */
  String failure() {
    String attempt =
        "attempt %s at %s%s: %s"
            .formatted(number, destination, called ? "" : " was not made", reason);
    return switch (outcome) {
      case ACCEPTED -> throw new IllegalStateException("an accepted attempt is no failure");
      case FAILED -> attempt;
      case GIVEN_UP -> attempt + ", and there is no further attempt";
      case DROPPED -> String.valueOf(reason);
    };
  }
}
