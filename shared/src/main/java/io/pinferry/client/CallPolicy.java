package io.pinferry.client;

import io.pinferry.base.Log;
import io.pinferry.directory.AccountId;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.Budgets.Answer;
import io.pinferry.limit.Priority;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How one caller calls Pinterest: how long it can wait, and what it does after a failure. */
public interface CallPolicy {
  /** Returns the log of the caller, with its ids. */
  Log log();

  /** Returns the account that the caller expects the token to be for; null for any. */
  default @Nullable AccountId account() {
    return null;
  }

  /** Returns whether the call may use the last part of an application's daily quota. */
  default boolean isUrgent() {
    return true;
  }

  /** Returns which calls go first where a limit of seconds or minutes is used up. */
  default Priority priority() {
    return Priority.SINGLE;
  }

  /**
   * Returns the circuit that a call belongs to: while it is open, the call fails without a request.
   * Null for none.
   */
  default @Nullable Object circuit(BudgetOwner owner) {
    return null;
  }

  /** Returns whether the request is sent even though the circuit is open. */
  default boolean ignoresOpenCircuit() {
    return false;
  }

  /** Returns the latest instant at which a permit is still of use. */
  Instant permitBy(Instant now);

  /** Returns whether the caller waits for the budget instead of giving up the call. */
  default boolean waitsFor(Answer.Wait wait, Instant now) {
    return false;
  }

  /** Is called with each permit. */
  default void onPermit() {}

  /** Returns whether there is time for a request. */
  default boolean mayBegin(Instant now) {
    return true;
  }

  /** Is called before each request. Nothing is sent if it returns false. */
  default boolean maySend() {
    return true;
  }

  /** Is called at the moment of each request. */
  default void onSend() {}

  /** Returns how long an answer may take. */
  Duration timeout(Instant now);

  /**
   * Decides what follows a failed attempt. After a 429 the budget is paused already. The first
   * rejected token is replaced and the request repeated, whatever this returns.
   */
  Next after(FailedAttempt attempt, Instant now);

  /** The next step after a failed attempt. */
  sealed interface Next {
    /** The call has failed. */
    record GiveUp() implements Next {}

    /** The request is sent again, not before this instant. */
    record RetryAt(Instant at) implements Next {}
  }
}
