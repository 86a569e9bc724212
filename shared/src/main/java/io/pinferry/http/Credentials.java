package io.pinferry.http;

import java.util.Optional;

/**
 * Finds API keys and JWT keys of all projects. Reads are strongly consistent: a key works as soon
 * as its creation is acknowledged.
 */
public interface Credentials {
  /**
   * Finds the caller of an active API key.
   *
   * @param sha256OfKey the plain SHA-256 of the whole text of the key, in lower-case hexadecimal
   */
  Optional<Caller> findApiKey(String sha256OfKey);

  /**
   * Finds the active key of a JWT. By default there are no such keys.
   *
   * @param kid the header {@code kid} of the JWT, any text
   */
  default Optional<JwtSigner> findJwtSigner(String kid) {
    return Optional.empty();
  }
}
