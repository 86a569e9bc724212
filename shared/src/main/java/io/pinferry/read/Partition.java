package io.pinferry.read;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One bookmark chain of an operation, as stored.
 *
 * <p>Pages up to {@code sentThrough} were accepted by the delivery queue. The page after it is the
 * only one that a next lease holder may fetch again, with {@code bookmark}.
 *
 * @param step the plan's step, which names endpoint and fan-out (see {@code
 *     io.pinferry.pinterest.ReadPlan})
 * @param parameters the endpoint's fixed parameters; also the provenance of its records
 * @param sentThrough the last page whose messages the queue has accepted; 0 before the first
 * @param storedPage the last page that was stored, whether or not it was sent; 0 before the first
 * @param bookmark fetches page {@code sentThrough + 1}; null for the first page
 * @param undelivered one entry per message that is not delivered yet: {@code page.part.digest}
 * @param fence the number of the newest lease; guards every write of its holder
 * @param leasedUntil when the newest lease ends; null if released
 * @param notBefore no work before this instant; null for at once
 * @param leasesWithoutPage leases taken since a page was stored for the first time, waits excepted
 * @param restarts how often it was begun again at page 1, since Pinterest did not accept its
 *     bookmark any more; then pages and their messages are numbered from 1 again, so that what has
 *     not changed has the same message id as before
 * @param recordCount records of all pages up to {@code sentThrough}, but for those that the read
 *     leaves out for their time
 * @param reason why it failed or was skipped, in words for a person; null otherwise
 * @param waitsForDelivery whether its last lease was given back because too much was undelivered
 * @param open whether it is still in the index of open partitions; false only once it is ended (or
 *     failed or skipped) and nothing of it is undelivered
 */
public record Partition(
    PartitionKey key,
    String step,
    Map<String, String> parameters,
    PartitionState state,
    int sentThrough,
    int storedPage,
    @Nullable String bookmark,
    Set<String> undelivered,
    long fence,
    @Nullable Instant leasedUntil,
    @Nullable Instant notBefore,
    int leasesWithoutPage,
    int restarts,
    long recordCount,
    @Nullable String reason,
    boolean waitsForDelivery,
    boolean open) {

  public Partition {
    parameters = Map.copyOf(parameters);
    undelivered = Set.copyOf(undelivered);
  }

  /** With so many undelivered messages a partition is not read any further. */
  static final int UNDELIVERED_MAX = 64;

  /** Returns whether no page is to be read before messages were delivered. */
  boolean isFull() {
    return sentAndUndelivered() >= UNDELIVERED_MAX;
  }

  /**
   * Returns whether a partition that waits for delivery may go on: half its bound, so that it does
   * not stop again at once.
   */
  boolean mayGoOn() {
    return sentAndUndelivered() < UNDELIVERED_MAX / 2;
  }

  /**
   * Returns how many messages can still be delivered. Those of a page that perhaps was not sent are
   * left out: only going on sends them.
   */
  int sentAndUndelivered() {
    return undelivered.size() - undeliveredAfter(sentThrough).size();
  }

  /** Returns the undelivered messages of pages that the queue is not known to have accepted. */
  Set<String> undeliveredAfter(int page) {
    return undelivered.stream()
        .filter(entry -> pageOf(entry) > page)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns the page of an undelivered message. */
  static int pageOf(String entry) {
    return Integer.parseInt(entry.substring(0, entry.indexOf('.')));
  }

  public boolean leasedAt(Instant now) {
    return leasedUntil != null && now.isBefore(leasedUntil);
  }
}
