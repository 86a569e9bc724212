package io.pinferry.read;

import java.time.Duration;
import java.util.List;

/** The queue of partitions that want a reader. At least once, in no order. */
public interface ReadQueue {
  /** The longest delay. */
  Duration DELAY_MAX = Duration.ofMinutes(15);

  /**
   * Sends partitions; each may be received more than once.
   *
   * @param delay none before this has passed; at most {@link #DELAY_MAX}; a fraction of a second
   *     counts as one
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if not all were accepted
   */
  void send(List<PartitionKey> partitions, Duration delay);
}
