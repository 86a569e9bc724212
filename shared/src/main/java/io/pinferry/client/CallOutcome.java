package io.pinferry.client;

import java.time.Instant;

/** The outcome of a call. */
public sealed interface CallOutcome<T> {
  /** Pinterest did what was asked. */
  record Done<T>(T value) implements CallOutcome<T> {}

  /** The last attempt failed. */
  record Failed<T>(FailedAttempt attempt) implements CallOutcome<T> {}

  /** Nothing is sent now: the request limit leaves no time for it before then. */
  record Held<T>(Instant until) implements CallOutcome<T> {}

  /** Nothing was sent: the connection is for another account than the caller expects. */
  record OtherAccount<T>() implements CallOutcome<T> {}

  /** Nothing was sent: the policy said no right before. */
  record Withheld<T>() implements CallOutcome<T> {}
}
