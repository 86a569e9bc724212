package io.pinferry.write;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.operation.OperationId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records of writes in a map. For tests and the simulation. */
public final class InMemoryWriteStore implements WriteStore {
  private final Map<OperationId, SortedMap<Integer, RecordState>> records = new HashMap<>();
  private final Map<OperationId, Lease> leases = new HashMap<>();
  private boolean failing;
  private @Nullable SplittableRandom random;

  /** The lease on an operation's records. */
  private record Lease(String by, Instant until, Instant notBefore, int count) {}

  @Override
  public synchronized void put(OperationId operation, Instant at, List<String> inputs) {
    failIfTold();
    for (int i = 0; i < inputs.size(); i++) {
      RecordState there = record(operation, i);
      put(
          operation,
          new RecordState(i, inputs.get(i), there.mark(), there.progress(), there.outcome()));
    }
  }

  @Override
  public synchronized void unmark(OperationId operation, int index, String by) {
    failIfTold();
    RecordState record = record(operation, index);
    Mark there = record.mark();
    if (there != null && there.by().equals(by)) {
      put(
          operation,
          new RecordState(index, record.input(), null, record.progress(), record.outcome()));
    }
    failAfterwards();
  }

  @Override
  public synchronized void progress(OperationId operation, int index, Instant at, String progress) {
    failIfTold();
    RecordState record = record(operation, index);
    put(
        operation,
        new RecordState(index, record.input(), record.mark(), progress, record.outcome()));
  }

  @Override
  public synchronized OptionalInt tryLease(
      OperationId operation, String by, Instant now, Instant until) {
    failIfTold();
    Lease lease = leases.getOrDefault(operation, new Lease("", Instant.MIN, Instant.MIN, 0));
    if (lease.until().isAfter(now) || lease.notBefore().isAfter(now)) {
      return OptionalInt.empty();
    }
    leases.put(operation, new Lease(by, until, lease.notBefore(), lease.count() + 1));
    return OptionalInt.of(lease.count());
  }

  @Override
  public synchronized boolean isLeased(OperationId operation, Instant now) {
    failIfTold();
    Lease lease = leases.get(operation);
    return lease != null && lease.until().isAfter(now);
  }

  @Override
  public synchronized void release(OperationId operation, String by, Instant notBefore) {
    failIfTold();
    Lease lease = leases.get(operation);
    if (lease != null && lease.by().equals(by)) {
      leases.put(
          operation,
          new Lease("", Instant.MIN, notBefore.truncatedTo(ChronoUnit.MILLIS), lease.count()));
    }
  }

  @Override
  public synchronized boolean mark(
      OperationId operation, int index, Mark mark, @Nullable String input) {
    failIfTold();
    RecordState record = record(operation, index);
    Mark there = record.mark();
    if (there != null && !there.by().equals(mark.by())) {
      return false;
    }
    put(
        operation,
        new RecordState(
            index,
            input == null ? record.input() : input,
            new Mark(mark.by(), mark.at().truncatedTo(ChronoUnit.MILLIS), mark.sameBefore()),
            record.progress(),
            record.outcome()));
    failAfterwards();
    return true;
  }

  @Override
  public synchronized void keep(OperationId operation, int index, Instant at, String outcome) {
    failIfTold();
    RecordState record = record(operation, index);
    if (record.outcome() == null) {
      put(operation, new RecordState(index, null, record.mark(), record.progress(), outcome));
    }
    failAfterwards();
  }

  @Override
  public synchronized List<RecordState> recordsOf(OperationId operation) {
    return List.copyOf(records.getOrDefault(operation, new TreeMap<>()).values());
  }

  @Override
  public synchronized void remove(OperationId operation) {
    failIfTold();
    records.remove(operation);
    leases.remove(operation);
  }

  /** Returns the records of all operations. */
  public synchronized List<RecordState> all() {
    return records.values().stream().flatMap(some -> some.values().stream()).toList();
  }

  /** Makes every step fail before it takes effect, or ends that. */
  public synchronized void failing(boolean fails) {
    failing = fails;
  }

  /** Makes some steps fail, before or after they take effect; null for none. */
  public synchronized void failSometimes(@Nullable SplittableRandom chance) {
    random = chance;
  }

  private void failAfterwards() {
    if (random != null && random.nextInt(20) == 0) {
      throw new ProviderUnavailable("the store did not answer", null, null);
    }
  }

  private void failIfTold() {
    if (failing || (random != null && random.nextInt(20) == 0)) {
      throw new ProviderUnavailable("the store cannot answer now", null, null);
    }
  }

  private RecordState record(OperationId operation, int index) {
    return records
        .computeIfAbsent(operation, absent -> new TreeMap<>())
        .getOrDefault(index, new RecordState(index, null, null, null, null));
  }

  private void put(OperationId operation, RecordState record) {
    records.computeIfAbsent(operation, absent -> new TreeMap<>()).put(record.index(), record);
  }
}
