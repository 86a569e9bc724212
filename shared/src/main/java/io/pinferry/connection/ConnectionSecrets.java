package io.pinferry.connection;

import io.pinferry.base.Secret;
import io.pinferry.directory.SecretStore;
import java.util.Optional;

/** Keeps the tokens of connections in one store, and all other secrets in another. */
public final class ConnectionSecrets implements SecretStore {
  /** How the names of connections' secrets begin. */
  static final String PREFIX = "connection/";

  private final SecretStore tokens;
  private final SecretStore others;

  public ConnectionSecrets(SecretStore tokens, SecretStore others) {
    this.tokens = tokens;
    this.others = others;
  }

  private SecretStore of(String name) {
    return name.startsWith(PREFIX) ? tokens : others;
  }

  @Override
  public StoredSecret create(String name, Secret value) {
    return of(name).create(name, value);
  }

  @Override
  public Optional<StoredSecret> find(String name) {
    return of(name).find(name);
  }

  @Override
  public Optional<StoredSecret> findPending(String name) {
    return of(name).findPending(name);
  }

  @Override
  public StoredSecret storePending(String name, Secret value) {
    return of(name).storePending(name, value);
  }

  @Override
  public boolean promote(String name, String expectedCurrentVersion, String pendingVersion) {
    return of(name).promote(name, expectedCurrentVersion, pendingVersion);
  }

  @Override
  public StoredSecret storeAside(String name, Secret value) {
    return of(name).storeAside(name, value);
  }

  @Override
  public Optional<StoredSecret> findAside(String name) {
    return of(name).findAside(name);
  }

  @Override
  public void delete(String name) {
    of(name).delete(name);
  }
}
