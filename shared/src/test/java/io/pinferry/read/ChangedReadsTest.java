package io.pinferry.read;

import static io.pinferry.read.ScriptedPinterest.answer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.AccountId;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of an object of which only changes are delivered. */
final class ChangedReadsTest {
  private ReadWorld world = new ReadWorld();
  private final Map<String, List<String>> pages = new TreeMap<>();

  private static ReadTarget target(String object, Selection selection) {
    return ReadFixtures.target(object, null, selection, DeliveryMode.CHANGED);
  }

  private static ReadTarget pins() {
    return target("pins", ReadFixtures.fields("id", "title"));
  }

  private static String pin(int id, String title) {
    return "{\"id\":\"%d\",\"title\":\"%s\"}".formatted(id, title);
  }

  private void pins(String... titles) {
    List<List<String>> all = new ArrayList<>();
    for (int i = 0; i < titles.length; i++) {
      if (i % 2 == 0) {
        all.add(new ArrayList<>());
      }
      all.getLast().add(pin(i, titles[i]));
    }
    world.pinterest.listOf("pins", all);
  }

  private Operation read(ReadTarget target, ReadType type, @Nullable Instant since) {
    return world.read(target, type, since);
  }

  private Operation read(ReadTarget target) {
    return world.read(target);
  }

  /** Returns the raw records that the last read delivered, by id. */
  private Map<String, JsonNode> delivered() {
    return records(world.deliveredLast());
  }

  /** Returns what a consumer knows, who stores each record that comes. */
  private Map<String, JsonNode> replica() {
    return records(world.destination.delivered());
  }

  private static Map<String, JsonNode> records(List<DeliveryMessage> messages) {
    Map<String, JsonNode> records = new TreeMap<>();
    for (DeliveryMessage message : messages) {
      for (JsonNode record : Json.trusted(new String(message.body(), UTF_8)).path("result")) {
        records.put(record.path("raw").path("id").textValue(), record.path("raw"));
      }
    }
    return records;
  }

  private static Work.Comparison comparison(Operation read) {
    return Objects.requireNonNull(read.read().comparison());
  }

  private void assertWhole(Operation read, int count, String reason) {
    assertThat(read.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(read.result())
        .isEqualTo("[pins] %d records read, and all delivered, since %s".formatted(count, reason));
    assertThat(delivered()).hasSize(count);
  }

  private void assertNothingDelivered(Operation read, int count) {
    assertThat(read.result())
        .isEqualTo(
            "[pins] %d records read: 0 new, 0 changed, and %d unchanged, which were not delivered"
                .formatted(count, count));
    assertThat(delivered()).isEmpty();
  }

  @Test
  void theFirstReadDeliversAllAndTheNextOnlyWhatIsNewOrChanged() {
    pins("a", "b", "c", "d", "e");
    assertWhole(read(pins()), 5, "there is no read before");

    pins("a", "b", "c", "D", "e", "f");
    Operation second = read(pins());

    assertThat(delivered().keySet()).containsExactly("3", "5");
    assertThat(second.result())
        .isEqualTo(
            "[pins] 6 records read: 1 new, 1 changed, and 4 unchanged, which were not delivered");
    assertThat(comparison(second).before()).isEqualTo(new OperationId("read-1"));
    assertThat(world.cloud.operations().logOf(second.id(), 10))
        .anySatisfy(
            line ->
                assertThat(line.details())
                    .contains("\"records\":6", "\"new\":1", "\"changed\":1", "\"unchanged\":4"));
    assertNothingDelivered(read(pins()), 6);
    assertThat(world.failures).isEmpty();
  }

  @Test
  void eachReadIsComparedWithTheOneBeforeAndNotWithAnOlderOne() {
    pins("a", "b");
    read(pins());
    pins("A", "b");
    read(pins());
    pins("a", "b");

    read(pins());

    assertThat(delivered().keySet()).containsExactly("0");
  }

  @Test
  void otherObjectsBetweenDoNotCount() {
    pins("a", "b");
    world.pinterest.listOf("media", List.of(List.of()));
    read(pins());
    for (int i = 0; i < 250; i++) {
      read(target("media", ReadFixtures.EVERYTHING));
    }

    assertNothingDelivered(read(pins()), 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"n\",\"id\":\"1\",\"media\":{\"b\":[1,2],\"a\":null},\"pin_count\":3}",
        "{ \"id\" : \"1\", \"media\":{\"a\":null,\"b\":[1, 2]},"
            + " \"name\":\"\\u006e\",\"pin_count\":3}",
        "{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":null,\"b\":[1,2]},\"pin_count\":4}",
        "{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":null,\"b\":[1,2]},\"follower_count\":4}"
      })
  void theOrderOfMembersTheirWritingAndCountersAreNoChange(String same) {
    boards("{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":null,\"b\":[1,2]},\"pin_count\":3}");
    ReadTarget boards = target("boards", ReadFixtures.EVERYTHING);
    read(boards);
    boards(same);

    read(boards);

    assertThat(delivered()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":null,\"b\":[2,1]}}",
        "{\"id\":\"1\",\"name\":\"n\",\"media\":{\"b\":[1,2]}}",
        "{\"id\":\"1\",\"name\":\"N\",\"media\":{\"a\":null,\"b\":[1,2]}}",
        "{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":null,\"b\":[1,2.0]}}",
        "{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":\"null\",\"b\":[1,2]}}",
        "{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":null,\"b\":[1,2]},\"new\":{}}",
        "{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":null,\"b\":[1,2],\"pin_count\":1}}"
      })
  void eachOtherDifferenceIsAChange(String changed) {
    boards("{\"id\":\"1\",\"name\":\"n\",\"media\":{\"a\":null,\"b\":[1,2]}}");
    ReadTarget boards = target("boards", ReadFixtures.EVERYTHING);
    read(boards);
    boards(changed);

    read(boards);

    assertThat(delivered().keySet()).containsExactly("1");
  }

  private void boards(String board) {
    world.pinterest.listOf("boards", List.of(List.of(board)));
    world.pinterest.listOf("ad_accounts", List.of(List.of()));
  }

  /** No JSON tree can hold it, but a page can. */
  @Test
  void aRecordWithADuplicateMemberIsCompared() {
    world.pinterest.listOf("pins", List.of(List.of("{\"id\":\"1\",\"a\":1,\"a\":2}")));
    read(pins());
    read(pins());
    assertThat(world.destination.delivered()).hasSize(1);

    world.pinterest.listOf("pins", List.of(List.of("{\"id\":\"1\",\"a\":1,\"a\":3}")));
    read(pins());
    assertThat(world.destination.delivered()).hasSize(2);
  }

  private static ReadTarget changed(
      UnaryOperator<Work.Envelope> envelope, UnaryOperator<Selection> selection) {
    ReadTarget pins = pins();
    return new ReadTarget(
        pins.origin(),
        pins.objectName(),
        pins.planName(),
        envelope.apply(pins.envelope()),
        pins.account(),
        pins.scopes(),
        selection.apply(pins.selection()),
        pins.mode());
  }

  @Test
  void aChangeOfTheConfigDeliversAgainWhatItChanges() {
    pins("a", "b");
    read(pins());
    List<ReadTarget> changes =
        List.of(
            changed(same -> same, _ -> ReadFixtures.fields("id")),
            changed(
                same ->
                    new Work.Envelope(
                        same.objectName(), "other", same.customer(), same.installationUpdatedAt()),
                same -> same),
            changed(
                same ->
                    new Work.Envelope(
                        "other", same.destination(), same.customer(), same.installationUpdatedAt()),
                same -> same));
    for (ReadTarget change : changes) {
      read(change);
      assertThat(delivered()).as("%s", change).hasSize(2);
      read(change);
      assertThat(delivered()).as("%s", change).isEmpty();
    }
    read(
        changed(
            same ->
                new Work.Envelope(
                    "other", same.destination(), same.customer(), world.clock.instant()),
            same -> same));
    assertThat(delivered()).isEmpty();
  }

  /** Nobody knows the records that a failed read has delivered last. */
  @Test
  void afterAReadThatWasNoSuccessAllIsDelivered() {
    pins("a", "b", "c");
    read(pins());
    pins("a", "b", "C");
    world.pinterest.script(
        request -> world.reads() == 2 ? answer(400, "{'code':1,'message':'no'}") : null);
    assertThat(read(pins()).status()).isEqualTo(OperationStatus.FAILURE);
    pins("a", "b", "c");

    assertWhole(read(pins()), 3, "the read before was no success");
    assertNothingDelivered(read(pins()), 3);
  }

  @Test
  void aTriggeredReadDeliversAllAndTheNextIsComparedWithIt() {
    pins("a", "b", "c");
    read(pins());
    pins("a", "b", "C");

    assertWhole(read(pins(), ReadType.TRIGGERED, null), 3, "all records were asked for");
    assertNothingDelivered(read(pins()), 3);
  }

  @Test
  void afterAReadOfAPeriodAllIsDelivered() {
    pins("a", "b", "c");
    read(pins());
    read(pins(), ReadType.TRIGGERED, ReadFixtures.NOON);

    assertWhole(read(pins()), 3, "the read before kept no fingerprints");
  }

  @Test
  void anObjectThatIsDeliveredAsAWholeKeepsNothing() {
    pins("a", "b", "c");
    Operation whole = read(ReadFixtures.target("pins", null, ReadFixtures.fields("id")));

    assertThat(whole.result()).isEqualTo("[pins] 3 records read");
    assertThat(world.cloud.fingerprints().operations()).isEmpty();
    assertWhole(read(pins()), 3, "the read before kept no fingerprints");
  }

  @Test
  void anotherAccountGetsAllOfItsRecordsDelivered() {
    pins("a", "b");
    read(pins());
    var other = new AccountId("account-2");
    world.tokens.connect(other);

    Operation second = read(ReadFixtures.of(other, pins()));

    assertWhole(second, 2, "the account is another one");
  }

  @Test
  void readsThatOverlapAreNotComparedAndNobodyIsComparedWithThem() {
    pins("a", "b");
    read(pins());
    world.destination.takes(false);
    world.startNext(new OperationId("slow"), pins(), ReadType.TRIGGERED, null);
    world.drain(world.partition("pins").key());
    world.destination.takes(true);

    assertWhole(read(pins()), 2, "another read of the object is in progress");
    assertWhole(read(pins()), 2, "the read before ran beside another one");
    assertNothingDelivered(read(pins()), 2);
  }

  @Test
  void withoutFingerprintsAllIsDelivered() {
    pins("a", "b");
    world.cloud.fingerprints().remove(read(pins()).id());

    read(pins());

    assertThat(delivered()).hasSize(2);
    assertNothingDelivered(read(pins()), 2);
  }

  @Test
  void withAPageOfFingerprintsMissingAllIsDelivered() {
    pins("a", "b", "c");
    Operation first = read(pins());
    PartitionKey key = world.partition("pins").key();
    List<FingerprintStore.Page> stored = world.cloud.fingerprints().of(key);
    world.cloud.fingerprints().remove(first.id());
    world.cloud.fingerprints().store(key, stored.getFirst());

    read(pins());

    assertThat(delivered()).hasSize(3);
  }

  /** Messages of both passes may overtake each other, so neither is known to be the last. */
  @Test
  void aListThatWasStartedAgainIsDeliveredAndDeliveredAgainByTheNextRead() {
    pins("a", "b", "c");
    read(pins());
    world.pinterest.fail("pins", "b2", 1, 400, "{'code':1,'message':'Invalid bookmark.'}");

    assertThat(read(pins()).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(delivered()).hasSize(3);
    read(pins());
    assertThat(delivered()).hasSize(3);
    assertNothingDelivered(read(pins()), 3);
  }

  /** The list shifts while it is read, and the record changes between the two pages. */
  @Test
  void aRecordThatWasReadTwiceWithTwoContentsIsDeliveredAgain() {
    world.pinterest.list(
        "pins", List.of(pin(1, "a"), pin(2, "b")), List.of(pin(2, "B"), pin(3, "c")));
    read(pins());
    world.pinterest.list("pins", List.of(pin(1, "a"), pin(2, "B")), List.of(pin(3, "c")));

    read(pins());

    assertThat(delivered().keySet()).containsExactly("2");
  }

  /** Makes two boards with pins, and returns a read of them. */
  private ReadTarget boardsWith(List<String> first, List<String> second) {
    world.pinterest.listOf("boards", List.of(List.of(pin(1, "b1"), pin(2, "b2"))));
    for (String board : List.of("1", "2")) {
      world.pinterest.listOf("boards/" + board + "/sections", List.of(List.of()));
    }
    world.pinterest.listOf("boards/1/pins", List.of(first));
    world.pinterest.listOf("boards/2/pins", List.of(second));
    return ReadFixtures.target(
        "pins", "boards", ReadFixtures.fields("id", "title"), DeliveryMode.CHANGED);
  }

  @Test
  void partitionsAreComparedEachWithItself() {
    ReadTarget boards = boardsWith(List.of(pin(11, "a"), pin(12, "b")), List.of(pin(21, "c")));
    read(boards);
    assertThat(delivered()).hasSize(3);
    // One pin moves to the other board, and one changes.
    world.pinterest.listOf("boards/1/pins", List.of(List.of(pin(11, "A"))));
    world.pinterest.listOf("boards/2/pins", List.of(List.of(pin(12, "b"), pin(21, "c"))));

    Operation second = read(boards);

    assertThat(delivered().keySet()).containsExactly("11", "12");
    assertThat(delivered().values())
        .extracting(record -> record.at("/_source/board_id").textValue())
        .containsExactly("1", "2");
    assertThat(second.result()).startsWith("[pins] 3 records read: 1 new, 1 changed, and 1");
  }

  /**
   * A record changes, and changes back between two attempts at its page. A consumer must not keep
   * the content of the first attempt.
   */
  @ParameterizedTest
  @EnumSource(Crashes.Way.class)
  void whereverAReadIsInterruptedAConsumerKnowsWhatPinterestAnsweredLast(Crashes.Way way) {
    for (int call = 1; ; call++) {
      world = new ReadWorld();
      pins("a", "b", "c", "d", "e");
      read(pins());
      flap();
      world.crashes.stopAt(world.calls().size() + call, way);

      Operation second = read(pins());

      if (second.status() == OperationStatus.SUCCESS) {
        assertKnown(call, pages);
      }
      boolean over = world.crashes.stopped() == null;
      pins("a", "b", "c", "d", "e");
      read(pins());
      assertThat(replica().values())
          .as("after call %d", call)
          .containsExactly(
              known(0, "a"), known(1, "b"), known(2, "c"), known(3, "d"), known(4, "e"));
      if (over) {
        assertThat(call).isGreaterThan(15);
        return;
      }
    }
  }

  /** The list shifts for a moment, and a record is edited meanwhile. */
  @ParameterizedTest
  @EnumSource(Crashes.Way.class)
  void aRecordThatOnlyAnInterruptedAttemptAtAPageHadIsDeliveredByTheNextRead(Crashes.Way way) {
    int interruptions = 0;
    for (int call = 1; ; call++) {
      world = new ReadWorld();
      pins("a", "b", "c", "d");
      read(pins());
      boolean[] shifted = {false};
      world.pinterest.script(
          request -> {
            if (world.reads() != 2 || !"b2".equals(request.bookmark()) || shifted[0]) {
              return null;
            }
            shifted[0] = true;
            return answer(
                200,
                ScriptedPinterest.page(List.of(pin(1, "B"), pin(2, "c"), pin(3, "d")), "null"));
          });
      world.crashes.stopAt(world.calls().size() + call, way);
      read(pins());
      boolean over = world.crashes.stopped() == null;

      read(pins());

      long pages = world.pinterest.bookmarksOf("pins").stream().filter("b2"::equals).count();
      interruptions += pages > 3 ? 1 : 0;
      assertThat(replica().values())
          .as("after call %d", call)
          .containsExactly(known(0, "a"), known(1, "b"), known(2, "c"), known(3, "d"));
      if (over) {
        assertThat(interruptions).isPositive();
        return;
      }
    }
  }

  /** It was new on the other board, and is as before on its own. */
  @Test
  void aRecordThatMovedThereAndBackDuringAReadIsDeliveredByTheNextRead() {
    ReadTarget boards = boardsWith(List.of(pin(11, "a"), pin(12, "b")), List.of(pin(21, "c")));
    read(boards);
    boolean[] moved = {false};
    world.pinterest.script(
        request -> {
          if (world.reads() == 2 && request.list().equals("boards/2/pins")) {
            moved[0] = true;
            return answer(200, ScriptedPinterest.page(List.of(pin(12, "B"), pin(21, "c")), "null"));
          }
          return null;
        });
    read(boards);
    assertThat(moved[0]).isTrue();
    assertThat(replica()).containsEntry("12", Json.trusted(onBoard(12, "B", 2)));

    read(boards);

    assertThat(replica()).containsEntry("12", Json.trusted(onBoard(12, "b", 1)));
    read(boards);
    assertThat(delivered()).isEmpty();
  }

  private static String onBoard(int id, String title, int board) {
    return "{\"_source\":{\"board_id\":\"%d\"},%s".formatted(board, pin(id, title).substring(1));
  }

  private static JsonNode known(int id, String title) {
    return Json.trusted(pin(id, title));
  }

  /** Record 2 is answered with a new title once, and then with its old one. */
  private void flap() {
    pages.clear();
    boolean[] flapped = {false};
    world.pinterest.script(
        request -> {
          if (world.reads() != 2 || !request.list().equals("pins")) {
            return null;
          }
          String bookmark = String.valueOf(request.bookmark());
          List<String> records =
              switch (bookmark) {
                case "null" -> List.of(pin(0, "a"), pin(1, "b"));
                case "b2" -> List.of(pin(2, flapped[0] ? "c" : "C"), pin(3, "d"));
                default -> List.of(pin(4, "e"));
              };
          flapped[0] |= bookmark.equals("b2");
          pages.put(bookmark, records);
          String next =
              switch (bookmark) {
                case "null" -> "\"b2\"";
                case "b2" -> "\"b3\"";
                default -> "null";
              };
          return answer(200, ScriptedPinterest.page(records, next));
        });
  }

  private void assertKnown(int call, Map<String, List<String>> answered) {
    List<JsonNode> expected =
        answered.values().stream()
            .flatMap(List::stream)
            .map(Json::trusted)
            .sorted(java.util.Comparator.comparing(record -> record.path("id").textValue()))
            .toList();
    assertThat(replica().values()).as("call %d", call).containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 250})
  void fingerprintsTakeSixteenBytesARecord(int count) {
    List<String> titles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      titles.add("t" + i);
    }
    pins(titles.toArray(String[]::new));
    read(pins());

    int bytes =
        world.cloud.fingerprints().of(world.partition("pins").key()).stream()
            .mapToInt(page -> page.fingerprints().toBytes().length)
            .sum();
    assertThat(bytes).isEqualTo(16 * count);
  }
}
