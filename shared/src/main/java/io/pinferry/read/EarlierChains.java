package io.pinferry.read;

import io.pinferry.base.ExpiringCache;
import io.pinferry.base.Tasks;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the fingerprints of the partitions of ended reads, and keeps them in memory for a while.
 */
final class EarlierChains {
  /** As many as a process drains at a time. Pinterest ends a list after 100,000 records. */
  private static final int CHAINS_MAX = PartitionSync.BATCH_MAX;

  private static final Duration KEPT = Duration.ofMinutes(5);

  private final FingerprintStore fingerprints;
  private final PartitionStore partitions;
  private final Tasks tasks;
  private final ExpiringCache<PartitionKey, Optional<Map<Long, Long>>> cache =
      new ExpiringCache<>(CHAINS_MAX);

  EarlierChains(FingerprintStore fingerprints, PartitionStore partitions, Tasks tasks) {
    this.fingerprints = fingerprints;
    this.partitions = partitions;
    this.tasks = tasks;
  }

  /**
   * Returns the hashes of contents by the hashes of keys.
   *
   * @return empty if the read had no such partition, or not all of its fingerprints are there
   */
  Optional<Map<Long, Long>> find(PartitionKey key) {
    return cache
        .find(key, tasks.now())
        .orElseGet(
            () -> {
              Optional<Map<Long, Long>> loaded = load(key);
              cache.put(key, loaded, tasks.now().plus(KEPT));
              return loaded;
            });
  }

  private Optional<Map<Long, Long>> load(PartitionKey key) {
    Optional<Partition> partition = partitions.find(key);
    if (partition.isEmpty()) {
      return Optional.empty();
    }
    int restarts = partition.get().cursor().restarts();
    Map<Long, Long> contents = new HashMap<>();
    long count = 0;
    for (FingerprintStore.Page page : fingerprints.of(key)) {
      if (page.restarts() == restarts) {
        count += page.fingerprints().count();
        page.fingerprints().forEach((record, content) -> add(contents, record, content));
      }
    }
    return count == partition.get().recordCount() ? Optional.of(contents) : Optional.empty();
  }

  /** A record that was read twice with two contents was delivered twice, in an unknown order. */
  private static void add(Map<Long, Long> contents, long record, long content) {
    contents.merge(
        record, content, (one, other) -> one.equals(other) ? one : Fingerprints.UNCERTAIN);
  }
}
