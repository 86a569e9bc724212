package io.pinferry.aws;

import io.pinferry.operation.Chain;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.PartitionId;
import io.pinferry.read.Cursor;
import io.pinferry.read.GivenUp;
import io.pinferry.read.Lease;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionState;
import java.time.Instant;

/**
 * Items of partitions in the Reads table: {@code pk} operation, {@code sk} {@code PARTITION#<id>}.
 * A partition in the index of open ones has {@code openMark}, a copy of its id. All attributes are
 * top-level, so that each step is one conditional update.
 */
final class PartitionItems {
  static final String PARTITION_PREFIX = "PARTITION#";
  static final String OPEN_INDEX = "open";
  static final String OPEN_MARK = "openMark";
  static final String STATE = "state";
  static final String SENT_THROUGH = "sentThrough";
  static final String BOOKMARK = "bookmark";
  static final String UNDELIVERED = "undelivered";
  static final String FENCE = "fence";
  static final String LEASED_UNTIL = "leasedUntil";
  static final String NOT_BEFORE = "notBefore";
  static final String RECORD_COUNT = "recordCount";
  static final String RESTARTS = "restarts";
  static final String STORED_PAGE = "storedPage";

  /** These three are present only in a read whose records are compared. */
  static final String NEW_COUNT = "newCount";

  static final String UNCHANGED_COUNT = "unchangedCount";
  static final String READ_AGAIN = "readAgain";

  /** Present only while true. */
  static final String WAITS_FOR_DELIVERY = "waitsForDelivery";

  /** The leases before the newest one that stored no page, without waits. */
  static final String LEASES_WITHOUT_PAGE = "leasesWithoutPage";

  /**
   * 1 while the newest lease counts as one without a page, otherwise 0. It is a separate attribute,
   * so that a wait or a page can reset it by an assignment, which can be repeated safely.
   */
  static final String LEASE_WITHOUT_PAGE = "leaseWithoutPage";

  /**
   * The reason of a failure. It is separate from {@link #SKIPPED}, so that the first failure stays.
   */
  static final String FAILURE = "failure";

  static final String SKIPPED = "skipped";
  static final String GONE = "gone";
  static final String GIVEN_UP = "givenUp";
  static final String DELIVERED_LATER = "deliveredLater";
  private static final String STEP = "step";
  private static final String PARAMETERS = "parameters";

  private PartitionItems() {}

  static String sort(PartitionId id) {
    return PARTITION_PREFIX + id.value();
  }

  /** Returns a new partition in state OPEN. */
  static Item partition(OperationId operation, Chain created, Instant now) {
    PartitionId id = created.id();
    return Item.keyed(operation.value(), sort(id))
        .with(STEP, created.step())
        .with(PARAMETERS, Values.map(created.parameters()))
        .with(STATE, PartitionState.OPEN.name())
        .with(SENT_THROUGH, 0)
        .with(FENCE, 0)
        .with(LEASES_WITHOUT_PAGE, 0)
        .with(LEASE_WITHOUT_PAGE, 0)
        .with(RECORD_COUNT, 0)
        .with(RESTARTS, 0)
        .with(STORED_PAGE, 0)
        .with(OPEN_MARK, id.value())
        .expiringAt(now.plus(OperationItems.KEPT));
  }

  static Partition partition(Item item) {
    PartitionState state = PartitionState.valueOf(item.text(STATE));
    return new Partition(
        new PartitionKey(
            new OperationId(item.text(Item.PK)),
            new PartitionId(item.text(Item.SK).substring(PARTITION_PREFIX.length()))),
        new Chain(item.text(STEP), item.map(PARAMETERS)),
        new Cursor(
            (int) item.number(SENT_THROUGH),
            item.textOrNull(BOOKMARK),
            item.number(RECORD_COUNT),
            (int) item.number(RESTARTS),
            new Cursor.Changes(
                item.numberOrZero(NEW_COUNT),
                item.numberOrZero(UNCHANGED_COUNT),
                item.has(READ_AGAIN))),
        (int) item.number(STORED_PAGE),
        item.set(UNDELIVERED),
        new Lease(
            item.number(FENCE),
            item.millisOrNull(LEASED_UNTIL),
            (int) (item.number(LEASES_WITHOUT_PAGE) + item.number(LEASE_WITHOUT_PAGE))),
        item.millisOrNull(NOT_BEFORE),
        item.has(WAITS_FOR_DELIVERY),
        state,
        switch (state) {
          case OPEN -> null;
          case ENDED -> item.textOrNull(GONE);
          case FAILED -> item.textOrNull(FAILURE);
          case SKIPPED -> item.textOrNull(SKIPPED);
        },
        item.has(OPEN_MARK),
        new GivenUp(item.set(GIVEN_UP), item.set(DELIVERED_LATER)));
  }
}
