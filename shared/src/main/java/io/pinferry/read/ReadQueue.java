package io.pinferry.read;

import io.pinferry.directory.InstallationId;
import java.time.Duration;
import java.util.List;

/** The queue of partitions to read. Delivery is at least once and unordered. */
public interface ReadQueue {
  Duration DELAY_MAX = Duration.ofMinutes(15);

  /**
   * Sends partitions of an installation. Each may be received more than once.
   *
   * @param installation the customer in whose turn they are received: the queue is fair
   * @param delay the time before they are received, at most {@link #DELAY_MAX}; it is rounded up to
   *     seconds
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if not all were accepted
   */
  void send(InstallationId installation, List<PartitionKey> partitions, Duration delay);
}
