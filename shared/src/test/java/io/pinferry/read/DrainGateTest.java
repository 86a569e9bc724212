package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadFixtures.OPERATION;
import static io.pinferry.read.ScriptedPinterest.answer;
import static io.pinferry.read.ScriptedPinterest.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Deadline;
import io.pinferry.base.InterleavedTasks;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.FixedTokens;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.net.HttpTransport;
import io.pinferry.operation.Chain;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.PartitionId;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A partition that processes may die of is drained alone. */
final class DrainGateTest {
  private static final Duration LATENCY = Duration.ofMillis(300);
  private static final Duration SLOW = Duration.ofSeconds(20);

  private final ManualClock clock = new ManualClock(NOON);
  private final InterleavedTasks tasks = new InterleavedTasks(clock);
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final Map<String, PartitionKey> keys = new HashMap<>();

  /** The lists that are requested at the same time as each list. */
  private final Map<String, TreeSet<String>> beside = new HashMap<>();

  private final TreeSet<String> asked = new TreeSet<>();
  private int pageCount;
  private final PartitionSync sync = sync();

  private PartitionSync sync() {
    HttpTransport pinterest =
        call -> {
          String list = call.uri().getPath().substring("/v5/boards/".length());
          asked.forEach(other -> beside.computeIfAbsent(other, _ -> new TreeSet<>()).add(list));
          asked.add(list);
          beside.computeIfAbsent(list, _ -> new TreeSet<>()).addAll(asked);
          tasks.sleepUntil(clock.instant().plus(list.startsWith("slow") ? SLOW : LATENCY));
          asked.remove(list);
          String query = call.uri().getRawQuery();
          String next =
              list.startsWith("long")
                  ? "\"n" + pageCount++ + "\""
                  : query.contains("bookmark=b3") ? "null" : next(query);
          return answer(200, ScriptedPinterest.page(records(0, 1), next));
        };
    return new PartitionSync(
        new PartitionSync.Parts(
            cloud.partitions(),
            cloud.operations(),
            cloud.results(),
            cloud.fingerprints(),
            cloud.readQueue(),
            new ReadWorld.Destination(),
            new PinterestClient(
                new FixedTokens(ReadFixtures.ACCOUNT),
                new Budgets(new InMemoryBudgetStore(), tasks, Log.none()),
                pinterest,
                URI.create("http://pinterest.invalid"),
                tasks,
                new SplittableRandom(7)),
            cloud.settlement(tasks),
            tasks,
            new SplittableRandom(7),
            Log.none(),
            SyncSettings.of(ReadWorld.LEASE, 10)));
  }

  private static String next(String query) {
    return query.contains("bookmark=b2") ? "\"b3\"" : "\"b2\"";
  }

  private void boards(String... names) {
    ReadTarget target = ReadFixtures.target("pins", "boards", ReadFixtures.EVERYTHING);
    ReadStarts.ReadStart prepared =
        new ReadStarts(cloud.operations(), ReadWorld.WATCHDOG)
            .prepare(
                target, OPERATION, ReadRequest.whole(ReadType.BACKFILL, Work.Period.ALL), NOON);
    cloud
        .operations()
        .commit(
            new OperationTransaction(List.of(), List.of(), List.of(), List.of(prepared.start())));
    for (String name : names) {
      var board = new Chain("board_pins", Map.of("board_id", name));
      cloud.partitions().createPartitions(OPERATION, List.of(board));
      keys.put(name, new PartitionKey(OPERATION, board.id()));
    }
  }

  /** Lets processes die of a board. */
  private void die(String board, int times) {
    for (int time = 0; time < times; time++) {
      assertThat(cloud.partitions().tryLease(key(board), ReadWorld.LEASE, clock.instant()))
          .isPresent();
      clock.advance(ReadWorld.LEASE);
    }
  }

  private PartitionKey key(String board) {
    return keys.getOrDefault(board, new PartitionKey(OPERATION, new PartitionId("none")));
  }

  private void drain(Duration within, String... boards) {
    var deadline = new Deadline(clock.instant().plus(within));
    List<Callable<Boolean>> batch = new ArrayList<>();
    for (String board : boards) {
      batch.add(
          () -> {
            sync.drain(key(board), deadline);
            return true;
          });
    }
    tasks.run(() -> tasks.all(batch));
  }

  private PartitionState state(String board) {
    return cloud.partitions().find(key(board)).orElseThrow().state();
  }

  @Test
  void aPageThatCrashesProcessesIsReadAloneInTheEnd() {
    boards("1", "2", "3", "4");
    die("2", 2);
    die("4", 2);

    drain(Duration.ofMinutes(1), "1", "2", "3", "4");

    assertThat(beside.get("1/pins")).contains("3/pins").doesNotContain("2/pins", "4/pins");
    assertThat(beside.get("2/pins")).containsExactly("2/pins");
    assertThat(beside.get("4/pins")).containsExactly("4/pins");
    // They have made room before their end.
    drain(Duration.ofMinutes(1), "1", "3");
    for (String board : keys.keySet()) {
      assertThat(state(board)).as(board).isEqualTo(PartitionState.ENDED);
    }
  }

  @Test
  void longChainsMakeRoomForWhatHasToBeAlone() {
    boards("long 1", "long 2", "long 3", "2");
    die("2", 2);
    Instant begin = clock.instant();

    drain(Duration.ofMinutes(1), "long 1", "long 2", "long 3", "2");

    assertThat(beside.get("2/pins")).containsExactly("2/pins");
    assertThat(state("2")).isEqualTo(PartitionState.ENDED);
    assertThat(clock.instant()).isBefore(begin.plusSeconds(5));
    assertThat(cloud.partitions().find(key("long 1")).orElseThrow().sentThrough()).isOne();
  }

  @Test
  void aPartitionWithoutTimeLeftIsSentAgain() {
    boards("slow", "2");
    die("2", 2);
    cloud.readQueue().receive();

    drain(Duration.ofMillis(500), "slow", "2");

    assertThat(beside).doesNotContainKey("2/pins");
    assertThat(cloud.readQueue().receive()).contains(key("2"));
    assertThat(cloud.partitions().find(key("2")).orElseThrow().leasesWithoutPage())
        .as("it was nobody's fault")
        .isEqualTo(2);
  }
}
