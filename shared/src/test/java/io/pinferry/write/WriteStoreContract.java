package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.operation.OperationId;
import io.pinferry.write.WriteStore.Mark;
import io.pinferry.write.WriteStore.RecordState;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests every promise of {@link WriteStore}. Each test gets an empty store. */
public abstract class WriteStoreContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final OperationId OPERATION = new OperationId("operation-1");
  private static final Mark MARK = new Mark("sender-1", NOON, Set.of("7", "8"));

  /** Returns the store under test, the same during one test. */
  protected abstract WriteStore store();

  @Test
  void aMarkedRecordIsFoundWithItsMark() {
    assertThat(store().mark(OPERATION, 3, MARK, null)).isTrue();

    assertThat(store().recordsOf(OPERATION))
        .containsExactly(new RecordState(3, null, MARK, null, null));
    assertThat(store().recordsOf(new OperationId("operation-2"))).isEmpty();
  }

  @Test
  void nothingBeforeIsNotTheSameAsNotKnown() {
    var looked = new Mark("sender-1", NOON, Set.of());
    var notLooked = new Mark("sender-1", NOON, null);
    store().mark(OPERATION, 0, looked, null);
    store().mark(OPERATION, 1, notLooked, null);

    assertThat(store().recordsOf(OPERATION))
        .containsExactly(
            new RecordState(0, null, looked, null, null),
            new RecordState(1, null, notLooked, null, null));
  }

  @Test
  void aRecordIsMarkedByOneSenderOnly() {
    store().mark(OPERATION, 3, MARK, null);

    assertThat(store().mark(OPERATION, 3, new Mark("sender-2", NOON, null), null)).isFalse();
    assertThat(store().mark(OPERATION, 3, MARK, null)).as("the same again").isTrue();
    assertThat(store().recordsOf(OPERATION))
        .containsExactly(new RecordState(3, null, MARK, null, null));
  }

  @Test
  void oneOfManySendersMarksARecord() {
    var tasks = new VirtualThreadTasks(new ManualClock(NOON));
    List<Callable<Boolean>> racers =
        IntStream.range(0, 8)
            .<Callable<Boolean>>mapToObj(
                i -> () -> store().mark(OPERATION, 3, new Mark("sender-" + i, NOON, null), null))
            .toList();

    assertThat(tasks.all(racers).stream().filter(marked -> marked)).hasSize(1);
  }

  @Test
  void theFirstOutcomeStays() {
    store().mark(OPERATION, 3, MARK, null);
    store().keep(OPERATION, 3, NOON, "first");
    store().keep(OPERATION, 3, NOON, "second");
    store().keep(OPERATION, 12, NOON, "unmarked");

    assertThat(store().recordsOf(OPERATION))
        .containsExactly(
            new RecordState(3, null, MARK, null, "first"),
            new RecordState(12, null, null, null, "unmarked"));
  }

  @Test
  void removedRecordsAreGoneWithTheirLease() {
    store().keep(OPERATION, 3, NOON, "first");
    store().tryLease(OPERATION, "somebody", NOON, NOON.plusSeconds(60));

    store().remove(OPERATION);
    store().remove(OPERATION);

    assertThat(store().recordsOf(OPERATION)).isEmpty();
    assertThat(store().isLeased(OPERATION, NOON)).isFalse();
  }

  @Test
  void recordsComeInTheirOrder() {
    List.of(99, 2, 10).forEach(index -> store().keep(OPERATION, index, NOON, "done"));

    assertThat(store().recordsOf(OPERATION))
        .extracting(RecordState::index)
        .containsExactly(2, 10, 99);
  }

  @Test
  void anInputIsKeptUntilThereIsAnOutcome() {
    store().put(OPERATION, NOON, List.of("a", "b"));
    store().keep(OPERATION, 0, NOON, "done");
    store().progress(OPERATION, 1, NOON, "begun");
    store().progress(OPERATION, 1, NOON, "further");

    assertThat(store().recordsOf(OPERATION))
        .containsExactly(
            new RecordState(0, null, null, null, "done"),
            new RecordState(1, "b", null, "further", null));
  }

  @Test
  void anInputMayBePutBesideWhatIsKnown() {
    store().mark(OPERATION, 0, MARK, null);
    store().keep(OPERATION, 0, NOON, "done");
    store().progress(OPERATION, 1, NOON, "begun");

    store().put(OPERATION, NOON, List.of("a", "b"));

    assertThat(store().recordsOf(OPERATION))
        .containsExactly(
            new RecordState(0, "a", MARK, null, "done"),
            new RecordState(1, "b", null, "begun", null));
  }

  @Test
  void aMarkIsTakenAwayByItsSenderOnly() {
    store().mark(OPERATION, 3, MARK, null);

    store().unmark(OPERATION, 3, "sender-2");
    assertThat(store().recordsOf(OPERATION).getFirst().mark()).isEqualTo(MARK);

    store().unmark(OPERATION, 3, "sender-1");
    assertThat(store().mark(OPERATION, 3, new Mark("sender-2", NOON, null), null)).isTrue();
    store().unmark(OPERATION, 4, "sender-1");
  }

  @Test
  void anInputMayBeKeptBesideAMark() {
    store().mark(OPERATION, 3, MARK, "a");
    assertThat(store().recordsOf(OPERATION))
        .containsExactly(new RecordState(3, "a", MARK, null, null));

    store().mark(OPERATION, 3, MARK, null);
    assertThat(store().recordsOf(OPERATION).getFirst().input()).isEqualTo("a");
    store().keep(OPERATION, 3, NOON, "done");
    assertThat(store().recordsOf(OPERATION).getFirst().input()).isNull();
  }

  @Test
  void aLeaseIsSeenUntilItEndsOrIsGivenBack() {
    assertThat(store().isLeased(OPERATION, NOON)).isFalse();
    store().tryLease(OPERATION, "one", NOON, NOON.plusSeconds(60));
    assertThat(store().isLeased(OPERATION, NOON.plusSeconds(59))).isTrue();
    assertThat(store().isLeased(OPERATION, NOON.plusSeconds(60))).isFalse();

    store().release(OPERATION, "one", NOON.plusSeconds(90));
    assertThat(store().isLeased(OPERATION, NOON.plusSeconds(1))).isFalse();
  }

  @Test
  void oneHasTheRightToSendUntilItEndsOrIsGivenBack() {
    Instant end = NOON.plusSeconds(60);
    assertThat(store().tryLease(OPERATION, "one", NOON, end)).hasValue(0);
    assertThat(store().tryLease(OPERATION, "two", NOON.plusSeconds(59), end)).isEmpty();
    assertThat(store().tryLease(OPERATION, "two", end, end.plusSeconds(60))).hasValue(1);

    store().release(OPERATION, "one", NOON);
    assertThat(store().tryLease(OPERATION, "three", end, end)).as("it is not one's").isEmpty();
    store().release(OPERATION, "two", end.plusSeconds(10));
    assertThat(store().tryLease(OPERATION, "three", end.plusSeconds(9), NOON)).isEmpty();
    assertThat(store().tryLease(OPERATION, "three", end.plusSeconds(10), NOON)).hasValue(2);
  }
}
