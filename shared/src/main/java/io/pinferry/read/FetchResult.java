package io.pinferry.read;

import io.pinferry.pinterest.PinterestFailure;
import java.time.Instant;
import java.util.function.Function;

/** The result of a fetch. */
sealed interface FetchResult<T> {
  record Success<T>(T value) implements FetchResult<T> {}

  /** Pinterest failed, or refused the request. */
  record Failure<T>(PinterestFailure failure) implements FetchResult<T> {}

  /** The connection is unusable; the reason has the remedy. */
  record NoToken<T>(String reason) implements FetchResult<T> {}

  /** The connection has another account now, or its account is unknown. */
  record OtherAccount<T>() implements FetchResult<T> {}

  /** No request is possible before this instant. */
  record Wait<T>(Instant until) implements FetchResult<T> {}

  /** Returns this result with another value. */
  default <R> FetchResult<R> map(Function<T, R> other) {
    return switch (this) {
      case Success<T>(T value) -> new Success<>(other.apply(value));
      case Failure<T>(PinterestFailure failure) -> new Failure<>(failure);
      case NoToken<T>(String reason) -> new NoToken<>(reason);
      case OtherAccount<T> _ -> new OtherAccount<>();
      case Wait<T>(Instant until) -> new Wait<>(until);
    };
  }
}
