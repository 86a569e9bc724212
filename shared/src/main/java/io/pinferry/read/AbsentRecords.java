package io.pinferry.read;

import io.pinferry.base.Digest;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.PartitionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records that earlier reads of an object had, and that a complete read does not have any
 * more.
 *
 * <p>The earlier reads are the newest one that told its deletions, and all after it. Those did not
 * tell theirs, for example because they failed, but may have delivered records. If none has told
 * its deletions yet, all reads count.
 */
final class AbsentRecords {
  /** The most keys of the read that are in memory at a time, roughly. */
  static final int KEYS_MAX = 250_000;

  /** More reads without an end of their deletions are not searched. */
  private static final int READS_MAX = 50;

  /** Keys of older reads may be gone, one page after the other. */
  private static final Duration AGE_MAX = FingerprintStore.KEPT.minusDays(1);

  /** At so many records in a list, Pinterest may have left out the rest. */
  private static final int LIST_RECORDS_MAX = 100_000;

  /** Fewer missing records are not held. */
  private static final int HELD_MIN = 50;

  /** A larger share of missing records is held. */
  private static final double HELD_SHARE = 0.3;

  private final ReadHistory history;
  private final PartitionStore partitions;
  private final FingerprintStore fingerprints;
  private final int keysMax;

  AbsentRecords(
      OperationStore operations,
      PartitionStore partitions,
      FingerprintStore fingerprints,
      int keysMax) {
    this.history = new ReadHistory(operations);
    this.partitions = partitions;
    this.fingerprints = fingerprints;
    this.keysMax = keysMax;
  }

  /**
   * A record that is not listed any more.
   *
   * @param list the list that had it last
   * @param again whether the complete read before missed it too, and its list was read whole now
   * @param standing whether it can be confirmed now
   */
  record Absence(String key, Chain list, boolean again, Standing standing) {}

  /** Whether an absence can be confirmed now. */
  enum Standing {
    OPEN,
    /** The list that had it may not be read now. */
    UNREADABLE,
    /** So many are missing that something else is probably wrong. */
    HELD
  }

  /**
   * The absences of a read.
   *
   * @param obstacle why they are not known, in words for a person; null if they are
   */
  record Found(List<Absence> absences, @Nullable String obstacle) {
    static Found unknown(String obstacle) {
      return new Found(List.of(), obstacle);
    }
  }

  /**
   * Returns the absences in an order that is the same for each call, and different for each read.
   * So records that nobody can confirm do not stay in front. Those that cannot be confirmed now
   * come last.
   *
   * @param read all of its lists have ended
   */
  Found of(Operation read, Instant now) {
    ReadHistory.Found found =
        history.newest(
            read.installation(),
            read.objectName(),
            reads -> reads.size() <= READS_MAX && !isEndOfSearch(read, reads.getLast()));
    if (found.isCut() || found.reads().size() > READS_MAX) {
      return Found.unknown("too many reads or operations lie before it");
    }
    List<ReadLists> earlier =
        found.reads().stream()
            .filter(other -> other.startedAt().isBefore(read.startedAt()))
            .filter(other -> hasSameRecords(read, other))
            .filter(other -> other.read().tellsDeletions())
            .map(this::load)
            .toList();
    if (earlier.isEmpty()) {
      return new Found(List.of(), null);
    }
    if (earlier.getLast().read().startedAt().isBefore(now.minus(AGE_MAX))) {
      return Found.unknown("the last complete read is too long ago");
    }
    ReadLists lists = load(read);
    int rounds = Math.toIntExact(1 + lists.recordCount() / keysMax);
    var missing = new Missing();
    for (int round = 0; round < rounds; round++) {
      var share = new Share(round, rounds);
      Optional<Set<String>> present = present(lists, share);
      if (present.isEmpty()) {
        return Found.unknown("keys of its records are gone");
      }
      for (ReadLists other : earlier) {
        missing.addAllBut(present.get(), other, share, other.equals(earlier.getLast()));
      }
    }
    return new Found(
        absences(lists, earlier.getLast().recordCount(), missing),
        missing.incomplete ? "keys of an earlier read are gone" : null);
  }

  /** A read with its partitions. */
  private record ReadLists(Operation read, List<Partition> partitions) {
    /** Returns the partitions that have records of the object. */
    List<Partition> delivering() {
      return partitions.stream()
          .filter(partition -> partition.delivers(read.read().plan()))
          .toList();
    }

    long recordCount() {
      return Settlement.recordsRead(read, partitions);
    }
  }

  private ReadLists load(Operation read) {
    return new ReadLists(read, partitions.ofOperation(read.id()));
  }

  /** The keys that are compared in one round. */
  private record Share(int round, int rounds) {
    boolean has(String key) {
      return Math.floorMod(key.hashCode(), rounds) == round;
    }
  }

  private boolean isEndOfSearch(Operation read, Operation other) {
    return other.startedAt().isBefore(read.startedAt())
        && (!hasSameRecords(read, other) || toldDeletions(other));
  }

  /** Another account, or another plan, has other records. */
  private static boolean hasSameRecords(Operation read, Operation other) {
    return other.read().account().id().equals(read.read().account().id())
        && other.read().planName().equals(read.read().planName());
  }

  private boolean toldDeletions(Operation read) {
    return read.read().tellsDeletions()
        && read.status() == OperationStatus.SUCCESS
        && partitions.find(new PartitionKey(read.id(), DeletionPages.CHAIN.id())).isPresent();
  }

  /** Returns the keys of the read; empty if some are gone. */
  private Optional<Set<String>> present(ReadLists lists, Share share) {
    Set<String> present = new HashSet<>();
    for (Partition list : lists.delivering()) {
      long count = 0;
      for (ListKeys keys : keys(list)) {
        count += keys.keys().size();
        keys.keys().stream().filter(share::has).forEach(present::add);
      }
      // More keys are of an earlier attempt. Their deletion is told by the next read.
      if (count < list.recordCount()) {
        return Optional.empty();
      }
    }
    return Optional.of(present);
  }

  private List<ListKeys> keys(Partition partition) {
    return fingerprints.of(partition.key()).stream().flatMap(page -> page.keys().stream()).toList();
  }

  /** The records of earlier reads that the read does not have. */
  private final class Missing {
    /** The list that had each record last, by its key. */
    private final Map<String, Chain> lists = new LinkedHashMap<>();

    /** The keys that the complete read before missed too. */
    private final Set<String> before = new HashSet<>();

    /** Whether keys of an earlier read are gone. */
    private boolean incomplete;

    void addAllBut(Set<String> present, ReadLists earlier, Share share, boolean isOldest) {
      for (Partition partition : earlier.partitions()) {
        boolean ofAbsences = partition.tellsDeletions();
        if (ofAbsences && !isOldest) {
          // They are among the keys of older reads.
          continue;
        }
        long count = 0;
        for (ListKeys keys : keys(partition)) {
          count += keys.keys().size();
          for (String key : keys.keys()) {
            if (share.has(key) && !key.isEmpty() && !present.contains(key)) {
              lists.putIfAbsent(key, keys.list());
              if (ofAbsences) {
                before.add(key);
              }
            }
          }
        }
        incomplete |=
            partition.delivers(earlier.read().read().plan()) && count < partition.recordCount();
      }
    }
  }

  /**
   * @param knownBefore the number of records of the oldest of the earlier reads
   */
  private static List<Absence> absences(ReadLists lists, long knownBefore, Missing missing) {
    Operation read = lists.read();
    Map<PartitionId, Partition> byId =
        lists.delivering().stream()
            .collect(Collectors.toMap(list -> list.key().partition(), Function.identity()));
    long knownNow = lists.recordCount();
    long missingNow = missing.lists.size() - (long) missing.before.size();
    boolean hold =
        missingNow > 0
            && !read.read().releasesHeld()
            && (knownNow == 0 || (missingNow >= HELD_MIN && missingNow > HELD_SHARE * knownBefore));
    boolean allReadable =
        read.read().leftOut().isEmpty()
            && lists.partitions().stream()
                .noneMatch(partition -> partition.state() == PartitionState.SKIPPED);
    List<Absence> absences = new ArrayList<>();
    missing.lists.forEach(
        (key, list) -> {
          boolean before = missing.before.contains(key);
          Partition now = byId.get(list.id());
          boolean readable = now == null ? allReadable : now.state() == PartitionState.ENDED;
          Standing standing =
              hold && !before ? Standing.HELD : readable ? Standing.OPEN : Standing.UNREADABLE;
          absences.add(new Absence(key, list, before && isWhole(now), standing));
        });
    absences.sort(
        Comparator.comparing(Absence::standing)
            .thenComparing(absence -> Digest.of(read.id().value(), absence.key()).hex(8)));
    return absences;
  }

  /** Returns whether a list was read to its end: it is there, and Pinterest did not cut it. */
  private static boolean isWhole(@Nullable Partition list) {
    return list != null && !list.isGone() && list.recordCount() < LIST_RECORDS_MAX;
  }
}
