package io.pinferry.directory;

import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Secrets in a map, with versions numbered through. */
public final class InMemorySecretStore implements SecretStore {
  private final Map<String, Versions> secrets = new TreeMap<>();
  private final Map<String, StoredSecret> asides = new TreeMap<>();
  private final String versionPrefix;
  private int versionCount;

  public InMemorySecretStore() {
    this("version-");
  }

  /**
   * @param versionPrefix tells its versions from those of another store
   */
  public InMemorySecretStore(String versionPrefix) {
    this.versionPrefix = versionPrefix;
  }

  private static final class Versions {
    private final Map<String, StoredSecret> all = new TreeMap<>();
    private StoredSecret current;
    private @Nullable StoredSecret pending;

    Versions(StoredSecret first) {
      all.put(first.version(), first);
      current = first;
    }
  }

  /** Returns the names of all secrets there are. */
  public synchronized Set<String> names() {
    Set<String> names = new TreeSet<>(secrets.keySet());
    names.addAll(asides.keySet());
    return names;
  }

  @Override
  public synchronized StoredSecret create(String name, Secret value) {
    StoredSecret stored = stored(name, value);
    if (secrets.putIfAbsent(name, new Versions(stored)) != null) {
      throw new IllegalStateException("there is a secret " + name + " already");
    }
    return stored;
  }

  @Override
  public synchronized Optional<StoredSecret> find(String name) {
    return Optional.ofNullable(secrets.get(name)).map(versions -> versions.current);
  }

  @Override
  public synchronized Optional<StoredSecret> findPending(String name) {
    Versions versions = secrets.get(name);
    return versions == null || versions.current.equals(versions.pending)
        ? Optional.empty()
        : Optional.ofNullable(versions.pending);
  }

  @Override
  public synchronized StoredSecret storePending(String name, Secret value) {
    Versions versions = secrets.get(name);
    if (versions == null) {
      throw new NotFound("there is no secret " + name);
    }
    StoredSecret pending = stored(name, value);
    versions.all.put(pending.version(), pending);
    versions.pending = pending;
    return pending;
  }

  @Override
  public synchronized boolean promote(
      String name, String expectedCurrentVersion, String pendingVersion) {
    Versions versions = secrets.get(name);
    StoredSecret promoted = versions == null ? null : versions.all.get(pendingVersion);
    if (versions == null || promoted == null) {
      throw new NotFound("there is no version " + pendingVersion + " of secret " + name);
    }
    if (versions.current.version().equals(pendingVersion)) {
      return true;
    }
    if (!versions.current.version().equals(expectedCurrentVersion)) {
      return false;
    }
    versions.current = promoted;
    return true;
  }

  @Override
  public synchronized StoredSecret storeAside(String name, Secret value) {
    StoredSecret aside = stored(name, value);
    asides.put(name, aside);
    return aside;
  }

  @Override
  public synchronized Optional<StoredSecret> findAside(String name) {
    return Optional.ofNullable(asides.get(name));
  }

  @Override
  public synchronized void delete(String name) {
    secrets.remove(name);
    asides.remove(name);
  }

  private StoredSecret stored(String name, Secret value) {
    versionCount++;
    return new StoredSecret(name, versionPrefix + versionCount, value);
  }
}
