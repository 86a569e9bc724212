package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadWorld.LEASE;
import static io.pinferry.read.ScriptedPinterest.answer;
import static io.pinferry.read.ScriptedPinterest.limited;
import static io.pinferry.read.ScriptedPinterest.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Deadline;
import io.pinferry.base.PinferryException;
import io.pinferry.base.VirtualTasks.Forks;
import io.pinferry.directory.AccountId;
import io.pinferry.net.HttpAnswer;
import io.pinferry.operation.Chain;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.PartitionId;
import io.pinferry.operation.ReadType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PartitionSyncTest {
  private static final String UNAVAILABLE = "{'code':12,'message':'Something went wrong.'}";
  private static final String BAD_BOOKMARK = "{'code':1,'message':'Invalid bookmark.'}";

  private final ReadWorld world = new ReadWorld();

  private static SyncSettings settings(int pagesMax) {
    SyncSettings usual = SyncSettings.of(LEASE, 10);
    return new SyncSettings(
        usual.slice(),
        usual.lease(),
        usual.pageSize(),
        usual.waitWithinSlice(),
        usual.leasesWithoutPageMax(),
        pagesMax,
        usual.attemptsPerPage(),
        usual.processes());
  }

  private static void threePages(ReadWorld world) {
    world.pinterest.list("pins", records(0, 3), records(3, 6), records(6, 8));
  }

  private static Set<String> idsTo(int count) {
    Set<String> ids = new TreeSet<>();
    for (int id = 0; id < count; id++) {
      ids.add(Integer.toString(id));
    }
    return ids;
  }

  @ParameterizedTest
  @EnumSource(Forks.class)
  void aListIsReadToItsEnd(Forks forks) {
    var world = new ReadWorld(forks, SyncSettings.of(LEASE, 10));
    threePages(world);
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result()).isEqualTo("[pins] 8 records read");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(8));
    assertThat(world.pinterest.bookmarksOf("pins")).containsExactly("null", "b2", "b3");
    assertThat(world.destination.sent()).hasSize(3);
    assertThat(world.finished()).isEqualTo(1);
    assertThat(world.failures).isEmpty();
    assertThat(world.partition("pins"))
        .satisfies(
            partition -> {
              assertThat(partition.state()).isEqualTo(PartitionState.ENDED);
              assertThat(partition.sentThrough()).isEqualTo(3);
              assertThat(partition.fence()).isEqualTo(1);
              assertThat(partition.open()).isFalse();
            });
  }

  /** Connects another account while page 2 is being answered. */
  private static void connectAnotherAt2(ReadWorld world) {
    threePages(world);
    boolean[] done = {false};
    world.pinterest.script(
        request -> {
          if ("b2".equals(request.bookmark()) && !done[0]) {
            done[0] = true;
            world.tokens.connect(new AccountId("account-2"));
          }
          return null;
        });
    world.start("pins", null);
  }

  @ParameterizedTest
  @EnumSource(Forks.class)
  void aReadNeverGoesOnInAnotherAccount(Forks forks) {
    var world = new ReadWorld(forks, SyncSettings.of(LEASE, 10));
    connectAnotherAt2(world);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).startsWith("[pins] account changed: ");
    assertThat(world.pinterest.bookmarksOf("pins")).containsExactly("null", "b2");
    assertThat(world.pinterest.requests())
        .extracting(ScriptedPinterest.Request::token)
        .containsOnly("Bearer token1");
    assertThat(world.finished()).isEqualTo(1);
    world.drain(key("pins"));
    assertThat(world.pinterest.bookmarksOf("pins")).hasSize(2);
  }

  @Test
  void noCrashLetsAReadGoOnInAnotherAccount() {
    var dry = new ReadWorld();
    connectAnotherAt2(dry);
    dry.finish();
    int calls = dry.calls().size();
    assertThat(calls).isGreaterThan(5);
    for (int at = 1; at <= calls; at++) {
      for (Crashes.Way way : Crashes.Way.values()) {
        var world = new ReadWorld();
        world.crashes.stopAt(at, way);
        connectAnotherAt2(world);

        Operation ended = world.finish(Duration.ofHours(1));

        assertThat(ended.result()).as("%s %s", way, at).startsWith("[pins] account changed: ");
        assertThat(world.pinterest.bookmarksOf("pins")).doesNotContain("b3");
      }
    }
  }

  @Test
  void theSameAccountConnectedAnewIsReadOn() {
    threePages(world);
    world.pinterest.script(
        request -> {
          if ("b2".equals(request.bookmark())) {
            world.tokens.connect(ReadFixtures.ACCOUNT);
          }
          return null;
        });
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.deliveredIds()).isEqualTo(idsTo(8));
    assertThat(world.pinterest.requests())
        .extracting(ScriptedPinterest.Request::token)
        .containsExactly("Bearer token1", "Bearer token1", "Bearer token2");
  }

  @Test
  void eachPageReportsThatPinterestAcceptsTheToken() {
    threePages(world);
    world.pinterest.fail("pins", null, 1, 503, UNAVAILABLE);
    world.start("pins", null);
    world.finish();

    assertThat(world.tokens.successes()).isEqualTo(3);
  }

  @Test
  void shortAndEmptyPagesDoNotEndAList() {
    world.pinterest.list("pins", records(0, 3), List.of(), records(3, 4), List.of());
    world.start("pins", null);

    assertThat(world.finish().result()).isEqualTo("[pins] 4 records read");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(4));
    assertThat(world.destination.sent()).hasSize(2);
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void aReadWaitsForADestinationThatTakesNothingAndGoesOnWithItsDeliveries() {
    List<String>[] pages = new List[200];
    for (int page = 0; page < pages.length; page++) {
      pages[page] = records(page, page + 1);
    }
    world.pinterest.list("pins", pages);
    world.destination.takes(false);
    world.start("pins", null);
    Instant later = world.clock.instant().plus(Duration.ofMinutes(30));
    while (world.clock.instant().isBefore(later)) {
      world.step();
    }

    assertThat(world.destination.sent()).hasSize(Partition.UNDELIVERED_MAX);
    assertThat(world.partition("pins"))
        .satisfies(
            waiting -> {
              assertThat(waiting.waitsForDelivery()).isTrue();
              assertThat(waiting.lease().until()).isNull();
              assertThat(waiting.leasesWithoutPage()).isZero();
            });
    assertThat(world.pinterest.bookmarksOf("pins"))
        .as("nothing is fetched in vain")
        .hasSize(Partition.UNDELIVERED_MAX);

    world.destination.takes(true);
    assertThat(world.finish(Duration.ofSeconds(59)).result()).isEqualTo("[pins] 200 records read");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(200));
  }

  @Test
  void aReadOfManyBoardsWaitsForADestinationThatTakesNothingAndLosesNothing() {
    int boards = 1200;
    List<List<String>> pages = new ArrayList<>();
    for (int from = 0; from < boards; from += 100) {
      pages.add(records(from, from + 100));
    }
    world.pinterest.listOf("boards", pages);
    for (int board = 0; board < boards; board++) {
      world.pinterest.list("boards/" + board + "/pins", records(board, board + 1));
      world.pinterest.list("boards/" + board + "/sections", List.of());
    }
    world.destination.takes(false);
    world.start("pins", "boards");
    Instant later = world.clock.instant().plus(Duration.ofHours(3));
    while (world.clock.instant().isBefore(later)) {
      world.step();
      assertThat(world.destination.sent()).hasSizeLessThanOrEqualTo(Backlog.MAX);
    }

    assertThat(world.destination.sent()).hasSizeGreaterThanOrEqualTo(Backlog.FULL);
    assertThat(world.partitions("board_pins"))
        .filteredOn(Partition::waitsForDelivery)
        .hasSizeGreaterThan(boards - Backlog.MAX)
        .allSatisfy(waiting -> assertThat(waiting.leasesWithoutPage()).isZero());
    int calls = world.calls().size();
    Instant laterStill = later.plus(Duration.ofHours(1));
    while (world.clock.instant().isBefore(laterStill)) {
      world.step();
    }
    assertThat(world.calls().size() - calls)
        .as("waiting costs the watchdog's looks only")
        .isLessThan(60 * 6);

    world.destination.takes(true);
    assertThat(world.finish(Duration.ofMinutes(30)).result())
        .isEqualTo("[pins] " + boards + " records read");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(boards));
  }

  @Test
  void aFullPartitionThatIsReceivedOnceMoreGoesOnWaiting() {
    world.pinterest.list("pins", records(0, 1));
    world.destination.takes(false);
    world.start("pins", null);
    PartitionKey key = world.partition("pins").key();
    InMemoryPartitionStore store = world.cloud.partitions();
    long fence = store.tryLease(key, LEASE, NOON).orElseThrow().fence();
    Set<String> entries = new TreeSet<>();
    for (int part = 0; part < Partition.UNDELIVERED_MAX; part++) {
      entries.add("1." + part + ".a");
    }
    store.storePage(
        key,
        fence,
        new PartitionStore.PageWrite(new Cursor(0, null, 0, 0), entries, Set.of(), NOON, true));
    store.release(key, fence, PartitionStore.Release.waitsForDelivery(new Cursor(1, "b2", 64, 0)));

    for (int i = 0; i < 20; i++) {
      world.drain(key);
    }

    assertThat(world.pinterest.bookmarksOf("pins")).isEmpty();
    Partition waiting = world.partition("pins");
    assertThat(waiting.waitsForDelivery()).isTrue();
    assertThat(waiting.state()).isEqualTo(PartitionState.OPEN);
    assertThat(waiting.leasesWithoutPage()).as("waiting is nobody's fault").isZero();
  }

  @Test
  void messagesThatWereStoredButNotSentAreNotWaitedFor() {
    world.pinterest.list("pins", records(0, 1), records(1, 2));
    world.start("pins", null);
    PartitionKey key = world.partition("pins").key();
    InMemoryPartitionStore store = world.cloud.partitions();
    long fence = store.tryLease(key, LEASE, NOON).orElseThrow().fence();
    Set<String> entries = new TreeSet<>();
    for (int part = 0; part < Partition.UNDELIVERED_MAX; part++) {
      entries.add("1." + part + ".a");
    }
    store.storePage(
        key,
        fence,
        new PartitionStore.PageWrite(new Cursor(0, null, 0, 0), entries, Set.of(), NOON, true));
    world.clock.advance(LEASE);

    assertThat(world.finish().result()).isEqualTo("[pins] 2 records read");
  }

  @Test
  void anEmptyListIsASuccess() {
    world.pinterest.list("pins", List.of());
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result()).isEqualTo("[pins] No data found");
  }

  @Test
  void theNextPageIsFetchedWhileOneIsStoredAndSent() {
    threePages(world);
    world.start("pins", null);
    world.finish();

    assertThat(world.calls().stream().filter(PartitionSyncTest::isOfPages))
        .containsExactly(
            "HttpTransport.send",
            "HttpTransport.send",
            "PartitionStore.storePage",
            "DeliveryQueue.send",
            "HttpTransport.send",
            "PartitionStore.storePage",
            "DeliveryQueue.send",
            "PartitionStore.storePage",
            "DeliveryQueue.send",
            "PartitionStore.end");
  }

  @Test
  void aListWithoutRecordsCostsALeaseAndAnEnd() {
    world.pinterest.list("pins", List.of());
    world.start("pins", null);
    world.finish();

    assertThat(changes()).containsExactly("tryLease", "end", "finish");
  }

  @Test
  void recordsOutsideThePeriodAreNotCounted() {
    world.pinterest.list(
        "pins",
        List.of(createdAt(1, "2026-02-27T00:00:00"), createdAt(2, "2026-02-28T00:00:00")),
        List.of(createdAt(3, "2026-02-27T23:59:59"), createdAt(4, "2026-03-01T00:00:00")));
    world.start(
        ReadFixtures.target("pins", null, ReadFixtures.fields("id")),
        ReadType.TRIGGERED,
        Instant.parse("2026-02-28T00:00:00Z"));

    assertThat(world.finish().result()).isEqualTo("[pins] 2 records read");
    assertThat(world.destination.sent()).hasSize(2);
  }

  private static String createdAt(int id, String time) {
    return "{\"id\":\"" + id + "\",\"created_at\":\"" + time + "\"}";
  }

  @Test
  void eachFurtherPageOfAChainCostsOneUpdateAndOneSend() {
    assertThat(callsToReadAChain(60) - callsToReadAChain(30)).isEqualTo(2 * 30);
  }

  /** Returns how often the store and the queues are called for a chain, but for its delivery. */
  private static long callsToReadAChain(int pages) {
    var world = new ReadWorld();
    List<List<String>> list = new ArrayList<>();
    for (int page = 0; page < pages; page++) {
      list.add(records(page, page + 1));
    }
    world.pinterest.listOf("pins", list);
    world.start("pins", null);
    world.finish();
    assertThat(world.destination.sent()).hasSize(pages);
    return world.calls().stream()
        .filter(
            call ->
                call.matches(
                    "(OperationStore|PartitionStore|ResultStore|DeliveryQueue|ReadQueue)[.].*"))
        .filter(call -> !call.matches(".*[.](fits|removeUndelivered|settle|openPartitions)"))
        .count();
  }

  @Test
  void partitionsOfAnOperationAskForItOnce() {
    twoBoards(world);
    world.start("pins", "boards");
    int partitions = world.partitions().size();
    world.finish();

    assertThat(world.partitions()).hasSizeGreaterThan(partitions);
    assertThat(world.calls().stream().filter("PartitionStore.findOperation"::equals).count())
        .as("once to read, once to end it")
        .isLessThanOrEqualTo(2);
  }

  /** Returns the changes of operations and partitions, in their order. */
  private List<String> changes() {
    return world.calls().stream()
        .filter(call -> call.matches("(OperationStore|PartitionStore)[.].*"))
        .map(call -> call.substring(call.indexOf('.') + 1))
        .filter(call -> !Set.of("find", "ofOperation", "openPartitions").contains(call))
        .toList();
  }

  private static boolean isOfPages(String call) {
    return List.of(
            "HttpTransport.send",
            "PartitionStore.storePage",
            "DeliveryQueue.send",
            "PartitionStore.end",
            "PartitionStore.release")
        .contains(call);
  }

  @Test
  void aFullBatchHasAShortTurnSinceOthersMayWait() {
    var invocation = new Deadline(NOON.plusSeconds(75));

    assertThat(PartitionSync.turn(invocation, 9, NOON)).isEqualTo(invocation);
    assertThat(PartitionSync.turn(invocation, 10, NOON).at()).isEqualTo(NOON.plusSeconds(4));
    assertThat(PartitionSync.turn(new Deadline(NOON.plusSeconds(2)), 10, NOON).at())
        .isEqualTo(NOON.plusSeconds(2));
  }

  @Test
  void aSliceEndsWithAHandOver() {
    world.pinterest.answersAfter(Duration.ofSeconds(25));
    world.pinterest.list(
        "pins", records(0, 1), records(1, 2), records(2, 3), records(3, 4), records(4, 5));
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.deliveredIds()).isEqualTo(idsTo(5));
    assertThat(world.pinterest.bookmarksOf("pins"))
        .as("no page is fetched twice")
        .containsExactly("null", "b2", "b3", "b4", "b5");
    assertThat(world.partition("pins").fence()).isEqualTo(2);
    assertThat(world.calls()).containsOnlyOnce("PartitionStore.release");
    assertThat(world.cloud.readQueue().sent()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(Crashes.Way.class)
  void aReadSurvivesAStopAtAnyCall(Crashes.Way way) {
    for (Forks forks : Forks.values()) {
      assertSurvivesEverywhere(way, forks, "pins", null, PartitionSyncTest::threePages, 8, 20);
      assertSurvivesEverywhere(way, forks, "pins", "boards", PartitionSyncTest::twoBoards, 9, 60);
      assertSurvivesEverywhere(way, forks, "pins", null, PartitionSyncTest::oneLarge, 2, 10);
    }
  }

  @Test
  void aReadSurvivesSeveralStopsAnywhere() {
    int stops = 0;
    for (long seed = 0; seed < 400; seed++) {
      var random = new SplittableRandom(seed);
      var world =
          new ReadWorld(
              random.nextBoolean() ? Forks.EAGER : Forks.LAZY, SyncSettings.of(LEASE, 10));
      twoBoards(world);
      world.crashes.stopSometimes(random, 6);
      world.start("pins", "boards");

      Operation ended = world.finish(Duration.ofHours(2));

      String what = "seed " + seed;
      assertThat(ended.result()).as(what).isEqualTo("[pins] 9 records read");
      assertThat(world.finished()).as(what).isEqualTo(1);
      assertThat(world.deliveredIds()).as(what).isEqualTo(idsTo(9));
      assertThat(world.partsWithTwoIds()).as(what).isEmpty();
      stops += world.failures.size();
    }
    assertThat(stops).isGreaterThan(1500);
  }

  private interface Setup {
    void accept(ReadWorld world);
  }

  private static void assertSurvivesEverywhere(
      Crashes.Way way,
      Forks forks,
      String object,
      @Nullable String plan,
      Setup setup,
      int recordCount,
      int callsAtLeast) {
    int number = 1;
    while (true) {
      var world = new ReadWorld(forks, SyncSettings.of(LEASE, 10));
      setup.accept(world);
      world.crashes.stopAt(number, way);
      world.start(object, plan);
      Operation ended = world.finish();
      if (world.crashes.stopped() == null) {
        break;
      }
      String what = way + " " + forks + " " + plan + " " + number + ": " + world.crashes.stopped();
      assertThat(ended.status()).as(what).isEqualTo(OperationStatus.SUCCESS);
      assertThat(ended.result()).as(what).startsWith("[pins] " + recordCount + " records read");
      assertThat(world.finished()).as(what).isEqualTo(1);
      assertThat(world.deliveredIds()).as(what).isEqualTo(idsTo(recordCount));
      assertThat(world.partsWithTwoIds()).as(what).isEmpty();
      assertThat(world.partitions())
          .as(what)
          .allMatch(partition -> partition.undelivered().isEmpty() && !partition.open());
      assertThat(world.failures.size()).as(what).isLessThanOrEqualTo(1);
      number++;
    }
    assertThat(number).isGreaterThan(callsAtLeast);
  }

  private static void oneLarge(ReadWorld world) {
    world.pinterest.list("pins", records(0, 1), List.of(largeRecord(300_000)));
  }

  private static void twoBoards(ReadWorld world) {
    world.pinterest.list("boards", records(100, 101), records(101, 102));
    world.pinterest.list("boards/100/pins", records(0, 2), records(2, 3));
    world.pinterest.list("boards/101/pins", records(3, 4));
    world.pinterest.list("boards/100/sections", records(900, 901), records(901, 902));
    world.pinterest.list("boards/101/sections", List.of());
    world.pinterest.list("boards/100/sections/900/pins", records(4, 6), records(6, 7));
    world.pinterest.list("boards/100/sections/901/pins", records(7, 9));
  }

  @Test
  void recordsOfAFanOutSayWhereTheyCameFrom() {
    twoBoards(world);
    world.start("pins", "boards");
    world.finish();

    assertThat(
            world.destination.sent().stream()
                .map(message -> new String(message.body(), StandardCharsets.UTF_8))
                .filter(body -> body.contains("\"section_id\":\"901\"")))
        .singleElement()
        .asString()
        .contains("\"_source\":{\"board_id\":\"100\",\"section_id\":\"901\"}");
  }

  @Test
  void twoThousandBoardsFanOutCompletely() {
    var pages = new ArrayList<List<String>>();
    for (int from = 0; from < 2000; from += 250) {
      pages.add(records(from, from + 250));
    }
    world.pinterest.answersAfter(Duration.ofMillis(1));
    world.pinterest.listOf("boards", pages);
    for (int board = 0; board < 2000; board++) {
      world.pinterest.list("boards/" + board + "/pins", records(board, board + 1));
      world.pinterest.list("boards/" + board + "/sections", List.of());
    }
    world.start("pins", "boards");

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result()).isEqualTo("[pins] 2000 records read");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(2000));
    assertThat(world.partitions()).hasSize(4001);
    assertThat(world.pinterest.requests()).as("each once").hasSize(8 + 4000);
  }

  @Test
  void aBoardListedTwiceIsReadOnce() {
    world.pinterest.list("boards", records(7, 8), records(7, 8));
    world.pinterest.list("boards/7/pins", records(0, 1));
    world.pinterest.list("boards/7/sections", List.of());
    world.start("pins", "boards");

    assertThat(world.finish().result()).isEqualTo("[pins] 1 records read");
    assertThat(world.pinterest.bookmarksOf("boards/7/pins")).hasSize(1);
  }

  @Test
  void aChildThatMayNotBeReadIsSkippedAndNamed() {
    world.pinterest.list("boards", records(7, 9));
    world.pinterest.list("boards/7/pins", records(0, 2));
    world.pinterest.list("boards/7/sections", List.of());
    world.pinterest.list("boards/8/sections", List.of());
    world.pinterest.fail("boards/8/pins", null, 9, 403, "{'code':29,'message':'Not yours.'}");
    world.start("pins", "boards");

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result())
        .isEqualTo(
            "[pins] 2 records read; skipped: board_pins of board 8:"
                + " Pinterest 403 code 29, Not yours. (request 4711)");
    assertThat(world.pinterest.bookmarksOf("boards/8/pins")).hasSize(1);
  }

  @Test
  void aChildThatIsGoneIsEmpty() {
    world.pinterest.list("boards", records(7, 8));
    world.pinterest.list("boards/7/sections", List.of());
    world.start("pins", "boards");

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result()).isEqualTo("[pins] No data found");
    assertThat(world.partition("board_pins").state()).isEqualTo(PartitionState.ENDED);
    assertThat(world.cloud.operations().logOf(ReadFixtures.OPERATION, 10))
        .anySatisfy(
            line -> {
              assertThat(line.severity()).isEqualTo(LogLine.Severity.WARNING);
              assertThat(line.message()).startsWith("board_pins of board 7: Pinterest 404 code 40");
            })
        .anySatisfy(
            line ->
                assertThat(line.details())
                    .contains("\"notFound\":1", "\"notFoundLists\":[\"board_pins of board 7\"]"));
  }

  @Test
  void aChildThatIsGoneThoughTheNextListOfParentsShowsItIsTold() {
    world.earlierReadWithout("pins", "boards", new Chain("board_pins", Map.of("board_id", "7")));
    world.pinterest.list("boards", records(7, 9));
    world.pinterest.list("boards/7/sections", List.of());
    world.pinterest.list("boards/8/sections", List.of());
    world.start("pins", "boards");

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result())
        .startsWith(
            "[pins] No data found; not found by this read and the one before, though Pinterest"
                + " still lists it: board_pins of board 7: Pinterest 404 code 40")
        .doesNotContain("board 8");
    assertThat(world.cloud.operations().logOf(ReadFixtures.OPERATION, 10))
        .anySatisfy(
            line ->
                assertThat(line.details())
                    .contains(
                        "\"notFound\":2", "\"notFoundThoughListed\":[\"board_pins of board 7\"]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"<html>Not found</html>", "{'message':'Not found'}", "{'code':'40','message':'x'}"})
  void aChildThatAnEdgeDoesNotFindFailsTheReadAndIsNamed(String body) {
    world.pinterest.list("boards", records(7, 8));
    world.pinterest.list("boards/7/sections", List.of());
    world.pinterest.fail("boards/7/pins", null, 1_000, 404, body);
    world.start("pins", "boards");

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("board_pins of board 7 stopped at page 1: no progress");
  }

  @Test
  void aChildThatAnEdgeDoesNotFindForAMomentIsRead() {
    world.pinterest.list("boards", records(7, 8));
    world.pinterest.list("boards/7/sections", List.of());
    world.pinterest.list("boards/7/pins", records(0, 2));
    world.pinterest.fail("boards/7/pins", null, 5, 404, "<html>Not found</html>");
    world.start("pins", "boards");

    assertThat(world.finish().result()).isEqualTo("[pins] 2 records read");
  }

  @ParameterizedTest
  @CsvSource({
    "401, 29, not permitted",
    "403, 29, not permitted",
    "404, 40, not found",
    "400, 1, bad parameter"
  })
  void aRefusedRootFailsTheRead(int status, int code, String message) {
    world.pinterest.fail(
        "pins", null, 9, status, "{'code':" + code + ",'message':'" + message + "'}");
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result())
        .isEqualTo(
            "[pins] incomplete: pins stopped at page 1: Pinterest %d code %d, %s (request 4711)"
                .formatted(status, code, message));
    assertThat(world.pinterest.requests()).hasSize(1);
    assertThat(world.cloud.operations().logOf(ReadFixtures.OPERATION, 10))
        .extracting(LogLine::severity)
        .containsOnly(LogLine.Severity.ERROR);
  }

  @Test
  void recordsOfAdAccountsAreLeftOutWithoutTheirScope() {
    world.pinterest.list("boards", records(0, 2));
    world.pinterest.fail("ad_accounts", null, 9, 403, "{'code':29,'message':'No business.'}");
    world.start("boards", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result()).startsWith("[boards] 2 records read; skipped: ad_accounts: ");
  }

  @Test
  void aRefusalAfterPagesWereReadIsAFailure() {
    twoBoards(world);
    world.pinterest.fail("boards/100/pins", "b2", 9, 403, "{'code':29,'message':'Not yours.'}");
    world.start("pins", "boards");

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("board_pins of board 100 stopped at page 2");
    assertThat(world.deliveredIds()).contains("0", "1", "8");
  }

  @Test
  void aUserWithoutCatalogHasNoProductGroups() {
    world.pinterest.list("catalogs", records(5, 6));
    world.pinterest.list("ad_accounts", List.of());
    world.pinterest.fail(
        "catalogs/product_groups?catalog_id=5", null, 9, 409, "{'code':4182,'message':'none'}");
    world.start("product_groups", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result()).isEqualTo("[product_groups] No data found");
  }

  @Test
  void anAdAccountOfAnotherOwnerLeadsToItsBoards() {
    world.pinterest.list("boards", records(0, 1));
    world.pinterest.list(
        "ad_accounts",
        List.of(
            "{\"id\":\"31\",\"owner\":{\"id\":\"user-1\"}}",
            "{\"id\":\"32\",\"owner\":{\"id\":\"user-2\"}}"));
    world.pinterest.list("boards?ad_account_id=32", records(1, 3));
    world.start("boards", null);

    assertThat(world.finish().result()).isEqualTo("[boards] 3 records read");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(3));
  }

  @Test
  void aRecordWithoutTheMemberItsChildrenNeedFailsTheRead() {
    world.pinterest.list("boards", List.of("{\"name\":\"x\"}"));
    world.start("pins", "boards");

    assertThat(world.finish().result())
        .isEqualTo("[pins] incomplete: boards stopped at page 1: a record of boards has no id");
  }

  @ParameterizedTest
  @CsvSource({"b2", "b1", "b3"})
  void aBookmarkThatComesAgainFailsTheRead(String again) {
    threePages(world);
    world.pinterest.script(
        request ->
            "b3".equals(request.bookmark())
                ? answer(200, ScriptedPinterest.page(records(6, 8), "\"" + again + "\""))
                : null);
    world.pinterest.script(
        request ->
            request.bookmark() == null
                ? answer(200, ScriptedPinterest.page(records(0, 1), "\"b1\""))
                : null);
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("stopped at page 4: Pinterest repeated a bookmark");
    assertThat(world.finished()).isEqualTo(1);
  }

  @Test
  void aListLongerThanTheLimitFailsTheRead() {
    var small = new ReadWorld(Forks.EAGER, settings(2));
    threePages(small);
    small.start("pins", null);

    Operation ended = small.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result())
        .isEqualTo("[pins] incomplete: pins stopped at page 3: the list has more than 2 pages");
    assertThat(small.deliveredIds()).isEqualTo(idsTo(6));
  }

  @Test
  void aListAsLongAsTheLimitIsRead() {
    var small = new ReadWorld(Forks.EAGER, settings(3));
    threePages(small);
    small.start("pins", null);

    assertThat(small.finish().status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void aShortWaitForTheLimitKeepsTheLease() {
    threePages(world);
    int[] left = {2};
    world.pinterest.script(
        request -> "b2".equals(request.bookmark()) && left[0]-- > 0 ? limited(5) : null);
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.partition("pins").fence()).isEqualTo(1);
    assertThat(world.tasks.sleeps()).hasSize(2);
    assertThat(Duration.between(NOON, world.clock.instant()))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12));
  }

  @Test
  void aLimitThatIsFreeAtOnceIsNotAskedInALoop() {
    threePages(world);
    world.pinterest.answersAfter(Duration.ZERO);
    world.pinterest.script(request -> limited(0));
    world.start("pins", null);

    world.step();

    assertThat(world.pinterest.requests()).hasSizeLessThan(70);
    assertThat(world.partition("pins").lease().until()).as("given back").isNull();
  }

  @Test
  void aLongWaitForTheLimitGivesTheLeaseBack() {
    threePages(world);
    int[] left = {1};
    world.pinterest.script(
        request -> "b2".equals(request.bookmark()) && left[0]-- > 0 ? limited(40) : null);
    world.start("pins", null);
    world.step();

    Partition waiting = world.partition("pins");
    assertThat(waiting.lease().until()).isNull();
    assertThat(waiting.sentThrough()).isEqualTo(1);
    assertThat(waiting.cursor().bookmark()).isEqualTo("b2");
    assertThat(waiting.leasesWithoutPage()).isZero();
    Instant reset = waiting.notBefore();
    assertThat(reset).isAfter(NOON.plusSeconds(39));

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.deliveredIds()).isEqualTo(idsTo(8));
    assertThat(world.clock.instant()).isBetween(reset, NOON.plusSeconds(45));
  }

  @Test
  void noOtherPartitionAsksWhileTheLimitIsUsedUp() {
    twoBoards(world);
    Instant[] reset = new Instant[1];
    int[] early = {0};
    world.pinterest.script(
        request -> {
          if (reset[0] == null && request.list().equals("boards/100/pins")) {
            reset[0] = world.clock.instant().plusSeconds(40);
            return limited(40);
          }
          if (reset[0] != null && world.clock.instant().isBefore(reset[0])) {
            early[0]++;
          }
          return null;
        });
    world.start("pins", "boards");

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(early[0]).isZero();
    assertThat(world.deliveredIds()).isEqualTo(idsTo(9));
  }

  @ParameterizedTest
  @EnumSource
  void theLastTenthOfADaysQuotaIsKeptForTriggers(ReadType type) {
    threePages(world);
    boolean[] low = {true};
    world.pinterest.script(
        request ->
            low[0] && request.bookmark() == null
                ? lowQuota(ScriptedPinterest.page(records(0, 3), "\"b2\""))
                : null);
    world.start(ReadFixtures.target("pins", null, ReadFixtures.fields("id")), type);

    world.step();

    boolean goesOn = type == ReadType.TRIGGERED;
    assertThat(world.pinterest.requests()).hasSize(goesOn ? 3 : 1);
    assertThat(world.log.stream().filter(line -> line.contains("reserved for triggers")))
        .hasSize(goesOn ? 0 : 1);
    low[0] = false;
    assertThat(world.finish(Duration.ofHours(1)).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.deliveredIds()).isEqualTo(idsTo(8));
    assertThat(world.clock.instant().isAfter(NOON.plus(Duration.ofMinutes(30)))).isEqualTo(!goesOn);
  }

  private static HttpAnswer lowQuota(String page) {
    return new HttpAnswer(
        200,
        Map.of(
            "x-ratelimit-limit", List.of("1000, 100;w=1, 1000;w=60, 1000;w=86400"),
            "x-ratelimit-remaining", List.of("98")),
        page.getBytes(StandardCharsets.UTF_8),
        false);
  }

  @Test
  void aWaitLongerThanTheQueueCanDelayIsEndedByTheWatchdog() {
    threePages(world);
    int[] left = {1};
    world.pinterest.script(request -> left[0]-- > 0 ? limited(7200) : null);
    world.start("pins", null);

    assertThat(world.finish(Duration.ofHours(3)).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.clock.instant()).isAfter(NOON.plusSeconds(7200));
    assertThat(world.pinterest.bookmarksOf("pins")).containsExactly("null", "null", "b2", "b3");
    assertThat(world.cloud.readQueue().sent()).as("once at the start, once then").hasSize(2);
  }

  @Test
  void aDayOfLimitsIsNoLackOfProgress() {
    threePages(world);
    int[] left = {20};
    world.pinterest.script(request -> left[0]-- > 0 ? limited(3600) : null);
    world.start("pins", null);

    assertThat(world.finish(Duration.ofHours(22)).status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void aMessageThatComesTooEarlyChangesNothing() {
    threePages(world);
    int[] left = {1};
    world.pinterest.script(request -> left[0]-- > 0 ? limited(300) : null);
    world.start("pins", null);
    world.step();
    Partition waiting = world.partition("pins");

    world.drain(waiting.key());

    assertThat(world.partition("pins").notBefore()).isEqualTo(waiting.notBefore());
    assertThat(world.partition("pins").lease().until()).isNull();
    assertThat(world.partition("pins").leasesWithoutPage()).isZero();
    assertThat(world.pinterest.requests()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "2, 1", "0, 2"})
  void aRejectedTokenIsReplacedOnce(int failuresBefore, int page) {
    threePages(world);
    String at = page == 1 ? null : "b" + page;
    world.pinterest.fail("pins", at, failuresBefore, 500, UNAVAILABLE);
    world.pinterest.script(
        request ->
            (request.bookmark() == null ? 1 : 2) >= page && request.token().equals("Bearer token1")
                ? answer(401, "{'code':2,'message':'Authentication failed.'}")
                : null);
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.tokens.rejections()).isEqualTo(1);
    assertThat(world.deliveredIds()).isEqualTo(idsTo(8));
  }

  @Test
  void aTokenRejectedAsTheSliceEndsIsReplacedAllTheSame() {
    threePages(world);
    world.pinterest.answersAfter(Duration.ofSeconds(35));
    world.pinterest.script(
        request ->
            "b2".equals(request.bookmark()) && request.token().equals("Bearer token1")
                ? answer(401, "{'code':2,'message':'Authentication failed.'}")
                : null);
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.tokens.rejections()).isEqualTo(1);
  }

  @Test
  void aTokenRejectedTwiceFailsTheRead() {
    world.pinterest.fail("pins", null, 9, 401, "{'code':2,'message':'Authentication failed.'}");
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("Pinterest 401 code 2").contains("Authentication failed.");
    assertThat(world.pinterest.requests()).hasSize(2);
    assertThat(world.tokens.rejections()).isEqualTo(1);
  }

  @Test
  void aConnectionThatHasToBeMadeAnewFailsTheRead() {
    world.tokens.fail(
        new PinferryException.ProviderRejected("connect the account again", null, List.of()));
    world.start("pins", null);

    assertThat(world.finish().result())
        .isEqualTo("[pins] incomplete: pins stopped at page 1: connect the account again");
  }

  @Test
  void aConnectionThatIsGoneFailsTheRead() {
    world.tokens.fail(new PinferryException.NotFound("there is no connection connection-1"));
    world.start("pins", null);

    assertThat(world.finish().result()).contains("there is no connection connection-1");
  }

  @Test
  void aTokenThatCannotBeHadNowIsWaitedFor() {
    threePages(world);
    world.tokens.fail(
        new PinferryException.ProviderUnavailable("later", NOON.plusSeconds(120), null));
    world.start("pins", null);
    world.step();
    world.tokens.fail(null);

    assertThat(world.partition("pins").notBefore()).isEqualTo(NOON.plusSeconds(120));
    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void aReadWaitsWhilePinterestRefusesTheProviderApp() {
    threePages(world);
    world.tokens.fail(
        new PinferryException.AppRefused("Pinterest refuses app 1", "set its secret"));
    world.start("pins", null);
    world.step();
    assertThat(world.partition("pins").notBefore()).isEqualTo(NOON.plusSeconds(300));
    assertThat(world.log).anyMatch(line -> line.contains("Pinterest refuses app 1"));
    world.tokens.fail(null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.deliveredIds()).isEqualTo(idsTo(8));
  }

  @Test
  void aBlockAsSpamIsNotRepeated() {
    threePages(world);
    world.pinterest.fail("pins", "b2", 9, 429, "{'code':8,'message':'blocked as spam'}");
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("stopped at page 2").contains("spam");
    assertThat(world.pinterest.bookmarksOf("pins")).containsExactly("null", "b2");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500 | {'code':12,'message':'x'}",
        "502 | <html>Bad gateway</html>",
        "200 | <html>Hello</html>",
        "200 | {'items':[{'id':'0'},",
        "200 | {'code':0}"
      })
  void anAnswerThatIsNotAPageIsRequestedAgain(int status, String body) {
    threePages(world);
    world.pinterest.fail("pins", "b2", 2, status, body);
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.partition("pins").fence()).isEqualTo(1);
    assertThat(world.pinterest.bookmarksOf("pins")).containsExactly("null", "b2", "b2", "b2", "b3");
  }

  @Test
  void anOutageOfHalfAnHourIsOutlasted() {
    threePages(world);
    world.pinterest.script(
        request ->
            world.clock.instant().isBefore(NOON.plus(Duration.ofMinutes(30)))
                ? answer(503, UNAVAILABLE)
                : null);
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.pinterest.requests()).hasSizeLessThan(30);
  }

  @Test
  void eightLeasesInVainEndTheRead() {
    threePages(world);
    world.pinterest.fail("pins", "b2", 1000, 500, UNAVAILABLE);
    world.start("pins", null);

    Operation ended = world.finish(Duration.ofHours(2));

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result())
        .isEqualTo(
            "[pins] incomplete: pins stopped at page 2: no progress in many attempts:"
                + " Pinterest 500 code 12, Something went wrong. (request 4711)");
    // Two leases make three attempts each. Then the list is known to fail, and one is enough.
    assertThat(world.pinterest.requests()).hasSize(1 + 2 * 3 + 7);
  }

  @Test
  void aKindOfListThatKeepsFailingIsHardlyAskedForAndOthersAreRead() {
    int boards = 20;
    world.pinterest.list("boards", records(0, boards));
    for (int board = 0; board < boards; board++) {
      world.pinterest.list("boards/" + board + "/sections", records(board, board + 1));
      String pins = "boards/" + board + "/sections/" + board + "/pins";
      world.pinterest.list(pins, records(board, board + 1));
      world.pinterest.fail("boards/" + board + "/pins", null, 1000, 500, UNAVAILABLE);
    }
    world.start("pins", "boards");

    Operation ended = world.finish(Duration.ofHours(2));

    assertThat(ended.result())
        .containsOnlyOnce("Pinterest 500 code 12")
        .contains("the same for 19 more: ");
    assertThat(world.deliveredIds()).hasSize(boards);
    List<String> failing =
        world.pinterest.requests().stream()
            .map(ScriptedPinterest.Request::list)
            .filter(list -> list.matches("boards/[0-9]+/pins"))
            .toList();
    assertThat(failing.stream().distinct()).as("each is asked for once at the end").hasSize(boards);
    assertThat(failing).as("of 8 leases with 3 attempts each").hasSizeLessThan(boards * 8 * 3 / 6);
  }

  @Test
  void pagesMissedInAnOutageAreReadAfterIt() {
    int boards = 20;
    world.pinterest.list("boards", records(0, boards));
    for (int board = 0; board < boards; board++) {
      world.pinterest.list("boards/" + board + "/sections", List.of());
      world.pinterest.list("boards/" + board + "/pins", records(board, board + 1));
    }
    world.pinterest.script(
        request ->
            request.list().endsWith("/pins")
                    && world.clock.instant().isBefore(NOON.plus(Duration.ofMinutes(20)))
                ? answer(503, UNAVAILABLE)
                : null);
    world.start("pins", "boards");

    assertThat(world.finish(Duration.ofHours(2)).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.deliveredIds()).hasSize(boards);
  }

  @Test
  void eightKilledLeasesEndTheRead() {
    threePages(world);
    world.pinterest.script(
        request -> {
          throw new Crashes.Killed("page 1");
        });
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.result())
        .isEqualTo("[pins] incomplete: pins stopped at page 1: no progress in many attempts");
    assertThat(world.pinterest.requests()).hasSize(8);
  }

  @Test
  void aHolderWithoutItsLeaseStopsWithoutATrace() {
    threePages(world);
    PartitionKey key = key("pins");
    boolean[] overtaken = {false};
    world.pinterest.script(
        request -> {
          if ("b2".equals(request.bookmark()) && !overtaken[0]) {
            overtaken[0] = true;
            world.clock.advance(LEASE.plusSeconds(10));
            world.drain(key);
          }
          return null;
        });
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.finished()).isEqualTo(1);
    assertThat(world.deliveredIds()).isEqualTo(idsTo(8));
    assertThat(world.partsWithTwoIds()).isEmpty();
    assertThat(world.destination.sent()).as("the overtaken one sent nothing").hasSize(3);
    assertThat(world.log).anyMatch(line -> line.contains("lease lost to another holder"));
  }

  @Test
  void aPartitionThatIsLeasedIsLeftAlone() {
    threePages(world);
    PartitionKey key = key("pins");
    world.pinterest.script(
        request -> {
          world.drain(key);
          return null;
        });
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.pinterest.requests()).hasSize(3);
  }

  @Test
  void anEndedOrUnknownReadIsIgnored() {
    threePages(world);
    world.start("pins", null);
    world.finish();
    int requests = world.pinterest.requests().size();

    world.drain(key("pins"));
    world.drain(key("absent"));
    world.drain(new PartitionKey(new OperationId("absent"), PartitionId.of("pins", Map.of())));

    assertThat(world.pinterest.requests()).hasSize(requests);
  }

  private static PartitionKey key(String step) {
    return new PartitionKey(ReadFixtures.OPERATION, PartitionId.of(step, Map.of()));
  }

  @Test
  void aReadEndsWhenItIsTooOldWhateverItsDestinationDoes() {
    threePages(world);
    world.destination.takes(false);
    world.start("pins", null);

    Operation ended = world.finish(Duration.ofHours(37));

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result())
        .isEqualTo("[pins] not finished after 36 hours; 1 partitions were open");
    assertThat(Duration.between(NOON, world.clock.instant()))
        .isBetween(Duration.ofHours(36), Duration.ofHours(36).plusMinutes(2));

    world.destination.takes(true);
    world.step();

    assertThat(world.deliveredIds()).as("late is better than never").isEqualTo(idsTo(8));
    assertThat(world.operation()).isEqualTo(ended);
    assertThat(world.finished()).isEqualTo(1);
  }

  @Test
  void aMessageThatIsNeverDeliveredFailsTheReadAndIsNamed() {
    threePages(world);
    world.destination.refuses(message -> message.receipt().orElseThrow().entry().startsWith("2."));
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result())
        .isEqualTo(
            "[pins] incomplete: pins: message 1 of page 2 was not delivered: it answered 500");
    assertThat(world.deliveredIds()).contains("0", "7").doesNotContain("3");
    assertThat(world.finished()).isEqualTo(1);
  }

  @Test
  void aMessageOfThreeThatIsNeverDeliveredFailsTheRead() {
    world.pinterest.list("pins", largeRecords(700));
    world.destination.refuses(
        message -> message.receipt().orElseThrow().entry().startsWith("1.1."));
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(world.destination.sent()).hasSize(3);
    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("message 2 of page 1 was not delivered");
  }

  private static List<String> largeRecords(int count) {
    List<String> records = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      records.add("{\"id\":\"" + id + "\",\"note\":\"" + "n".repeat(1000) + "\"}");
    }
    return records;
  }

  @Test
  void aReadThatGaveAMessageUpMeanwhileStops() {
    threePages(world);
    boolean[] given = {false};
    world.pinterest.script(
        request -> {
          if ("b3".equals(request.bookmark()) && !given[0]) {
            given[0] = true;
            world.cloud.partitions().giveUp(key("pins"), firstEntry(world), "given up");
          }
          return null;
        });
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).isEqualTo("[pins] incomplete: pins: given up");
    assertThat(world.finished()).isEqualTo(1);
  }

  private static String firstEntry(ReadWorld world) {
    return world.partition("pins").undelivered().stream().sorted().findFirst().orElseThrow();
  }

  @Test
  void aRecordThatFitsIntoNoMessageIsKeptForItsLink() {
    world.pinterest.list("pins", records(0, 1), List.of(largeRecord(300_000)));
    world.start("pins", null);

    assertThat(world.finish().result()).isEqualTo("[pins] 2 records read");
    assertThat(world.deliveredIds()).containsExactly("0", "1");
  }

  @Test
  void aRecordThatNoLinkCanLeadToFailsTheRead() {
    world.pinterest.list("pins", records(0, 1), List.of(largeRecord(4_400_000)));
    world.start("pins", null);

    assertThat(world.finish().result()).contains("pins stopped at page 2: one record has 44");
    assertThat(world.deliveredIds()).containsExactly("0");
  }

  private static String largeRecord(int bytes) {
    return "{\"id\":\"1\",\"note\":\"" + "n".repeat(bytes) + "\"}";
  }

  @Test
  void aBookmarkThatIsNotAcceptedAnyMoreBeginsTheListAgain() {
    threePages(world);
    world.pinterest.fail("pins", "b3", 1, 400, BAD_BOOKMARK);
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result()).as("what came twice counts once").isEqualTo("[pins] 8 records read");
    assertThat(world.pinterest.bookmarksOf("pins"))
        .containsExactly("null", "b2", "b3", "null", "b2", "b3");
    assertThat(world.partsWithTwoIds()).as("the same comes under the same ids").isEmpty();
    assertThat(world.destination.sent()).hasSize(5);
    assertThat(world.partition("pins").cursor().restarts()).isEqualTo(1);
    assertThat(world.deliveredIds()).isEqualTo(idsTo(8));
  }

  @Test
  void aListIsBegunAgainTwiceAtMost() {
    threePages(world);
    world.pinterest.fail("pins", "b3", 1000, 400, BAD_BOOKMARK);
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("stopped at page 3: Pinterest 400 code 1");
    assertThat(world.partition("pins").cursor().restarts()).isEqualTo(2);
    assertThat(world.pinterest.bookmarksOf("pins")).hasSize(9);
  }

  @Test
  void theFirstPageIsNotBegunAgain() {
    world.pinterest.fail("pins", null, 1000, 400, BAD_BOOKMARK);
    world.start("pins", null);

    assertThat(world.finish().status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(world.pinterest.requests()).hasSize(1);
  }

  @Test
  void aListLongerThanPinterestPagesThroughIsNotBegunAgain() {
    threePages(world);
    world.pinterest.fail(
        "pins",
        "b3",
        1000,
        400,
        "{'code':1,'message':'Pagination beyond 100.000 pins are not allowed'}");
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("Pagination beyond 100.000");
    assertThat(world.pinterest.requests()).hasSize(3);
  }

  @Test
  void aListThatIsShorterTheSecondTimeStillEnds() {
    threePages(world);
    // Page 3 is stored, but the queue does not take it; then the bookmark is refused.
    int[] ofPage3 = {0};
    world.pinterest.script(
        request -> {
          if (!"b3".equals(request.bookmark())) {
            return null;
          }
          if (++ofPage3[0] == 1) {
            world.crashes.stopAt(world.calls().size() + callsToSend(), Crashes.Way.KILLED_BEFORE);
            return null;
          }
          world.pinterest.list("pins", records(0, 3), records(3, 5));
          return answer(400, BAD_BOOKMARK);
        });
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(world.crashes.stopped()).isEqualTo("DeliveryQueue.send");
    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(ended.result()).isEqualTo("[pins] 5 records read");
    assertThat(world.deliveredIds()).as("5 was there the first time").isEqualTo(idsTo(6));
  }

  /**
   * After page 3 is fetched ahead: report the success, store and send page 2, try page 3's size,
   * store, send.
   */
  private static int callsToSend() {
    return 6;
  }

  @Test
  void aPageStoredButNotSentDoesNotHoldUpAReadThatEndsThere() {
    threePages(world);
    int[] ofPage2 = {0};
    world.pinterest.script(
        request -> {
          if (!"b2".equals(request.bookmark())) {
            return null;
          }
          if (++ofPage2[0] == 1) {
            world.crashes.stopAt(
                world.calls().size() + callsToSend() + 4, Crashes.Way.KILLED_BEFORE);
            return null;
          }
          return answer(403, "{'code':29,'message':'Not any more.'}");
        });
    world.start("pins", null);

    Operation ended = world.finish(Duration.ofMinutes(10));

    assertThat(world.crashes.stopped()).isEqualTo("DeliveryQueue.send");
    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).contains("stopped at page 2: Pinterest 403");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(3));
  }

  @Test
  void aPageThatChangedMeanwhileReplacesWhatWasNotSent() {
    threePages(world);
    int[] ofPage3 = {0};
    world.pinterest.script(
        request -> {
          if ("b3".equals(request.bookmark()) && ++ofPage3[0] == 1) {
            world.crashes.stopAt(world.calls().size() + callsToSend(), Crashes.Way.KILLED_BEFORE);
          } else if ("b3".equals(request.bookmark())) {
            return answer(200, ScriptedPinterest.page(records(6, 9), "null"));
          }
          return null;
        });
    world.start("pins", null);

    Operation ended = world.finish();

    assertThat(world.crashes.stopped()).isEqualTo("DeliveryQueue.send");
    assertThat(ended.result()).isEqualTo("[pins] 9 records read");
    assertThat(world.deliveredIds()).isEqualTo(idsTo(9));
  }

  @Test
  void noTokenIsEverLogged() {
    twoBoards(world);
    world.pinterest.fail("boards/100/pins", null, 1, 500, "{'message':'Bearer token1abcdefgh'}");
    world.start("pins", "boards");
    world.finish();

    assertThat(world.log).isNotEmpty().noneMatch(line -> line.contains("token1"));
  }
}
