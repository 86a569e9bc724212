package io.pinferry.write;

import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.DirectoryStore;
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
 * @param key the caller's text
 * @param request a digest of the request
 */
record IdempotencyKey(String key, String request) {
  /** How long a repeat is recognised. */
  static final Duration RETENTION = Duration.ofHours(24);

  private static final int LENGTH_MAX = 255;

  /** The stored form of a key in use. */
  private record Claim(OperationId operation, String request) {}

  /**
   * Reads the header of a request.
   *
   * @return null if there is none
   * @throws InvalidRequest if it is empty or too long
   */
  static @Nullable IdempotencyKey of(RouteCall call) {
    String key = call.request().header("idempotency-key").orElse(null);
    if (key == null) {
      return null;
    }
    if (key.isBlank() || key.length() > LENGTH_MAX) {
      throw invalid("must have 1 to " + LENGTH_MAX + " characters");
    }
    return new IdempotencyKey(
        key, Digest.of("write", call.variable("object")).and(call.request().body()).hex(32));
  }

  private static InvalidRequest invalid(String detail) {
    return Issue.header("idempotency-key", detail).malformed();
  }

  /** Returns the document that stores the use of this key by an installation. */
  DocumentKey document(InstallationId installation) {
    return new DocumentKey(partition(installation), Digest.of("idempotency", key).hex(32));
  }

  /** Forgets the keys that an installation has used. */
  static void remove(DirectoryStore directory, InstallationId installation) {
    DirectoryWrite.discardAll(directory, partition(installation));
  }

  private static String partition(InstallationId installation) {
    return "IDEMPOTENCY#" + installation.value();
  }

  /**
   * Returns the change that claims the key for an operation; it is refused if the key is in use.
   */
  DirectoryWrite claim(InstallationId installation, OperationId operation, Instant now) {
    return new DirectoryWrite.Create(
        document(installation), Codec.text(new Claim(operation, request)), now.plus(RETENTION));
  }

  /**
   * Returns the operation that claimed the key.
   *
   * @throws InvalidRequest if it was claimed for another request
   */
  OperationId operationOf(String stored) {
    Claim claim = Codec.stored(Claim.class, stored);
    if (!claim.request.equals(request)) {
      throw invalid("was used for another request within the last 24 hours: use a new one");
    }
    return claim.operation;
  }
}
