package io.pinferry.read;

import io.pinferry.base.ExpiringCache;
import io.pinferry.base.Tasks;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fingerprints of the partitions of ended reads, and keeps them in memory for a while.
 */
final class EarlierChains {
  /** As many as a process drains at a time. */
  private static final int CHAINS_MAX = PartitionSync.BATCH_MAX;

  /** A longer list is delivered whole. Pinterest ends a list after 100,000 records. */
  static final int RECORDS_MAX = 200_000;

  private static final Duration KEPT = Duration.ofMinutes(5);

  private final FingerprintStore fingerprints;
  private final PartitionStore partitions;
  private final Tasks tasks;
  private final ExpiringCache<PartitionKey, Optional<Map<Long, Long>>> chains =
      new ExpiringCache<>(CHAINS_MAX);
  private final ExpiringCache<OperationId, Optional<EarlierRead>> reads =
      new ExpiringCache<>(CHAINS_MAX);

  EarlierChains(FingerprintStore fingerprints, PartitionStore partitions, Tasks tasks) {
    this.fingerprints = fingerprints;
    this.partitions = partitions;
    this.tasks = tasks;
  }

  /**
   * An earlier read.
   *
   * @param recordCounts the number of records of each partition
   * @param arrivals by the hash of its key, the partition that delivered a record as a new one
   */
  private record EarlierRead(
      Map<PartitionId, Long> recordCounts, Map<Long, PartitionId> arrivals) {}

  /**
   * The records of a partition in an earlier read.
   *
   * @param contents the hashes of contents by the hashes of keys
   * @param arrivals by the hash of its key, the partition that delivered a record as a new one
   */
  record Earlier(PartitionId partition, Map<Long, Long> contents, Map<Long, PartitionId> arrivals) {
    /** Returns the hash of the content of a record; null if the read did not have it. */
    @Nullable Long find(long key) {
      return contents.get(key);
    }

    /**
     * Returns whether another partition has delivered the record as a new one. It may be back here
     * since then, as it was before.
     */
    boolean arrivedElsewhere(long key) {
      PartitionId other = arrivals.get(key);
      return other != null && !other.equals(partition);
    }
  }

  /**
   * Returns the records of a partition.
   *
   * @return has no contents if the read had no such partition, or not all of its fingerprints are
   *     there; empty if nothing can be compared with the read
   */
  Optional<Earlier> find(PartitionKey key) {
    return cached(reads, key.operation(), this::load)
        .map(
            read ->
                new Earlier(
                    key.partition(),
                    cached(chains, key, _ -> loadContents(key, read.recordCounts()))
                        .orElse(Map.of()),
                    read.arrivals()));
  }

  private <K, V> Optional<V> cached(
      ExpiringCache<K, Optional<V>> cache, K key, Function<K, Optional<V>> load) {
    return cache
        .find(key, tasks.now())
        .orElseGet(
            () -> {
              Optional<V> loaded = load.apply(key);
              cache.put(key, loaded, tasks.now().plus(KEPT));
              return loaded;
            });
  }

  /**
   * Loads a read. Empty if too many of its records were new in a partition, or if these are
   * unknown: of a page that was read again, only the second attempt has left fingerprints.
   */
  private Optional<EarlierRead> load(OperationId read) {
    List<Partition> all =
        partitions.ofOperation(read).stream().filter(each -> !each.tellsDeletions()).toList();
    if (all.stream().anyMatch(partition -> partition.cursor().changes().readAgain())
        || all.stream().mapToLong(partition -> partition.cursor().changes().created()).sum()
            > RECORDS_MAX) {
      return Optional.empty();
    }
    return Optional.of(
        new EarlierRead(
            all.stream()
                .collect(
                    Collectors.toMap(
                        partition -> partition.key().partition(), Partition::recordCount)),
            arrivals(all)));
  }

  private Map<Long, PartitionId> arrivals(List<Partition> all) {
    Map<Long, PartitionId> arrived = new HashMap<>();
    for (Partition partition : all) {
      if (all.size() > 1 && partition.cursor().changes().created() > 0) {
        for (FingerprintStore.Page page : fingerprints.of(partition.key())) {
          page.fingerprints()
              .forEachFirst(
                  page.created(), (key, _) -> arrived.put(key, partition.key().partition()));
        }
      }
    }
    return arrived;
  }

  private Optional<Map<Long, Long>> loadContents(
      PartitionKey key, Map<PartitionId, Long> recordCounts) {
    long recordCount = recordCounts.getOrDefault(key.partition(), 0L);
    if (recordCount == 0 || recordCount > RECORDS_MAX) {
      return Optional.empty();
    }
    Map<Long, Long> contents = new HashMap<>();
    long count = 0;
    for (FingerprintStore.Page page : fingerprints.of(key)) {
      count += page.fingerprints().count();
      page.fingerprints().forEach((record, content) -> add(contents, record, content));
    }
    return count == recordCount ? Optional.of(contents) : Optional.empty();
  }

  /** A record that was read twice with two contents was delivered twice, in an unknown order. */
  private static void add(Map<Long, Long> contents, long record, long content) {
    contents.merge(
        record,
        content,
        (one, other) -> Objects.equals(one, other) ? one : Long.valueOf(Fingerprints.UNCERTAIN));
  }
}
