package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadFixtures.OPERATION;
import static io.pinferry.read.ReadWorld.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualTasks;
import io.pinferry.operation.Chain;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.PartitionId;
import io.pinferry.pinterest.PinterestFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SettlementTest {
  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final InMemoryPartitionStore store = cloud.partitions();
  private final Settlement settlement =
      cloud.settlement(new VirtualTasks(clock, VirtualTasks.Forks.EAGER));

  private void start(ReadTarget target) {
    ReadStarts.ReadStart prepared =
        new ReadStarts(cloud.operations(), Duration.ofMinutes(1))
            .prepare(target, OPERATION, ReadRequest.scheduled(), NOON);
    cloud
        .operations()
        .commit(
            new OperationTransaction(List.of(), List.of(), List.of(), List.of(prepared.start())));
  }

  private void startPins() {
    start(ReadFixtures.target("pins", "boards", ReadFixtures.EVERYTHING));
  }

  private PartitionKey add(String step, Map<String, String> parameters) {
    var partition = new Chain(step, parameters);
    store.createPartitions(OPERATION, List.of(partition));
    return new PartitionKey(OPERATION, partition.id());
  }

  private PartitionKey boardPins(int board) {
    return add("board_pins", Map.of("board_id", Integer.toString(board)));
  }

  private PartitionKey root() {
    return new PartitionKey(OPERATION, PartitionId.of("boards", Map.of()));
  }

  private Partition end(
      PartitionKey key,
      PartitionState state,
      long records,
      @Nullable String reason,
      String... undelivered) {
    long fence = store.tryLease(key, LEASE, NOON).orElseThrow().fence();
    store.storePage(
        key,
        fence,
        new PartitionStore.PageWrite(
            new Cursor(0, null, 0, 0), Set.of(undelivered), Set.of(), NOON, true));
    return store
        .end(
            key,
            fence,
            new PartitionStore.PartitionEnd(state, new Cursor(1, null, records, 0), reason, false))
        .orElseThrow();
  }

  private Operation operation() {
    return cloud.operations().find(OPERATION).orElseThrow();
  }

  @Test
  void theLastPartitionEndsTheOperation() {
    startPins();
    PartitionKey child = boardPins(7);

    settlement.afterChange(end(root(), PartitionState.ENDED, 1, null));
    assertThat(operation().ended()).isFalse();

    settlement.afterChange(end(child, PartitionState.ENDED, 17, null));
    assertThat(operation().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(operation().result())
        .as("boards only lead to pins")
        .isEqualTo("[pins] 17 records read");
    assertThat(operation().end()).extracting(OperationEnd::at).isEqualTo(NOON);
  }

  @Test
  void anOpenPartitionIsNotSettled() {
    startPins();

    settlement.afterChange(store.find(root()).orElseThrow());

    assertThat(store.openPartitions(OPERATION, null, 10)).hasSize(1);
    assertThat(operation().ended()).isFalse();
  }

  @Test
  void aReadWaitsForUndeliveredMessages() {
    startPins();
    settlement.afterChange(end(root(), PartitionState.ENDED, 1, null, "1.0.a", "1.1.b"));
    assertThat(operation().ended()).isFalse();

    settlement.afterChange(store.removeUndelivered(root(), Set.of("1.0.a")).orElseThrow());
    assertThat(operation().ended()).isFalse();

    settlement.afterChange(store.removeUndelivered(root(), Set.of("1.1.b")).orElseThrow());
    assertThat(operation().status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void messagesThatNobodyWillSendAreNotWaitedFor() {
    startPins();
    long fence = store.tryLease(root(), LEASE, NOON).orElseThrow().fence();
    store.storePage(
        root(),
        fence,
        new PartitionStore.PageWrite(
            new Cursor(1, "b", 3, 0), Set.of("1.0.a", "2.0.b"), Set.of(), NOON, true));
    Partition failed =
        store
            .end(
                root(),
                fence,
                new PartitionStore.PartitionEnd(
                    PartitionState.FAILED, new Cursor(1, null, 3, 0), "refused", false))
            .orElseThrow();

    settlement.afterChange(failed);
    assertThat(operation().ended()).as("1.0.a was sent").isFalse();
    assertThat(store.find(root()).orElseThrow().undelivered()).containsExactly("1.0.a");

    settlement.afterChange(store.removeUndelivered(root(), Set.of("1.0.a")).orElseThrow());
    assertThat(operation().status()).isEqualTo(OperationStatus.FAILURE);
  }

  @Test
  void aFailureNamesFiveAndCountsTheRest() {
    startPins();
    for (int board = 0; board < 8; board++) {
      settlement.afterChange(end(boardPins(board), PartitionState.FAILED, 0, "reason " + board));
    }
    settlement.afterChange(end(root(), PartitionState.ENDED, 8, null));

    assertThat(operation().status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(operation().result()).startsWith("[pins] incomplete: board_pins of board ");
    assertThat(operation().result().split("reason ", -1)).hasSize(6);
    assertThat(operation().result()).endsWith("; and 3 more");
  }

  @Test
  void theResultNamesSkippedAndLeftOutParts() {
    ReadTarget given = ReadFixtures.target("boards", null, ReadFixtures.EVERYTHING);
    start(withScopes(given, Set.of("boards:read")));
    PartitionKey child = add("boards", Map.of("ad_account_id", "3"));
    settlement.afterChange(end(child, PartitionState.SKIPPED, 0, "no role"));
    settlement.afterChange(end(root(), PartitionState.ENDED, 2, null));

    assertThat(operation().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(operation().result())
        .isEqualTo(
            "[boards] 2 records read; skipped: boards of ad account 3: no role;"
                + " records visible only through ad accounts were left out, since ads:read was not"
                + " granted");
  }

  static ReadTarget withScopes(ReadTarget given, Set<String> scopes) {
    return new ReadTarget(
        given.origin(),
        given.objectName(),
        given.planName(),
        given.envelope(),
        given.account(),
        scopes,
        given.selection(),
        given.mode());
  }

  @Test
  void anOperationEndsOnce() {
    startPins();
    settlement.fail(operation(), "too old");
    settlement.fail(operation(), "even older");

    settlement.afterChange(end(root(), PartitionState.ENDED, 1, null));

    assertThat(operation().result()).isEqualTo("too old");
    assertThat(cloud.operations().logOf(OPERATION, 10))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.severity()).isEqualTo(LogLine.Severity.ERROR);
              assertThat(line.message()).isEqualTo("too old");
            });
  }

  @Test
  void anEndIsLoggedWithItsCounts() {
    startPins();
    settlement.afterChange(end(boardPins(7), PartitionState.ENDED, 17, null));
    settlement.afterChange(end(boardPins(8), PartitionState.SKIPPED, 0, "no"));
    settlement.afterChange(end(root(), PartitionState.ENDED, 2, null));

    LogLine line = cloud.operations().logOf(OPERATION, 10).getFirst();
    assertThat(line.severity()).isEqualTo(LogLine.Severity.INFO);
    assertThat(Json.trusted(String.valueOf(line.details())))
        .isEqualTo(
            Json.trusted(
                "{\"records\":17,\"pages\":3,\"partitions\":3,\"failed\":0,\"skipped\":1,"
                    + "\"notFound\":0}"));
  }

  @Test
  void aFailureSaysWhatStoppedAtWhichPageAndWhy() {
    start(ReadFixtures.target("stats", null, ReadFixtures.EVERYTHING));
    PartitionKey feed = add("ingestion_stats", Map.of("feed_id", "7", "ad_account_id", "3"));
    var refused =
        new PinterestFailure(
            PinterestFailure.Kind.FORBIDDEN, 403, 2625, "merchant disapproved", null, null);
    String reason = Settlement.STOPPED_AT + "12: " + refused.describe();
    settlement.afterChange(end(feed, PartitionState.FAILED, 0, reason));
    store.ofOperation(OPERATION).stream()
        .filter(Partition::open)
        .forEach(root -> settlement.afterChange(end(root.key(), PartitionState.ENDED, 0, null)));

    assertThat(operation().result())
        .isEqualTo(
            "[stats] incomplete: ingestion_stats of feed 7 of ad account 3 stopped at page 12:"
                + " Pinterest 403 code 2625, merchant disapproved");
  }

  @Test
  void partitionsAreDescribedByWhatTheyRead() {
    List<String> described = new ArrayList<>();
    startPins();
    for (PartitionKey key :
        List.of(
            root(),
            boardPins(7),
            add("x", Map.of("catalog_id", "7", "ad_account_id", "3", "catalog_type", "RETAIL")))) {
      described.add(Settlement.describe(store.find(key).orElseThrow()));
    }

    assertThat(described)
        .containsExactly("boards", "board_pins of board 7", "x of catalog 7 of ad account 3");
  }
}
