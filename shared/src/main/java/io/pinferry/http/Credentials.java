package io.pinferry.http;

import java.util.Optional;

/**
 * The API keys and JWT keys of all projects. Reads are strongly consistent: a key works as soon as
 * its creation was acknowledged.
 */
public interface Credentials {
  /**
   * Returns the caller that an API key makes, or nothing if there is no such key or it is not
   * active.
   *
   * @param sha256OfKey the plain SHA-256 of the whole key text, in lower-case hexadecimal
   */
  Optional<Caller> findApiKey(String sha256OfKey);

  /**
   * Returns the key that a JWT names, or nothing if there is no such key or it is not active. Where
   * no project has such keys, there is none.
   *
   * @param kid the JWT's header {@code kid}, any text
   */
  default Optional<JwtSigner> findJwtSigner(String kid) {
    return Optional.empty();
  }
}
