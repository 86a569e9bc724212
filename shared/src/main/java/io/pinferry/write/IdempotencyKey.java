package io.pinferry.write;

import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.InstallationId;
import io.pinferry.http.RouteCall;
import io.pinferry.operation.OperationId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A caller's name for a request. A repeated request gets the stored answer and is not carried out
 * again.
 *
 * @param key the caller's words
 * @param request tells this request from any other
 */
record IdempotencyKey(String key, String request) {
  /** How long a repetition is recognised. */
  static final Duration KEPT = Duration.ofHours(24);

  private static final int LENGTH_MAX = 255;

  /** The stored form of a key in use. */
  private record Claim(OperationId operation, String request) {}

  /**
   * Reads the header of a request.
   *
   * @return null if it has none
   * @throws InvalidRequest if it cannot be used
   */
  static @Nullable IdempotencyKey of(RouteCall call) {
    String key = call.request().header("idempotency-key").orElse(null);
    if (key == null) {
      return null;
    }
    if (key.isBlank() || key.length() > LENGTH_MAX) {
      throw wrong("must have 1 to " + LENGTH_MAX + " characters");
    }
    return new IdempotencyKey(
        key, Digest.of("write", call.variable("object")).and(call.request().body()).hex(32));
  }

  private static InvalidRequest wrong(String why) {
    return Issue.header("idempotency-key", why).malformed();
  }

  /** Returns the place of the key's use by an installation. */
  DocumentKey place(InstallationId installation) {
    return new DocumentKey(
        "IDEMPOTENCY#" + installation.value(), Digest.of("idempotency", key).hex(32));
  }

  /** Returns the write that begins its use; refused if it is in use. */
  DirectoryWrite claim(InstallationId installation, OperationId operation, Instant now) {
    return new DirectoryWrite.Create(
        place(installation), Codec.text(new Claim(operation, request)), now.plus(KEPT));
  }

  /**
   * Returns the operation that the key began.
   *
   * @throws InvalidRequest if that was for another request
   */
  OperationId operationOf(String kept) {
    Claim claim = Codec.stored(Claim.class, kept);
    if (!claim.request.equals(request)) {
      throw wrong("was used for another request within the last 24 hours: use a new one");
    }
    return claim.operation;
  }
}
