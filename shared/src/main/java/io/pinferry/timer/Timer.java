package io.pinferry.timer;

import io.pinferry.base.Digest;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A durable "do this at or after T".
 *
 * @param dueAt to the millisecond
 * @param kind decides about the action, for example {@code schedule} or {@code watchdog}
 * @param id the thing to act on; there is one timer per instant, kind and id
 * @param payload small data for the action
 */
public record Timer(Instant dueAt, String kind, String id, Map<String, String> payload) {
  /** The number of shards, which spread the load of the table. Each tick asks all of them. */
  public static final int SHARD_COUNT = 16;

  public Timer {
    dueAt = Instant.ofEpochMilli(dueAt.toEpochMilli());
    // Sorted, so that each process stores the same text.
    payload = Collections.unmodifiableMap(new TreeMap<>(payload));
  }

  /** Returns the shard of this timer, which depends on kind and id only. */
  public int shard() {
    return Integer.parseInt(Digest.of(kind, id).hex(1), 16) % SHARD_COUNT;
  }

  /** Returns a required value of the payload. */
  public String require(String name) {
    String value = payload.get(name);
    if (value == null) {
      throw new IllegalStateException("the timer of the kind " + kind + " has no " + name);
    }
    return value;
  }

  /** Returns the timer at another time. */
  public Timer at(Instant instant) {
    return new Timer(instant, kind, id, payload);
  }
}
