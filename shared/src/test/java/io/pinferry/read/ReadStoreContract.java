package io.pinferry.read;

import static io.pinferry.read.ReadTransaction.Outcome.ALREADY_STARTED;
import static io.pinferry.read.ReadTransaction.Outcome.COMMITTED;
import static io.pinferry.read.ReadTransaction.Outcome.DIRECTORY_CHANGED;
import static io.pinferry.read.ReadTransaction.Outcome.TIMER_GONE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.read.ReadStore.LogLine;
import io.pinferry.read.ReadStore.OperationPage;
import io.pinferry.read.ReadStore.PageStored;
import io.pinferry.read.ReadStore.PartitionEnd;
import io.pinferry.read.ReadStore.Release;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every promise of {@link ReadStore}. Each test meets empty stores. */
public abstract class ReadStoreContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration LEASE = Duration.ofSeconds(45);
  private static final InstallationId INSTALLATION = new InstallationId("installation-1");
  private static final OperationId OPERATION = new OperationId("operation-1");
  private static final NewPartition BOARD =
      new NewPartition("board-pins", Map.of("board_id", "7", "ad_account_id", "3"));
  private static final PartitionKey KEY = new PartitionKey(OPERATION, BOARD.id());
  private static final PartitionKey ABSENT =
      new PartitionKey(OPERATION, PartitionId.of("absent", Map.of()));
  private static final Timer TIMER = new Timer(NOON, "schedule", "installation-1#pins", Map.of());

  /** The time of the stores under test. */
  protected final ManualClock clock = new ManualClock(NOON);

  /** Returns the store under test, the same during one test. */
  protected abstract ReadStore reads();

  private static final DirectoryWrite TOLD =
      new DirectoryWrite.Create(new DocumentKey("OUTBOX", "told"), "{}", null);

  /** Returns the directory that the store's transactions write to. */
  protected abstract DirectoryStore directory();

  /** Returns the timers that the store's transactions write to. */
  protected abstract TimerStore timers();

  @Nested
  final class Commit {
    @Test
    void everythingStartsTogether() {
      var document = new DocumentKey("project", "INSTALLATION#1");
      Timer next = TIMER.at(NOON.plusSeconds(86_400));
      timers().replace(null, List.of(TIMER));
      Operation operation = operation("operation-1", NOON);

      ReadTransaction.Outcome outcome =
          reads()
              .commit(
                  new ReadTransaction(
                      List.of(new DirectoryWrite.Create(document, "{}", null)),
                      List.of(TIMER),
                      List.of(next),
                      List.of(start(operation, BOARD))));

      assertThat(outcome).isEqualTo(COMMITTED);
      assertThat(directory().find(document)).isPresent();
      assertThat(timers().due(TIMER.shard(), next.dueAt(), 10)).containsExactly(next);
      assertThat(reads().findOperation(OPERATION)).contains(operation);
      assertThat(reads().partitionsOf(OPERATION)).containsExactly(fresh(KEY, BOARD));
    }

    @Test
    void aChangedDirectoryStopsEverything() {
      timers().replace(null, List.of(TIMER));

      ReadTransaction.Outcome outcome =
          reads()
              .commit(
                  transaction(
                      List.of(new DirectoryWrite.Require(new DocumentKey("p", "absent"))),
                      List.of(TIMER),
                      start(operation("operation-1", NOON), BOARD)));

      assertThat(outcome).isEqualTo(DIRECTORY_CHANGED);
      assertThat(timers().due(TIMER.shard(), NOON, 10)).containsExactly(TIMER);
      assertThat(reads().findOperation(OPERATION)).isEmpty();
      assertThat(reads().partitionsOf(OPERATION)).isEmpty();
      assertThat(reads().operationsOf(INSTALLATION, 10, null).operations()).isEmpty();
    }

    @Test
    void aTimerThatIsGoneStopsEverything() {
      ReadTransaction.Outcome outcome =
          reads()
              .commit(
                  transaction(
                      List.of(new DirectoryWrite.Create(new DocumentKey("p", "x"), "{}", null)),
                      List.of(TIMER),
                      start(operation("operation-1", NOON), BOARD)));

      assertThat(outcome).isEqualTo(TIMER_GONE);
      assertThat(reads().findOperation(OPERATION)).isEmpty();
      assertThat(directory().find(new DocumentKey("p", "x"))).isEmpty();
    }

    @Test
    void anOperationThatExistsStopsEverything() {
      begin();
      lease();
      timers().replace(null, List.of(TIMER));

      ReadTransaction.Outcome outcome =
          reads()
              .commit(
                  transaction(
                      List.of(),
                      List.of(TIMER),
                      start(operation("operation-1", NOON.plusSeconds(9)), BOARD),
                      start(operation("operation-2", NOON), BOARD)));

      assertThat(outcome).isEqualTo(ALREADY_STARTED);
      assertThat(reads().findOperation(OPERATION)).contains(operation("operation-1", NOON));
      assertThat(partition().fence()).isEqualTo(1);
      assertThat(reads().findOperation(new OperationId("operation-2"))).isEmpty();
      assertThat(timers().due(TIMER.shard(), NOON, 10)).containsExactly(TIMER);
    }

    @Test
    void theFirstFailedConditionIsTold() {
      begin();
      DirectoryWrite unmet = new DirectoryWrite.Require(new DocumentKey("p", "absent"));
      ReadTransaction.Start again = start(operation("operation-1", NOON), BOARD);

      assertThat(reads().commit(transaction(List.of(unmet), List.of(TIMER), again)))
          .isEqualTo(DIRECTORY_CHANGED);
      assertThat(reads().commit(transaction(List.of(), List.of(TIMER), again)))
          .isEqualTo(TIMER_GONE);
    }

    @Test
    void anAddedTimerThatIsThereIsLeftAsItIs() {
      var there = new Timer(NOON, TIMER.kind(), TIMER.id(), Map.of("is", "there"));
      timers().replace(null, List.of(there));

      assertThat(
              reads().commit(new ReadTransaction(List.of(), List.of(), List.of(TIMER), List.of())))
          .isEqualTo(COMMITTED);
      assertThat(timers().due(TIMER.shard(), NOON, 10)).containsExactly(there);
    }

    @Test
    void aHundredWritesAreCommittedAndNoMore() {
      NewPartition[] roots = boards(97).toArray(NewPartition[]::new);
      Operation operation = operation("operation-1", NOON);

      assertThat(reads().commit(transaction(List.of(), List.of(), start(operation, roots))))
          .isEqualTo(COMMITTED);
      assertThat(reads().partitionsOf(OPERATION)).hasSize(97);

      NewPartition[] more = boards(98).toArray(NewPartition[]::new);
      assertThatThrownBy(() -> transaction(List.of(), List.of(), start(operation, more)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("101");
    }

    @Test
    void equalRootsAreOne() {
      reads()
          .commit(
              transaction(
                  List.of(), List.of(), start(operation("operation-1", NOON), BOARD, BOARD)));

      assertThat(reads().partitionsOf(OPERATION)).hasSize(1);
    }

    @Test
    void nothingIsCommitted() {
      assertThat(reads().commit(transaction(List.of(), List.of()))).isEqualTo(COMMITTED);
    }

    @Test
    void oneOfManyTicksStartsTheOperation() {
      timers().replace(null, List.of(TIMER));
      ReadTransaction tick =
          transaction(List.of(), List.of(TIMER), start(operation("operation-1", NOON), BOARD));
      var tasks = new VirtualThreadTasks(clock);
      List<Callable<ReadTransaction.Outcome>> ticks =
          IntStream.range(0, 6)
              .<Callable<ReadTransaction.Outcome>>mapToObj(i -> () -> reads().commit(tick))
              .toList();

      assertThat(tasks.all(ticks)).filteredOn(COMMITTED::equals).hasSize(1);
    }
  }

  @Nested
  final class Operations {
    @Test
    void anAbsentOperationIsNotFound() {
      assertThat(reads().findOperation(OPERATION)).isEmpty();
    }

    @Test
    void anInstallationsOperationsComeNewestFirstInPages() {
      for (int i = 1; i <= 5; i++) {
        commit(operation("operation-" + i, NOON.plusSeconds(i)));
      }

      OperationPage first = reads().operationsOf(INSTALLATION, 2, null);
      OperationPage second = reads().operationsOf(INSTALLATION, 2, first.nextPageToken());
      OperationPage third = reads().operationsOf(INSTALLATION, 2, second.nextPageToken());

      assertThat(ids(first)).containsExactly("operation-5", "operation-4");
      assertThat(ids(second)).containsExactly("operation-3", "operation-2");
      assertThat(ids(third)).containsExactly("operation-1");
      assertThat(first.nextPageToken()).isNotNull();
      assertThat(second.nextPageToken()).isNotNull();
      assertThat(third.nextPageToken()).isNull();
    }

    @Test
    void anExactlyFullPageIsTheLast() {
      commit(operation("operation-1", NOON));
      commit(operation("operation-2", NOON));

      OperationPage page = reads().operationsOf(INSTALLATION, 2, null);

      assertThat(ids(page)).as("of one instant, in some order").hasSize(2);
      assertThat(page.nextPageToken()).isNull();
    }

    @Test
    void aPageMayHoldManyAndShowsThemAsTheyAreNow() {
      for (int i = 0; i < 120; i++) {
        commit(operation("operation-" + i, NOON.plusSeconds(i)));
      }
      reads()
          .finish(
              operation("operation-119", NOON.plusSeconds(119)),
              OperationStatus.SUCCESS,
              "done",
              NOON,
              TOLD);

      OperationPage page = reads().operationsOf(INSTALLATION, 1000, null);

      assertThat(ids(page)).hasSize(120).startsWith("operation-119", "operation-118");
      assertThat(page.operations().getFirst().status()).isEqualTo(OperationStatus.SUCCESS);
    }

    @Test
    void anotherInstallationsOperationsAreNotListed() {
      commit(operation("operation-1", NOON));

      assertThat(reads().operationsOf(new InstallationId("installation"), 10, null))
          .isEqualTo(new OperationPage(List.of(), null));
    }

    @Test
    void aForeignPageTokenIsRefused() {
      for (String token : List.of("", "x", "!!", "T1BFUkFUSU9O", "UEFSVElUSU9OIzE")) {
        assertThatThrownBy(() -> reads().operationsOf(INSTALLATION, 10, token))
            .as(token)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }

    @Test
    void theLimitIsBetweenOneAndAThousand() {
      for (int limit : List.of(0, 1001)) {
        assertThatThrownBy(() -> reads().operationsOf(INSTALLATION, limit, null))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("limit " + limit);
      }
    }

    @Test
    void anOperationIsFinishedOnce() {
      begin();

      assertThat(
              reads()
                  .finish(
                      operation("operation-1", NOON),
                      OperationStatus.FAILURE,
                      "board 7",
                      NOON.plusMillis(5),
                      TOLD))
          .isTrue();
      DirectoryWrite late =
          new DirectoryWrite.Create(new DocumentKey("OUTBOX", "late"), "{}", null);
      assertThat(
              reads()
                  .finish(
                      operation("operation-1", NOON),
                      OperationStatus.SUCCESS,
                      "all",
                      NOON.plusSeconds(9),
                      late))
          .isFalse();
      assertThat(directory().find(TOLD.key())).isPresent();
      assertThat(directory().find(late.key())).isEmpty();

      Operation ended = reads().findOperation(OPERATION).orElseThrow();
      assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
      assertThat(ended.result()).isEqualTo("board 7");
      assertThat(ended.endedAt()).isEqualTo(NOON.plusMillis(5));
      assertThat(ended.spec()).isEqualTo(operation("operation-1", NOON).spec());
    }

    @Test
    void readsInProgressAreFoundNewestFirstUntilTheyEnd() {
      for (int i = 1; i <= 4; i++) {
        commit(operation("operation-" + i, NOON.plusSeconds(i)));
      }
      commit(operation("operation-5", NOON.plusSeconds(5), ReadType.WRITE));
      assertThat(reads().readsInProgress(INSTALLATION))
          .extracting(operation -> operation.id().value())
          .containsExactly("operation-4", "operation-3", "operation-2", "operation-1");

      reads()
          .finish(
              operation("operation-3", NOON.plusSeconds(3)),
              OperationStatus.FAILURE,
              "why",
              NOON,
              null);
      reads()
          .finish(
              operation("operation-4", NOON.plusSeconds(4)),
              OperationStatus.SUCCESS,
              "all",
              NOON,
              TOLD);

      assertThat(reads().readsInProgress(INSTALLATION))
          .containsExactly(
              operation("operation-2", NOON.plusSeconds(2)),
              operation("operation-1", NOON.plusSeconds(1)));
      assertThat(reads().readsInProgress(new InstallationId("installation"))).isEmpty();
    }

    @Test
    void oneOfManyFinishes() {
      begin();
      var tasks = new VirtualThreadTasks(clock);
      List<Callable<Boolean>> racers =
          IntStream.range(0, 8)
              .<Callable<Boolean>>mapToObj(
                  i ->
                      () ->
                          reads()
                              .finish(
                                  operation("operation-1", NOON),
                                  OperationStatus.SUCCESS,
                                  "r" + i,
                                  NOON,
                                  TOLD))
              .toList();

      assertThat(tasks.all(racers).stream().filter(won -> won)).hasSize(1);
    }

    @Test
    void nothingIsNotFinished() {
      assertThat(
              reads()
                  .finish(operation("operation-1", NOON), OperationStatus.SUCCESS, "", NOON, TOLD))
          .isFalse();
      assertThat(reads().findOperation(OPERATION)).isEmpty();
      assertThat(directory().find(TOLD.key())).isEmpty();
    }

    @Test
    void anOperationDoesNotEndWithoutItsNotification() {
      begin();
      directory().write(List.of(TOLD));

      assertThatThrownBy(
              () ->
                  reads()
                      .finish(
                          operation("operation-1", NOON),
                          OperationStatus.SUCCESS,
                          "all",
                          NOON,
                          TOLD))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("operation-1 cannot end");
      assertThat(reads().findOperation(OPERATION).orElseThrow().ended()).isFalse();
    }

    @Test
    void timesAreKeptToTheMillisecond() {
      commit(operation("operation-1", NOON.plusNanos(5_999_999)));

      assertThat(reads().findOperation(OPERATION).orElseThrow().startedAt())
          .isEqualTo(NOON.plusMillis(5));
    }
  }

  @Nested
  final class Lease {
    @Test
    void aLeaseRaisesTheFenceAndCounts() {
      begin();

      Partition leased = reads().tryLease(KEY, LEASE, NOON).orElseThrow();

      assertThat(leased.fence()).isEqualTo(1);
      assertThat(leased.leasedUntil()).isEqualTo(NOON.plus(LEASE));
      assertThat(leased.leasesWithoutPage()).isEqualTo(1);
      assertThat(leased.step()).isEqualTo(BOARD.step());
      assertThat(leased.parameters()).isEqualTo(BOARD.parameters());
      assertThat(reads().findPartition(KEY)).contains(leased);
    }

    @Test
    void aLiveLeaseIsNotTaken() {
      begin();
      lease();

      assertThat(reads().tryLease(KEY, LEASE, NOON.plus(LEASE).minusMillis(1))).isEmpty();
      assertThat(partition().fence()).isEqualTo(1);
    }

    @Test
    void anEndedLeaseIsTakenWithAHigherFence() {
      begin();
      lease();

      Partition second = reads().tryLease(KEY, LEASE, NOON.plus(LEASE)).orElseThrow();

      assertThat(second.fence()).isEqualTo(2);
      assertThat(second.leasesWithoutPage()).isEqualTo(2);
    }

    @Test
    void anAbsentPartitionIsNotLeasedAndNotMade() {
      begin();

      assertThat(reads().tryLease(ABSENT, LEASE, NOON)).isEmpty();
      assertThat(reads().findPartition(ABSENT)).isEmpty();
    }

    @Test
    void anEndedPartitionIsNotLeased() {
      begin();
      reads().end(KEY, lease(), new PartitionEnd(PartitionState.ENDED, 0, 0, null, false));

      assertThat(reads().tryLease(KEY, LEASE, NOON.plusSeconds(600))).isEmpty();
    }

    @Test
    void oneOfManyTakesTheLease() {
      begin();
      var tasks = new VirtualThreadTasks(clock);
      List<Callable<Boolean>> racers =
          IntStream.range(0, 8)
              .<Callable<Boolean>>mapToObj(
                  i -> () -> reads().tryLease(KEY, LEASE, NOON).isPresent())
              .toList();

      assertThat(tasks.all(racers).stream().filter(won -> won)).hasSize(1);
    }

    @Test
    void aReleasedLeaseIsTakenAtOnceAndGoesOnThere() {
      begin();
      long fence = lease();
      Instant later = NOON.plusSeconds(90);

      Partition released =
          reads().release(KEY, fence, new Release(3, "b4", 750, later, false, 0)).orElseThrow();

      assertThat(released.leasedUntil()).isNull();
      assertThat(released.sentThrough()).isEqualTo(3);
      assertThat(released.bookmark()).isEqualTo("b4");
      assertThat(released.recordCount()).isEqualTo(750);
      assertThat(released.notBefore()).isEqualTo(later);
      assertThat(reads().findPartition(KEY)).contains(released);

      Partition next = reads().tryLease(KEY, LEASE, NOON).orElseThrow();
      assertThat(next.fence()).isEqualTo(2);
      assertThat(next.bookmark()).isEqualTo("b4");
      assertThat(next.notBefore()).as("the caller's to heed").isEqualTo(later);
    }

    @Test
    void howOftenAPartitionWasBegunAgainIsKept() {
      begin();
      assertThat(reads().findPartition(KEY).orElseThrow().restarts()).isZero();

      reads().release(KEY, lease(), new Release(0, null, 0, null, false, 1));
      long fence = lease();
      reads().storePage(KEY, fence, new PageStored(1, null, Set.of(), Set.of(), 0, NOON, true));
      assertThat(reads().findPartition(KEY).orElseThrow().restarts()).isEqualTo(1);

      reads().end(KEY, fence, new PartitionEnd(PartitionState.ENDED, 1, 17, null, false));
      assertThat(reads().findPartition(KEY).orElseThrow().restarts()).isEqualTo(1);
    }

    @Test
    void aReleaseWithoutBookmarkAndWaitClearsThem() {
      begin();
      reads().release(KEY, lease(), new Release(3, "b4", 750, NOON, false, 0));

      Partition released =
          reads().release(KEY, lease(), new Release(0, null, 0, null, false, 0)).orElseThrow();

      assertThat(released.bookmark()).isNull();
      assertThat(released.notBefore()).isNull();
    }

    @Test
    void aPartitionWaitsForDeliveryUntilItsNextLease() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());

      Partition released =
          reads().release(KEY, fence, new Release(1, "b2", 2, null, true, 0, true)).orElseThrow();

      assertThat(released.waitsForDelivery()).isTrue();
      assertThat(reads().removeUndelivered(KEY, Set.of("1.1.a")).orElseThrow().waitsForDelivery())
          .as("told to whoever removes")
          .isTrue();
      assertThat(reads().tryLease(KEY, LEASE, NOON).orElseThrow().waitsForDelivery()).isFalse();
      assertThat(partition().waitsForDelivery()).isFalse();
    }

    @Test
    void whatIsUndeliveredOrWaitsIsFound() {
      begin();
      List<NewPartition> boards = boards(3);
      reads().createPartitions(OPERATION, boards);
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());
      PartitionKey waiting = new PartitionKey(OPERATION, boards.getFirst().id());
      long other = reads().tryLease(waiting, LEASE, NOON).orElseThrow().fence();
      reads().release(waiting, other, new Release(0, null, 0, null, true, 0, true));
      PartitionKey ended = new PartitionKey(OPERATION, boards.getLast().id());
      long third = reads().tryLease(ended, LEASE, NOON).orElseThrow().fence();
      reads()
          .storePage(
              ended, third, new PageStored(1, null, Set.of("1.1.c"), Set.of(), 0, NOON, true));
      reads().end(ended, third, new PartitionEnd(PartitionState.ENDED, 1, 1, null, false));

      assertThat(reads().undeliveredOf(OPERATION))
          .extracting(Partition::key)
          .containsExactlyInAnyOrder(KEY, waiting, ended);
      reads().removeUndelivered(ended, Set.of("1.1.c"));
      reads().removeUndelivered(KEY, Set.of("1.1.a"));
      reads().tryLease(waiting, LEASE, NOON);
      assertThat(reads().undeliveredOf(OPERATION)).containsExactly(partition());
      reads().removeUndelivered(KEY, Set.of("1.2.b"));
      assertThat(reads().undeliveredOf(OPERATION)).isEmpty();
    }

    @Test
    void anOldHolderReleasesNothing() {
      begin();
      long old = lease();
      reads().tryLease(KEY, LEASE, NOON.plus(LEASE));
      Partition before = partition();

      assertThat(reads().release(KEY, old, new Release(9, "x", 9, null, false, 0))).isEmpty();
      assertThat(reads().release(ABSENT, 0, new Release(9, "x", 9, null, false, 0))).isEmpty();
      assertThat(partition()).isEqualTo(before);
      assertThat(reads().findPartition(ABSENT)).isEmpty();
    }

    @Test
    void leasesWithoutAPageAddUpUntilAPageIsStored() {
      begin();
      for (int i = 0; i < 3; i++) {
        reads().release(KEY, lease(), new Release(0, null, 0, null, false, 0));
      }
      assertThat(partition().leasesWithoutPage()).isEqualTo(3);

      long fence = lease();
      store(fence, 1, null, Set.of(), Set.of());
      assertThat(partition().leasesWithoutPage()).isZero();

      reads().release(KEY, fence, new Release(1, "b2", 0, null, false, 0));
      lease();
      assertThat(partition().leasesWithoutPage()).isEqualTo(1);
    }

    @Test
    void aPageThatWasStoredBeforeLeavesTheLeasesBeforeItInVain() {
      begin();
      reads().release(KEY, lease(), new Release(0, null, 0, null, false, 0));
      long fence = lease();
      var again = new PageStored(1, null, Set.of(), Set.of(), 0, NOON.plus(LEASE), false);
      assertThat(reads().storePage(KEY, fence, again)).hasValue(0);

      assertThat(partition().leasesWithoutPage()).isEqualTo(2);
      assertThat(partition().storedPage()).isEqualTo(1);
      store(fence, 2, "b2", Set.of(), Set.of());
      assertThat(partition().leasesWithoutPage()).isZero();
      assertThat(partition().storedPage()).isEqualTo(2);
    }

    @Test
    void aWaitDoesNotCountAsALeaseWithoutAPage() {
      begin();
      reads().release(KEY, lease(), new Release(0, null, 0, null, false, 0));
      Partition waited =
          reads().release(KEY, lease(), new Release(0, null, 0, NOON, true, 0)).orElseThrow();
      assertThat(waited.leasesWithoutPage()).isEqualTo(1);

      // Repeated, as after an answer that was lost.
      assertThat(
              reads()
                  .release(KEY, waited.fence(), new Release(0, null, 0, NOON, true, 0))
                  .orElseThrow()
                  .leasesWithoutPage())
          .isEqualTo(1);
    }

    @Test
    void aWaitAfterAPageLeavesNoCredit() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of(), Set.of());
      reads().release(KEY, fence, new Release(1, "b2", 250, NOON, true, 0));
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
          reads()
              .storePage(
                  KEY, fence, new PageStored(2, "b2", Set.of("2.1.c"), Set.of(), 250, until, true));

      Partition after = partition();
      assertThat(stored).as("undelivered").hasValue(3);
      assertThat(after.sentThrough()).isEqualTo(1);
      assertThat(after.bookmark()).isEqualTo("b2");
      assertThat(after.recordCount()).isEqualTo(250);
      assertThat(after.leasedUntil()).isEqualTo(until);
      assertThat(after.undelivered()).containsExactlyInAnyOrder("1.1.a", "1.2.b", "2.1.c");
      assertThat(after.fence()).isEqualTo(fence);
      assertThat(after.open()).isTrue();
    }

    @Test
    void theFirstPageHasNoBookmark() {
      begin();
      store(lease(), 1, null, Set.of("1.1.a"), Set.of());

      assertThat(partition().bookmark()).isNull();
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
      long second = reads().tryLease(KEY, LEASE, NOON.plusSeconds(100)).orElseThrow().fence();

      assertThat(store(second, 1, null, Set.of("1.1.new", "1.2.same"), Set.of("1.1.old"))).isTrue();

      assertThat(partition().undelivered()).containsExactlyInAnyOrder("1.1.new", "1.2.same");
    }

    @Test
    void aLateRemovalOfAReplacedMessageHasNoEffect() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.old"), Set.of());
      store(fence, 1, null, Set.of("1.1.new"), Set.of("1.1.old"));

      reads().removeUndelivered(KEY, Set.of("1.1.old"));

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
      reads().tryLease(KEY, LEASE, NOON.plusSeconds(100));
      Partition before = partition();

      assertThat(store(old, 2, "b2", Set.of("2.1.b"), Set.of())).isFalse();
      assertThat(store(old, 1, null, Set.of("1.1.b"), Set.of("1.1.a"))).isFalse();
      assertThat(partition()).isEqualTo(before);
    }

    @Test
    void anEndedPartitionStoresNothing() {
      begin();
      long fence = lease();
      reads().end(KEY, fence, new PartitionEnd(PartitionState.ENDED, 1, 5, null, false));
      Partition before = partition();

      assertThat(store(fence, 2, "b2", Set.of("2.1.b"), Set.of())).isFalse();
      assertThat(partition()).isEqualTo(before);
    }

    @Test
    void anAbsentPartitionIsNotMade() {
      begin();
      var page = new PageStored(1, null, Set.of("1.1.a"), Set.of("1.1.b"), 0, NOON, true);

      assertThat(reads().storePage(ABSENT, 0, page)).isEmpty();
      assertThat(reads().findPartition(ABSENT)).isEmpty();
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
          reads()
              .end(KEY, fence, new PartitionEnd(PartitionState.ENDED, 1, 17, null, false))
              .orElseThrow();

      assertThat(ended.state()).isEqualTo(PartitionState.ENDED);
      assertThat(ended.sentThrough()).isEqualTo(1);
      assertThat(ended.recordCount()).isEqualTo(17);
      assertThat(ended.reason()).isNull();
      assertThat(ended.leasedUntil()).isNull();
      assertThat(ended.open()).isTrue();
      assertThat(ended.undelivered()).containsExactly("1.1.a");
      assertThat(reads().findPartition(KEY)).contains(ended);
      assertThat(open(null, 10)).containsExactly(KEY.partition());
    }

    @Test
    void failedAndSkippedKeepTheirReasons() {
      begin();
      NewPartition other = new NewPartition("catalogs", Map.of());
      reads().createPartitions(OPERATION, List.of(other));
      var otherKey = new PartitionKey(OPERATION, other.id());

      reads().end(KEY, lease(), new PartitionEnd(PartitionState.FAILED, 0, 0, "repeated", false));
      long fence = reads().tryLease(otherKey, LEASE, NOON).orElseThrow().fence();
      reads()
          .end(otherKey, fence, new PartitionEnd(PartitionState.SKIPPED, 0, 0, "no role", false));

      assertThat(partition().state()).isEqualTo(PartitionState.FAILED);
      assertThat(partition().reason()).isEqualTo("repeated");
      Partition skipped = reads().findPartition(otherKey).orElseThrow();
      assertThat(skipped.state()).isEqualTo(PartitionState.SKIPPED);
      assertThat(skipped.reason()).isEqualTo("no role");
    }

    @Test
    void onlyTheNewestHolderEndsAndOnlyOnce() {
      begin();
      long old = lease();
      long fence = reads().tryLease(KEY, LEASE, NOON.plusSeconds(60)).orElseThrow().fence();
      var end = new PartitionEnd(PartitionState.ENDED, 0, 0, null, false);

      assertThat(reads().end(KEY, old, end)).isEmpty();
      assertThat(partition().state()).isEqualTo(PartitionState.OPEN);
      assertThat(reads().end(KEY, fence, end)).isPresent();
      assertThat(reads().end(KEY, fence, end)).isEmpty();
      assertThat(reads().end(ABSENT, 0, end)).isEmpty();
      assertThat(reads().findPartition(ABSENT)).isEmpty();
    }

    @Test
    void openIsNoEnd() {
      begin();
      long fence = lease();

      assertThatThrownBy(
              () ->
                  reads().end(KEY, fence, new PartitionEnd(PartitionState.OPEN, 0, 0, null, false)))
          .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPartitionIsSettledOnlyWhenEndedAndDelivered() {
      begin();
      long fence = lease();
      assertThat(reads().settle(KEY)).as("open, nothing undelivered").isFalse();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      assertThat(reads().settle(KEY)).as("open, undelivered").isFalse();
      reads().end(KEY, fence, new PartitionEnd(PartitionState.ENDED, 1, 1, null, false));
      assertThat(reads().settle(KEY)).as("ended, undelivered").isFalse();
      assertThat(open(null, 10)).containsExactly(KEY.partition());

      Partition delivered = reads().removeUndelivered(KEY, Set.of("1.1.a")).orElseThrow();
      assertThat(delivered.undelivered()).isEmpty();
      assertThat(delivered.open()).isTrue();
      assertThat(reads().settle(KEY)).as("ended, delivered").isTrue();

      assertThat(open(null, 10)).isEmpty();
      assertThat(partition().open()).isFalse();
      assertThat(reads().settle(KEY)).as("again").isTrue();
    }

    @Test
    void anEndMaySettleWhatHasNothingUndelivered() {
      begin();

      Partition ended =
          reads()
              .end(KEY, lease(), new PartitionEnd(PartitionState.ENDED, 1, 0, null, true))
              .orElseThrow();

      assertThat(ended.open()).isFalse();
      assertThat(ended.state()).isEqualTo(PartitionState.ENDED);
      assertThat(reads().findPartition(KEY)).contains(ended);
      assertThat(open(null, 10)).isEmpty();
      assertThat(reads().settle(KEY)).isTrue();
    }

    @Test
    void anEndThatSettlesIsRefusedWhileSomethingIsUndelivered() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      Partition before = partition();

      assertThat(reads().end(KEY, fence, new PartitionEnd(PartitionState.ENDED, 1, 1, null, true)))
          .isEmpty();

      assertThat(partition()).isEqualTo(before);
      assertThat(open(null, 10)).containsExactly(KEY.partition());
    }

    @Test
    void failedAndSkippedPartitionsAreSettledToo() {
      begin();
      reads().end(KEY, lease(), new PartitionEnd(PartitionState.SKIPPED, 0, 0, "no role", false));

      assertThat(reads().settle(KEY)).isTrue();
      assertThat(partition().open()).isFalse();
    }

    @Test
    void anAbsentPartitionIsOutOfTheIndexAndNotMade() {
      begin();

      assertThat(reads().settle(ABSENT)).isTrue();
      assertThat(reads().findPartition(ABSENT)).isEmpty();
    }
  }

  @Nested
  final class Delivered {
    @Test
    void removalsAreIdempotent() {
      begin();
      store(lease(), 1, null, Set.of("1.1.a", "1.2.b", "1.3.c"), Set.of());

      reads().removeUndelivered(KEY, List.of("1.1.a", "1.2.b"));
      Partition after =
          reads().removeUndelivered(KEY, List.of("1.1.a", "9.9.z", "1.1.a")).orElseThrow();

      assertThat(after.undelivered()).containsExactly("1.3.c");
      assertThat(reads().findPartition(KEY)).contains(after);
    }

    @Test
    void anEmptiedSetCanBeRemovedFromAndFilledAgain() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      reads().removeUndelivered(KEY, Set.of("1.1.a"));

      assertThat(reads().removeUndelivered(KEY, Set.of("1.1.a")).orElseThrow().undelivered())
          .isEmpty();
      store(fence, 2, "b2", Set.of("2.1.b"), Set.of());
      assertThat(partition().undelivered()).containsExactly("2.1.b");
    }

    @Test
    void removingNothingTellsThePartition() {
      begin();

      assertThat(reads().removeUndelivered(KEY, Set.of())).contains(fresh(KEY, BOARD));
    }

    @Test
    void anAbsentPartitionIsNotMade() {
      begin();

      assertThat(reads().removeUndelivered(ABSENT, Set.of("1.1.a"))).isEmpty();
      assertThat(reads().removeUndelivered(ABSENT, Set.of())).isEmpty();
      assertThat(reads().findPartition(ABSENT)).isEmpty();
    }

    @Test
    void aMessageGivenUpFailsAnOpenPartitionAndStopsItsHolder() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());

      Partition failed = reads().giveUp(KEY, "1.1.a", "refused: 410").orElseThrow();

      assertThat(failed.state()).isEqualTo(PartitionState.FAILED);
      assertThat(failed.reason()).isEqualTo("refused: 410");
      assertThat(failed.undelivered()).containsExactly("1.2.b");
      assertThat(failed.fence()).isGreaterThan(fence);
      assertThat(failed.leasedUntil()).isNull();
      assertThat(failed.open()).isTrue();
      assertThat(reads().findPartition(KEY)).contains(failed);
      assertThat(store(fence, 2, "b2", Set.of("2.1.c"), Set.of())).isFalse();
      assertThat(reads().tryLease(KEY, LEASE, NOON.plusSeconds(600))).isEmpty();
    }

    @Test
    void aMessageGivenUpFailsAnEndedPartition() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      reads().end(KEY, fence, new PartitionEnd(PartitionState.ENDED, 1, 1, null, false));

      Partition failed = reads().giveUp(KEY, "1.1.a", "refused").orElseThrow();

      assertThat(failed.state()).isEqualTo(PartitionState.FAILED);
      assertThat(failed.undelivered()).isEmpty();
      assertThat(reads().settle(KEY)).isTrue();
    }

    @Test
    void aMessageGivenUpFailsASkippedPartitionWithItsOwnReason() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      reads().end(KEY, fence, new PartitionEnd(PartitionState.SKIPPED, 1, 1, "no role", false));

      Partition failed = reads().giveUp(KEY, "1.1.a", "refused").orElseThrow();

      assertThat(failed.state()).isEqualTo(PartitionState.FAILED);
      assertThat(failed.reason()).isEqualTo("refused");
    }

    @Test
    void theFirstFailuresReasonIsKept() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a", "1.2.b"), Set.of());
      reads().giveUp(KEY, "1.1.a", "first");

      Partition after = reads().giveUp(KEY, "1.2.b", "second").orElseThrow();

      assertThat(after.reason()).isEqualTo("first");
      assertThat(after.undelivered()).isEmpty();
    }

    @Test
    void aReadersFailureIsKeptWhenAMessageIsGivenUpLater() {
      begin();
      long fence = lease();
      store(fence, 1, null, Set.of("1.1.a"), Set.of());
      reads()
          .end(
              KEY,
              fence,
              new PartitionEnd(PartitionState.FAILED, 1, 1, "repeated bookmark", false));

      assertThat(reads().giveUp(KEY, "1.1.a", "refused").orElseThrow().reason())
          .isEqualTo("repeated bookmark");
    }

    @Test
    void whatIsNotThereIsNotGivenUp() {
      begin();
      store(lease(), 1, null, Set.of("1.1.a"), Set.of());
      Partition before = partition();

      assertThat(reads().giveUp(KEY, "1.1.b", "late")).isEmpty();
      assertThat(reads().giveUp(ABSENT, "1.1.a", "late")).isEmpty();
      assertThat(partition()).isEqualTo(before);
      assertThat(reads().findPartition(ABSENT)).isEmpty();
    }
  }

  @Nested
  final class FanOut {
    @Test
    void twoThousandPartitionsAreCreatedAndListedInOrder() {
      begin();
      List<NewPartition> boards = boards(2_000);

      reads().createPartitions(OPERATION, boards);

      List<Partition> all = reads().partitionsOf(OPERATION);
      assertThat(all).hasSize(2_001).isSortedAccordingTo(ReadStoreContract::byId);
      List<PartitionId> open = new ArrayList<>();
      for (List<PartitionId> page = open(null, 700);
          !page.isEmpty();
          page = open(open.getLast(), 700)) {
        assertThat(page).hasSizeLessThanOrEqualTo(700);
        open.addAll(page);
      }
      assertThat(open).isEqualTo(all.stream().map(one -> one.key().partition()).toList());
    }

    @Test
    void whatExistsIsLeftAsItIs() {
      begin();
      List<NewPartition> boards = boards(150);
      reads().createPartitions(OPERATION, boards.subList(40, 60));
      var advanced = new PartitionKey(OPERATION, boards.get(45).id());
      Partition leased = reads().tryLease(advanced, LEASE, NOON).orElseThrow();

      reads().createPartitions(OPERATION, boards);
      reads().createPartitions(OPERATION, boards);

      assertThat(reads().partitionsOf(OPERATION)).hasSize(151);
      assertThat(reads().findPartition(advanced)).contains(leased);
      var created = new PartitionKey(OPERATION, boards.get(149).id());
      assertThat(reads().findPartition(created)).contains(fresh(created, boards.get(149)));
    }

    @Test
    void aSettledPartitionIsNotOpenedAgain() {
      begin();
      reads().end(KEY, lease(), new PartitionEnd(PartitionState.ENDED, 0, 0, null, false));
      reads().settle(KEY);

      reads().createPartitions(OPERATION, List.of(BOARD));

      assertThat(open(null, 10)).isEmpty();
      assertThat(partition().state()).isEqualTo(PartitionState.ENDED);
    }

    @Test
    void equalPartitionsAreOne() {
      begin();
      NewPartition one = boards(1).getFirst();

      reads().createPartitions(OPERATION, List.of(one, one));
      reads().createPartitions(OPERATION, List.of());

      assertThat(reads().partitionsOf(OPERATION)).hasSize(2);
    }

    @Test
    void twoParentsCanCreateTheSameChildrenAtOnce() {
      begin();
      List<NewPartition> boards = boards(120);
      var tasks = new VirtualThreadTasks(clock);
      Callable<Boolean> create =
          () -> {
            reads().createPartitions(OPERATION, boards);
            return true;
          };

      assertThat(tasks.all(List.of(create, create))).containsExactly(true, true);
      assertThat(reads().partitionsOf(OPERATION)).hasSize(121);
    }

    @Test
    void theIndexOfAnotherOperationIsItsOwn() {
      begin();
      commit(operation("operation-2", NOON));

      assertThat(reads().openPartitions(new OperationId("operation-2"), null, 10)).isEmpty();
      assertThat(reads().openPartitions(new OperationId("operation-3"), null, 10)).isEmpty();
      assertThat(reads().partitionsOf(new OperationId("operation-2"))).isEmpty();
    }

    @Test
    void aPartitionWithoutParametersIsFine() {
      begin();
      var bare = new NewPartition("boards", Map.of());

      reads().createPartitions(OPERATION, List.of(bare));

      var key = new PartitionKey(OPERATION, bare.id());
      assertThat(reads().findPartition(key)).contains(fresh(key, bare));
    }
  }

  @Nested
  final class Results {
    private static final ProjectId PROJECT = new ProjectId("project-1");
    private static final Instant LATER = NOON.plusSeconds(3_600);

    @Test
    void whatIsKeptIsFoundByItsProjectAndMessage() {
      byte[] result = "[{\"name\":\"Café\"}]".getBytes(UTF_8);

      reads().keepResult(PROJECT, "msg_1", result, LATER);

      assertThat(reads().findResult(PROJECT, "msg_1")).contains(result);
      assertThat(reads().findResult(PROJECT, "msg_2")).isEmpty();
      assertThat(reads().findResult(new ProjectId("project-2"), "msg_1")).isEmpty();
    }

    @Test
    void keepingItAgainChangesNothing() {
      reads().keepResult(PROJECT, "msg_1", new byte[] {'[', ']'}, LATER);
      reads().keepResult(PROJECT, "msg_1", new byte[] {'[', ']'}, LATER.plusSeconds(1));

      assertThat(reads().findResult(PROJECT, "msg_1")).contains(new byte[] {'[', ']'});
    }

    @Test
    void whatCannotBeCompressedMayHaveMegabytes() {
      byte[] result = new byte[4_400_000];
      new SplittableRandom(1).nextBytes(result);

      reads().keepResult(PROJECT, "msg_1", result, LATER);

      assertThat(reads().findResult(PROJECT, "msg_1")).contains(result);
    }
  }

  @Nested
  final class Logs {
    @Test
    void theNewestLinesAreKeptInTheOrderOfTime() {
      begin();
      LogLine first = line(1, "z");
      LogLine second = new LogLine(NOON.plusSeconds(2), "a", "ERROR", "failed", "{\"board\":7}");
      LogLine third = line(3, "m");
      for (LogLine line : List.of(third, first, second)) {
        reads().log(OPERATION, line);
      }

      assertThat(reads().logOf(OPERATION, 10)).containsExactly(first, second, third);
      assertThat(reads().logOf(OPERATION, 2)).containsExactly(second, third);
      assertThat(reads().logOf(new OperationId("operation-2"), 2)).isEmpty();
    }

    @Test
    void aLineIsKeptOnceWhateverItsTime() {
      begin();
      reads().log(OPERATION, line(1, "a"));
      reads().log(OPERATION, line(1, "a"));
      reads().log(OPERATION, line(5, "a"));

      assertThat(reads().logOf(OPERATION, 10)).containsExactly(line(1, "a"));
    }

    @Test
    void linesAreNoPartitions() {
      begin();
      reads().log(OPERATION, line(1, "a"));

      assertThat(reads().partitionsOf(OPERATION)).hasSize(1);
    }

    private LogLine line(int second, String id) {
      return new LogLine(NOON.plusSeconds(second), id, "INFO", "line " + id, null);
    }
  }

  private void begin() {
    assertThat(
            reads()
                .commit(
                    transaction(
                        List.of(), List.of(), start(operation("operation-1", NOON), BOARD))))
        .isEqualTo(COMMITTED);
  }

  private void commit(Operation operation) {
    assertThat(reads().commit(transaction(List.of(), List.of(), start(operation))))
        .isEqualTo(COMMITTED);
  }

  /** Takes the lease and returns its fence. */
  private long lease() {
    return reads().tryLease(KEY, LEASE, NOON).orElseThrow().fence();
  }

  private boolean store(
      long fence, int page, @Nullable String bookmark, Set<String> entries, Set<String> replaced) {
    return reads()
        .storePage(
            KEY,
            fence,
            new PageStored(page, bookmark, entries, replaced, 0, NOON.plus(LEASE), true))
        .isPresent();
  }

  private Partition partition() {
    return reads().findPartition(KEY).orElseThrow();
  }

  private List<PartitionId> open(@Nullable PartitionId after, int limit) {
    return reads().openPartitions(OPERATION, after, limit);
  }

  private static int byId(Partition one, Partition other) {
    return one.key().partition().value().compareTo(other.key().partition().value());
  }

  private static List<String> ids(OperationPage page) {
    return page.operations().stream().map(operation -> operation.id().value()).toList();
  }

  private static List<NewPartition> boards(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new NewPartition("board-pins", Map.of("board_id", "board " + i)))
        .toList();
  }

  private static Partition fresh(PartitionKey key, NewPartition created) {
    return new Partition(
        key,
        created.step(),
        created.parameters(),
        PartitionState.OPEN,
        0,
        0,
        null,
        Set.of(),
        0,
        null,
        null,
        0,
        0,
        0,
        null,
        false,
        true);
  }

  private static ReadTransaction transaction(
      List<DirectoryWrite> directory, List<Timer> removed, ReadTransaction.Start... starts) {
    return new ReadTransaction(directory, removed, List.of(), List.of(starts));
  }

  private static ReadTransaction.Start start(Operation operation, NewPartition... roots) {
    return new ReadTransaction.Start(operation, List.of(roots));
  }

  private static Operation operation(String id, Instant startedAt) {
    return operation(id, startedAt, ReadType.SCHEDULED);
  }

  private static Operation operation(String id, Instant startedAt, ReadType type) {
    return new Operation(
        new OperationId(id),
        new ProjectId("project-1"),
        new IntegrationId("integration-1"),
        INSTALLATION,
        new ConnectionId("connection-1"),
        "config-1",
        "pins",
        type,
        "{\"fields\":[\"id\"]}",
        startedAt,
        OperationStatus.IN_PROGRESS,
        "",
        null);
  }
}
