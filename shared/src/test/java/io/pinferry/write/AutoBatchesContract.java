package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.InstallationId;
import io.pinferry.operation.OperationId;
import io.pinferry.pinterest.WriteVerb;
import io.pinferry.write.AutoBatches.ClosedBatch;
import io.pinferry.write.AutoBatches.Kind;
import io.pinferry.write.AutoBatches.LatestBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests every promise of {@link AutoBatches} over a store. Each test gets an empty store. */
abstract class AutoBatchesContract {
  /** The time of the store, since documents expire. */
  private final Instant now = now();

  private final Instant due = now.plusSeconds(300);
  private final OperationId operation = new OperationId("operation-1");
  private final Kind kind =
      new Kind(
          new InstallationId("0b54b1f0-5d61-4c1f-9d7d-6a3f5f1b7a10"),
          "pins",
          WriteVerb.CREATE,
          new AccountId("account-1"));

  abstract DirectoryStore store();

  abstract Instant now();

  private AutoBatches batches() {
    return new AutoBatches(store());
  }

  private static OperationId record(int number) {
    return new OperationId("record-" + number);
  }

  private boolean open(LatestBatch latest, OperationId id, int record) {
    return store().write(batches().opening(kind, latest, id, record(record), now, due)).isEmpty();
  }

  private boolean join(int record) {
    return batches()
        .join(Objects.requireNonNull(batches().find(kind).batch()), record(record), List.of())
        .isEmpty();
  }

  @Test
  void whatJoinsIsInTheBatchInItsOrder() {
    assertThat(open(batches().find(kind), operation, 0)).isTrue();
    assertThat(join(1)).isTrue();
    assertThat(join(2)).isTrue();

    assertThat(batches().close(operation, due))
        .contains(new ClosedBatch(List.of(record(0), record(1), record(2)), due));
    assertThat(batches().close(operation, due.plusSeconds(9)))
        .as("closed once")
        .contains(new ClosedBatch(List.of(record(0), record(1), record(2)), due));
  }

  @Test
  void whatIsNeitherFullNorDueIsNotClosed() {
    open(batches().find(kind), operation, 0);

    assertThat(batches().close(operation, due.minusMillis(1))).isEmpty();
    assertThat(batches().close(new OperationId("another"), due)).isEmpty();
    IntStream.range(1, AutoBatches.RECORDS_MAX).forEach(i -> assertThat(join(i)).isTrue());

    assertThat(batches().find(kind).batch()).as("nothing joins what is full").isNull();
    assertThat(batches().close(operation, now).orElseThrow().records())
        .hasSize(AutoBatches.RECORDS_MAX);
  }

  @Test
  void nothingJoinsWhatWasClosedMeanwhile() {
    open(batches().find(kind), operation, 0);
    AutoBatches.OpenBatch found = Objects.requireNonNull(batches().find(kind).batch());
    batches().close(operation, due);

    assertThat(batches().join(found, record(1), List.of())).isNotEmpty();
    assertThat(batches().find(kind).batch()).isNull();
    assertThat(open(batches().find(kind), new OperationId("operation-2"), 1)).isTrue();
    assertThat(Objects.requireNonNull(batches().find(kind).batch()).operation())
        .isEqualTo(new OperationId("operation-2"));
    assertThat(batches().close(operation, due).orElseThrow().records()).containsExactly(record(0));
  }

  @Test
  void whatTakesEffectTogetherIsRefusedTogether() {
    open(batches().find(kind), operation, 0);
    var claim = new DirectoryWrite.Create(new DocumentKey("KEY", "1"), "{}", null);
    AutoBatches.OpenBatch first = Objects.requireNonNull(batches().find(kind).batch());
    assertThat(batches().join(first, record(1), List.of(claim))).isEmpty();
    AutoBatches.OpenBatch second = Objects.requireNonNull(batches().find(kind).batch());

    assertThat(batches().join(second, record(2), List.of(claim))).containsExactly(claim);
    assertThat(batches().close(operation, due).orElseThrow().records())
        .containsExactly(record(0), record(1));
  }

  @Test
  void oneOfTwoBeginsABatch() {
    LatestBatch none = batches().find(kind);

    assertThat(open(none, operation, 0)).isTrue();
    assertThat(open(none, new OperationId("operation-2"), 1)).isFalse();
    assertThat(Objects.requireNonNull(batches().find(kind).batch()).operation())
        .isEqualTo(operation);
  }

  @Test
  void whoeverJoinsWhileItIsClosedIsEitherInOrRefused() {
    open(batches().find(kind), operation, 0);
    var tasks = new VirtualThreadTasks(new ManualClock(now));
    List<Callable<Optional<OperationId>>> racers = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      OperationId record = record(i);
      racers.add(
          () -> {
            for (int round = 0; round < 6; round++) {
              AutoBatches.OpenBatch batch = batches().find(kind).batch();
              if (batch == null) {
                return Optional.empty();
              }
              if (batches().join(batch, record, List.of()).isEmpty()) {
                return Optional.of(record);
              }
            }
            return Optional.empty();
          });
    }
    racers.add(
        6,
        () -> {
          batches().close(operation, due);
          return Optional.empty();
        });

    List<OperationId> joined = tasks.all(racers).stream().flatMap(Optional::stream).toList();

    List<OperationId> in = batches().close(operation, due).orElseThrow().records();
    assertThat(in.getFirst()).isEqualTo(record(0));
    assertThat(in.subList(1, in.size())).containsExactlyInAnyOrderElementsOf(joined);
  }
}
