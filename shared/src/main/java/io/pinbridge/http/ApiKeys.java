package io.pinbridge.http;

import java.util.Optional;

/** The keys of all projects. */
public interface ApiKeys {
  /**
   * Returns the caller that a key makes, or nothing if there is no such key or it is not active.
   * The read is strongly consistent: a key works as soon as its creation was acknowledged.
   *
   * @param sha256OfKey the plain SHA-256 of the whole key text, in lower-case hexadecimal
   */
  Optional<Caller> find(String sha256OfKey);
}
