package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadFixtures.OPERATION;
import static io.pinferry.read.ReadWorld.LEASE;
import static io.pinferry.read.ReadWorld.WATCHDOG;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualTasks;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.PartitionId;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class WatchdogTest {
  private static final PartitionKey ROOT =
      new PartitionKey(OPERATION, PartitionId.of("boards", Map.of()));

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final InMemoryPartitionStore store = cloud.partitions();
  private final VirtualTasks tasks = new VirtualTasks(clock, VirtualTasks.Forks.EAGER);
  private final Watchdog watchdog =
      new Watchdog(
          cloud.operations(),
          store,
          cloud.readQueue(),
          cloud.timers(),
          cloud.settlement(tasks),
          tasks,
          Log.none(),
          WATCHDOG);

  @BeforeEach
  void start() {
    ReadStarts.ReadStart prepared =
        new ReadStarts(cloud.operations(), WATCHDOG)
            .prepare(
                ReadFixtures.target("pins", "boards", ReadFixtures.EVERYTHING),
                OPERATION,
                ReadRequest.scheduled(),
                NOON);
    cloud
        .operations()
        .commit(
            new OperationTransaction(
                List.of(), List.of(), List.of(prepared.watchdog()), List.of(prepared.start())));
    clock.advance(WATCHDOG);
  }

  private Timer timer() {
    return cloud.timers().all().getFirst();
  }

  private List<PartitionKey> sent() {
    return cloud.readQueue().sent().stream().map(InMemoryReadQueue.Sent::partition).toList();
  }

  @Test
  void aPartitionNobodyWorksOnIsSentAgain() {
    watchdog.fire(timer());

    assertThat(sent()).containsExactly(ROOT);
    assertThat(timer().dueAt()).isEqualTo(clock.instant().plus(WATCHDOG));
  }

  @Test
  void aLeasedPartitionIsNot() {
    store.tryLease(ROOT, LEASE, clock.instant());
    watchdog.fire(timer());
    assertThat(sent()).isEmpty();

    clock.advance(LEASE.plus(WATCHDOG));
    watchdog.fire(timer());
    assertThat(sent()).containsExactly(ROOT);
  }

  @Test
  void aPartitionThatWaitsIsNotSentBeforeItsTime() {
    long fence = store.tryLease(ROOT, LEASE, clock.instant()).orElseThrow().fence();
    store.release(
        ROOT,
        fence,
        PartitionStore.Release.waitsUntil(
            Cursor.START, clock.instant().plus(WATCHDOG).plusMillis(1)));
    watchdog.fire(timer());
    clock.advance(WATCHDOG);
    watchdog.fire(timer());
    assertThat(sent()).isEmpty();

    clock.advance(WATCHDOG);
    watchdog.fire(timer());
    assertThat(sent()).containsExactly(ROOT);
  }

  @Test
  void aPartitionThatWaitsForDeliveryIsSentOnlyWhenItMayGoOn() {
    long fence = store.tryLease(ROOT, LEASE, clock.instant()).orElseThrow().fence();
    List<String> entries = IntStream.range(0, 64).mapToObj(i -> "1." + i + ".a").toList();
    store.storePage(
        ROOT,
        fence,
        new PartitionStore.PageWrite(
            new Cursor(0, null, 0, 0), Set.copyOf(entries), Set.of(), clock.instant(), true));
    store.release(ROOT, fence, PartitionStore.Release.waitsForDelivery(new Cursor(1, "b2", 64, 0)));
    watchdog.fire(timer());
    store.removeUndelivered(ROOT, entries.subList(0, 32));
    clock.advance(WATCHDOG);
    watchdog.fire(timer());
    assertThat(sent()).as("half of the bound is still there").isEmpty();

    store.removeUndelivered(ROOT, entries.subList(32, 33));
    clock.advance(WATCHDOG);
    watchdog.fire(timer());
    assertThat(sent()).as("whoever should have sent it did not").containsExactly(ROOT);
  }

  @Test
  void aPartitionThatWaitsForOthersIsSentOnlyWhenTheOperationMayGoOn() {
    List<Chain> boards =
        IntStream.range(0, 10)
            .mapToObj(i -> new Chain("board_pins", Map.of("board_id", "" + i)))
            .toList();
    store.createPartitions(OPERATION, boards);
    List<PartitionKey> keys =
        boards.stream().map(board -> new PartitionKey(OPERATION, board.id())).toList();
    for (PartitionKey key : keys) {
      long fence = store.tryLease(key, LEASE, clock.instant()).orElseThrow().fence();
      Set<String> entries =
          IntStream.range(0, 15).mapToObj(i -> "1." + i + ".a").collect(Collectors.toSet());
      store.storePage(
          key,
          fence,
          new PartitionStore.PageWrite(
              new Cursor(0, null, 0, 0), entries, Set.of(), clock.instant(), true));
      store.release(
          key, fence, PartitionStore.Release.waitsForDelivery(new Cursor(1, "b2", 15, 0)));
    }

    watchdog.fire(timer());
    assertThat(sent()).as("half of the bound is still there").containsExactly(ROOT);

    store.removeUndelivered(keys.getFirst(), List.of("1.7.a"));
    clock.advance(WATCHDOG);
    watchdog.fire(timer());
    assertThat(sent()).hasSize(12).containsAll(keys);
  }

  @Test
  void aLongQueueIsNotFilledWithRepetitions() {
    List<Chain> boards = new ArrayList<>();
    for (int board = 0; board < 500; board++) {
      boards.add(new Chain("board_pins", Map.of("board_id", Integer.toString(board))));
    }
    store.createPartitions(OPERATION, boards);

    watchdog.fire(timer());

    assertThat(sent()).hasSize(100);
  }

  @Test
  void eachOfManyIdlePartitionsHasItsTurn() {
    List<Chain> boards = new ArrayList<>();
    for (int board = 0; board < 199; board++) {
      boards.add(new Chain("board_pins", Map.of("board_id", Integer.toString(board))));
    }
    store.createPartitions(OPERATION, boards);

    watchdog.fire(timer());
    clock.advance(WATCHDOG);
    watchdog.fire(timer());

    assertThat(sent()).doesNotHaveDuplicates().hasSize(200);
  }

  @Test
  void aTimerThatFiresTwiceActsOnce() {
    Timer first = timer();
    watchdog.fire(first);
    watchdog.fire(first);

    assertThat(sent()).hasSize(1);
    assertThat(cloud.timers().all()).hasSize(1);
  }

  @Test
  void anUnsettledPartitionIsSettledAfterACrash() {
    end(Set.of());

    watchdog.fire(timer());

    assertThat(cloud.operations().find(OPERATION).orElseThrow().status())
        .isEqualTo(OperationStatus.SUCCESS);
    assertThat(sent()).isEmpty();
  }

  @Test
  void anOperationWhoseLastPartitionWasSettledIsEnded() {
    end(Set.of());
    store.settle(ROOT);

    watchdog.fire(timer());

    assertThat(cloud.operations().find(OPERATION).orElseThrow().ended()).isTrue();
  }

  @Test
  void theWatchdogDoesNotSendUndeliveredMessages() {
    end(Set.of("1.0.a"));

    watchdog.fire(timer());

    assertThat(cloud.operations().find(OPERATION).orElseThrow().ended()).isFalse();
    assertThat(sent()).isEmpty();
  }

  @Test
  void messagesThatACrashLeftUnsentAreForgotten() {
    long fence = store.tryLease(ROOT, LEASE, clock.instant()).orElseThrow().fence();
    store.storePage(
        ROOT,
        fence,
        new PartitionStore.PageWrite(
            new Cursor(0, null, 0, 0), Set.of("1.0.a", "1.1.b"), Set.of(), clock.instant(), true));
    store.giveUp(ROOT, "1.0.a", "it answered 500");

    watchdog.fire(timer());

    assertThat(cloud.operations().find(OPERATION).orElseThrow().status())
        .isEqualTo(OperationStatus.FAILURE);
  }

  private void end(Set<String> undelivered) {
    long fence = store.tryLease(ROOT, LEASE, clock.instant()).orElseThrow().fence();
    store.storePage(
        ROOT,
        fence,
        new PartitionStore.PageWrite(
            new Cursor(0, null, 0, 0), undelivered, Set.of(), clock.instant(), true));
    store.end(
        ROOT,
        fence,
        new PartitionStore.PartitionEnd(
            PartitionState.ENDED, new Cursor(1, null, 0, 0), null, false));
  }

  @Test
  void anOperationOf36HoursIsEnded() {
    clock.set(NOON.plus(Duration.ofHours(36)));
    watchdog.fire(timer());
    assertThat(cloud.operations().find(OPERATION).orElseThrow().ended()).isFalse();

    clock.advance(Duration.ofMillis(1));
    watchdog.fire(timer());
    Operation ended = cloud.operations().find(OPERATION).orElseThrow();
    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result())
        .isEqualTo("[pins] not finished after 36 hours; 1 partitions were open");
    assertThat(sent()).as("nothing more after the end").hasSize(1);
  }

  @Test
  void anEndedOperationHasNoTimer() {
    cloud.operations().finish(OPERATION, OperationStatus.SUCCESS, "", clock.instant());

    watchdog.fire(timer());

    assertThat(cloud.timers().all()).isEmpty();
    assertThat(sent()).isEmpty();
  }

  @Test
  void aTimerOfNoOperationIsRemoved() {
    var stray = new Timer(NOON, Watchdog.KIND, "absent", Map.of());
    cloud.timers().replace(null, List.of(stray));

    watchdog.fire(stray);

    assertThat(cloud.timers().all()).doesNotContain(stray);
  }
}
