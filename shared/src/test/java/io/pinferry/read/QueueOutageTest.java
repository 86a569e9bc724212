package io.pinferry.read;

import static io.pinferry.read.ScriptedPinterest.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.operation.OperationStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages that were stored while the delivery queue took nothing. */
final class QueueOutageTest {
  private static final int BOARDS = 400;

  private final ReadWorld world = new ReadWorld();

  /** Lets time go by until then; what is due happens. */
  private void until(Instant end) {
    while (world.clock.instant().isBefore(end) && !world.operation().ended()) {
      world.step();
    }
  }

  @Test
  void aReadByBoardGoesOnOnceTheQueueIsBack() {
    world.pinterest.listOf(
        "boards",
        List.of(records(0, 100), records(100, 200), records(200, 300), records(300, BOARDS)));
    for (int board = 0; board < BOARDS; board++) {
      world.pinterest.list(
          "boards/" + board + "/pins",
          records(board, board + 1),
          records(1000 + board, 1001 + board));
      world.pinterest.list("boards/" + board + "/sections", List.of());
    }
    world.pinterest.answersAfter(Duration.ofMillis(20));
    world.start("pins", "boards");
    Instant begin = world.clock.instant();

    world.destination.fails(true);
    until(begin.plus(Duration.ofMinutes(3)));
    assertThat(Backlog.undelivered(world.partitions())).isGreaterThanOrEqualTo(Backlog.FULL);
    world.destination.fails(false);
    until(begin.plus(Duration.ofMinutes(30)));

    assertThat(world.operation().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.operation().result()).contains("800 records");
  }

  @Test
  void aLongOutageOfTheQueueIsNoFaultOfAPartition() {
    world.pinterest.list("pins", records(0, 3), records(3, 6));
    world.start("pins", null);
    Instant begin = world.clock.instant();

    world.destination.fails(true);
    until(begin.plus(Duration.ofHours(2)));
    assertThat(world.operation().ended()).isFalse();
    world.destination.fails(false);
    until(begin.plus(Duration.ofHours(3)));

    assertThat(world.operation().status()).isEqualTo(OperationStatus.SUCCESS);
  }
}
