package io.pinferry.base;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure of a request, in words for its caller. Expected outcomes of inner steps are values
 * instead. Any other exception is a bug. {@code io.pinferry.http.Problems} turns each kind into a
 * problem document.
 */
public abstract sealed class PinferryException extends RuntimeException {
  private final @Nullable String remedy;

  private PinferryException(String message, @Nullable String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  /** Returns the remedy for the caller, if the message does not have it. */
  public Optional<String> remedy() {
    return Optional.ofNullable(remedy);
  }

  /** The request itself is wrong. To repeat it unchanged does not help. */
  public static final class InvalidRequest extends PinferryException {
    /** The kind of mistake, which decides the status. */
    public enum Kind {
      /** Not readable: bad JSON, a missing or unknown member, an unusable parameter (400). */
      MALFORMED,
      /** Readable, but against a rule: a bad manifest, config or record (422). */
      UNPROCESSABLE,
      /** The body is larger than accepted (413). */
      TOO_LARGE,
      /** The body is in an encoding that is not accepted (415). */
      UNSUPPORTED
    }

    private final Kind kind;
    private final List<Issue> issues;

    public InvalidRequest(Kind kind, String message, @Nullable String remedy, List<Issue> issues) {
      super(message, remedy, null);
      this.kind = kind;
      this.issues = List.copyOf(issues);
    }

    /** Returns the refusal of a request that breaks rules. */
    public static InvalidRequest unprocessable(String subject, List<Issue> issues) {
      String message =
          issues.size() == 1
              ? subject + ": " + issues.getFirst().text()
              : subject + " has " + issues.size() + " problems";
      return new InvalidRequest(Kind.UNPROCESSABLE, message, null, issues);
    }

    public Kind kind() {
      return kind;
    }

    public List<Issue> issues() {
      return issues;
    }
  }

  /** The caller is not known (401) or may not do this (403). */
  public static final class NotAllowed extends PinferryException {
    private final boolean authenticated;

    private NotAllowed(boolean authenticated, String message, @Nullable String remedy) {
      super(message, remedy, null);
      this.authenticated = authenticated;
    }

    /** The request has no valid credential. */
    public static NotAllowed unauthenticated(String message, String remedy) {
      return new NotAllowed(false, message, remedy);
    }

    /** The credential is valid, but does not have this right. */
    public static NotAllowed forbidden(String message, String remedy) {
      return new NotAllowed(true, message, remedy);
    }

    public boolean authenticated() {
      return authenticated;
    }
  }

  /** A thing in the request does not exist, or not for this caller. */
  public static final class NotFound extends PinferryException {
    public NotFound(String message) {
      super(message, null, null);
    }

    public NotFound(String message, String remedy) {
      super(message, remedy, null);
    }
  }

  /** The request does not fit the present state: a duplicate, a thing in use, a lost race. */
  public static final class Conflict extends PinferryException {
    public Conflict(String message, @Nullable String remedy) {
      super(message, remedy, null);
    }

    /** Other requests have overtaken a change again and again. */
    public static Conflict overtaken(String changed) {
      return new Conflict(changed + " is being changed by others", "Try again.");
    }
  }

  /**
   * Pinterest has refused, and a repetition does not help. The message has its words, code and
   * request id. It tells a customer everything that the issues tell a developer.
   */
  public static sealed class ProviderRejected extends PinferryException {
    private final List<Issue> issues;

    public ProviderRejected(String message, @Nullable String remedy, List<Issue> issues) {
      super(message, remedy, null);
      this.issues = List.copyOf(issues);
    }

    public List<Issue> issues() {
      return issues;
    }
  }

  /**
   * Pinterest refuses the provider app. That is the operator's matter: no caller can mend it, but
   * work that can wait goes on once it is mended.
   */
  public static final class AppRefused extends ProviderRejected {
    public AppRefused(String message, String remedy) {
      super(message, remedy, List.of());
    }
  }

  /** Pinterest, or a part of the cloud, cannot answer now. A later repetition may succeed. */
  public static final class ProviderUnavailable extends PinferryException {
    private final @Nullable Instant retryAt;

    public ProviderUnavailable(
        String message, @Nullable Instant retryAt, @Nullable Throwable cause) {
      super(message, null, cause);
      this.retryAt = retryAt;
    }

    /** Returns the time for a repetition, if known. */
    public Optional<Instant> retryAt() {
      return Optional.ofNullable(retryAt);
    }
  }

  /** A call may or may not have taken effect. To repeat it could do it twice. */
  public static final class OutcomeUnknown extends PinferryException {
    public OutcomeUnknown(String message, String remedy, @Nullable Throwable cause) {
      super(message, remedy, cause);
    }
  }
}
