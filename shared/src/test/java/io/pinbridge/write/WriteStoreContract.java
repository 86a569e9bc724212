package io.pinbridge.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinbridge.base.ManualClock;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.read.OperationId;
import io.pinbridge.write.WriteStore.KeptRecord;
import io.pinbridge.write.WriteStore.Mark;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every promise of {@link WriteStore}. Each test meets an empty store. */
public abstract class WriteStoreContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final OperationId OPERATION = new OperationId("operation-1");
  private static final Mark MARK = new Mark("sender-1", NOON, Set.of("7", "8"));

  /** Returns the store under test, the same during one test. */
  protected abstract WriteStore store();

  @Test
  void aMarkedRecordIsFoundWithItsMark() {
    assertThat(store().mark(OPERATION, 3, MARK)).isTrue();

    assertThat(store().recordsOf(OPERATION)).containsExactly(new KeptRecord(3, MARK, null));
    assertThat(store().recordsOf(new OperationId("operation-2"))).isEmpty();
  }

  @Test
  void nothingBeforeIsNotTheSameAsNotKnown() {
    var looked = new Mark("sender-1", NOON, Set.of());
    var notLooked = new Mark("sender-1", NOON, null);
    store().mark(OPERATION, 0, looked);
    store().mark(OPERATION, 1, notLooked);

    assertThat(store().recordsOf(OPERATION))
        .containsExactly(new KeptRecord(0, looked, null), new KeptRecord(1, notLooked, null));
  }

  @Test
  void aRecordIsMarkedByOneSenderOnly() {
    store().mark(OPERATION, 3, MARK);

    assertThat(store().mark(OPERATION, 3, new Mark("sender-2", NOON, null))).isFalse();
    assertThat(store().mark(OPERATION, 3, MARK)).as("the same again").isTrue();
    assertThat(store().recordsOf(OPERATION)).containsExactly(new KeptRecord(3, MARK, null));
  }

  @Test
  void oneOfManySendersMarksARecord() {
    var tasks = new VirtualThreadTasks(new ManualClock(NOON));
    List<Callable<Boolean>> racers =
        IntStream.range(0, 8)
            .<Callable<Boolean>>mapToObj(
                i -> () -> store().mark(OPERATION, 3, new Mark("sender-" + i, NOON, null)))
            .toList();

    assertThat(tasks.all(racers).stream().filter(marked -> marked)).hasSize(1);
  }

  @Test
  void theFirstOutcomeStays() {
    store().mark(OPERATION, 3, MARK);
    store().keep(OPERATION, 3, NOON, "first");
    store().keep(OPERATION, 3, NOON, "second");
    store().keep(OPERATION, 12, NOON, "unmarked");

    assertThat(store().recordsOf(OPERATION))
        .containsExactly(new KeptRecord(3, MARK, "first"), new KeptRecord(12, null, "unmarked"));
  }

  @Test
  void recordsComeInTheirOrder() {
    List.of(99, 2, 10).forEach(index -> store().keep(OPERATION, index, NOON, "done"));

    assertThat(store().recordsOf(OPERATION))
        .extracting(KeptRecord::index)
        .containsExactly(2, 10, 99);
  }
}
