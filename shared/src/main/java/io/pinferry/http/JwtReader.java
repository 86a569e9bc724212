package io.pinferry.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import io.pinferry.base.CodePoints;
import io.pinferry.base.PinferryException.NotAllowed;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads JWTs. It accepts only recent JWTs for one customer that a key of a project has signed. The
 * token does not choose the algorithm.
 *
 * <p>Only this class uses the JWT library, so that requests without a JWT do not load it: see
 * docs/decisions/0015-jwt.md.
 */
final class JwtReader {
  /** The contract's longest life of a JWT. */
  static final Duration LIFE_MAX = Duration.ofMinutes(10);

  /** How far the signer's clock may be ahead of ours. */
  static final Duration AHEAD_MAX = Duration.ofSeconds(30);

  /** Far longer than a token with five claims and the longest signature. */
  static final int TOKEN_LENGTH_MAX = 4096;

  private static final int CLAIM_LENGTH_MAX = 256;

  /** A time after the year 5000, so that arithmetic does not overflow. */
  private static final long SECONDS_MAX = 100_000_000_000L;

  private static final String REMEDY =
      ("sign one on your server with RS256: header kid, claims sub, groupRef, consumerRef, iat, and"
              + " exp at most %s s later; the amp command line sends the JWT of its login unless it"
              + " gets an API key of this Pinferry: amp ... --key")
          .formatted(LIFE_MAX.toSeconds());

  private JwtReader() {}

  /** The holder of a JWT, until its expiry. */
  record Holder(Caller caller, Instant until) {}

  /**
   * Reads a JWT.
   *
   * @param signers finds the key of a {@code kid}
   * @throws NotAllowed if the token is not accepted; the message has the reason and no part of the
   *     token
   */
  static Holder read(String token, Function<String, Optional<JwtSigner>> signers, Instant now) {
    if (token.length() > TOKEN_LENGTH_MAX) {
      throw refusal("is longer than " + TOKEN_LENGTH_MAX + " characters");
    }
    JWSObject jws = parsed(token);
    JWSHeader header = jws.getHeader();
    if (!JWSAlgorithm.RS256.equals(header.getAlgorithm())) {
      throw refusal("is not signed with RS256, the only algorithm that is accepted");
    }
    if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
      throw refusal("has the header crit or b64, which is not supported");
    }
    String kid = header.getKeyID();
    if (kid == null || kid.isEmpty()) {
      throw refusal("has no header kid, which names the key that signed it");
    }
    JwtSigner signer =
        signers
            .apply(kid)
            .orElseThrow(() -> refusal("names a key (kid) that does not exist or is not active"));
    if (!isSignedBy(signer, jws)) {
      throw refusal("has a signature that its key (kid) did not make");
    }
    return holder(signer, claims(jws), now);
  }

  private static JWSObject parsed(String token) {
    try {
      return JWSObject.parse(token);
    } catch (ParseException | IllegalArgumentException e) {
      throw refusal("is no signed JWT");
    }
  }

  private static boolean isSignedBy(JwtSigner signer, JWSObject jws) {
    try {
      return jws.verify(new RSASSAVerifier(signer.publicKey()));
    } catch (JOSEException e) {
      return false;
    }
  }

  private static Map<String, Object> claims(JWSObject jws) {
    Map<String, Object> claims = jws.getPayload().toJSONObject();
    if (claims == null) {
      throw refusal("has no claims: its payload is no JSON object");
    }
    return claims;
  }

  private static Holder holder(JwtSigner signer, Map<String, Object> claims, Instant now) {
    Instant issuedAt = time(claims, "iat");
    Instant expiresAt = time(claims, "exp");
    text(claims, "sub");
    var customer = new Caller.Customer(text(claims, "groupRef"), text(claims, "consumerRef"));
    if (!issuedAt.isBefore(expiresAt)) {
      throw refusal("expires (exp) before it was issued (iat)");
    }
    if (Duration.between(issuedAt, expiresAt).compareTo(LIFE_MAX) > 0) {
      throw refusal("lives for more than " + LIFE_MAX.toSeconds() + " s (exp - iat)");
    }
    if (issuedAt.isAfter(now.plus(AHEAD_MAX))) {
      throw refusal("was issued in the future (iat); compare your server's clock");
    }
    if (claims.containsKey("nbf") && time(claims, "nbf").isAfter(now.plus(AHEAD_MAX))) {
      throw refusal("is not valid yet (nbf)");
    }
    if (!now.isBefore(expiresAt)) {
      throw refusal("has expired (exp)");
    }
    return new Holder(Caller.consumer(signer, customer), expiresAt);
  }

  private static Instant time(Map<String, Object> claims, String name) {
    @Nullable Object value = claims.get(name);
    if (!(value instanceof Long seconds) || seconds < 0 || seconds > SECONDS_MAX) {
      throw refusal("lacks the claim " + name + ", or it is no whole number of seconds since 1970");
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static String text(Map<String, Object> claims, String name) {
    @Nullable Object value = claims.get(name);
    if (!(value instanceof String text)
        || text.isBlank()
        || CodePoints.count(text) > CLAIM_LENGTH_MAX
        || CodePoints.hasHalf(text)) {
      throw refusal(
          "lacks the claim %s, or it is no text of 1 to %s whole characters"
              .formatted(name, CLAIM_LENGTH_MAX));
    }
    return text;
  }

  private static NotAllowed refusal(String reason) {
    return NotAllowed.unauthenticated("the JWT " + reason, REMEDY);
  }
}
