package io.pinferry.base;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Values that this process remembers, each until an instant. Several threads may use it. The number
 * of values is bounded: one more pushes out the value that was not used for longest.
 */
public final class ExpiringCache<K, V> {
  private final Map<K, Entry<V>> entries;

  private record Entry<V>(V value, Instant expiresAt) {}

  public ExpiringCache(int entriesMax) {
    this.entries = BoundedMap.of(entriesMax);
  }

  /** Returns the value of a key, if there is one that has not expired. */
  public Optional<V> find(K key, Instant now) {
    synchronized (entries) {
      Entry<V> entry = entries.get(key);
      return entry != null && now.isBefore(entry.expiresAt())
          ? Optional.of(entry.value())
          : Optional.empty();
    }
  }

  /** Remembers a value in place of any other of its key. */
  public void put(K key, V value, Instant expiresAt) {
    synchronized (entries) {
      entries.put(key, new Entry<>(value, expiresAt));
    }
  }

  /** Remembers a value unless the present one of its key expires later. */
  public void putUnlessEarlier(K key, V value, Instant expiresAt) {
    synchronized (entries) {
      entries.merge(
          key,
          new Entry<>(value, expiresAt),
          (present, other) -> present.expiresAt().isAfter(expiresAt) ? present : other);
    }
  }

  /** Changes the value of a key, if there is one; the new value expires when the old one would. */
  public void update(K key, UnaryOperator<V> change) {
    synchronized (entries) {
      entries.computeIfPresent(
          key, (_, entry) -> new Entry<>(change.apply(entry.value()), entry.expiresAt()));
    }
  }

  public void remove(K key) {
    removeIf(key, _ -> true);
  }

  /** Forgets the value of a key if it meets a condition. */
  public void removeIf(K key, Predicate<V> condition) {
    synchronized (entries) {
      Entry<V> entry = entries.get(key);
      if (entry != null && condition.test(entry.value())) {
        entries.remove(key);
      }
    }
  }
}
