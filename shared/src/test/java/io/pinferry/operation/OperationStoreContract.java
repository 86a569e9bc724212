package io.pinferry.operation;

import static io.pinferry.operation.OperationTransaction.Outcome.ALREADY_STARTED;
import static io.pinferry.operation.OperationTransaction.Outcome.COMMITTED;
import static io.pinferry.operation.OperationTransaction.Outcome.DIRECTORY_CHANGED;
import static io.pinferry.operation.OperationTransaction.Outcome.TIMER_GONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.Patience;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionStore;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every promise of {@link OperationStore}. Each test meets empty stores. */
public abstract class OperationStoreContract {
  private static final Instant NOON = OperationFixtures.NOON;
  private static final InstallationId INSTALLATION = OperationFixtures.INSTALLATION;
  private static final OperationId OPERATION = new OperationId("operation-1");
  private static final Chain BOARD =
      new Chain("board-pins", Map.of("board_id", "7", "ad_account_id", "3"));
  private static final PartitionKey KEY = new PartitionKey(OPERATION, BOARD.id());
  private static final Timer TIMER = new Timer(NOON, "schedule", "installation-1#pins", Map.of());
  private static final DirectoryWrite NOTIFICATION =
      new DirectoryWrite.Create(new DocumentKey("OUTBOX", "notification"), "{}", null);

  /** The time of the stores under test. */
  protected final ManualClock clock = new ManualClock(NOON);

  /** Returns the store under test, the same during one test. */
  protected abstract OperationStore operations();

  /** Returns the partitions that the store's transactions create. */
  protected abstract PartitionStore partitions();

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

      OperationTransaction.Outcome outcome =
          operations()
              .commit(
                  new OperationTransaction(
                      List.of(new DirectoryWrite.Create(document, "{}", null)),
                      List.of(TIMER),
                      List.of(next),
                      List.of(start(operation, BOARD))));

      assertThat(outcome).isEqualTo(COMMITTED);
      assertThat(directory().find(document)).isPresent();
      assertThat(timers().due(TIMER.shard(), next.dueAt(), 10)).containsExactly(next);
      assertThat(operations().find(OPERATION)).contains(operation);
      assertThat(partitions().ofOperation(OPERATION))
          .extracting(Partition::key)
          .containsExactly(KEY);
    }

    @Test
    void aChangedDirectoryStopsEverything() {
      timers().replace(null, List.of(TIMER));

      OperationTransaction.Outcome outcome =
          operations()
              .commit(
                  transaction(
                      List.of(new DirectoryWrite.Require(new DocumentKey("p", "absent"))),
                      List.of(TIMER),
                      start(operation("operation-1", NOON), BOARD)));

      assertThat(outcome).isEqualTo(DIRECTORY_CHANGED);
      assertThat(timers().due(TIMER.shard(), NOON, 10)).containsExactly(TIMER);
      assertThat(operations().find(OPERATION)).isEmpty();
      assertThat(partitions().ofOperation(OPERATION)).isEmpty();
      assertThat(operations().ofInstallation(INSTALLATION, 10, null).operations()).isEmpty();
    }

    @Test
    void aTimerThatIsGoneStopsEverything() {
      OperationTransaction.Outcome outcome =
          operations()
              .commit(
                  transaction(
                      List.of(new DirectoryWrite.Create(new DocumentKey("p", "x"), "{}", null)),
                      List.of(TIMER),
                      start(operation("operation-1", NOON), BOARD)));

      assertThat(outcome).isEqualTo(TIMER_GONE);
      assertThat(operations().find(OPERATION)).isEmpty();
      assertThat(directory().find(new DocumentKey("p", "x"))).isEmpty();
    }

    @Test
    void anOperationThatExistsStopsEverything() {
      begin();
      partitions().tryLease(KEY, Duration.ofSeconds(45), NOON);
      timers().replace(null, List.of(TIMER));

      OperationTransaction.Outcome outcome =
          operations()
              .commit(
                  transaction(
                      List.of(),
                      List.of(TIMER),
                      start(operation("operation-1", NOON.plusSeconds(9)), BOARD),
                      start(operation("operation-2", NOON), BOARD)));

      assertThat(outcome).isEqualTo(ALREADY_STARTED);
      assertThat(operations().find(OPERATION)).contains(operation("operation-1", NOON));
      assertThat(partitions().find(KEY).orElseThrow().fence()).isEqualTo(1);
      assertThat(operations().find(new OperationId("operation-2"))).isEmpty();
      assertThat(timers().due(TIMER.shard(), NOON, 10)).containsExactly(TIMER);
    }

    @Test
    void theFirstFailedConditionIsTold() {
      begin();
      DirectoryWrite unmet = new DirectoryWrite.Require(new DocumentKey("p", "absent"));
      OperationTransaction.Start again = start(operation("operation-1", NOON), BOARD);

      assertThat(operations().commit(transaction(List.of(unmet), List.of(TIMER), again)))
          .isEqualTo(DIRECTORY_CHANGED);
      assertThat(operations().commit(transaction(List.of(), List.of(TIMER), again)))
          .isEqualTo(TIMER_GONE);
    }

    @Test
    void anAddedTimerThatIsThereIsLeftAsItIs() {
      var there = new Timer(NOON, TIMER.kind(), TIMER.id(), Map.of("is", "there"));
      timers().replace(null, List.of(there));

      assertThat(
              operations()
                  .commit(
                      new OperationTransaction(List.of(), List.of(), List.of(TIMER), List.of())))
          .isEqualTo(COMMITTED);
      assertThat(timers().due(TIMER.shard(), NOON, 10)).containsExactly(there);
    }

    @Test
    void aHundredWritesAreCommittedAndNoMore() {
      Chain[] roots = boards(97).toArray(Chain[]::new);
      Operation operation = operation("operation-1", NOON);

      assertThat(operations().commit(transaction(List.of(), List.of(), start(operation, roots))))
          .isEqualTo(COMMITTED);
      assertThat(partitions().ofOperation(OPERATION)).hasSize(97);

      Chain[] more = boards(98).toArray(Chain[]::new);
      assertThatThrownBy(() -> transaction(List.of(), List.of(), start(operation, more)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("101");
    }

    @Test
    void equalRootsAreOne() {
      operations()
          .commit(
              transaction(
                  List.of(), List.of(), start(operation("operation-1", NOON), BOARD, BOARD)));

      assertThat(partitions().ofOperation(OPERATION)).hasSize(1);
    }

    @Test
    void nothingIsCommitted() {
      assertThat(operations().commit(transaction(List.of(), List.of()))).isEqualTo(COMMITTED);
    }

    @Test
    void oneOfManyTicksStartsTheOperation() {
      timers().replace(null, List.of(TIMER));
      OperationTransaction tick =
          transaction(List.of(), List.of(TIMER), start(operation("operation-1", NOON), BOARD));
      var tasks = new VirtualThreadTasks(clock);
      List<Callable<OperationTransaction.Outcome>> ticks =
          IntStream.range(0, 6)
              .<Callable<OperationTransaction.Outcome>>mapToObj(
                  i -> () -> operations().commit(tick))
              .toList();

      assertThat(tasks.all(ticks)).filteredOn(COMMITTED::equals).hasSize(1);
    }
  }

  @Nested
  final class Operations {
    @Test
    void anAbsentOperationIsNotFound() {
      assertThat(operations().find(OPERATION)).isEmpty();
    }

    @Test
    void anInstallationsOperationsComeNewestFirstInPages() {
      for (int i = 1; i <= 5; i++) {
        commit(operation("operation-" + i, NOON.plusSeconds(i)));
      }

      OperationStore.Page first = operations().ofInstallation(INSTALLATION, 2, null);
      OperationStore.Page second =
          operations().ofInstallation(INSTALLATION, 2, first.nextPageToken());
      OperationStore.Page third =
          operations().ofInstallation(INSTALLATION, 2, second.nextPageToken());

      assertThat(ids(first)).containsExactly("operation-5", "operation-4");
      assertThat(ids(second)).containsExactly("operation-3", "operation-2");
      assertThat(ids(third)).containsExactly("operation-1");
      assertThat(first.nextPageToken()).isNotNull();
      assertThat(second.nextPageToken()).isNotNull();
      assertThat(third.nextPageToken()).isNull();
    }

    @Test
    void aProjectsOperationsComeNewestFirstInPages() throws Exception {
      for (int i = 1; i <= 5; i++) {
        commit(operation("operation-" + i, NOON.plusSeconds(i)));
      }
      ProjectId project = operation("operation-1", NOON).project();
      // Only this list may be some moments late.
      Patience.until(
          "five operations",
          () -> operations().ofProject(project, 10, null).operations().size() == 5);

      OperationStore.Page first = operations().ofProject(project, 2, null);
      OperationStore.Page second = operations().ofProject(project, 2, first.nextPageToken());
      OperationStore.Page third = operations().ofProject(project, 2, second.nextPageToken());

      assertThat(ids(first)).containsExactly("operation-5", "operation-4");
      assertThat(ids(second)).containsExactly("operation-3", "operation-2");
      assertThat(ids(third)).containsExactly("operation-1");
      assertThat(third.nextPageToken()).isNull();
      assertThat(ids(operations().ofInstallation(INSTALLATION, 10, first.nextPageToken())))
          .as("a token is a position in every list")
          .containsExactly("operation-3", "operation-2", "operation-1");
      assertThat(operations().ofProject(new ProjectId("another"), 10, null).operations()).isEmpty();
      assertThatThrownBy(() -> operations().ofProject(project, 10, "x"))
          .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRemovedOperationLeavesItsPlaceUntilThatIsRemoved() {
      for (int i = 1; i <= 3; i++) {
        commit(operation("operation-" + i, NOON.plusSeconds(i)));
      }
      var second = new OperationId("operation-2");
      operations().log(second, new LogLine(NOON, "a", LogLine.Severity.INFO, "text", null));

      assertThat(operations().remove(second)).isTrue();
      assertThat(operations().remove(second)).isFalse();

      assertThat(operations().find(second)).isEmpty();
      assertThat(operations().logOf(second, 10)).isEmpty();
      assertThat(ids(operations().ofInstallation(INSTALLATION, 10, null)))
          .containsExactly("operation-3", "operation-1");
      List<ListPosition> places = operations().placesOf(INSTALLATION, 10, null);
      assertThat(places)
          .extracting(place -> place.id().value())
          .containsExactly("operation-3", "operation-2", "operation-1");
      assertThat(operations().placesOf(INSTALLATION, 1, places.getFirst().pageToken()))
          .containsExactly(places.get(1));
      operations().removePlace(INSTALLATION, places.get(1));
      operations().removePlace(INSTALLATION, places.get(1));
      assertThat(operations().placesOf(INSTALLATION, 10, null)).hasSize(2);
    }

    @Test
    void anExactlyFullPageIsTheLast() {
      commit(operation("operation-1", NOON));
      commit(operation("operation-2", NOON));

      OperationStore.Page page = operations().ofInstallation(INSTALLATION, 2, null);

      assertThat(ids(page)).as("of one instant, in some order").hasSize(2);
      assertThat(page.nextPageToken()).isNull();
    }

    @Test
    void aPageMayHoldManyAndShowsThemAsTheyAreNow() {
      for (int i = 0; i < 120; i++) {
        commit(operation("operation-" + i, NOON.plusSeconds(i)));
      }
      operations()
          .finish(
              operation("operation-119", NOON.plusSeconds(119)),
              new OperationEnd(true, "done", null, NOON),
              NOTIFICATION);

      OperationStore.Page page = operations().ofInstallation(INSTALLATION, 1000, null);

      assertThat(ids(page)).hasSize(120).startsWith("operation-119", "operation-118");
      assertThat(page.operations().getFirst().status()).isEqualTo(OperationStatus.SUCCESS);
    }

    @Test
    void anotherInstallationsOperationsAreNotListed() {
      commit(operation("operation-1", NOON));

      assertThat(operations().ofInstallation(new InstallationId("installation"), 10, null))
          .isEqualTo(new OperationStore.Page(List.of(), null));
    }

    @Test
    void aForeignPageTokenIsRefused() {
      for (String token : List.of("", "x", "!!", "T1BFUkFUSU9O", "UEFSVElUSU9OIzE")) {
        assertThatThrownBy(() -> operations().ofInstallation(INSTALLATION, 10, token))
            .as(token)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }

    @Test
    void theLimitIsBetweenOneAndAThousand() {
      for (int limit : List.of(0, 1001)) {
        assertThatThrownBy(() -> operations().ofInstallation(INSTALLATION, limit, null))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("limit " + limit);
      }
    }

    @Test
    void anOperationIsFinishedOnce() {
      begin();

      assertThat(
              operations()
                  .finish(
                      operation("operation-1", NOON),
                      new OperationEnd(false, "board 7", null, NOON.plusMillis(5)),
                      NOTIFICATION))
          .isTrue();
      DirectoryWrite late =
          new DirectoryWrite.Create(new DocumentKey("OUTBOX", "late"), "{}", null);
      assertThat(
              operations()
                  .finish(
                      operation("operation-1", NOON),
                      new OperationEnd(true, "all", null, NOON.plusSeconds(9)),
                      late))
          .isFalse();
      assertThat(directory().find(NOTIFICATION.key())).isPresent();
      assertThat(directory().find(late.key())).isEmpty();

      Operation ended = operations().find(OPERATION).orElseThrow();
      assertThat(ended)
          .isEqualTo(
              operation("operation-1", NOON)
                  .with(new OperationEnd(false, "board 7", null, NOON.plusMillis(5))));
      assertThat(operations().logOf(OPERATION, 10))
          .as("only the end that took effect is in the log")
          .containsExactly(
              new LogLine(NOON.plusMillis(5), "end", LogLine.Severity.ERROR, "board 7", null));
    }

    @Test
    void readsInProgressAreFoundNewestFirstUntilTheyEnd() {
      for (int i = 1; i <= 4; i++) {
        commit(operation("operation-" + i, NOON.plusSeconds(i)));
      }
      commit(operation("operation-5", NOON.plusSeconds(5), OperationFixtures.write("pins", 1)));
      assertThat(operations().readsInProgress(INSTALLATION))
          .extracting(operation -> operation.id().value())
          .containsExactly("operation-4", "operation-3", "operation-2", "operation-1");

      operations()
          .finish(
              operation("operation-3", NOON.plusSeconds(3)),
              new OperationEnd(false, "why", null, NOON),
              null);
      operations()
          .finish(
              operation("operation-4", NOON.plusSeconds(4)),
              new OperationEnd(true, "all", null, NOON),
              NOTIFICATION);

      assertThat(operations().readsInProgress(INSTALLATION))
          .containsExactly(
              operation("operation-2", NOON.plusSeconds(2)),
              operation("operation-1", NOON.plusSeconds(1)));
      assertThat(operations().readsInProgress(new InstallationId("installation"))).isEmpty();
    }

    @Test
    void everyKindOfWorkIsKeptAsItIs() {
      var read = operation("operation-1", NOON, OperationFixtures.limitedRead());
      var write = operation("operation-2", NOON, OperationFixtures.gatheredWrite());
      commit(read);
      commit(write);

      assertThat(operations().find(read.id())).contains(read);
      assertThat(operations().find(write.id())).contains(write);
    }

    @Test
    void theWorkOfAnOperationInProgressIsReplaced() {
      Operation write = operation("operation-1", NOON, OperationFixtures.write("media", 2));
      commit(write);
      Work later = write.write().handedOver(NOON.plusSeconds(3600));

      assertThat(operations().changeWork(write, later)).isTrue();
      assertThat(operations().find(write.id())).contains(write.with(later));

      operations().finish(write, new OperationEnd(true, "done", null, NOON), null);
      assertThat(operations().changeWork(write, write.work())).isFalse();
      assertThat(operations().find(write.id()).orElseThrow().work()).isEqualTo(later);
    }

    @Test
    void workOfNoOperationIsNotReplaced() {
      Operation absent = operation("operation-1", NOON);

      assertThat(operations().changeWork(absent, absent.work())).isFalse();
      assertThat(operations().find(absent.id())).isEmpty();
    }

    @Test
    void theDetailsOfAnEndAreInTheLog() {
      begin();

      operations()
          .finish(
              operation("operation-1", NOON),
              new OperationEnd(true, "7", "{\"pages\":1}", NOON),
              null);

      assertThat(operations().logOf(OPERATION, 10))
          .containsExactly(new LogLine(NOON, "end", LogLine.Severity.INFO, "7", "{\"pages\":1}"));
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
                          operations()
                              .finish(
                                  operation("operation-1", NOON),
                                  new OperationEnd(true, "r" + i, null, NOON),
                                  NOTIFICATION))
              .toList();

      assertThat(tasks.all(racers).stream().filter(won -> won)).hasSize(1);
    }

    @Test
    void nothingIsNotFinished() {
      assertThat(
              operations()
                  .finish(
                      operation("operation-1", NOON),
                      new OperationEnd(true, "", null, NOON),
                      NOTIFICATION))
          .isFalse();
      assertThat(operations().find(OPERATION)).isEmpty();
      assertThat(directory().find(NOTIFICATION.key())).isEmpty();
    }

    @Test
    void anOperationDoesNotEndWithoutItsNotification() {
      begin();
      directory().write(List.of(NOTIFICATION));

      assertThatThrownBy(
              () ->
                  operations()
                      .finish(
                          operation("operation-1", NOON),
                          new OperationEnd(true, "all", null, NOON),
                          NOTIFICATION))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("operation-1 cannot end");
      assertThat(operations().find(OPERATION).orElseThrow().ended()).isFalse();
    }

    @Test
    void timesAreKeptToTheMillisecond() {
      commit(operation("operation-1", NOON.plusNanos(5_999_999)));

      assertThat(operations().find(OPERATION).orElseThrow().startedAt())
          .isEqualTo(NOON.plusMillis(5));
    }
  }

  @Nested
  final class Logs {
    @Test
    void theNewestLinesAreKeptInTheOrderOfTime() {
      begin();
      LogLine first = line(1, "z");
      LogLine second =
          new LogLine(NOON.plusSeconds(2), "a", LogLine.Severity.ERROR, "failed", "{\"board\":7}");
      LogLine third = line(3, "m");
      for (LogLine line : List.of(third, first, second)) {
        operations().log(OPERATION, line);
      }

      assertThat(operations().logOf(OPERATION, 10)).containsExactly(first, second, third);
      assertThat(operations().logOf(OPERATION, 2)).containsExactly(second, third);
      assertThat(operations().logOf(new OperationId("operation-2"), 2)).isEmpty();
    }

    @Test
    void aLineIsKeptOnceWhateverItsTime() {
      begin();
      operations().log(OPERATION, line(1, "a"));
      operations().log(OPERATION, line(1, "a"));
      operations().log(OPERATION, line(5, "a"));

      assertThat(operations().logOf(OPERATION, 10)).containsExactly(line(1, "a"));
    }

    @Test
    void linesAreNoPartitions() {
      begin();
      operations().log(OPERATION, line(1, "a"));

      assertThat(partitions().ofOperation(OPERATION)).hasSize(1);
    }

    private LogLine line(int second, String id) {
      return new LogLine(NOON.plusSeconds(second), id, LogLine.Severity.INFO, "line " + id, null);
    }
  }

  private void begin() {
    assertThat(
            operations()
                .commit(
                    transaction(
                        List.of(), List.of(), start(operation("operation-1", NOON), BOARD))))
        .isEqualTo(COMMITTED);
  }

  private void commit(Operation operation) {
    assertThat(operations().commit(transaction(List.of(), List.of(), start(operation))))
        .isEqualTo(COMMITTED);
  }

  private static List<String> ids(OperationStore.Page page) {
    return page.operations().stream().map(operation -> operation.id().value()).toList();
  }

  private static List<Chain> boards(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Chain("board-pins", Map.of("board_id", "board " + i)))
        .toList();
  }

  private static OperationTransaction transaction(
      List<DirectoryWrite> directory, List<Timer> removed, OperationTransaction.Start... starts) {
    return new OperationTransaction(directory, removed, List.of(), List.of(starts));
  }

  private static OperationTransaction.Start start(Operation operation, Chain... roots) {
    return new OperationTransaction.Start(operation, List.of(roots));
  }

  private static Operation operation(String id, Instant startedAt) {
    return operation(id, startedAt, OperationFixtures.read("pins", ReadType.SCHEDULED));
  }

  private static Operation operation(String id, Instant startedAt, Work work) {
    return OperationFixtures.operation(new OperationId(id), startedAt, work);
  }
}
