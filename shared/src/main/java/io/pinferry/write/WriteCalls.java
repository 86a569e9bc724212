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
import io.pinferry.client.PinterestClient;
import io.pinferry.client.PinterestRequest;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Installation;
import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.WriteCall;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of writes for one installation, and says what is known of their effect
 * whatever stops them on the way.
 */
final class WriteCalls {
  private static final int ATTEMPTS_MAX = 3;

  /** Before the second attempt at what is locked; before the third it is twice as long. */
  private static final Duration LOCK_PAUSE = Duration.ofSeconds(1);

  /** Long for any answer, and short enough to leave time to look for a lost one's effect. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(15);

  private static final Duration LOOK_UP_MIN = Duration.ofSeconds(1);

  private static final int ANSWER_BYTES_MAX = 1 << 20;

  private final PinterestClient client;
  private final Tasks tasks;
  private final Log log;

  WriteCalls(PinterestClient client, Tasks tasks, Log log) {
    this.client = client;
    this.tasks = tasks;
    this.log = log;
  }

  /** What is known of a request's effect. */
  sealed interface Effect {
    /** Pinterest did it; its answer, a missing node if it had none. */
    record Done(JsonNode answer) implements Effect {}

    /** Pinterest did not do it and said why. */
    record Refused(PinterestFailure failure) implements Effect {}

    /** It was surely not done. */
    record NotDone(String why) implements Effect {}

    /** It was surely not done, and a repeat will not do it either. */
    record Impossible(String why) implements Effect {}

    /** Pinterest still works on it; what is known of it so far. */
    record Waiting(ObjectNode known) implements Effect {}

    /** Pinterest may or may not have done it. */
    record Unknown(String why) implements Effect {}
  }

  /**
   * How long a write may take.
   *
   * @param beginUntil no request begins later
   * @param answeredUntil when the last request must have been answered
   */
  record Deadlines(Instant beginUntil, Instant answeredUntil) {
    /** Returns the deadlines for looking up the effect of requests that began in time. */
    Deadlines forLookUp() {
      return new Deadlines(answeredUntil.minus(LOOK_UP_MIN), answeredUntil);
    }
  }

  /**
   * Returns the account that is written to, and makes sure that there is a token for it, so that a
   * write without one stops before it begins.
   */
  AccountId account(Installation installation) {
    return client.account(installation.project(), installation.connection());
  }

  /** Returns why a request cannot be sent in time; null if it can, or if that is not known. */
  @Nullable String heldBack(Installation installation, WriteCall call, Deadlines deadlines) {
    try {
      return client
          .findBudgetWait(
              installation.project(),
              installation.connection(),
              call.category(),
              deadlines.beginUntil())
          .map(until -> usedUp(call, until))
          .orElse(null);
    } catch (PinferryException e) {
      // Each record says it, should it still be so.
      return null;
    }
  }

  private static String usedUp(WriteCall call, Instant until) {
    return "the request limit for " + call.category().text() + " is used up until " + until;
  }

  /**
   * Sends a request, again only if that cannot do it twice.
   *
   * @param mayBeSent asked once, right before the request is sent first; nothing is sent if it
   *     returns false or fails
   */
  Effect send(
      Installation installation,
      WriteCall call,
      String pathAndQuery,
      @Nullable JsonNode body,
      Deadlines deadlines,
      BooleanSupplier mayBeSent) {
    var exchange = new Exchange(call, deadlines, mayBeSent);
    var request =
        new PinterestRequest<JsonNode>(
            call.method(),
            client.resolve(pathAndQuery),
            body == null
                ? Map.of("accept", "application/json")
                : Map.of("accept", "application/json", "content-type", "application/json"),
            body == null ? null : Json.bytes(body),
            call.category(),
            ANSWER_BYTES_MAX,
            WriteCalls::read);
    try {
      return exchange.effect(
          client.call(installation.project(), installation.connection(), request, exchange));
    } catch (Tasks.InterruptedTask e) {
      // Nobody is left to hear of it.
      throw e;
    } catch (PinferryException e) {
      return exchange.stopped(e.getMessage() + e.remedy().map(remedy -> ". " + remedy).orElse(""));
    } catch (RuntimeException e) {
      log.error(
          "a request of a write failed",
          e,
          field("installation", installation.id()),
          field("method", call.method()),
          field("path", call.path()));
      return exchange.stopped("an error inside Pinferry, see its log");
    }
  }

  private static JsonNode read(HttpAnswer answer) throws IOException {
    try {
      return Json.parse(answer.body());
    } catch (IOException e) {
      throw new IOException("a body that is no JSON", e);
    }
  }

  /** One request with its repeats. */
  private final class Exchange implements CallPolicy {
    private final WriteCall call;
    private final Deadlines deadlines;
    private final BooleanSupplier mayBeSent;
    private int attempts;

    /** Whether a request was sent whose outcome is not known yet. */
    private boolean inFlight;

    /** Why the effect of an earlier attempt is not known; null if no attempt can have had one. */
    private @Nullable String lost;

    private boolean refused;

    Exchange(WriteCall call, Deadlines deadlines, BooleanSupplier mayBeSent) {
      this.call = call;
      this.deadlines = deadlines;
      this.mayBeSent = mayBeSent;
    }

    @Override
    public Log log() {
      return log;
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

    /** A lock passes by itself. */
    private Next afterPause(Instant now) {
      Instant next = now.plus(LOCK_PAUSE.multipliedBy(attempts));
      return next.isBefore(deadlines.beginUntil()) ? new Next.RetryAt(next) : new Next.GiveUp();
    }

    Effect effect(CallOutcome<JsonNode> outcome) {
      return switch (outcome) {
        case CallOutcome.Success<JsonNode>(JsonNode answer) -> new Effect.Done(answer);
        case CallOutcome.Failure<JsonNode>(FailedAttempt attempt) -> ofFailure(attempt);
        case CallOutcome.BudgetWait<JsonNode>(Instant until) ->
            stopped(
                tasks.now().isBefore(deadlines.beginUntil())
                    ? usedUp(call, until)
                    : "the time for one request was over");
        case CallOutcome.Veto<JsonNode> _ ->
            new Effect.Unknown("it was sent before, and its outcome was not kept");
        case CallOutcome.OtherAccount<JsonNode> _ ->
            throw new IllegalStateException("a write expects no account");
      };
    }

    private Effect ofFailure(FailedAttempt attempt) {
      PinterestFailure failure = attempt.failure();
      if (attempt.mayHaveTakenEffect()) {
        return new Effect.Unknown(failure.describe());
      }
      if (!attempt.sent()) {
        return stopped(failure.message());
      }
      // A refusal tells only of its own attempt, unless what was to be gone is gone.
      boolean gone = call.method().equals("DELETE") && failure.kind() == Kind.NOT_FOUND;
      return lost == null || gone
          ? new Effect.Refused(failure)
          : new Effect.Unknown(lost + "; a repeat was refused: " + failure.describe());
    }

    /** Returns what is known when something stops the exchange now. */
    Effect stopped(String why) {
      if (inFlight) {
        return new Effect.Unknown(why);
      }
      if (lost != null) {
        return new Effect.Unknown(lost + "; it was not repeated, since " + why);
      }
      return new Effect.NotDone((refused ? "nothing was written: " : "not attempted: ") + why);
    }
  }
}
