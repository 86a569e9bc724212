package io.pinferry.directory;

import io.pinferry.base.Secret;
import java.util.Optional;

/**
 * Where secrets are kept: one per connection, provider app and destination. Each has a current
 * version; a newer one is first stored beside it and then promoted by a compare-and-set, so that
 * the loser of a race can never overwrite the winner's.
 */
public interface SecretStore {
  /**
   * Creates a secret.
   *
   * @param name unique, never used before: it carries a random part
   */
  StoredSecret create(String name, Secret value);

  /** Returns the current version; empty if there is no such secret. */
  Optional<StoredSecret> find(String name);

  /**
   * Returns the version that was stored last but not promoted, if there is one: what a refresher
   * that died in between has left.
   */
  Optional<StoredSecret> findPending(String name);

  /**
   * Stores a version beside the current one, in place of any pending one.
   *
   * @throws io.pinferry.base.PinferryException.NotFound if there is no such secret
   */
  StoredSecret storePending(String name, Secret value);

  /**
   * Makes a pending version the current one, if the current one is still the given one. A pending
   * version that is no longer the last one stored can still be promoted.
   *
   * @return whether the pending version is the current one now (also if it was already); false,
   *     with nothing changed, if the current version is another by now
   * @throws io.pinferry.base.PinferryException.NotFound if there is no such secret or version
   */
  boolean promote(String name, String expectedCurrentVersion, String pendingVersion);

  /** Deletes a secret at once, without a recovery window. Does nothing if there is none. */
  void delete(String name);

  /** One version of a secret. */
  record StoredSecret(String name, String version, Secret value) {}
}
