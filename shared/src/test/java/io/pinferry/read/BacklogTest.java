package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadFixtures.OPERATION;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualTasks;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFixtures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BacklogTest {
  private static final int PARTITIONS = 2000;
  private static final Operation READ =
      ReadFixtures.operation(ReadFixtures.spec("pins", OperationFixtures.EVERYTHING));

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final InMemoryPartitionStore store = cloud.partitions();
  private final VirtualTasks tasks = new VirtualTasks(clock, VirtualTasks.Forks.EAGER);
  private final List<PartitionKey> keys = new ArrayList<>();

  @BeforeEach
  void partitions() {
    List<Chain> boards = new ArrayList<>();
    for (int board = 0; board < PARTITIONS; board++) {
      boards.add(new Chain("board_pins", Map.of("board_id", Integer.toString(board))));
    }
    store.createPartitions(OPERATION, boards);
    boards.forEach(board -> keys.add(new PartitionKey(OPERATION, board.id())));
  }

  private Backlog process(int processes) {
    return new Backlog(store, cloud.readQueue(), tasks, new SplittableRandom(3), processes);
  }

  private void add(PartitionKey key) {
    long fence = store.tryLease(key, ReadWorld.LEASE, clock.instant()).orElseThrow().fence();
    store.storePage(
        key,
        fence,
        new PartitionStore.PageWrite(
            new Cursor(0, null, 0, 0),
            Set.of("1.0.a"),
            Set.of(),
            clock.instant().plus(ReadWorld.LEASE),
            true));
    store.end(
        key,
        fence,
        new PartitionStore.PartitionEnd(
            PartitionState.ENDED, new Cursor(1, null, 1, 0), null, false));
  }

  private void waits(Backlog process, PartitionKey key) {
    long fence = store.tryLease(key, ReadWorld.LEASE, clock.instant()).orElseThrow().fence();
    store.release(key, fence, PartitionStore.Release.waitsForDelivery(Cursor.START));
    process.waits(READ, key);
  }

  private void deliver(int count) {
    store.undeliveredOf(OPERATION).stream()
        .filter(partition -> !partition.undelivered().isEmpty())
        .limit(count)
        .forEach(partition -> store.removeUndelivered(partition.key(), partition.undelivered()));
  }

  private int undelivered() {
    return Backlog.undelivered(store.undeliveredOf(OPERATION));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 60})
  void processesTogetherAddNoMoreThanTheBound(int count) {
    List<Backlog> processes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      processes.add(process(count));
    }
    int next = 0;
    var random = new SplittableRandom(count);
    for (int tries = 0; tries < 20_000; tries++) {
      // Some are asked much more often than others.
      int draw = random.nextInt(count);
      Backlog one = processes.get(draw * draw / count);
      if (next < PARTITIONS && one.take(READ)) {
        add(keys.get(next++));
        assertThat(undelivered()).isLessThanOrEqualTo(Backlog.MAX);
      }
      clock.advance(Duration.ofMillis(7));
    }

    assertThat(undelivered()).isGreaterThanOrEqualTo(Backlog.FULL);
  }

  @Test
  void oneLooksAgainWhileTheNumberChangesAndNobodyOnceItDoesNot() {
    Backlog process = process(1);
    keys.subList(0, Backlog.FULL).forEach(this::add);
    assertThat(process.take(READ)).isFalse();
    keys.subList(500, 520).forEach(key -> waits(process, key));

    assertThat(cloud.readQueue().receive()).isEmpty();
    clock.advance(Duration.ofSeconds(2));
    List<PartitionKey> first = cloud.readQueue().receive();
    assertThat(first).contains(keys.get(500)).hasSizeLessThanOrEqualTo(10);

    List<PartitionKey> sent = first;
    int looks = 0;
    while (!sent.isEmpty()) {
      assertThat(process.take(READ)).isFalse();
      sent.forEach(key -> waits(process, key));
      clock.advance(Duration.ofSeconds(2));
      sent = cloud.readQueue().receive();
      looks++;
    }
    assertThat(looks).as("it takes a while until nothing changes any more").isBetween(2, 12);

    deliver(1);
    assertThat(process.take(READ)).as("half has to be delivered").isFalse();
    clock.advance(Duration.ofSeconds(2));
    assertThat(cloud.readQueue().receive()).hasSize(1);
  }

  @Test
  void aLookAtHalfDeliveredSendsSomeWaitingPartitions() {
    Backlog process = process(1);
    keys.subList(0, Backlog.FULL).forEach(this::add);
    assertThat(process.take(READ)).isFalse();
    keys.subList(500, 800).forEach(key -> waits(process, key));
    clock.advance(Duration.ofSeconds(2));
    cloud.readQueue().receive();
    deliver(Backlog.FULL / 2);
    assertThat(process.take(READ)).as("one too few").isFalse();
    clock.advance(Duration.ofSeconds(2));
    cloud.readQueue().receive();
    deliver(1);

    assertThat(process.take(READ)).isTrue();

    List<PartitionKey> sent = cloud.readQueue().receive();
    assertThat(sent).hasSize(100).doesNotHaveDuplicates().isSubsetOf(keys.subList(500, 800));
    clock.advance(Duration.ofSeconds(2));
    assertThat(cloud.readQueue().receive()).as("some look for the others").isNotEmpty();
  }

  @Test
  void manyThatFindItFullAtOnceDoNotForgetToLookAgain() {
    Backlog process = process(1);
    keys.subList(0, Backlog.FULL).forEach(this::add);
    // As if both had looked before either knew what the other found.
    assertThat(process.look(READ)).isFalse();
    assertThat(process.look(READ)).isFalse();

    waits(process, keys.get(500));

    clock.advance(Duration.ofSeconds(2));
    assertThat(cloud.readQueue().receive()).containsExactly(keys.get(500));
  }

  @Test
  void aPartitionThatWaitsAfterOthersWereSentIsSentToo() {
    Backlog process = process(1);
    keys.subList(0, Backlog.FULL).forEach(this::add);
    assertThat(process.take(READ)).isFalse();
    waits(process, keys.get(500));
    deliver(Backlog.FULL / 2 + 1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(process.look(READ)).isTrue();
    assertThat(cloud.readQueue().receive()).containsExactly(keys.get(500));
    add(keys.get(500));
    keys.subList(600, 800).forEach(this::add);
    assertThat(process.look(READ)).isFalse();

    waits(process, keys.get(501));

    clock.advance(Duration.ofSeconds(2));
    assertThat(cloud.readQueue().receive())
        .as("the one that was to look has ended")
        .contains(keys.get(501));
  }

  @Test
  void aProcessThatHasNotSeenItFullGoesOnBelowTheBound() {
    keys.subList(0, Backlog.FULL - 1).forEach(this::add);

    assertThat(process(10).take(READ)).isTrue();
  }
}
