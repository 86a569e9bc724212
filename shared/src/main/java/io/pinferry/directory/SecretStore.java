package io.pinferry.directory;

import io.pinferry.base.Secret;
import java.util.Optional;

/**
 * Stores secrets: one per connection, provider app and destination. Each has a current version. A
 * newer version is first stored as pending and then promoted by a compare-and-set, so that the
 * loser of a race never overwrites the version of the winner.
 */
public interface SecretStore {
  /**
   * Creates a secret.
   *
   * @param name never used before, since it has a random part
   */
  StoredSecret create(String name, Secret value);

  /** Returns the current version; empty if there is no such secret. */
  Optional<StoredSecret> find(String name);

  /**
   * Returns the version that was stored last, if it was not promoted. A refresher that died in
   * between leaves one.
   */
  Optional<StoredSecret> findPending(String name);

  /**
   * Stores a version as pending. It replaces any other pending version.
   *
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if the store does not take it,
   *     whatever the reason: an outage, a quota of versions, a permission
   * @throws io.pinferry.base.PinferryException.NotFound if there is no such secret
   */
  StoredSecret storePending(String name, Secret value);

  /**
   * Makes a pending version the current one, if the current version is still the expected one. A
   * pending version that was replaced can still be promoted.
   *
   * @return whether the given version is the current one now, also if it was before; false, with
   *     nothing changed, if another version is current
   * @throws io.pinferry.base.PinferryException.NotFound if there is no such secret or version
   */
  boolean promote(String name, String expectedCurrentVersion, String pendingVersion);

  /**
   * Stores a value beside a secret that takes no further versions. It replaces any value beside it.
   *
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable as {@link #storePending} does
   */
  StoredSecret storeAside(String name, Secret value);

  /** Returns the value beside a secret; empty if there never was one. */
  Optional<StoredSecret> findAside(String name);

  /**
   * Deletes a secret and the value beside it at once, without a recovery window. Does nothing if
   * there is none.
   */
  void delete(String name);

  /** One version of a secret. */
  record StoredSecret(String name, String version, Secret value) {}
}
