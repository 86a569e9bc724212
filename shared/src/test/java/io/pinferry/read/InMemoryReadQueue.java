package io.pinferry.read;

import io.pinferry.directory.InstallationId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Remembers what was sent and hands it out once, when its delay has passed. */
public final class InMemoryReadQueue implements ReadQueue {
  /**
   * One sending.
   *
   * @param visibleAt when its delay has passed
   */
  public record Sent(PartitionKey partition, Duration delay, Instant visibleAt) {}

  private final InstantSource clock;
  private final List<Sent> waiting = new ArrayList<>();
  private final List<Sent> sent = new ArrayList<>();

  public InMemoryReadQueue(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void send(
      InstallationId installation, List<PartitionKey> partitions, Duration delay) {
    if (delay.isNegative() || delay.compareTo(DELAY_MAX) > 0) {
      throw new IllegalArgumentException("delay " + delay + " is not between 0 and 15 minutes");
    }
    Duration seconds = delay.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
    for (PartitionKey partition : partitions) {
      var message = new Sent(partition, delay, clock.instant().plus(seconds));
      sent.add(message);
      waiting.add(message);
    }
  }

  /** Takes out everything whose delay has passed, in the order of sending. */
  public synchronized List<PartitionKey> receive() {
    Instant now = clock.instant();
    List<Sent> visible = waiting.stream().filter(one -> !one.visibleAt().isAfter(now)).toList();
    waiting.removeAll(visible);
    return visible.stream().map(Sent::partition).toList();
  }

  /** Returns when the next message that is not received yet becomes visible, if there is one. */
  public synchronized Optional<Instant> nextVisibleAt() {
    return waiting.stream().map(Sent::visibleAt).min(Comparator.naturalOrder());
  }

  /** Returns every sending since the beginning. */
  public synchronized List<Sent> sent() {
    return List.copyOf(sent);
  }
}
