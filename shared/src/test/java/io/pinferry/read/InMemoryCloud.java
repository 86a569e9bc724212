package io.pinferry.read;

import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.timer.InMemoryTimerStore;
import java.time.InstantSource;

/**
 * The stores that are changed together, under one lock, and the queue of partitions. For tests and
 * the simulation.
 */
public final class InMemoryCloud {
  private final InMemoryDirectoryStore directory;
  private final InMemoryTimerStore timers;
  private final InMemoryReadStore reads;
  private final InMemoryReadQueue readQueue;

  public InMemoryCloud(InstantSource clock) {
    var lock = new Object();
    directory = new InMemoryDirectoryStore(clock, lock);
    timers = new InMemoryTimerStore(lock);
    reads = new InMemoryReadStore(directory, timers, lock);
    readQueue = new InMemoryReadQueue(clock);
  }

  public InMemoryDirectoryStore directory() {
    return directory;
  }

  public InMemoryTimerStore timers() {
    return timers;
  }

  public InMemoryReadStore reads() {
    return reads;
  }

  public InMemoryReadQueue readQueue() {
    return readQueue;
  }
}
