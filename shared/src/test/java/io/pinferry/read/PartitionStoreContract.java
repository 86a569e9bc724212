package io.pinferry.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.operation.Chain;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.PartitionId;
import io.pinferry.operation.ReadType;
import io.pinferry.read.PartitionStore.PageWrite;
import io.pinferry.read.PartitionStore.PartitionEnd;
import io.pinferry.read.PartitionStore.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every promise of {@link PartitionStore}. Each test meets empty stores. */
public abstract class PartitionStoreContract {
  private static final Instant NOON = OperationFixtures.NOON;
  private static final Duration LEASE = Duration.ofSeconds(45);
  private static final OperationId OPERATION = new OperationId("operation-1");
  private static final Chain BOARD =
      new Chain("board-pins", Map.of("board_id", "7", "ad_account_id", "3"));
  private static final PartitionKey KEY = new PartitionKey(OPERATION, BOARD.id());
  private static final PartitionKey ABSENT =
      new PartitionKey(OPERATION, PartitionId.of("absent", Map.of()));

  /** The time of the stores under test. */
  protected final ManualClock clock = new ManualClock(NOON);

  /** Returns the store under test, the same during one test. */
  protected abstract PartitionStore partitions();

  /** Returns the operations that the partitions belong to. */
  protected abstract OperationStore operations();

  /** The number of partitions in the test of many. */
  protected int many() {
    return 2_000;
  }

  @Nested
  final class Leases {
    @Test
    void aLeaseRaisesTheFenceAndCounts() {
      begin();

      Partition leased = partitions().tryLease(KEY, LEASE, NOON).orElseThrow();

      assertThat(leased.fence()).isEqualTo(1);
      assertThat(leased.lease().until()).isEqualTo(NOON.plus(LEASE));
      assertThat(leased.leasesWithoutPage()).isEqualTo(1);
      assertThat(leased.step()).isEqualTo(BOARD.step());
      assertThat(leased.parameters()).isEqualTo(BOARD.parameters());
      assertThat(partitions().find(KEY)).contains(leased);
    }

    @Test
    void aLiveLeaseIsNotTaken() {
      begin();
      lease();

      assertThat(partitions().tryLease(KEY, LEASE, NOON.plus(LEASE).minusMillis(1))).isEmpty();
      assertThat(partition().fence()).isEqualTo(1);
    }

    @Test
    void anEndedLeaseIsTakenWithAHigherFence() {
      begin();
      lease();

      Partition second = partitions().tryLease(KEY, LEASE, NOON.plus(LEASE)).orElseThrow();

      assertThat(second.fence()).isEqualTo(2);
      assertThat(second.leasesWithoutPage()).isEqualTo(2);
    }

    @Test
    void anAbsentPartitionIsNotLeasedAndNotMade() {
      begin();

      assertThat(partitions().tryLease(ABSENT, LEASE, NOON)).isEmpty();
      assertThat(partitions().find(ABSENT)).isEmpty();
    }

    @Test
    void anEndedPartitionIsNotLeased() {
      begin();
      partitions()
          .end(KEY, lease(), new PartitionEnd(PartitionState.ENDED, at(0, null, 0), null, false));

      assertThat(partitions().tryLease(KEY, LEASE, NOON.plusSeconds(600))).isEmpty();
    }

    @Test
    void oneOfManyTakesTheLease() {
      begin();
      var tasks = new VirtualThreadTasks(clock);
      List<Callable<Boolean>> racers =
          IntStream.range(0, 8)
              .<Callable<Boolean>>mapToObj(
                  i -> () -> partitions().tryLease(KEY, LEASE, NOON).isPresent())
              .toList();

      assertThat(tasks.all(racers).stream().filter(won -> won)).hasSize(1);
    }

    @Test
    void aReleasedLeaseIsTakenAtOnceAndGoesOnThere() {
      begin();
      long fence = lease();
      Instant later = NOON.plusSeconds(90);

      Partition released =
          partitions()
              .release(KEY, fence, Release.retriesAt(at(3, "b4", 750), later))
              .orElseThrow();

      assertThat(released.lease().until()).isNull();
      assertThat(released.sentThrough()).isEqualTo(3);
      assertThat(released.cursor().bookmark()).isEqualTo("b4");
      assertThat(released.recordCount()).isEqualTo(750);
      assertThat(released.notBefore()).isEqualTo(later);
      assertThat(partitions().find(KEY)).contains(released);

      Partition next = partitions().tryLease(KEY, LEASE, NOON).orElseThrow();
      assertThat(next.fence()).isEqualTo(2);
      assertThat(next.cursor().bookmark()).isEqualTo("b4");
      assertThat(next.notBefore()).as("the caller's to heed").isEqualTo(later);
    }

    @Test
    void howOftenAPartitionWasBegunAgainIsKept() {
      begin();
      assertThat(partitions().find(KEY).orElseThrow().cursor().restarts()).isZero();

      partitions().release(KEY, lease(), Release.continues(new Cursor(0, null, 0, 1)));
      long fence = lease();
      partitions()
          .storePage(KEY, fence, new PageWrite(at(0, null, 0), Set.of(), Set.of(), NOON, true));
      assertThat(partitions().find(KEY).orElseThrow().cursor().restarts()).isEqualTo(1);

      partitions()
          .end(KEY, fence, new PartitionEnd(PartitionState.ENDED, at(1, null, 17), null, false));
      assertThat(partitions().find(KEY).orElseThrow().cursor().restarts()).isEqualTo(1);
    }

    @Test
    void aReleaseWithoutBookmarkAndWaitClearsThem() {
      begin();
      partitions().release(KEY, lease(), Release.retriesAt(at(3, "b4", 750), NOON));

      Partition released =
          partitions().release(KEY, lease(), Release.continues(Cursor.START)).orElseThrow();

      assertThat(released.cursor().bookmark()).isNull();
      assertThat(released.notBefore()).isNull();
    }

    @Test
    void aPartitionWaitsForDeliveryUntilItsNextLease() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());

      Partition released =
          partitions().release(KEY, fence, Release.waitsForDelivery(at(1, "b2", 2))).orElseThrow();

      assertThat(released.waitsForDelivery()).isTrue();
      assertThat(
              partitions().removeUndelivered(KEY, Set.of("1.1.a")).orElseThrow().waitsForDelivery())
          .as("told to whoever removes")
          .isTrue();
      assertThat(partitions().tryLease(KEY, LEASE, NOON).orElseThrow().waitsForDelivery())
          .isFalse();
      assertThat(partition().waitsForDelivery()).isFalse();
    }

    @Test
    void undeliveredAndWaitingPartitionsAreFound() {
      begin();
      List<Chain> boards = boards(3);
      partitions().createPartitions(OPERATION, boards);
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());
      PartitionKey waiting = new PartitionKey(OPERATION, boards.getFirst().id());
      long other = partitions().tryLease(waiting, LEASE, NOON).orElseThrow().fence();
      partitions().release(waiting, other, Release.waitsForDelivery(Cursor.START));
      PartitionKey ended = new PartitionKey(OPERATION, boards.getLast().id());
      long third = partitions().tryLease(ended, LEASE, NOON).orElseThrow().fence();
      partitions()
          .storePage(
              ended, third, new PageWrite(at(0, null, 0), Set.of("1.1.c"), Set.of(), NOON, true));
      partitions()
          .end(ended, third, new PartitionEnd(PartitionState.ENDED, at(1, null, 1), null, false));

      assertThat(partitions().undeliveredOf(OPERATION))
          .extracting(Partition::key)
          .containsExactlyInAnyOrder(KEY, waiting, ended);
      partitions().removeUndelivered(ended, Set.of("1.1.c"));
      partitions().removeUndelivered(KEY, Set.of("1.1.a"));
      partitions().tryLease(waiting, LEASE, NOON);
      assertThat(partitions().undeliveredOf(OPERATION)).containsExactly(partition());
      partitions().removeUndelivered(KEY, Set.of("1.2.b"));
      assertThat(partitions().undeliveredOf(OPERATION)).isEmpty();
    }

    @Test
    void anOldHolderReleasesNothing() {
      begin();
      long old = lease();
      partitions().tryLease(KEY, LEASE, NOON.plus(LEASE));
      Partition before = partition();

      assertThat(partitions().release(KEY, old, Release.continues(at(9, "x", 9)))).isEmpty();
      assertThat(partitions().release(ABSENT, 0, Release.continues(at(9, "x", 9)))).isEmpty();
      assertThat(partition()).isEqualTo(before);
      assertThat(partitions().find(ABSENT)).isEmpty();
    }

    @Test
    void leasesWithoutAPageAddUpUntilAPageIsStored() {
      begin();
      for (int i = 0; i < 3; i++) {
        partitions().release(KEY, lease(), Release.continues(Cursor.START));
      }
      assertThat(partition().leasesWithoutPage()).isEqualTo(3);

      long fence = lease();
      store(fence, 1, null, Set.of(), Set.of());
      assertThat(partition().leasesWithoutPage()).isZero();

      partitions().release(KEY, fence, Release.continues(at(1, "b2", 0)));
      lease();
      assertThat(partition().leasesWithoutPage()).isEqualTo(1);
    }

    @Test
    void aPageThatWasStoredBeforeLeavesTheLeasesBeforeItInVain() {
      begin();
      partitions().release(KEY, lease(), Release.continues(Cursor.START));
      long fence = lease();
      var again = new PageWrite(at(0, null, 0), Set.of(), Set.of(), NOON.plus(LEASE), false);
      assertThat(partitions().storePage(KEY, fence, again)).hasValue(0);

      assertThat(partition().leasesWithoutPage()).isEqualTo(2);
      assertThat(partition().storedPage()).isEqualTo(1);
      store(fence, 2, "b2", Set.of(), Set.of());
      assertThat(partition().leasesWithoutPage()).isZero();
      assertThat(partition().storedPage()).isEqualTo(2);
    }

    @Test
    void aWaitDoesNotCountAsALeaseWithoutAPage() {
      begin();
      partitions().release(KEY, lease(), Release.continues(Cursor.START));
      Partition waited =
          partitions().release(KEY, lease(), Release.waitsUntil(Cursor.START, NOON)).orElseThrow();
      assertThat(waited.leasesWithoutPage()).isEqualTo(1);

      // Repeated, as after an answer that was lost.
      assertThat(
              partitions()
                  .release(KEY, waited.fence(), Release.waitsUntil(Cursor.START, NOON))
                  .orElseThrow()
                  .leasesWithoutPage())
          .isEqualTo(1);
    }

    @Test
    void aWaitAfterAPageLeavesNoCredit() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of(), Set.of());
      partitions().release(KEY, fence, Release.waitsUntil(at(1, "b2", 250), NOON));
      assertThat(partition().leasesWithoutPage()).isZero();

      lease();
      assertThat(partition().leasesWithoutPage()).isEqualTo(1);
    }
  }

  @Nested
  final class Page {
    @Test
    void aPageAddsItsMessagesAndCountsThePageBefore() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());
      Instant until = NOON.plusSeconds(70);

      OptionalInt stored =
          partitions()
              .storePage(
                  KEY,
                  fence,
                  new PageWrite(at(1, "b2", 250), Set.of("2.1.c"), Set.of(), until, true));

      Partition after = partition();
      assertThat(stored).as("undelivered").hasValue(3);
      assertThat(after.sentThrough()).isEqualTo(1);
      assertThat(after.cursor().bookmark()).isEqualTo("b2");
      assertThat(after.recordCount()).isEqualTo(250);
      assertThat(after.lease().until()).isEqualTo(until);
      assertThat(after.undelivered()).containsExactlyInAnyOrder("1.1.a", "1.2.b", "2.1.c");
      assertThat(after.fence()).isEqualTo(fence);
      assertThat(after.open()).isTrue();
    }

    @Test
    void theFirstPageHasNoBookmark() {
      begin();
      store(lease(), 1, null, Set.of("1.1.a"), Set.of());

      assertThat(partition().cursor().bookmark()).isNull();
      assertThat(partition().sentThrough()).isZero();
    }

    @Test
    void anEmptyPageAddsNothing() {
      begin();
      assertThat(store(lease(), 1, null, Set.of(), Set.of())).isTrue();

      assertThat(partition().undelivered()).isEmpty();
    }

    @Test
    void aPageThatIsReadAgainReplacesItsMessages() {
      begin();
      store(lease(), 1, null, Set.of("1.1.old", "1.2.same"), Set.of());
      long second = partitions().tryLease(KEY, LEASE, NOON.plusSeconds(100)).orElseThrow().fence();

      assertThat(store(second, 1, null, Set.of("1.1.new", "1.2.same"), Set.of("1.1.old"))).isTrue();

      assertThat(partition().undelivered()).containsExactlyInAnyOrder("1.1.new", "1.2.same");
    }

    @Test
    void aLateRemovalOfAReplacedMessageHasNoEffect() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.old"), Set.of());
      store(fence, 1, null, Set.of("1.1.new"), Set.of("1.1.old"));

      partitions().removeUndelivered(KEY, Set.of("1.1.old"));

      assertThat(partition().undelivered()).containsExactly("1.1.new");
    }

    @Test
    void storingTwiceIsAsStoringOnce() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      Partition once = partition();

      assertThat(store(fence, 1, null, Set.of("1.1.a"), Set.of())).isTrue();
      assertThat(partition()).isEqualTo(once);
    }

    @Test
    void anOldHolderStoresNothing() {
      begin();
      long old = lease();
      store(old, 1, null, Set.of("1.1.a"), Set.of());
      partitions().tryLease(KEY, LEASE, NOON.plusSeconds(100));
      Partition before = partition();

      assertThat(store(old, 2, "b2", Set.of("2.1.b"), Set.of())).isFalse();
      assertThat(store(old, 1, null, Set.of("1.1.b"), Set.of("1.1.a"))).isFalse();
      assertThat(partition()).isEqualTo(before);
    }

    @Test
    void anEndedPartitionStoresNothing() {
      begin();
      long fence = lease();
      partitions()
          .end(KEY, fence, new PartitionEnd(PartitionState.ENDED, at(1, null, 5), null, false));
      Partition before = partition();

      assertThat(store(fence, 2, "b2", Set.of("2.1.b"), Set.of())).isFalse();
      assertThat(partition()).isEqualTo(before);
    }

    @Test
    void anAbsentPartitionIsNotMade() {
      begin();
      var page = new PageWrite(at(0, null, 0), Set.of("1.1.a"), Set.of("1.1.b"), NOON, true);

      assertThat(partitions().storePage(ABSENT, 0, page)).isEmpty();
      assertThat(partitions().find(ABSENT)).isEmpty();
    }

    @Test
    void aHolderWhoseLeaseRanOutGoesOnWhileNobodyElseTookIt() {
      begin();
      long fence = lease();
      clock.advance(Duration.ofSeconds(100));

      assertThat(store(fence, 1, null, Set.of("1.1.a"), Set.of())).isTrue();
    }
  }

  @Nested
  final class End {
    @Test
    void anEndedPartitionStaysInTheIndexUntilItIsSettled() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());

      Partition ended =
          partitions()
              .end(KEY, fence, new PartitionEnd(PartitionState.ENDED, at(1, null, 17), null, false))
              .orElseThrow();

      assertThat(ended.state()).isEqualTo(PartitionState.ENDED);
      assertThat(ended.sentThrough()).isEqualTo(1);
      assertThat(ended.recordCount()).isEqualTo(17);
      assertThat(ended.reason()).isNull();
      assertThat(ended.lease().until()).isNull();
      assertThat(ended.open()).isTrue();
      assertThat(ended.undelivered()).containsExactly("1.1.a");
      assertThat(partitions().find(KEY)).contains(ended);
      assertThat(open(null, 10)).containsExactly(KEY.partition());
    }

    @Test
    void failedAndSkippedKeepTheirReasons() {
      begin();
      Chain other = new Chain("catalogs", Map.of());
      partitions().createPartitions(OPERATION, List.of(other));
      var otherKey = new PartitionKey(OPERATION, other.id());

      partitions()
          .end(
              KEY,
              lease(),
              new PartitionEnd(PartitionState.FAILED, at(0, null, 0), "repeated", false));
      long fence = partitions().tryLease(otherKey, LEASE, NOON).orElseThrow().fence();
      partitions()
          .end(
              otherKey,
              fence,
              new PartitionEnd(PartitionState.SKIPPED, at(0, null, 0), "no role", false));

      assertThat(partition().state()).isEqualTo(PartitionState.FAILED);
      assertThat(partition().reason()).isEqualTo("repeated");
      Partition skipped = partitions().find(otherKey).orElseThrow();
      assertThat(skipped.state()).isEqualTo(PartitionState.SKIPPED);
      assertThat(skipped.reason()).isEqualTo("no role");
    }

    @Test
    void aListThatIsGoneEndsWithItsReason() {
      begin();
      partitions()
          .end(KEY, lease(), new PartitionEnd(PartitionState.ENDED, at(0, null, 0), "gone", true));

      assertThat(partition().state()).isEqualTo(PartitionState.ENDED);
      assertThat(partition().isGone()).isTrue();
      assertThat(partition().reason()).isEqualTo("gone");
    }

    @Test
    void onlyTheNewestHolderEndsAndOnlyOnce() {
      begin();
      long old = lease();
      long fence = partitions().tryLease(KEY, LEASE, NOON.plusSeconds(60)).orElseThrow().fence();
      var end = new PartitionEnd(PartitionState.ENDED, at(0, null, 0), null, false);

      assertThat(partitions().end(KEY, old, end)).isEmpty();
      assertThat(partition().state()).isEqualTo(PartitionState.OPEN);
      assertThat(partitions().end(KEY, fence, end)).isPresent();
      assertThat(partitions().end(KEY, fence, end)).isEmpty();
      assertThat(partitions().end(ABSENT, 0, end)).isEmpty();
      assertThat(partitions().find(ABSENT)).isEmpty();
    }

    @Test
    void openIsNoEnd() {
      begin();
      long fence = lease();

      assertThatThrownBy(
              () ->
                  partitions()
                      .end(
                          KEY,
                          fence,
                          new PartitionEnd(PartitionState.OPEN, at(0, null, 0), null, false)))
          .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPartitionIsSettledOnlyWhenEndedAndDelivered() {
      begin();
      long fence = lease();
      assertThat(partitions().settle(KEY)).as("open, nothing undelivered").isFalse();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      assertThat(partitions().settle(KEY)).as("open, undelivered").isFalse();
      partitions()
          .end(KEY, fence, new PartitionEnd(PartitionState.ENDED, at(1, null, 1), null, false));
      assertThat(partitions().settle(KEY)).as("ended, undelivered").isFalse();
      assertThat(open(null, 10)).containsExactly(KEY.partition());

      Partition delivered = partitions().removeUndelivered(KEY, Set.of("1.1.a")).orElseThrow();
      assertThat(delivered.undelivered()).isEmpty();
      assertThat(delivered.open()).isTrue();
      assertThat(partitions().settle(KEY)).as("ended, delivered").isTrue();

      assertThat(open(null, 10)).isEmpty();
      assertThat(partition().open()).isFalse();
      assertThat(partitions().settle(KEY)).as("again").isTrue();
    }

    @Test
    void anEndMaySettleWhatHasNothingUndelivered() {
      begin();

      Partition ended =
          partitions()
              .end(KEY, lease(), new PartitionEnd(PartitionState.ENDED, at(1, null, 0), null, true))
              .orElseThrow();

      assertThat(ended.open()).isFalse();
      assertThat(ended.state()).isEqualTo(PartitionState.ENDED);
      assertThat(partitions().find(KEY)).contains(ended);
      assertThat(open(null, 10)).isEmpty();
      assertThat(partitions().settle(KEY)).isTrue();
    }

    @Test
    void anEndThatSettlesIsRefusedWhileSomethingIsUndelivered() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      Partition before = partition();

      assertThat(
              partitions()
                  .end(
                      KEY,
                      fence,
                      new PartitionEnd(PartitionState.ENDED, at(1, null, 1), null, true)))
          .isEmpty();

      assertThat(partition()).isEqualTo(before);
      assertThat(open(null, 10)).containsExactly(KEY.partition());
    }

    @Test
    void failedAndSkippedPartitionsAreSettledToo() {
      begin();
      partitions()
          .end(
              KEY,
              lease(),
              new PartitionEnd(PartitionState.SKIPPED, at(0, null, 0), "no role", false));

      assertThat(partitions().settle(KEY)).isTrue();
      assertThat(partition().open()).isFalse();
    }

    @Test
    void anAbsentPartitionIsOutOfTheIndexAndNotMade() {
      begin();

      assertThat(partitions().settle(ABSENT)).isTrue();
      assertThat(partitions().find(ABSENT)).isEmpty();
    }
  }

  @Nested
  final class Delivered {
    @Test
    void removalsAreIdempotent() {
      begin();
      store(lease(), 1, null, Set.of("1.1.a", "1.2.b", "1.3.c"), Set.of());

      partitions().removeUndelivered(KEY, List.of("1.1.a", "1.2.b"));
      Partition after =
          partitions().removeUndelivered(KEY, List.of("1.1.a", "9.9.z", "1.1.a")).orElseThrow();

      assertThat(after.undelivered()).containsExactly("1.3.c");
      assertThat(partitions().find(KEY)).contains(after);
    }

    @Test
    void anEmptiedSetCanBeRemovedFromAndFilledAgain() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      partitions().removeUndelivered(KEY, Set.of("1.1.a"));

      assertThat(partitions().removeUndelivered(KEY, Set.of("1.1.a")).orElseThrow().undelivered())
          .isEmpty();
      store(fence, 2, "b2", Set.of("2.1.b"), Set.of());
      assertThat(partition().undelivered()).containsExactly("2.1.b");
    }

    @Test
    void removingNothingTellsThePartition() {
      begin();

      assertThat(partitions().removeUndelivered(KEY, Set.of())).contains(fresh(KEY, BOARD));
    }

    @Test
    void anAbsentPartitionIsNotMade() {
      begin();

      assertThat(partitions().removeUndelivered(ABSENT, Set.of("1.1.a"))).isEmpty();
      assertThat(partitions().removeUndelivered(ABSENT, Set.of())).isEmpty();
      assertThat(partitions().find(ABSENT)).isEmpty();
    }

    @Test
    void aMessageGivenUpFailsAnOpenPartitionAndStopsItsHolder() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());

      Partition failed = partitions().giveUp(KEY, "1.1.a", "refused: 410").orElseThrow();

      assertThat(failed.state()).isEqualTo(PartitionState.FAILED);
      assertThat(failed.reason()).isEqualTo("refused: 410");
      assertThat(failed.undelivered()).containsExactly("1.2.b");
      assertThat(failed.fence()).isGreaterThan(fence);
      assertThat(failed.lease().until()).isNull();
      assertThat(failed.open()).isTrue();
      assertThat(partitions().find(KEY)).contains(failed);
      assertThat(store(fence, 2, "b2", Set.of("2.1.c"), Set.of())).isFalse();
      assertThat(partitions().tryLease(KEY, LEASE, NOON.plusSeconds(600))).isEmpty();
    }

    @Test
    void aMessageGivenUpFailsAnEndedPartition() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      partitions()
          .end(KEY, fence, new PartitionEnd(PartitionState.ENDED, at(1, null, 1), null, false));

      Partition failed = partitions().giveUp(KEY, "1.1.a", "refused").orElseThrow();

      assertThat(failed.state()).isEqualTo(PartitionState.FAILED);
      assertThat(failed.undelivered()).isEmpty();
      assertThat(partitions().settle(KEY)).isTrue();
    }

    @Test
    void aMessageGivenUpFailsASkippedPartitionWithItsOwnReason() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      partitions()
          .end(
              KEY,
              fence,
              new PartitionEnd(PartitionState.SKIPPED, at(1, null, 1), "no role", false));

      Partition failed = partitions().giveUp(KEY, "1.1.a", "refused").orElseThrow();

      assertThat(failed.state()).isEqualTo(PartitionState.FAILED);
      assertThat(failed.reason()).isEqualTo("refused");
    }

    @Test
    void theFirstFailuresReasonIsKept() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());
      partitions().giveUp(KEY, "1.1.a", "first");

      Partition after = partitions().giveUp(KEY, "1.2.b", "second").orElseThrow();

      assertThat(after.reason()).isEqualTo("first");
      assertThat(after.undelivered()).isEmpty();
    }

    @Test
    void aReadersFailureIsKeptWhenAMessageIsGivenUpLater() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      partitions()
          .end(
              KEY,
              fence,
              new PartitionEnd(PartitionState.FAILED, at(1, null, 1), "repeated bookmark", false));

      assertThat(partitions().giveUp(KEY, "1.1.a", "refused").orElseThrow().reason())
          .isEqualTo("repeated bookmark");
    }

    @Test
    void aMessageThatWasGivenUpIsDeliveredLater() {
      begin();
      store(lease(), 1, null, Set.of("1.1.a", "1.2.b"), Set.of());
      partitions().giveUp(KEY, "1.1.a", "first");
      Partition before = partitions().giveUp(KEY, "1.2.b", "second").orElseThrow();
      assertThat(before.givenUp()).isEqualTo(new GivenUp(Set.of("1.1.a", "1.2.b"), Set.of()));

      partitions().deliverLate(KEY, "1.2.b");
      Partition after = partitions().deliverLate(KEY, "1.2.b").orElseThrow();

      assertThat(after.givenUp()).isEqualTo(new GivenUp(Set.of("1.1.a", "1.2.b"), Set.of("1.2.b")));
      assertThat(after.state()).isEqualTo(PartitionState.FAILED);
      assertThat(after.reason()).isEqualTo("first");
      assertThat(partition()).isEqualTo(after);
      assertThat(partitions().deliverLate(ABSENT, "1.1.a")).isEmpty();
      assertThat(partitions().find(ABSENT)).isEmpty();
    }

    @Test
    void removedPartitionsAreGoneAndTheirHolderStops() {
      begin();
      long fence = lease();

      partitions().remove(OPERATION);
      partitions().remove(OPERATION);

      assertThat(partitions().ofOperation(OPERATION)).isEmpty();
      assertThat(partitions().openPartitions(OPERATION, null, 10)).isEmpty();
      assertThat(store(fence, 1, "b2", Set.of("1.1.a"), Set.of())).isFalse();
      assertThat(partitions().find(KEY)).isEmpty();
    }

    @Test
    void aDroppedMessageFailsThePartitionAndIsNotAmongThoseThatWereGivenUp() {
      begin();
      store(lease(), 1, null, Set.of("1.1.a", "1.2.b"), Set.of());
      partitions().giveUp(KEY, "1.1.a", "refused");
      Partition dropped = partitions().drop(KEY, "1.2.b", "paused").orElseThrow();

      assertThat(dropped.givenUp()).isEqualTo(new GivenUp(Set.of("1.1.a"), Set.of()));
      assertThat(dropped.undelivered()).isEmpty();
      assertThat(dropped.state()).isEqualTo(PartitionState.FAILED);
      assertThat(partitions().drop(KEY, "1.2.b", "paused")).isEmpty();
      assertThat(partitions().drop(ABSENT, "1.1.a", "paused")).isEmpty();
    }

    @Test
    void anUnknownMessageIsNotGivenUp() {
      begin();
      store(lease(), 1, null, Set.of("1.1.a"), Set.of());
      Partition before = partition();

      assertThat(partitions().giveUp(KEY, "1.1.b", "late")).isEmpty();
      assertThat(partitions().giveUp(ABSENT, "1.1.a", "late")).isEmpty();
      assertThat(partition()).isEqualTo(before);
      assertThat(partitions().find(ABSENT)).isEmpty();
    }
  }

  @Nested
  final class FanOut {
    @Test
    void manyPartitionsAreCreatedAndListedInOrder() {
      begin();
      List<Chain> boards = boards(many());
      int pageSize = many() * 7 / 20;

      partitions().createPartitions(OPERATION, boards);

      List<Partition> all = partitions().ofOperation(OPERATION);
      assertThat(all).hasSize(many() + 1).isSortedAccordingTo(PartitionStoreContract::byId);
      List<PartitionId> open = new ArrayList<>();
      for (List<PartitionId> page = open(null, pageSize);
          !page.isEmpty();
          page = open(open.getLast(), pageSize)) {
        assertThat(page).hasSizeLessThanOrEqualTo(pageSize);
        open.addAll(page);
      }
      assertThat(open).isEqualTo(all.stream().map(one -> one.key().partition()).toList());
    }

    @Test
    void anExistingPartitionIsUnchanged() {
      begin();
      List<Chain> boards = boards(150);
      partitions().createPartitions(OPERATION, boards.subList(40, 60));
      var advanced = new PartitionKey(OPERATION, boards.get(45).id());
      Partition leased = partitions().tryLease(advanced, LEASE, NOON).orElseThrow();

      partitions().createPartitions(OPERATION, boards);
      partitions().createPartitions(OPERATION, boards);

      assertThat(partitions().ofOperation(OPERATION)).hasSize(151);
      assertThat(partitions().find(advanced)).contains(leased);
      var created = new PartitionKey(OPERATION, boards.get(149).id());
      assertThat(partitions().find(created)).contains(fresh(created, boards.get(149)));
    }

    @Test
    void aSettledPartitionIsNotOpenedAgain() {
      begin();
      partitions()
          .end(KEY, lease(), new PartitionEnd(PartitionState.ENDED, at(0, null, 0), null, false));
      partitions().settle(KEY);

      partitions().createPartitions(OPERATION, List.of(BOARD));

      assertThat(open(null, 10)).isEmpty();
      assertThat(partition().state()).isEqualTo(PartitionState.ENDED);
    }

    @Test
    void equalPartitionsAreOne() {
      begin();
      Chain one = boards(1).getFirst();

      partitions().createPartitions(OPERATION, List.of(one, one));
      partitions().createPartitions(OPERATION, List.of());

      assertThat(partitions().ofOperation(OPERATION)).hasSize(2);
    }

    @Test
    void twoParentsCanCreateTheSameChildrenAtOnce() {
      begin();
      List<Chain> boards = boards(120);
      var tasks = new VirtualThreadTasks(clock);
      Callable<Boolean> create =
          () -> {
            partitions().createPartitions(OPERATION, boards);
            return true;
          };

      assertThat(tasks.all(List.of(create, create))).containsExactly(true, true);
      assertThat(partitions().ofOperation(OPERATION)).hasSize(121);
    }

    @Test
    void theIndexOfAnotherOperationIsItsOwn() {
      begin();
      begin("operation-2");

      assertThat(partitions().openPartitions(new OperationId("operation-2"), null, 10)).isEmpty();
      assertThat(partitions().openPartitions(new OperationId("operation-3"), null, 10)).isEmpty();
      assertThat(partitions().ofOperation(new OperationId("operation-2"))).isEmpty();
    }

    @Test
    void aPartitionWithoutParametersIsFine() {
      begin();
      var bare = new Chain("boards", Map.of());

      partitions().createPartitions(OPERATION, List.of(bare));

      var key = new PartitionKey(OPERATION, bare.id());
      assertThat(partitions().find(key)).contains(fresh(key, bare));
    }

    @Test
    void linesOfTheLogAreNoPartitions() {
      begin();
      operations().log(OPERATION, new LogLine(NOON, "a", LogLine.Severity.INFO, "line a", null));

      assertThat(partitions().ofOperation(OPERATION)).hasSize(1);
    }
  }

  private void begin() {
    begin(OPERATION.value(), BOARD);
  }

  private void begin(String id, Chain... roots) {
    var operation =
        OperationFixtures.operation(
            new OperationId(id), NOON, OperationFixtures.read("pins", ReadType.SCHEDULED));
    assertThat(
            operations()
                .commit(
                    new OperationTransaction(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(new OperationTransaction.Start(operation, List.of(roots))))))
        .isEqualTo(OperationTransaction.Outcome.COMMITTED);
  }

  private static Cursor at(int sentThrough, @Nullable String bookmark, long recordCount) {
    return new Cursor(sentThrough, bookmark, recordCount, 0);
  }

  /** Takes the lease and returns its fence. */
  private long lease() {
    return partitions().tryLease(KEY, LEASE, NOON).orElseThrow().fence();
  }

  private boolean store(
      long fence, int page, @Nullable String bookmark, Set<String> entries, Set<String> replaced) {
    return partitions()
        .storePage(
            KEY,
            fence,
            new PageWrite(at(page - 1, bookmark, 0), entries, replaced, NOON.plus(LEASE), true))
        .isPresent();
  }

  private Partition partition() {
    return partitions().find(KEY).orElseThrow();
  }

  private List<PartitionId> open(@Nullable PartitionId after, int limit) {
    return partitions().openPartitions(OPERATION, after, limit);
  }

  private static int byId(Partition one, Partition other) {
    return one.key().partition().value().compareTo(other.key().partition().value());
  }

  private static List<Chain> boards(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Chain("board-pins", Map.of("board_id", "board " + i)))
        .toList();
  }

  private static Partition fresh(PartitionKey key, Chain chain) {
    return new Partition(
        key,
        chain,
        Cursor.START,
        0,
        Set.of(),
        new Lease(0, null, 0),
        null,
        false,
        PartitionState.OPEN,
        null,
        true,
        GivenUp.NONE);
  }
}
