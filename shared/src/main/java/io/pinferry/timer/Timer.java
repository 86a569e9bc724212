package io.pinferry.timer;

import io.pinferry.base.Digest;
import java.time.Instant;
import java.util.Map;

/**
 * A durable "do this at or after T".
 *
 * @param dueAt when; to the millisecond
 * @param kind who acts on it, e.g. {@code schedule}, {@code watchdog}
 * @param id what it is about; one timer per instant, kind and id
 * @param payload what the action needs, small
 */
public record Timer(Instant dueAt, String kind, String id, Map<String, String> payload) {
  /** How many shards the table's load is spread over; each tick asks every one. */
  public static final int SHARD_COUNT = 16;

  public Timer {
    dueAt = Instant.ofEpochMilli(dueAt.toEpochMilli());
    payload = Map.copyOf(payload);
  }

  /** Returns the shard this timer is kept in, which depends on kind and id only. */
  public int shard() {
    return Integer.parseInt(Digest.of(kind, id).hex(1), 16) % SHARD_COUNT;
  }

  /** Returns a value of the payload that a timer of this kind cannot be without. */
  public String require(String name) {
    String value = payload.get(name);
    if (value == null) {
      throw new IllegalStateException("a timer of kind " + kind + " without " + name);
    }
    return value;
  }

  /** Returns the same timer at another time. */
  public Timer at(Instant instant) {
    return new Timer(instant, kind, id, payload);
  }
}
