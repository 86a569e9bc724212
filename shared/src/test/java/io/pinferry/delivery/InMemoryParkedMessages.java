package io.pinferry.delivery;

import io.pinferry.timer.InMemoryTimerStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parked messages in a map, with their timers in a store. */
public final class InMemoryParkedMessages implements ParkedMessages {
  private record Parked(DeliveryMessage message, Instant until) {}

  private final Map<String, Parked> parked = new HashMap<>();
  private final InMemoryTimerStore timers;

  public InMemoryParkedMessages(InMemoryTimerStore timers) {
    this.timers = timers;
  }

  @Override
  public synchronized void park(DeliveryMessage message, Instant dueAt) {
    parked.put(message.id(), new Parked(message, inMillis(dueAt)));
    timers.replace(null, List.of(ParkedRelease.timerFor(message, dueAt)));
  }

  @Override
  public synchronized Optional<DeliveryMessage> find(String messageId, Instant dueAt) {
    return Optional.ofNullable(parked.get(messageId))
        .filter(one -> one.until().equals(inMillis(dueAt)))
        .map(Parked::message);
  }

  @Override
  public synchronized void remove(String messageId, Instant dueAt) {
    if (find(messageId, dueAt).isPresent()) {
      parked.remove(messageId);
    }
  }

  @Override
  public synchronized boolean discard(String messageId) {
    return parked.remove(messageId) != null;
  }

  /** Returns all messages. */
  public synchronized List<DeliveryMessage> all() {
    return parked.values().stream().map(Parked::message).toList();
  }

  /** Returns how many messages are parked. */
  public synchronized int size() {
    return parked.size();
  }

  private static Instant inMillis(Instant instant) {
    return Instant.ofEpochMilli(instant.toEpochMilli());
  }
}
