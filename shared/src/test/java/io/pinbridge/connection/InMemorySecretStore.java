package io.pinbridge.connection;

import io.pinbridge.base.PinbridgeException.NotFound;
import io.pinbridge.base.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Secrets in a map. */
public final class InMemorySecretStore implements SecretStore {
  private final Map<String, Versions> secrets = new LinkedHashMap<>();
  private int versionCount;

  private record Versions(StoredSecret current, @Nullable StoredSecret pending) {}

  @Override
  public synchronized StoredSecret create(String name, Secret value) {
    if (secrets.containsKey(name)) {
      throw new IllegalArgumentException("there is a secret " + name);
    }
    StoredSecret created = version(name, value);
    secrets.put(name, new Versions(created, null));
    return created;
  }

  @Override
  public synchronized Optional<StoredSecret> find(String name) {
    return Optional.ofNullable(secrets.get(name)).map(Versions::current);
  }

  @Override
  public synchronized Optional<StoredSecret> findPending(String name) {
    Versions versions = secrets.get(name);
    return versions == null ? Optional.empty() : Optional.ofNullable(versions.pending());
  }

  @Override
  public synchronized StoredSecret storePending(String name, Secret value) {
    Versions versions = secrets.get(name);
    if (versions == null) {
      throw new NotFound("there is no secret " + name);
    }
    StoredSecret pending = version(name, value);
    secrets.put(name, new Versions(versions.current(), pending));
    return pending;
  }

  @Override
  public synchronized boolean promote(
      String name, String expectedCurrentVersion, String pendingVersion) {
    Versions versions = secrets.get(name);
    if (versions == null
        || !versions.current().version().equals(expectedCurrentVersion)
        || versions.pending() == null
        || !versions.pending().version().equals(pendingVersion)) {
      return false;
    }
    secrets.put(name, new Versions(versions.pending(), null));
    return true;
  }

  @Override
  public synchronized void delete(String name) {
    secrets.remove(name);
  }

  /** Returns the names of all secrets, in the order of their creation. */
  public synchronized Set<String> names() {
    return Set.copyOf(secrets.keySet());
  }

  private StoredSecret version(String name, Secret value) {
    versionCount++;
    return new StoredSecret(name, "v" + versionCount, value);
  }
}
