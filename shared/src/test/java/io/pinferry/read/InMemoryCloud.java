package io.pinferry.read;

import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.InMemoryResultStore;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.operation.InMemoryOperationStore;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationStore;
import io.pinferry.timer.InMemoryTimerStore;
import java.time.InstantSource;

/**
 * The stores that are changed together, under one lock, and the queue of partitions. For tests and
 * the simulation.
 */
public final class InMemoryCloud {
  private final InMemoryDirectoryStore directory;
  private final InMemoryTimerStore timers;
  private final InMemoryOperationStore operations;
  private final InMemoryPartitionStore partitions;
  private final InMemoryResultStore results = new InMemoryResultStore();
  private final InMemoryFingerprintStore fingerprints = new InMemoryFingerprintStore();
  private final InMemoryReadQueue readQueue;

  public InMemoryCloud(InstantSource clock) {
    var lock = new Object();
    directory = new InMemoryDirectoryStore(clock, lock);
    timers = new InMemoryTimerStore(lock);
    partitions = new InMemoryPartitionStore(lock);
    operations = new InMemoryOperationStore(directory, timers, partitions::createPartitions, lock);
    readQueue = new InMemoryReadQueue(clock);
  }

  public InMemoryDirectoryStore directory() {
    return directory;
  }

  public InMemoryTimerStore timers() {
    return timers;
  }

  public InMemoryOperationStore operations() {
    return operations;
  }

  public InMemoryPartitionStore partitions() {
    return partitions;
  }

  /** Returns a settlement on these stores. */
  public Settlement settlement(Tasks tasks) {
    return settlement(partitions, operations, tasks);
  }

  /** Returns a settlement on other stores, which may fail. */
  public Settlement settlement(PartitionStore partitions, OperationStore operations, Tasks tasks) {
    return new Settlement(
        partitions, operations, new OperationFinisher(operations, Log.none()), readQueue, tasks);
  }

  public InMemoryResultStore results() {
    return results;
  }

  public InMemoryFingerprintStore fingerprints() {
    return fingerprints;
  }

  public InMemoryReadQueue readQueue() {
    return readQueue;
  }
}
