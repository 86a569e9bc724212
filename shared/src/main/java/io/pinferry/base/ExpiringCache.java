package io.pinferry.base;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A cache in memory. Each value expires at an instant. Several threads may use it. Its size is
 * bounded: it drops the least recently used value.
 */
public final class ExpiringCache<K, V> {
  private final Map<K, Entry<V>> entries;

  private record Entry<V>(V value, Instant expiresAt) {}

  public ExpiringCache(int entriesMax) {
    this.entries = BoundedMap.of(entriesMax);
  }

  /** Finds the value of a key, if it has not expired. */
  public Optional<V> find(K key, Instant now) {
    synchronized (entries) {
      Entry<V> entry = entries.get(key);
      return entry != null && now.isBefore(entry.expiresAt())
          ? Optional.of(entry.value())
          : Optional.empty();
    }
  }

  /** Stores a value. It replaces any other value of its key. */
  public void put(K key, V value, Instant expiresAt) {
    synchronized (entries) {
      entries.put(key, new Entry<>(value, expiresAt));
    }
  }

  /** Stores a value unless the present value of its key expires later. */
  public void putUnlessEarlier(K key, V value, Instant expiresAt) {
    synchronized (entries) {
      entries.merge(
          key,
          new Entry<>(value, expiresAt),
          (present, other) -> present.expiresAt().isAfter(expiresAt) ? present : other);
    }
  }

  /** Changes the value of a key, if there is one. The time of expiry stays. */
  public void update(K key, UnaryOperator<V> change) {
    synchronized (entries) {
      entries.computeIfPresent(
          key, (_, entry) -> new Entry<>(change.apply(entry.value()), entry.expiresAt()));
    }
  }

  public void remove(K key) {
    removeIf(key, _ -> true);
  }

  /** Removes the value of a key if it meets a condition. */
  public void removeIf(K key, Predicate<V> condition) {
    synchronized (entries) {
      Entry<V> entry = entries.get(key);
      if (entry != null && condition.test(entry.value())) {
        entries.remove(key);
      }
    }
  }
}
