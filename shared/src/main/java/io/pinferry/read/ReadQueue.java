package io.pinferry.read;

import java.time.Duration;
import java.util.List;

/** The queue of partitions to read. Delivery is at least once and unordered. */
public interface ReadQueue {
  Duration DELAY_MAX = Duration.ofMinutes(15);

  /**
   * Sends partitions. Each may be received more than once.
   *
   * @param delay the time before they are received, at most {@link #DELAY_MAX}; it is rounded up to
   *     seconds
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if not all were accepted
   */
  void send(List<PartitionKey> partitions, Duration delay);
}
