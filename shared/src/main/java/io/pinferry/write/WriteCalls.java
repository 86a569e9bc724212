package io.pinferry.write;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import io.pinferry.client.CallOutcome;
import io.pinferry.client.CallPolicy;
import io.pinferry.client.FailedAttempt;
import io.pinferry.client.PinterestRequest;
import io.pinferry.directory.Installation;
import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.WriteCall;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of one write. If something stops a request, the result says what is known of
 * its effect.
 */
final class WriteCalls {
  private static final int ATTEMPTS_MAX = 3;

  /** The pause before the second attempt at a locked record; before the third it is doubled. */
  private static final Duration LOCK_PAUSE = Duration.ofSeconds(1);

  /** The longest wait for an answer. It leaves time to look for the effect of a lost one. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(15);

  private static final Duration LOOK_UP_MIN = Duration.ofSeconds(1);

  private static final int ANSWER_BYTES_MAX = 1 << 20;

  private final WriteParts parts;
  private final Installation installation;
  private final Deadlines deadlines;

  WriteCalls(WriteParts parts, Installation installation, Deadlines deadlines) {
    this.parts = parts;
    this.installation = installation;
    this.deadlines = deadlines;
  }

  /** The known effect of a request. */
  sealed interface Effect {
    /** Pinterest did it; a missing node stands for an empty answer. */
    record Success(JsonNode answer) implements Effect {}

    /** Pinterest refused it. */
    record Refusal(PinterestFailure failure) implements Effect {}

    /** It was surely not done. */
    record Nothing(String reason, boolean retryable) implements Effect {}

    /** Pinterest still works on it. */
    record Progress(ObjectNode state) implements Effect {}

    /** Pinterest may or may not have done it. */
    record Doubt(String reason) implements Effect {}
  }

  /**
   * How long a write may take.
   *
   * @param beginUntil no request begins later
   * @param answeredUntil when the last request must have been answered
   */
  record Deadlines(Instant beginUntil, Instant answeredUntil) {}

  Deadlines deadlines() {
    return deadlines;
  }

  /** Returns the same with more time, to look up the effect of requests that began in time. */
  WriteCalls forLookUp() {
    Instant end = deadlines.answeredUntil();
    return new WriteCalls(parts, installation, new Deadlines(end.minus(LOOK_UP_MIN), end));
  }

  /** Returns why a request cannot be sent in time; null if it can, or if that is unknown. */
  @Nullable String findBudgetWait(WriteCall call) {
    try {
      return parts
          .client()
          .findBudgetWait(
              installation.project(),
              installation.connection(),
              call.category(),
              deadlines.beginUntil())
          .map(until -> usedUp(call, until))
          .orElse(null);
    } catch (PinferryException e) {
      // If the failure lasts, the result of each record tells it.
      return null;
    }
  }

  private static String usedUp(WriteCall call, Instant until) {
    return "the request limit for " + call.category().text() + " is used up until " + until;
  }

  /** Sends a request that needs no mark. */
  Effect send(WriteCall call, String pathAndQuery, @Nullable JsonNode body, List<String> answered) {
    return send(call, pathAndQuery, body, answered, () -> true);
  }

  /**
   * Sends a request. It is repeated only if a repeat cannot do it twice.
   *
   * @param answered members that the answer has; without one nobody knows what was done
   * @param mayBeSent is called once, right before the first attempt; nothing is sent if it returns
   *     false or throws
   */
  Effect send(
      WriteCall call,
      String pathAndQuery,
      @Nullable JsonNode body,
      List<String> answered,
      BooleanSupplier mayBeSent) {
    Map<String, String> headers = new HashMap<>(Map.of("accept", "application/json"));
    if (body != null) {
      headers.put("content-type", "application/json");
    }
    var request =
        new PinterestRequest<JsonNode>(
            call.method(),
            parts.client().resolve(pathAndQuery),
            headers,
            body == null ? null : Json.bytes(body),
            call.category(),
            ANSWER_BYTES_MAX,
            answer -> read(answer, answered));
    var policy = new WritePolicy(call, mayBeSent);
    try {
      return policy.effect(
          parts.client().call(installation.project(), installation.connection(), request, policy));
    } catch (Tasks.InterruptedTask e) {
      // Nobody is left to get the result.
      throw e;
    } catch (PinferryException e) {
      return policy.stopped(e.getMessage() + e.remedy().map(remedy -> ". " + remedy).orElse(""));
    } catch (RuntimeException e) {
      parts
          .log()
          .error(
              "a request of a write failed",
              e,
              field("installation", installation.id()),
              field("method", call.method()),
              field("path", call.path()));
      return policy.stopped("an error inside Pinferry, see its log");
    }
  }

  private static JsonNode read(HttpAnswer answer, List<String> answered) throws IOException {
    JsonNode body;
    try {
      body = Json.parse(answer.body());
    } catch (IOException e) {
      throw new IOException("a body that is not JSON", e);
    }
    for (String name : answered) {
      JsonNode member = body.path(name);
      if (!body.hasNonNull(name) || (member.isTextual() && member.textValue().isBlank())) {
        throw new IOException("a body without " + name);
      }
    }
    return body;
  }

  /** One request with its repeats. */
  private final class WritePolicy implements CallPolicy {
    private final WriteCall call;
    private final BooleanSupplier mayBeSent;
    private int attempts;

    /** Whether the outcome of the latest attempt is still open. */
    private boolean inFlight;

    /** Why an earlier attempt may have had an effect; null if none can have had one. */
    private @Nullable String lost;

    private boolean refused;

    WritePolicy(WriteCall call, BooleanSupplier mayBeSent) {
      this.call = call;
      this.mayBeSent = mayBeSent;
    }

    @Override
    public Log log() {
      return parts.log();
    }

    @Override
    public Instant permitBy(Instant now) {
      return deadlines.beginUntil();
    }

    @Override
    public boolean mayBegin(Instant now) {
      return now.isBefore(deadlines.beginUntil());
    }

    @Override
    public boolean maySend() {
      return attempts > 0 || mayBeSent.getAsBoolean();
    }

    @Override
    public void onSend() {
      attempts++;
      inFlight = true;
    }

    @Override
    public Duration timeout(Instant now) {
      Duration left = Duration.between(now, deadlines.answeredUntil());
      return left.compareTo(ANSWER_MAX) < 0 ? left : ANSWER_MAX;
    }

    @Override
    public Next after(FailedAttempt attempt, Instant now) {
      inFlight = false;
      boolean last = attempts >= ATTEMPTS_MAX;
      if (attempt.mayHaveTakenEffect()) {
        lost = attempt.failure().describe();
        return last || !call.repeatable() ? new Next.GiveUp() : new Next.RetryAt(now);
      }
      refused |= attempt.sent();
      if (last) {
        return new Next.GiveUp();
      }
      return switch (attempt.failure().kind()) {
        case RATE_LIMITED -> new Next.RetryAt(now);
        case UNAVAILABLE -> attempt.sent() ? afterPause(now) : new Next.RetryAt(now);
        case TOKEN_REJECTED, SPAM_BLOCKED, FORBIDDEN, NOT_FOUND, NO_CATALOG, REFUSED ->
            new Next.GiveUp();
      };
    }

    /** Waits for the end of a lock, if there is time. */
    private Next afterPause(Instant now) {
      Instant next = now.plus(LOCK_PAUSE.multipliedBy(attempts));
      return next.isBefore(deadlines.beginUntil()) ? new Next.RetryAt(next) : new Next.GiveUp();
    }

    Effect effect(CallOutcome<JsonNode> outcome) {
      return switch (outcome) {
        case CallOutcome.Success<JsonNode>(JsonNode answer) -> new Effect.Success(answer);
        case CallOutcome.Failure<JsonNode>(FailedAttempt attempt) -> ofFailure(attempt);
        case CallOutcome.BudgetWait<JsonNode>(Instant until) ->
            stopped(
                parts.tasks().now().isBefore(deadlines.beginUntil())
                    ? usedUp(call, until)
                    : "the time for one request was over");
        case CallOutcome.Veto<JsonNode> _ ->
            new Effect.Doubt("it was sent before, and its outcome was not stored");
        case CallOutcome.OtherAccount<JsonNode> _ ->
            throw new IllegalStateException("the policy of a write allows every account");
      };
    }

    private Effect ofFailure(FailedAttempt attempt) {
      PinterestFailure failure = attempt.failure();
      if (attempt.mayHaveTakenEffect()) {
        return new Effect.Doubt(failure.describe());
      }
      if (!attempt.sent()) {
        return stopped(failure.message());
      }
      // A refusal says nothing of earlier attempts, unless the record to delete is gone.
      boolean gone = call.method().equals("DELETE") && failure.kind() == Kind.NOT_FOUND;
      return lost == null || gone
          ? new Effect.Refusal(failure)
          : new Effect.Doubt(lost + "; a repeat was refused: " + failure.describe());
    }

    /** Returns what is known when something stops the request now. */
    Effect stopped(String reason) {
      if (inFlight) {
        return new Effect.Doubt(reason);
      }
      if (lost != null) {
        return new Effect.Doubt(lost + "; it was not repeated, since " + reason);
      }
      return new Effect.Nothing(
          (refused ? "nothing was written: " : "not attempted: ") + reason, true);
    }
  }
}
