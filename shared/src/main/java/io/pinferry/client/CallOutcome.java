package io.pinferry.client;

import java.time.Instant;

/** The outcome of a call. */
public sealed interface CallOutcome<T> {
  /** Pinterest did what was asked. */
  record Success<T>(T value) implements CallOutcome<T> {}

  /** The last attempt failed. */
  record Failure<T>(FailedAttempt attempt) implements CallOutcome<T> {}

  /** Nothing was sent: the budget allows no request in time, and not before this instant. */
  record BudgetWait<T>(Instant until) implements CallOutcome<T> {}

  /** Nothing was sent: the connection is for another account than the caller expects. */
  record OtherAccount<T>() implements CallOutcome<T> {}

  /** Nothing was sent: {@link CallPolicy#maySend} said no. */
  record Veto<T>() implements CallOutcome<T> {}
}
