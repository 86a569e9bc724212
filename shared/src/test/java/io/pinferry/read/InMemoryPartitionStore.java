package io.pinferry.read;

import io.pinferry.operation.Chain;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Partitions in maps. */
public final class InMemoryPartitionStore implements PartitionStore {
  private final Map<OperationId, NavigableMap<String, Row>> partitions = new HashMap<>();
  private final Object lock;

  /**
   * Makes an empty store.
   *
   * @param lock the lock of the operations as well
   */
  public InMemoryPartitionStore(Object lock) {
    this.lock = lock;
  }

  /** A partition's columns. */
  private static final class Row {
    private final PartitionKey key;
    private final Chain chain;
    private PartitionState state = PartitionState.OPEN;
    private Cursor cursor = Cursor.START;
    private final Set<String> undelivered = new HashSet<>();
    private final Set<String> givenUp = new HashSet<>();
    private final Set<String> deliveredLater = new HashSet<>();
    private long fence;
    private @Nullable Instant leasedUntil;
    private @Nullable Instant notBefore;
    private int leasesWithoutPage;
    private int storedPage;

    /** Whether the newest lease is among {@link #leasesWithoutPage}. */
    private boolean leaseCounts;

    private @Nullable String reason;
    private boolean waitsForDelivery;
    private boolean open = true;

    private Row(PartitionKey key, Chain chain) {
      this.key = key;
      this.chain = chain;
    }

    private boolean heldBy(long holder) {
      return fence == holder && state == PartitionState.OPEN;
    }

    private Partition partition() {
      return new Partition(
          key,
          chain,
          cursor,
          storedPage,
          undelivered,
          new Lease(fence, leasedUntil, leasesWithoutPage),
          notBefore,
          waitsForDelivery,
          state,
          reason,
          open,
          new GivenUp(givenUp, deliveredLater));
    }
  }

  @Override
  public Optional<Partition> find(PartitionKey key) {
    synchronized (lock) {
      return row(key).map(Row::partition);
    }
  }

  @Override
  public List<Partition> ofOperation(OperationId operation) {
    synchronized (lock) {
      return rows(operation).values().stream().map(Row::partition).toList();
    }
  }

  @Override
  public List<Partition> undeliveredOf(OperationId operation) {
    return ofOperation(operation).stream()
        .filter(partition -> !partition.undelivered().isEmpty() || partition.waitsForDelivery())
        .toList();
  }

  @Override
  public Optional<Partition> tryLease(PartitionKey key, Duration length, Instant now) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || row.state != PartitionState.OPEN || row.partition().leasedAt(now)) {
        return Optional.empty();
      }
      row.fence++;
      row.leasedUntil = inMillis(now.plus(length));
      row.leasesWithoutPage++;
      row.leaseCounts = true;
      row.waitsForDelivery = false;
      return Optional.of(row.partition());
    }
  }

  @Override
  public OptionalInt storePage(PartitionKey key, long fence, PageWrite page) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.heldBy(fence)) {
        return OptionalInt.empty();
      }
      row.undelivered.removeAll(page.replaced());
      row.undelivered.addAll(page.entries());
      row.cursor = kept(row, page.cursor(), page.cursor().bookmark());
      row.leasedUntil = inMillis(page.leasedUntil());
      row.storedPage = page.page();
      if (page.advances()) {
        row.leasesWithoutPage = 0;
        row.leaseCounts = false;
      }
      return OptionalInt.of(row.undelivered.size());
    }
  }

  @Override
  public Optional<Partition> release(PartitionKey key, long fence, Release release) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.heldBy(fence)) {
        return Optional.empty();
      }
      row.cursor = release.cursor();
      row.notBefore = release.notBefore() == null ? null : inMillis(release.notBefore());
      row.leasedUntil = null;
      row.waitsForDelivery |= release.forDelivery();
      if (!release.counts() && row.leaseCounts) {
        row.leasesWithoutPage--;
        row.leaseCounts = false;
      }
      return Optional.of(row.partition());
    }
  }

  @Override
  public Optional<Partition> end(PartitionKey key, long fence, PartitionEnd end) {
    if (end.state() == PartitionState.OPEN) {
      throw new IllegalArgumentException("a partition cannot end in state OPEN");
    }
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.heldBy(fence) || (end.settles() && !row.undelivered.isEmpty())) {
        return Optional.empty();
      }
      row.open = !end.settles();
      row.state = end.state();
      row.cursor = kept(row, end.cursor(), row.cursor.bookmark());
      row.reason = end.reason();
      row.leasedUntil = null;
      return Optional.of(row.partition());
    }
  }

  @Override
  public void createPartitions(OperationId operation, List<Chain> chains) {
    synchronized (lock) {
      NavigableMap<String, Row> rows =
          partitions.computeIfAbsent(operation, ignored -> new TreeMap<>());
      for (Chain chain : chains) {
        rows.putIfAbsent(
            chain.id().value(), new Row(new PartitionKey(operation, chain.id()), chain));
      }
    }
  }

  @Override
  public Optional<Partition> removeUndelivered(PartitionKey key, Collection<String> entries) {
    synchronized (lock) {
      Optional<Row> row = row(key);
      row.ifPresent(present -> entries.forEach(present.undelivered::remove));
      return row.map(Row::partition);
    }
  }

  @Override
  public Optional<Partition> giveUp(PartitionKey key, String entry, String reason) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.undelivered.contains(entry)) {
        return Optional.empty();
      }
      row.givenUp.add(entry);
      return drop(key, entry, reason);
    }
  }

  @Override
  public Optional<Partition> drop(PartitionKey key, String entry, String reason) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null || !row.undelivered.remove(entry)) {
        return Optional.empty();
      }
      if (row.state != PartitionState.FAILED) {
        row.reason = reason;
      }
      row.state = PartitionState.FAILED;
      row.fence++;
      row.leasedUntil = null;
      return Optional.of(row.partition());
    }
  }

  @Override
  public Optional<Partition> deliverLate(PartitionKey key, String entry) {
    synchronized (lock) {
      Optional<Row> row = row(key);
      row.ifPresent(
          present -> {
            present.undelivered.remove(entry);
            present.deliveredLater.add(entry);
          });
      return row.map(Row::partition);
    }
  }

  @Override
  public void remove(OperationId operation) {
    synchronized (lock) {
      partitions.remove(operation);
    }
  }

  @Override
  public boolean settle(PartitionKey key) {
    synchronized (lock) {
      Row row = row(key).orElse(null);
      if (row == null) {
        return true;
      }
      if (row.state != PartitionState.OPEN && row.undelivered.isEmpty()) {
        row.open = false;
      }
      return !row.open;
    }
  }

  @Override
  public List<PartitionId> openPartitions(
      OperationId operation, @Nullable PartitionId after, int limit) {
    synchronized (lock) {
      return rows(operation).values().stream()
          .filter(row -> row.open)
          .map(row -> row.key.partition())
          .filter(id -> after == null || id.value().compareTo(after.value()) > 0)
          .limit(limit)
          .toList();
    }
  }

  /** Returns a cursor with the restarts that are stored; only a release changes them. */
  private static Cursor kept(Row row, Cursor cursor, @Nullable String bookmark) {
    return new Cursor(
        cursor.sentThrough(),
        bookmark,
        cursor.recordCount(),
        row.cursor.restarts(),
        cursor.changes());
  }

  private NavigableMap<String, Row> rows(OperationId operation) {
    return partitions.getOrDefault(operation, new TreeMap<>());
  }

  private Optional<Row> row(PartitionKey key) {
    return Optional.ofNullable(rows(key.operation()).get(key.partition().value()));
  }

  private static Instant inMillis(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }
}
