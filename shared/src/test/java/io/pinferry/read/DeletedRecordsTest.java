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
import io.pinferry.operation.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads of an object of which changes and deletions are delivered. */
final class DeletedRecordsTest {
  private ReadWorld world = new ReadWorld();

  /** The pins that Pinterest shows by id, though its list may not have them. */
  private final Set<Integer> shown = new HashSet<>();

  private static ReadTarget target(String object, @Nullable String plan, Set<String> scopes) {
    ReadTarget all =
        ReadFixtures.target(
            object, plan, ReadFixtures.fields("id"), DeliveryMode.CHANGED_AND_DELETED);
    return new ReadTarget(
        all.origin(),
        all.objectName(),
        all.planName(),
        all.envelope(),
        all.account(),
        scopes.isEmpty() ? all.scopes() : scopes,
        all.selection(),
        all.mode());
  }

  private static final ReadTarget PINS = target("pins", null, Set.of());
  private static final ReadTarget EMPLOYERS = target("employers", null, Set.of());

  /** Makes the records of a list, two a page. */
  private void list(String name, int... ids) {
    List<List<String>> pages = new ArrayList<>();
    pages.add(new ArrayList<>());
    for (int id : ids) {
      if (pages.getLast().size() == 2) {
        pages.add(new ArrayList<>());
      }
      pages.getLast().add("{\"id\":\"" + id + "\"}");
    }
    world.pinterest.listOf(name, pages);
  }

  private void pins(int... ids) {
    list("pins", ids);
  }

  private void showsById(int... ids) {
    for (int id : ids) {
      shown.add(id);
      world.pinterest.script(
          request ->
              request.list().equals("pins/" + id) && shown.contains(id)
                  ? answer(200, "{'id':'" + id + "'}")
                  : null);
    }
  }

  private Operation read(ReadTarget target, ReadType type, @Nullable Instant since) {
    return world.read(target, type, since);
  }

  private Operation read(ReadTarget target) {
    return world.read(target);
  }

  private static JsonNode json(DeliveryMessage message) {
    return Json.trusted(new String(message.body(), UTF_8));
  }

  /** Returns the ids that the last read told as deleted. */
  private List<String> deleted() {
    List<String> ids = new ArrayList<>();
    for (DeliveryMessage message : world.deliveredLast()) {
      for (JsonNode record : json(message).path("result")) {
        if (record.path("subscribeEventType").asText().equals("delete")) {
          ids.add(record.path("id").textValue());
        }
      }
    }
    ids.sort(null);
    return ids;
  }

  /** Returns the ids that a consumer has who stores and removes what comes. */
  private Set<String> replica() {
    Map<String, Instant> times = new HashMap<>();
    Set<String> ids = new TreeSet<>();
    for (DeliveryMessage message : world.destination.delivered()) {
      JsonNode json = json(message);
      Instant time = Instant.parse(json.path("operationTime").textValue());
      for (JsonNode record : json.path("result")) {
        String id = record.path("raw").path("id").textValue();
        if (!times.getOrDefault(id, Instant.MIN).isAfter(time)) {
          times.put(id, time);
          if (record.has("subscribeEventType")) {
            ids.remove(id);
          } else {
            ids.add(id);
          }
        }
      }
    }
    return ids;
  }

  @Test
  void aRecordThatIsGoneIsToldAsDeletedOnceInTheContractsWords() {
    pins(1, 2, 3);
    assertThat(read(PINS).result())
        .isEqualTo("[pins] 3 records read, and all delivered, since there is no read before");
    pins(1, 3);

    Operation second = read(PINS);

    assertThat(second.result())
        .isEqualTo(
            "[pins] 2 records read: 0 new, 0 changed, and 2 unchanged, which were not delivered;"
                + " 1 deleted");
    JsonNode message = json(world.destination.delivered().getLast());
    assertThat(message.path("action").textValue()).isEqualTo("subscribe");
    assertThat(message.path("objectName").textValue()).isEqualTo("my_pins");
    assertThat(message.has("readType")).isFalse();
    assertThat(message.path("resultInfo"))
        .isEqualTo(Json.trusted("{\"type\":\"inline\",\"numRecords\":1}"));
    assertThat(message.path("result"))
        .isEqualTo(
            Json.trusted(
                "[{\"subscribeEventType\":\"delete\",\"id\":\"2\",\"fields\":{\"id\":\"2\"},"
                    + "\"raw\":{\"id\":\"2\"}}]"));
    assertThat(world.cloud.operations().logOf(second.id(), 10))
        .anySatisfy(
            line ->
                assertThat(line.details())
                    .contains("\"deleted\":1", "\"unconfirmed\":0", "\"held\":0", "\"pages\":1"));
    read(PINS);
    assertThat(deleted()).isEmpty();
    assertThat(world.failures).isEmpty();
  }

  @Test
  void aRecordThatPinterestStillShowsIsNotDeletedUntilItIsGone() {
    showsById(2);
    pins(1, 2);
    read(PINS);
    pins(1);

    Operation second = read(PINS);

    assertThat(deleted()).isEmpty();
    assertThat(second.result()).endsWith("; 1 no longer listed, but not yet confirmed as deleted");
    read(PINS);
    assertThat(deleted()).isEmpty();

    shown.clear();
    read(PINS);
    assertThat(deleted()).containsExactly("2");
  }

  @ParameterizedTest
  @CsvSource({"403,29", "401,2", "400,1", "500,0"})
  void onlyPinterestsOwnNotFoundConfirms(int status, int code) {
    pins(1, 2);
    read(PINS);
    pins(1);
    world.pinterest.script(
        request ->
            request.list().equals("pins/2")
                ? answer(status, "{'code':" + code + ",'message':'no'}")
                : null);

    assertThat(read(PINS).status()).isEqualTo(OperationStatus.SUCCESS);

    assertThat(deleted()).isEmpty();
  }

  @Test
  void aNotFoundOfAnEdgeBeforePinterestConfirmsNothing() {
    pins(1, 2);
    read(PINS);
    pins(1);
    world.pinterest.script(
        request -> request.list().equals("pins/2") ? answer(404, "<html>not here</html>") : null);

    read(PINS);

    assertThat(deleted()).isEmpty();
  }

  @Test
  void aBudgetThatIsUsedUpDelaysALookup() {
    pins(1, 2);
    read(PINS);
    pins(1);
    int[] left = {1};
    world.pinterest.script(
        request ->
            request.list().equals("pins/2") && left[0]-- > 0
                ? ScriptedPinterest.limited(40)
                : null);

    assertThat(read(PINS).status()).isEqualTo(OperationStatus.SUCCESS);

    assertThat(deleted()).containsExactly("2");
  }

  @Test
  void lookupsThatHaveToWaitGoOnWhereTheyStopped() {
    pins(IntStream.rangeClosed(1, 60).toArray());
    read(PINS);
    pins(IntStream.rangeClosed(1, 48).toArray());
    int[] lookups = {0};
    world.pinterest.script(
        request ->
            request.list().startsWith("pins/") && ++lookups[0] % 3 == 0
                ? ScriptedPinterest.limited(40)
                : null);

    assertThat(read(PINS).status()).isEqualTo(OperationStatus.SUCCESS);

    assertThat(deleted()).hasSize(12);
    // Each third one was refused, and sent again.
    assertThat(lookups[0]).isLessThanOrEqualTo(18);
  }

  @Test
  void withoutALookupASecondCompleteReadConfirms() {
    list("businesses/employers", 1, 2);
    read(EMPLOYERS);
    list("businesses/employers", 1);

    read(EMPLOYERS);
    assertThat(deleted()).isEmpty();
    read(EMPLOYERS);
    assertThat(deleted()).containsExactly("2");
    read(EMPLOYERS);
    assertThat(deleted()).isEmpty();
  }

  /** Pinterest ends each list after so many records. So the rest of it is not gone. */
  @Test
  void aListThatPinterestMayHaveCutDeletesNothing() {
    for (int first : new int[] {1, 2, 2, 2}) {
      world.pinterest.list(
          "businesses/employers", ScriptedPinterest.records(first, first + 100_000));
      assertThat(read(EMPLOYERS).status()).isEqualTo(OperationStatus.SUCCESS);
      assertThat(deleted()).isEmpty();
    }
    world.pinterest.list("businesses/employers", ScriptedPinterest.records(2, 100_001));
    read(EMPLOYERS);

    assertThat(deleted()).containsExactly("1");
  }

  @Test
  void aRecordThatASecondReadHasAgainIsNotDeleted() {
    list("businesses/employers", 1, 2);
    read(EMPLOYERS);
    list("businesses/employers", 1);
    read(EMPLOYERS);
    list("businesses/employers", 1, 2);
    read(EMPLOYERS);
    list("businesses/employers", 1);

    read(EMPLOYERS);

    assertThat(deleted()).isEmpty();
    assertThat(replica()).containsExactly("1", "2");
  }

  /** It may have delivered records before it failed. */
  @Test
  void aRecordThatOnlyAFailedReadHadIsToldByTheNextCompleteRead() {
    pins(1, 2);
    read(PINS);
    pins(1, 3, 4, 5);
    world.pinterest.fail("pins", "b2", 1, 400, "{'code':1,'message':'no'}");
    world.pinterest.script(
        request ->
            world.reads() == 2 && "b2".equals(request.bookmark())
                ? answer(400, "{'code':1,'message':'no'}")
                : null);
    assertThat(read(PINS).status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(replica()).contains("3");
    pins(1);

    assertThat(read(PINS).status()).isEqualTo(OperationStatus.SUCCESS);

    assertThat(deleted()).containsExactly("2", "3");
    assertThat(replica()).containsExactly("1");
  }

  @Test
  void aRecordThatOnlyTheAttemptBeforeARestartHadIsToldByTheNextRead() {
    pins(1, 2, 3, 4, 5, 6, 7, 8);
    boolean[] refused = {false};
    world.pinterest.script(
        request -> {
          if (refused[0] || !"b4".equals(request.bookmark())) {
            return null;
          }
          refused[0] = true;
          pins(1, 2, 3, 4, 7, 8);
          return answer(400, "{'code':1,'message':'the bookmark has expired'}");
        });
    read(PINS);
    assertThat(refused[0]).isTrue();
    assertThat(replica()).containsExactly("1", "2", "3", "4", "5", "6", "7", "8");

    read(PINS);

    assertThat(deleted()).containsExactly("5", "6");
    assertThat(replica()).containsExactly("1", "2", "3", "4", "7", "8");
  }

  @Test
  void anIncompleteReadTellsNoDeletions() {
    pins(1, 2, 3, 4);
    read(PINS);
    pins(1, 2, 3);
    world.pinterest.script(
        request ->
            world.reads() == 2 && "b2".equals(request.bookmark())
                ? answer(400, "{'code':1,'message':'no'}")
                : null);

    Operation failed = read(PINS);

    assertThat(failed.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(failed.result()).endsWith("deletions are not told, since the read is incomplete");
    assertThat(deleted()).isEmpty();
  }

  @Test
  void aRecordThatIsOnlyVisibleWithAMissingScopeIsNotDeleted() {
    ReadTarget boards = target("boards", null, Set.of());
    list("boards", 1, 2);
    world.pinterest.list("ad_accounts", List.of("{\"id\":\"5\",\"owner\":{\"id\":\"user-9\"}}"));
    list("boards?ad_account_id=5", 7, 8);
    read(boards);
    assertThat(replica()).containsExactly("1", "2", "7", "8");
    list("boards", 1);
    list("boards?ad_account_id=5", 7);

    Operation second = read(target("boards", null, Set.of("boards:read")));

    assertThat(second.result()).contains("2 no longer listed, but not yet confirmed");
    assertThat(deleted()).containsExactly("2");
    read(boards);
    assertThat(deleted()).containsExactly("8");
    assertThat(replica()).containsExactly("1", "7");
  }

  @Test
  void aListThatMayNotBeReadAnyMoreDeletesNothing() {
    ReadTarget boards = boardsWith();
    read(boards);
    world.pinterest.script(
        request ->
            world.reads() == 2 && request.list().equals("boards/1/pins")
                ? answer(403, "{'code':29,'message':'no'}")
                : null);
    list("boards/2/pins", 22);

    Operation second = read(boards);

    assertThat(second.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(deleted()).containsExactly("21");
    read(boards);
    assertThat(deleted()).isEmpty();
    assertThat(replica()).containsExactly("11", "12", "22");
  }

  /** Makes two boards with two pins each, and returns a read of the pins. */
  private ReadTarget boardsWith() {
    list("boards", 1, 2);
    for (String board : List.of("1", "2")) {
      list("boards/" + board + "/sections");
      list("boards/" + board + "/pins", Integer.parseInt(board + 1), Integer.parseInt(board + 2));
    }
    return target("pins", "boards", Set.of());
  }

  @Test
  void aRecordThatMovesToAnotherListIsNotDeleted() {
    ReadTarget boards = boardsWith();
    read(boards);
    list("boards/1/pins", 11);
    list("boards/2/pins", 12, 21, 22);

    read(boards);

    assertThat(deleted()).isEmpty();
    assertThat(replica()).containsExactly("11", "12", "21", "22");
  }

  @Test
  void ofABoardThatIsNotListedOnlyThePinsThatPinterestDoesNotFindAreDeleted() {
    showsById(12);
    ReadTarget boards = boardsWith();
    read(boards);
    list("boards", 2);

    read(boards);

    assertThat(deleted()).containsExactly("11");
  }

  @Test
  void anotherAccountDeletesNothing() {
    pins(1, 2);
    read(PINS);
    var other = new AccountId("account-2");
    world.tokens.connect(other);
    ReadTarget ofOther = ReadFixtures.of(other, PINS);
    pins(7, 8);

    read(ofOther);
    assertThat(deleted()).isEmpty();
    pins(7);
    read(ofOther);
    assertThat(deleted()).containsExactly("8");
  }

  @Test
  void aTriggeredReadTellsDeletionsAndAReadOfAPeriodDoesNot() {
    pins(1, 2, 3);
    read(PINS);
    pins(1, 3);
    read(PINS, ReadType.TRIGGERED, ReadFixtures.NOON);
    assertThat(deleted()).isEmpty();

    read(PINS, ReadType.TRIGGERED, null);

    assertThat(deleted()).containsExactly("2");
  }

  @Test
  void aReadBesideAnotherOneTellsNoDeletionsAndTheNextDoes() {
    pins(1, 2);
    read(PINS);
    world.destination.takes(false);
    world.startNext(new OperationId("slow"), PINS, ReadType.TRIGGERED, null);
    world.drain(world.partition("pins").key());
    world.destination.takes(true);
    pins(1);

    assertThat(read(PINS).result())
        .endsWith("deletions are not told, since another read of the object ran at the same time");
    assertThat(deleted()).isEmpty();
    read(PINS);
    assertThat(deleted()).containsExactly("2");
  }

  @Test
  void aLargeDropIsHeldUntilTheNextCompleteReadAgrees() {
    pins(IntStream.rangeClosed(1, 160).toArray());
    read(PINS);
    pins(IntStream.rangeClosed(1, 100).toArray());

    Operation second = read(PINS);

    assertThat(second.result())
        .endsWith(
            "; 60 no longer listed; because they are so many, they are not told as deleted unless"
                + " the next complete read misses them too");
    assertThat(deleted()).isEmpty();
    assertThat(world.pinterest.requests()).noneMatch(request -> request.list().startsWith("pins/"));
    read(PINS);
    assertThat(deleted()).hasSize(60);
    assertThat(replica()).hasSize(100);
  }

  @ParameterizedTest
  @EnumSource(ReadRequest.Delivery.class)
  void aReadOnDemandReleasesWhatIsHeld(ReadRequest.Delivery delivery) {
    pins(IntStream.rangeClosed(1, 160).toArray());
    read(PINS);
    pins(IntStream.rangeClosed(1, 100).toArray());
    read(PINS);

    Operation released = world.read(PINS, releasing(delivery));

    assertThat(released.result()).endsWith("; 60 deleted");
    assertThat(deleted()).hasSize(60);
    boolean byMode = delivery == ReadRequest.Delivery.BY_MODE;
    assertThat(deliveredRecords()).isEqualTo(byMode ? 60 : 160);
    assertThat(replica()).hasSize(100);
  }

  @Test
  void whatAReadReleasesIsConfirmedAllTheSame() {
    pins(IntStream.rangeClosed(1, 160).toArray());
    read(PINS);
    pins();
    showsById(IntStream.rangeClosed(1, 160).toArray());

    Operation released = world.read(PINS, releasing(ReadRequest.Delivery.BY_MODE));

    assertThat(released.result())
        .endsWith("; 160 no longer listed, but not yet confirmed as deleted");
    assertThat(deleted()).isEmpty();
  }

  private static ReadRequest releasing(ReadRequest.Delivery delivery) {
    return new ReadRequest(ReadType.TRIGGERED, Work.Period.ALL, delivery, true);
  }

  private int deliveredRecords() {
    return world.deliveredLast().stream()
        .mapToInt(message -> json(message).path("result").size())
        .sum();
  }

  @Test
  void aDropThatIsUndoneDeletesNothing() {
    int[] all = IntStream.rangeClosed(1, 160).toArray();
    pins(all);
    read(PINS);
    pins();
    assertThat(read(PINS).result()).contains("No data found", "160 no longer listed");
    pins(all);

    read(PINS);
    read(PINS);

    assertThat(deleted()).isEmpty();
    assertThat(replica()).hasSize(160);
  }

  @Test
  void fewRecordsAreDeletedAtOnceButNotAllOfThem() {
    pins(1, 2, 3);
    read(PINS);
    pins(1);
    read(PINS);
    assertThat(deleted()).containsExactly("2", "3");

    pins();
    read(PINS);
    assertThat(deleted()).isEmpty();
    read(PINS);
    assertThat(deleted()).containsExactly("1");
  }

  @Test
  void aReadAsksForAtMostAHundredRecordsAndTheNextOnesForTheRest() {
    pins(IntStream.rangeClosed(1, 800).toArray());
    read(PINS);
    pins(IntStream.rangeClosed(1, 570).toArray());

    read(PINS);
    assertThat(deleted()).hasSize(DeletionPages.LOOKUPS_MAX);
    read(PINS);
    assertThat(deleted()).hasSize(DeletionPages.LOOKUPS_MAX);
    read(PINS);
    assertThat(deleted()).hasSize(30);
    assertThat(replica()).hasSize(570);
  }

  @Test
  void deletionsGoOutWhenAllRecordsAreDelivered() {
    pins(1, 2, 3);
    read(PINS);
    pins(1, 3, 4, 5);
    world.destination.takes(false);
    world.clock.advance(Duration.ofHours(1));
    world.startNext(new OperationId("read-2"), PINS, ReadType.SCHEDULED, null);
    for (int i = 0; i < 50; i++) {
      world.step();
    }
    assertThat(world.operation().ended()).isFalse();
    assertThat(world.partitions("deletions")).isEmpty();

    world.destination.takes(true);
    world.finish();

    assertThat(replica()).containsExactly("1", "3", "4", "5");
  }

  /** The message about the deletion is refused, so the read fails, and the next tells it again. */
  @Test
  void aDeletionThatCannotBeDeliveredIsToldAgain() {
    pins(1, 2);
    read(PINS);
    pins(1);
    world.destination.refuses(message -> json(message).path("action").asText().equals("subscribe"));
    Operation second = read(PINS);
    assertThat(second.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(second.result()).contains("deletions");
    world.destination.refuses(message -> false);

    read(PINS);

    assertThat(deleted()).containsExactly("2");
  }

  @Test
  void withoutTheKeysOfTheReadBeforeNothingIsDeleted() {
    pins(1, 2);
    world.cloud.fingerprints().remove(read(PINS).id());
    pins(1);

    Operation second = read(PINS);

    assertThat(deleted()).isEmpty();
    assertThat(world.cloud.operations().logOf(second.id(), 10))
        .anySatisfy(
            line ->
                assertThat(line.message())
                    .isEqualTo(
                        "records that were deleted before this read are not told, since keys of an"
                            + " earlier read are gone"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 50, 1_000})
  void theAbsencesAreTheSameHoweverManyKeysAreComparedAtATime(int keysMax) {
    pins(IntStream.rangeClosed(1, 100).toArray());
    read(PINS);
    pins(IntStream.rangeClosed(1, 60).toArray());
    Operation second = read(PINS);

    List<AbsentRecords.Absence> absences =
        new AbsentRecords(
                world.cloud.operations(),
                world.cloud.partitions(),
                world.cloud.fingerprints(),
                keysMax)
            .of(second, world.clock.instant())
            .absences();

    assertThat(absences)
        .extracting(absence -> Integer.valueOf(absence.key()))
        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(61, 100).boxed().toList());
  }

  @Test
  void recordsWithoutAnIdAreNeverDeleted() {
    world.pinterest.list("pins", List.of("{\"id\":\"1\"}", "{\"title\":\"a\"}"));
    read(PINS);
    pins(1);

    read(PINS);

    assertThat(deleted()).isEmpty();
  }

  /**
   * A record is deleted between two attempts at its page, and one that nobody else saw is in the
   * first attempt only.
   */
  @ParameterizedTest
  @EnumSource(Crashes.Way.class)
  void whereverAReadIsInterruptedNothingIsDeletedThatExistsAndAllThatIsGone(Crashes.Way way) {
    for (int call = 1; ; call++) {
      world = new ReadWorld();
      shown.clear();
      showsById(1, 2, 3);
      pins(1, 2, 3, 4, 5);
      read(PINS);
      pins(1, 2, 3);
      boolean[] answered = {false};
      world.pinterest.script(
          request -> {
            if (world.reads() != 2 || !"b2".equals(request.bookmark()) || answered[0]) {
              return null;
            }
            answered[0] = true;
            // Record 3 is missed by this attempt, and record 6 lives for a moment.
            return answer(
                200, ScriptedPinterest.page(List.of("{\"id\":\"4\"}", "{\"id\":\"6\"}"), "null"));
          });
      world.crashes.stopAt(world.calls().size() + call, way);
      read(PINS);
      boolean over = world.crashes.stopped() == null;
      assertThat(replica()).as("after call %d", call).contains("1", "2", "3");

      read(PINS);
      read(PINS);

      assertThat(replica()).as("after call %d", call).containsExactly("1", "2", "3");
      if (over) {
        assertThat(call).isGreaterThan(25);
        return;
      }
    }
  }
}
