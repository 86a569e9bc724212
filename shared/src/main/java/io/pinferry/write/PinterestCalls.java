package io.pinferry.write;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import io.pinferry.connection.AccessToken;
import io.pinferry.connection.AccessTokens;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Installation;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.Budgets;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.PinterestWrites;
import io.pinferry.pinterest.PinterestWrites.Outcome;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.pinterest.WriteCall;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests for one installation, each when the budget permits it, and says what is known of
 * their effect whatever stops it on the way.
 */
final class PinterestCalls {
  private static final int ATTEMPTS_MAX = 3;

  /** Before the second attempt at what is locked; before the third it is twice as long. */
  private static final Duration LOCK_PAUSE = Duration.ofSeconds(1);

  /** Long for any answer, and short enough to leave time to look for what it would have told. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(15);

  /** How long after its instant a permit is good. */
  private static final Duration PERMIT_HOLDS = Duration.ofMillis(500);

  private static final Duration LOOK_UP_MIN = Duration.ofSeconds(1);

  private final AccessTokens tokens;
  private final Budgets budgets;
  private final PinterestWrites pinterest;
  private final Tasks tasks;
  private final Log log;

  PinterestCalls(
      AccessTokens tokens, Budgets budgets, PinterestWrites pinterest, Tasks tasks, Log log) {
    this.tokens = tokens;
    this.budgets = budgets;
    this.pinterest = pinterest;
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

    /** Pinterest is still at it; what is known of it by now. */
    record Waiting(ObjectNode known) implements Effect {}

    /** Pinterest may or may not have done it. */
    record Unknown(String why) implements Effect {}
  }

  /**
   * How long something may take.
   *
   * @param takingUntil from then on no request is begun
   * @param answeredUntil when the last request must have been answered
   */
  record Limits(Instant takingUntil, Instant answeredUntil) {
    /** Returns the limits of what is to find out about requests that were begun in time. */
    Limits forLookUp() {
      return new Limits(answeredUntil.minus(LOOK_UP_MIN), answeredUntil);
    }
  }

  /**
   * Returns the account that is written to, and makes sure that there is a token for it, so that a
   * write without one stops before it begins.
   */
  AccountId account(Installation installation) {
    return tokens.accessTokenFor(installation.project(), installation.connection()).account();
  }

  /** Returns why a request cannot be sent in time; null if it can, or if that is not known. */
  @Nullable String heldBack(Installation installation, WriteCall call, Limits limits) {
    try {
      AccessToken token = tokens.accessTokenFor(installation.project(), installation.connection());
      RateCategory category = call.category();
      return budgets
          .heldBack(
              category.budgetOf(token.budgetOwner()), category.assumed(), limits.takingUntil())
          .map(wait -> usedUp(category, wait))
          .orElse(null);
    } catch (PinferryException e) {
      // Said of each record, should it still be so.
      return null;
    }
  }

  private static String usedUp(RateCategory category, Budgets.Answer.NotBefore wait) {
    return "the request limit for " + category.text() + " is used up until " + wait.at();
  }

  /**
   * Sends a request, again only if that cannot do it twice.
   *
   * @param mayBeSent asked once, right before it is sent first; when it says no, or fails, nothing
   *     is sent
   */
  Effect send(
      Installation installation,
      WriteCall call,
      String pathAndQuery,
      @Nullable JsonNode body,
      Limits limits,
      BooleanSupplier mayBeSent) {
    var exchange = new Exchange(installation, call, limits);
    try {
      return exchange.send(pathAndQuery, body, mayBeSent);
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

  private final class Exchange {
    private final Installation installation;
    private final WriteCall call;
    private final Limits limits;
    private final RateCategory category;

    /** Whether a request is with Pinterest and its outcome has not been seen. */
    private boolean underWay;

    /** Why the effect of an earlier attempt is not known; null if no attempt can have had one. */
    private @Nullable String lost;

    private boolean refused;

    /** Until when the permit that was waited for may be used. */
    private Instant permitUntil = Instant.MIN;

    Exchange(Installation installation, WriteCall call, Limits limits) {
      this.installation = installation;
      this.call = call;
      this.limits = limits;
      this.category = call.category();
    }

    Effect send(String pathAndQuery, @Nullable JsonNode body, BooleanSupplier mayBeSent) {
      AccessToken token = tokens.accessTokenFor(installation.project(), installation.connection());
      boolean refreshed = false;
      for (int attempt = 1; ; attempt++) {
        BudgetKey budget = category.budgetOf(token.budgetOwner());
        String held = heldBack(budget);
        if (held != null) {
          return stopped(held);
        }
        if (attempt == 1 && !mayBeSent.getAsBoolean()) {
          return new Effect.Unknown("it was sent before, and what became of it was not kept");
        }
        // Others may have the next slots by now.
        held = tasks.now().isAfter(permitUntil) ? heldBack(budget) : null;
        if (held != null) {
          return stopped(held);
        }
        underWay = true;
        Outcome outcome =
            pinterest.send(call.method(), pathAndQuery, body, token.token(), timeout());
        underWay = false;
        boolean last = attempt == ATTEMPTS_MAX;
        switch (outcome) {
          case Outcome.Done(JsonNode answer, _) -> {
            learn(budget, outcome);
            return new Effect.Done(answer);
          }
          case Outcome.Refused(PinterestFailure failure, _) -> {
            refused = true;
            learn(budget, outcome);
            if (failure.kind() == Kind.TOKEN_REJECTED && !refreshed) {
              refreshed = true;
              token =
                  tokens.refreshAfterRejection(
                      installation.project(), installation.connection(), token.version());
            } else if (failure.kind() == Kind.RATE_LIMITED && failure.retryAt() != null && !last) {
              budgets.pause(budget, category.assumed(), failure.retryAt());
            } else if (failure.kind() != Kind.UNAVAILABLE || last || !waited(attempt)) {
              return ofRefusal(failure);
            }
          }
          case Outcome.NotSent(String why, _) -> {
            if (last) {
              return stopped(why);
            }
          }
          case Outcome.Unknown(String why, _) -> {
            lost = why;
            learn(budget, outcome);
            if (last || !call.repeatable()) {
              return new Effect.Unknown(why);
            }
          }
        }
      }
    }

    /** Waits for what passes by itself, like a lock; returns whether there is time for it. */
    private boolean waited(int attempt) {
      Instant next = tasks.now().plus(LOCK_PAUSE.multipliedBy(attempt));
      boolean inTime = next.isBefore(limits.takingUntil());
      if (inTime) {
        tasks.sleepUntil(next);
      }
      return inTime;
    }

    private Duration timeout() {
      Duration left = Duration.between(tasks.now(), limits.answeredUntil());
      return left.compareTo(ANSWER_MAX) < 0 ? left : ANSWER_MAX;
    }

    /** Waits until a request may be sent; returns why none may, or null. */
    private @Nullable String heldBack(BudgetKey budget) {
      if (!tasks.now().isBefore(limits.takingUntil())) {
        return "the time for one request was over";
      }
      return switch (budgets.acquire(budget, category.assumed(), limits.takingUntil())) {
        case Budgets.Answer.NotBefore wait -> usedUp(category, wait);
        case Budgets.Answer.Permit permit -> {
          tasks.sleepUntil(permit.at());
          permitUntil = permit.at().plus(PERMIT_HOLDS);
          yield null;
        }
      };
    }

    /** A refusal tells only of its own attempt, unless what it refuses is what was to be gone. */
    private Effect ofRefusal(PinterestFailure failure) {
      boolean gone = call.method().equals("DELETE") && failure.kind() == Kind.NOT_FOUND;
      return lost == null || gone
          ? new Effect.Refused(failure)
          : new Effect.Unknown(lost + "; a repeat was refused: " + failure.describe());
    }

    /** Returns what is known when something stops it now. */
    Effect stopped(String why) {
      if (underWay) {
        return new Effect.Unknown(why);
      }
      if (lost != null) {
        return new Effect.Unknown(lost + "; it was not repeated, since " + why);
      }
      return new Effect.NotDone((refused ? "nothing was written: " : "not attempted: ") + why);
    }

    private void learn(BudgetKey budget, Outcome outcome) {
      try {
        budgets.learn(budget, outcome.windows());
      } catch (PinferryException e) {
        // The limits are told again by the next answer; this one's record has its outcome.
        log.warn("limits of an answer not kept", e, field("budget", budget));
      }
    }
  }
}
