package io.pinferry.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pinferry.base.Digest;
import io.pinferry.base.ExpiringCache;
import io.pinferry.base.PinferryException.NotAllowed;
import io.pinferry.base.PinferryException.NotFound;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates and authorizes callers. It caches keys and JWTs for a short time. So a revoked key,
 * and a JWT of it, works up to {@link #KNOWN_TTL_MAX} longer, but no JWT works after its own
 * expiry.
 */
public final class Guard {
  /** The longest time that a known key is cached. */
  public static final Duration KNOWN_TTL_MAX = Duration.ofSeconds(60);

  /**
   * How long an unknown key is cached: long enough against repeated requests, and short enough for
   * a key that is created meanwhile.
   */
  public static final Duration UNKNOWN_TTL = Duration.ofSeconds(5);

  /** The bound of each cache. */
  static final int KEYS_MAX = 1_000;

  /** Our keys are far shorter. Longer texts are not hashed. */
  private static final int KEY_LENGTH_MAX = 256;

  private static final String BEARER = "bearer ";

  private final Credentials credentials;
  private final byte @Nullable [] adminKeySha256;
  private final Duration knownTtl;
  private final InstantSource clock;

  /** By the SHA-256 of the API key or the JWT. */
  private final ExpiringCache<String, Caller> known = new ExpiringCache<>(KEYS_MAX);

  /** By the SHA-256 of the API key, or by the name of a JWT's key. */
  private final ExpiringCache<String, Boolean> unknown = new ExpiringCache<>(KEYS_MAX);

  /**
   * @param adminKeySha256 the SHA-256 of the operator's key in hexadecimal; null if there is none
   * @param knownTtl how long a known key is cached, at most {@link #KNOWN_TTL_MAX}; zero for never
   */
  public Guard(
      Credentials credentials,
      @Nullable String adminKeySha256,
      Duration knownTtl,
      InstantSource clock) {
    if (knownTtl.isNegative() || knownTtl.compareTo(KNOWN_TTL_MAX) > 0) {
      throw new IllegalArgumentException(
          "keys may be cached for 0 to " + KNOWN_TTL_MAX.toSeconds() + " s, not " + knownTtl);
    }
    if (adminKeySha256 != null && !adminKeySha256.matches("[0-9a-fA-F]{64}")) {
      throw new IllegalArgumentException(
          "the admin key is set as its SHA-256, 64 hexadecimal characters");
    }
    this.credentials = credentials;
    this.adminKeySha256 =
        adminKeySha256 == null ? null : adminKeySha256.toLowerCase(Locale.ROOT).getBytes(US_ASCII);
    this.knownTtl = knownTtl;
    this.clock = clock;
  }

  /**
   * Returns the caller of a request if it has a permission.
   *
   * @param project the id or name of the project in the path, null if the path has none
   * @throws NotAllowed if the caller is not known, or may not do this
   * @throws NotFound if the caller's key belongs to another project. The message does not depend on
   *     the existence of that project.
   */
  public Caller admit(ApiRequest request, Permission permission, @Nullable String project) {
    if (permission.open()) {
      return Caller.anonymous();
    }
    Caller caller = authenticate(request);
    if (project != null && !caller.reaches(project)) {
      throw otherProject(project);
    }
    if (!permission.allows(caller.kind())) {
      throw notPermitted(caller.kind(), permission);
    }
    if (permission.needsGroup(caller.kind())
        && request.queryValue("groupRef").filter(group -> !group.isBlank()).isEmpty()) {
      throw NotAllowed.forbidden(
          "a key of the scope frontend lists one group at a time",
          "add ?groupRef=... to the request, or list from your back end with a key of the scope"
              + " full");
    }
    return caller;
  }

  private static NotAllowed notPermitted(Caller.Kind kind, Permission permission) {
    String elsewhere =
        permission.allows(Caller.Kind.FULL)
            ? "call it from your back end with a key of the scope full"
            : "call it with the operator's key";
    return switch (kind) {
      case SHUT_FRONTEND ->
          NotAllowed.forbidden(
              "this project requires JWT, so keys of the scope frontend do not work",
              permission.allows(Caller.Kind.CONSUMER)
                  ? "give the component getToken instead of apiKey, see docs/security.md; or set"
                      + " requireJwt of the project to false"
                  : elsewhere);
      case CONSUMER ->
          NotAllowed.forbidden(
              "a JWT may not do this: it is for the requests of the embedded component", elsewhere);
      case ADMIN, FULL, FRONTEND, ANONYMOUS ->
          NotAllowed.forbidden(
              "this API key may not do this: its scope is " + kind.name().toLowerCase(Locale.ROOT),
              elsewhere);
    };
  }

  static NotFound otherProject(String project) {
    return new NotFound(
        "there is no project " + project + ", or this API key or JWT does not belong to it",
        "use the project's id or name, and a key that was created in it");
  }

  private Caller authenticate(ApiRequest request) {
    String key = request.header("x-api-key").orElse("").strip();
    String authorization = request.header("authorization").orElse("").strip();
    boolean bearer = authorization.toLowerCase(Locale.ROOT).startsWith(BEARER);
    if (key.isEmpty()) {
      if (bearer) {
        return byJwt(authorization.substring(BEARER.length()).strip());
      }
      throw NotAllowed.unauthenticated(
          "the request has no credential",
          "send an API key in the header X-Api-Key, or a JWT in Authorization: Bearer");
    }
    // At the proxy, clients of Pinterest send an Authorization header of their own. It is ignored
    // and not passed on.
    if (bearer && request.door() != Door.PROXY) {
      throw NotAllowed.unauthenticated(
          "the request has two credentials, an API key and a JWT",
          "send either the header X-Api-Key or the header Authorization");
    }
    return byKey(key);
  }

  private Caller byJwt(String token) {
    Instant now = clock.instant();
    String sha256 = Digest.sha256Hex(token);
    Optional<Caller> cached = known.find(sha256, now);
    if (cached.isPresent()) {
      return cached.get();
    }
    JwtReader.Holder holder = JwtReader.read(token, kid -> signer(kid, now), now);
    Instant until = now.plus(knownTtl);
    known.put(sha256, holder.caller(), until.isBefore(holder.until()) ? until : holder.until());
    return holder.caller();
  }

  private Optional<JwtSigner> signer(String kid, Instant now) {
    // The prefix distinguishes it from the hash of an API key.
    String name = "kid " + Digest.sha256Hex(kid);
    if (unknown.find(name, now).isPresent()) {
      return Optional.empty();
    }
    Optional<JwtSigner> found = credentials.findJwtSigner(kid);
    if (found.isEmpty()) {
      unknown.put(name, true, now.plus(UNKNOWN_TTL));
    }
    return found;
  }

  private Caller byKey(String key) {
    if (key.length() > KEY_LENGTH_MAX) {
      throw unknownKey();
    }
    // Only hashes are compared and looked up, so the timing reveals nothing about a key.
    String sha256 = Digest.sha256Hex(key);
    if (adminKeySha256 != null
        && MessageDigest.isEqual(sha256.getBytes(US_ASCII), adminKeySha256)) {
      return Caller.admin();
    }
    Instant now = clock.instant();
    Optional<Caller> cached = known.find(sha256, now);
    if (cached.isPresent()) {
      return cached.get();
    }
    if (unknown.find(sha256, now).isPresent()) {
      throw unknownKey();
    }
    Optional<Caller> found = credentials.findApiKey(sha256);
    found.ifPresentOrElse(
        caller -> known.put(sha256, caller, now.plus(knownTtl)),
        () -> unknown.put(sha256, true, now.plus(UNKNOWN_TTL)));
    return found.orElseThrow(Guard::unknownKey);
  }

  private static NotAllowed unknownKey() {
    return NotAllowed.unauthenticated(
        "the API key is not known or was revoked",
        "check the value of the header X-Api-Key, or create a new key");
  }
}
