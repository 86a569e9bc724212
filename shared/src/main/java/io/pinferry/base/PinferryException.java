package io.pinferry.base;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stops a request, in terms its caller can act on. Expected outcomes of inner steps are values
 * instead; anything else that is thrown is a bug. {@code io.pinferry.http.Problems} turns each kind
 * into one problem document.
 */
public abstract sealed class PinferryException extends RuntimeException {
  private final @Nullable String remedy;

  private PinferryException(String message, @Nullable String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.remedy = remedy;
  }

  /** Returns what the caller can do about it, if there is more to say than the message does. */
  public Optional<String> remedy() {
    return Optional.ofNullable(remedy);
  }

  /** The request itself is wrong; repeating it unchanged cannot help. */
  public static final class InvalidRequest extends PinferryException {
    /** How the request is wrong, which decides the status. */
    public enum Kind {
      /** Not readable: bad JSON, a missing or unknown member, an unusable parameter (400). */
      MALFORMED,
      /** Readable but against a rule: a bad manifest, config or record (422). */
      UNPROCESSABLE,
      /** The body is larger than accepted (413). */
      TOO_LARGE
    }

    private final Kind kind;
    private final List<Issue> issues;

    public InvalidRequest(Kind kind, String message, @Nullable String remedy, List<Issue> issues) {
      super(message, remedy, null);
      this.kind = kind;
      this.issues = List.copyOf(issues);
    }

    /** A request that breaks one or more rules; the message counts them. */
    public static InvalidRequest unprocessable(String what, List<Issue> issues) {
      String message =
          issues.size() == 1
              ? what + ": " + issues.getFirst().name() + ": " + issues.getFirst().detail()
              : what + " has " + issues.size() + " problems";
      return new InvalidRequest(Kind.UNPROCESSABLE, message, null, issues);
    }

    public Kind kind() {
      return kind;
    }

    /** Returns what is wrong, one entry per member of the request. */
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

    /** No credential, or none that is valid. */
    public static NotAllowed unauthenticated(String message, String remedy) {
      return new NotAllowed(false, message, remedy);
    }

    /** A valid credential without this right. */
    public static NotAllowed forbidden(String message, String remedy) {
      return new NotAllowed(true, message, remedy);
    }

    public boolean authenticated() {
      return authenticated;
    }
  }

  /** What the request names does not exist, or not for this caller. */
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

    /** A change that others overtook again and again. */
    public static Conflict overtaken(String changed) {
      return new Conflict(changed + " is being changed by others", "Try again.");
    }
  }

  /**
   * Pinterest refused for good; the message holds its words, code and request id, and says to a
   * customer all that the issues say to a developer.
   */
  public static final class ProviderRejected extends PinferryException {
    private final List<Issue> issues;

    public ProviderRejected(String message, @Nullable String remedy, List<Issue> issues) {
      super(message, remedy, null);
      this.issues = List.copyOf(issues);
    }

    public List<Issue> issues() {
      return issues;
    }
  }

  /** Pinterest, or a part of the cloud, cannot answer now; a later repeat may succeed. */
  public static final class ProviderUnavailable extends PinferryException {
    private final @Nullable Instant retryAt;

    public ProviderUnavailable(
        String message, @Nullable Instant retryAt, @Nullable Throwable cause) {
      super(message, null, cause);
      this.retryAt = retryAt;
    }

    /** Returns when a repeat is worth trying, if known. */
    public Optional<Instant> retryAt() {
      return Optional.ofNullable(retryAt);
    }
  }

  /** A call may or may not have taken effect; repeating it could do it twice. */
  public static final class OutcomeUnknown extends PinferryException {
    public OutcomeUnknown(String message, String remedy, @Nullable Throwable cause) {
      super(message, remedy, cause);
    }
  }
}
