package io.pinferry.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.TransportFailure;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.Work;
import io.pinferry.write.WriteWorld.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WritesTest {
  private static final String BOARD = "{\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}";
  private static final String GROUP_OF_LAMPS =
      "{\"name\":\"%s\",\"feed_id\":\"7\",\"filters\":{\"any_of\":[{\"BRAND\":{\"values\":[\"Blue\"]}}]}}";

  private static final String EMPTY = "{\"items\":[]}";

  private final WriteWorld world = new WriteWorld();

  /** The process is killed: no code runs after this. */
  private static final class Kill extends Error {}

  /** Kills the writer in the moment of its request, and returns its operation. */
  private Operation killed(Callable<Answer> write) {
    world.next(
        call -> {
          throw new Kill();
        });
    assertThatThrownBy(write::call).isInstanceOf(Kill.class);
    return world.operations.ofInstallation(world.installation, 10, null).operations().getFirst();
  }

  private static WriteWorld.Step lost(boolean sent) {
    return call -> {
      throw new TransportFailure("no answer in time", sent, new IOException("timeout"));
    };
  }

  private static String line(HttpCall call) {
    String query = call.uri().getRawQuery();
    return call.method() + " " + call.uri().getRawPath() + (query == null ? "" : "?" + query);
  }

  /** The connection of this world has pins:write only. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The access token does not have the scope boards:write_secret|lacks the scope"
            + " boards:write_secret: add it",
        "Missing: ['pins:read', 'pins:write_secret']|lacks the scope pins:read, pins:write_secret:"
            + " add it",
        "You are not permitted to do that|lacks the scope boards:read, boards:write: add it"
      })
  void adviceNamesTheScopesThatAreMissing(String message, String advice) {
    world.next(401, "{\"code\":3,\"message\":\"" + message + "\"}");

    Answer answer = world.write("boards", "create", "{\"name\":\"A\",\"privacy\":\"SECRET\"}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("The connection " + advice);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "", "{\"id\":null}", "{\"id\":\" \"}", "{\"message\":\"ok\"}", "[]"})
  void aCreationWithoutAnIdIsUnknown(String body) {
    world.next(200, body);

    Answer answer =
        world.write(
            "pins",
            "create",
            "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_url\",\"url\":\"https://a.example/1\"}}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("outcome unknown", "a body without id");
    assertThat(world.calls).as("not created twice").hasSize(1);
  }

  @Test
  void aCreationWithoutAnIdIsFoundByItsNaturalKey() {
    world
        .next(201, "{}")
        .nextLook("{\"items\":[]}")
        .nextLook("{\"items\":[{\"id\":\"12\",\"name\":\"Lamps\"}]}");

    Answer answer = world.write("boards", "create", "{\"name\":\"Lamps\"}");

    assertThat(answer.json().at("/result/recordId").asText()).as(answer.text()).isEqualTo("12");
  }

  @Test
  void aListWithoutItemsDoesNotSayThatNothingIsThere() {
    world
        .next(201, "{}")
        .nextLook("{\"items\":[]}")
        .nextLook("{}")
        .nextLook("{}")
        .nextLook("{\"items\":null}");

    Answer answer = world.write("boards", "create", "{\"name\":\"Lamps\"}");

    assertThat(answer.text()).contains("outcome unknown");
  }

  @Test
  void anIdThatTheCallerChoseNeedsNoAnswer() {
    world.next(200, "{}").next(200, "{}");

    assertThat(
            world
                .write("websites", "create", "{\"website\":\"a.example\"}")
                .json()
                .at("/result/recordId")
                .asText())
        .isEqualTo("a.example");
    assertThat(
            world
                .write(
                    "logs",
                    "create",
                    "{\"client_timestamp\":1,\"event_type\":\"APP\",\"log_level\":\"INFO\"}")
                .status())
        .isEqualTo(200);
  }

  @Test
  void aCreatedRecordIsAnsweredWithItsIdAndData() {
    world.next(201, "{\"id\":\"12\",\"name\":\"Lamps\"}");

    Answer answer = world.write("boards", "create", BOARD);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("result"))
        .isEqualTo(
            Json.trusted(
                "{\"success\":true,\"recordId\":\"12\",\"data\":{\"id\":\"12\",\"name\":\"Lamps\"}}"));
    assertThat(line(world.calls.getFirst())).isEqualTo("POST /v5/boards");
    assertThat(Json.trusted(WriteWorld.body(world.calls.getFirst())))
        .isEqualTo(Json.trusted(BOARD));
    assertThat(world.calls.getFirst().headers())
        .containsEntry("authorization", "Bearer pina_first");
  }

  @Test
  void anObjectMayBeNamedAsInDeliveries() {
    world.next(201, "{\"id\":\"12\"}");

    Answer answer = world.write("lists", "create", BOARD);

    assertThat(line(world.calls.getFirst())).isEqualTo("POST /v5/boards");
    assertThat(world.operation(answer).objectName()).isEqualTo("boards");
  }

  @Test
  void everyWriteIsAnOperationWithItsOutcome() {
    world.next(201, "{\"id\":\"12\"}");
    Answer good = world.write("boards", "create", BOARD);
    Answer bad = world.write("boards", "create", "{}");

    assertThat(world.operation(good).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.operation(good).work()).isInstanceOf(Work.Write.class);
    assertThat(world.operation(bad).status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(world.operations.logOf(world.operation(bad).id(), 10).getFirst().details())
        .contains("record.name: is missing");
    assertThat(world.operations.ofInstallation(world.installation, 10, null).operations())
        .hasSize(2);
  }

  @Test
  void aPinOfAnotherIsSaved() {
    ObjectNode write = WriteWorld.everything();
    write
        .withObject("/pins")
        .set(
            "selectedFieldSettings",
            Json.trusted("{\"title\":{\"default\":{\"stringValue\":\"Ours\"}}}"));
    var own = new WriteWorld(write);
    own.next(201, "{\"id\":\"9\",\"parent_pin_id\":\"7\"}");

    Answer answer =
        own.write(
            "pins", "create", "{\"save_pin_id\":\"7\",\"board_id\":\"1\",\"ad_account_id\":\"5\"}");

    assertThat(answer.json().path("result").path("recordId").asText()).isEqualTo("9");
    assertThat(line(own.calls.getFirst())).isEqualTo("POST /v5/pins/7/save?ad_account_id=5");
    assertThat(WriteWorld.body(own.calls.getFirst()))
        .as("a default has no place in it")
        .isEqualTo("{\"board_id\":\"1\"}");
  }

  @Test
  void aSaveWhoseAnswerWasLostIsNotRepeated() {
    world.next(lost(true));

    Answer answer = world.write("pins", "create", "{\"save_pin_id\":\"7\",\"board_id\":\"1\"}");

    assertThat(world.calls).hasSize(1);
    assertThat(answer.text()).contains("outcome unknown", "may exist twice");
  }

  @Test
  void pinsThatAreMadeAndPinsThatAreSavedGoTogether() {
    IntStream.range(0, 2)
        .forEach(
            i ->
                world.next(
                    call ->
                        WriteWorld.json(
                            201,
                            line(call).endsWith("/save") ? "{\"id\":\"2\"}" : "{\"id\":\"1\"}")));

    Answer answer =
        world.batch(
            "pins", "create", false, List.of(pin(), "{\"save_pin_id\":\"7\",\"board_id\":\"1\"}"));

    assertThat(answer.json().path("results").findValuesAsText("recordId"))
        .containsExactly("1", "2");
  }

  @Test
  void anIdGoesIntoThePathOrTheQueryAndNotIntoTheBody() {
    world.next(200, "{\"id\":\"12\"}").next(204, "").next(204, "").next(200, "{}");

    world.write("boards", "update", "{\"id\":\"12\",\"name\":\"New\",\"ad_account_id\":\"3\"}");
    world.write("board_sections", "delete", "{\"id\":\"5\",\"board_id\":\"12\"}");
    world.write("websites", "delete", "{\"website\":\"shop.example/a b\"}");
    world.write("commerce", "update", "{\"id\":\"ext 1\",\"connected_tag_id\":\"9\"}");

    assertThat(world.calls)
        .extracting(WritesTest::line)
        .containsExactly(
            "PATCH /v5/boards/12?ad_account_id=3",
            "DELETE /v5/boards/12/sections/5",
            "DELETE /v5/user_account/websites?website=shop.example%2Fa%20b",
            "PATCH /v5/integrations/commerce/ext%201");
    assertThat(WriteWorld.body(world.calls.getFirst())).isEqualTo("{\"name\":\"New\"}");
    assertThat(WriteWorld.body(world.calls.get(1))).isEmpty();
  }

  @Test
  void aFlatLogEntryIsWrapped() {
    world.next(200, "{\"message\":\"Success\"}");

    Answer answer =
        world.write(
            "logs",
            "create",
            "{\"client_timestamp\":1,\"event_type\":\"APP\",\"log_level\":\"INFO\"}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(WriteWorld.body(world.calls.getFirst())).startsWith("{\"logs\":[{");
  }

  private static String log(String message) {
    return "{\"client_timestamp\":1,\"event_type\":\"APP\",\"log_level\":\"INFO\",\"message\":\"%s\"}"
        .formatted(message);
  }

  private static List<String> logs(int count) {
    return IntStream.range(0, count).mapToObj(i -> log("m" + i)).toList();
  }

  @Test
  void theFieldOfAFlatLogEntryIsNamedWithoutTheListAroundIt() {
    Answer answer = world.write("logs", "create", "{\"event_type\":\"APP\",\"log_level\":\"X\"}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text())
        .contains("record.client_timestamp: is missing", "record.log_level: must be one of")
        .doesNotContain("logs[0]");
  }

  @Test
  void theLogsOfABatchArePackedIntoOneRequest() {
    world.next(200, "{\"message\":\"Received\"}");
    List<String> batch = new ArrayList<>(logs(99));
    batch.add(7, "{\"event_type\":\"WEB\"}");

    Answer answer = world.batch("logs", "create", false, batch);

    assertThat(world.calls).hasSize(1);
    assertThat(line(world.calls.getFirst())).isEqualTo("POST /v5/integrations/logs");
    assertThat(Json.trusted(WriteWorld.body(world.calls.getFirst())).path("logs"))
        .hasSize(99)
        .extracting(entry -> entry.path("message").asText())
        .startsWith("m0", "m1")
        .endsWith("m98");
    assertThat(answer.json().path("successCount").asInt()).isEqualTo(99);
    assertThat(answer.json().path("results").path(7).path("success").asBoolean(true)).isFalse();
    assertThat(answer.json().path("results").path(0).path("data").path("message").asText())
        .isEqualTo("Received");
  }

  @Test
  void noRequestHasMoreLogsThanPinterestTakes() {
    IntStream.range(0, 3).forEach(i -> world.next(200, "{\"message\":\"Received\"}"));
    String hundred = "{\"logs\":[" + String.join(",", logs(100)) + "]}";

    Answer answer =
        world.batch(
            "logs", "create", false, List.of(hundred, hundred, hundred, hundred, log("last")));

    assertThat(answer.json().path("successCount").asInt()).isEqualTo(5);
    assertThat(world.calls)
        .extracting(call -> Json.trusted(WriteWorld.body(call)).path("logs").size())
        .containsExactlyInAnyOrder(200, 201);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409, 501})
  void logsThatAreRefusedTogetherAreSentOneByOne(int status) {
    world
        .next(status, "{\"code\":1,\"message\":\"one is bad\"}")
        .next(200, "{\"message\":\"Received\"}")
        .next(400, "{\"code\":1,\"message\":\"this one\"}")
        .next(200, "{\"message\":\"Received\"}");

    Answer answer = world.batch("logs", "create", false, logs(3));

    assertThat(world.calls).hasSize(4);
    assertThat(answer.json().path("results").findValuesAsText("success"))
        .containsExactly("true", "false", "true");
    assertThat(answer.json().path("errors").findValuesAsText("message"))
        .singleElement()
        .asString()
        .startsWith("batch[1]: Pinterest 400 code 1")
        .contains("this one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | {\"code\":3,\"message\":\"no scope\"} | ads:write",
        "403 | {\"code\":29,\"message\":\"no\"} | ads:write",
        "429 | {\"code\":8,\"message\":\"spam\"} | Do not repeat it",
        "429 | {\"code\":8,\"message\":\"limit\"} | a repeat is safe",
        "500 | {\"code\":12,\"message\":\"oops\"} | outcome unknown"
      })
  void logsAreNotSentOneByOneWhereThatCannotHelp(int status, String body, String said) {
    world.next(status, body);

    Answer answer = world.batch("logs", "create", false, logs(3));

    assertThat(world.calls).hasSize(1);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(WriteWorld.errors(answer).values())
        .hasSize(3)
        .allSatisfy(message -> assertThat(message).contains(said));
  }

  @Test
  void aLostAnswerLeavesTheOutcomeOfAllThatWerePackedUnknown() {
    world.next(lost(true));

    Answer answer = world.batch("logs", "create", false, logs(3));

    assertThat(world.calls).hasSize(1);
    assertThat(WriteWorld.errors(answer).values())
        .hasSize(3)
        .allSatisfy(message -> assertThat(message).contains("outcome unknown"));
    assertThat(world.records.recordsOf(world.operation(answer).id()))
        .hasSize(3)
        .allSatisfy(record -> assertThat(record.mark()).isNotNull());
  }

  @Test
  void allOrNoneOfLogsIsRefusedSinceNobodyKnows() {
    Answer answer = world.batch("logs", "create", true, logs(2));

    assertThat(answer.text()).contains("allOrNone cannot be kept");
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aDeleteOfWhatIsGoneSucceeds() {
    world.next(404, "{\"code\":40,\"message\":\"Board not found.\"}");

    Answer answer = world.write("boards", "delete", "{\"id\":\"12\"}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("result").path("recordId").asText()).isEqualTo("12");
  }

  @Test
  void aDeleteNeedsTheGroupsPermission() {
    ObjectNode write = Json.object();
    write.putObject("boards");
    var strict = new WriteWorld(write);

    Answer answer = strict.write("boards", "delete", "{\"id\":\"12\"}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("deletionSettings.enabled");
    assertThat(strict.calls).isEmpty();
  }

  @Test
  void aVerbThatPinterestDoesNotHaveIsRefusedSayingWhatExists() {
    Answer answer = world.write("catalogs", "update", "{\"id\":\"1\",\"name\":\"x\"}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("no update for catalogs, only create");
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aRefusalComesBackWithCodeMessageAndRequestId() {
    world.next(403, "{\"code\":29,\"message\":\"You are not permitted.\"}");

    Answer answer = world.write("boards", "create", BOARD);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().path("result").path("success").asBoolean(true)).isFalse();
    assertThat(answer.json().path("errors").path(0).path("message").asText())
        .contains("403 code 29", "request 77", "You are not permitted.", "boards:write");
  }

  @ParameterizedTest
  @CsvSource({"409,4178", "409,4179", "422,4170", "409,4168"})
  void aConflictThatDoesNotPassIsARefusal(int status, int code) {
    world.next(status, "{\"code\":" + code + ",\"message\":\"It exists already.\"}");

    Answer answer = world.write("product_groups", "create", GROUP_OF_LAMPS.formatted("A"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(world.calls).hasSize(1);
    assertThat(answer.json().path("errors").path(0).path("message").asText())
        .contains(status + " code " + code, "request 77", "It exists already.")
        .doesNotContain("repeat");
  }

  @Test
  void aLockIsWaitedForAndNotForEver() {
    String locked = "{\"code\":409,\"message\":\"Could not lock the board\"}";
    String section = "{\"board_id\":\"1\",\"name\":\"A\"}";
    world.next(409, locked).next(409, locked).next(201, "{\"id\":\"5\"}");
    assertThat(world.write("board_sections", "create", section).status()).isEqualTo(200);
    assertThat(world.calls).hasSize(3);

    world.next(409, locked).next(409, locked).next(409, locked);
    Answer answer = world.write("board_sections", "create", section);
    assertThat(world.calls).hasSize(6);
    assertThat(answer.text())
        .contains("Could not lock the board", "Nothing was written; a repeat may succeed");
  }

  @Test
  void aRejectedTokenIsRefreshedOnce() {
    world
        .next(401, "{\"code\":2,\"message\":\"Authentication failed.\"}")
        .next(201, "{\"id\":\"1\"}");

    Answer answer = world.write("boards", "create", BOARD);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(world.calls.get(1).headers().get("authorization"))
        .isNotEqualTo(world.calls.getFirst().headers().get("authorization"));
  }

  @Test
  void aLimitThatOutlastsTheRequestIsAnsweredAsNotWritten() {
    world.next(429, "{\"code\":8,\"message\":\"Rate limit\"}");
    Answer tooLate = world.write("boards", "create", BOARD);

    // Without a retry time the wait is a minute, longer than a request may take.
    assertThat(tooLate.status()).isEqualTo(422);
    assertThat(tooLate.text()).contains("nothing was written", "a repeat is safe");
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void aCreateIsSentAgainOnlyIfItSurelyDidNotArrive() {
    world.next(lost(false)).next(201, "{\"id\":\"1\"}");
    assertThat(world.write("pins", "create", pin()).status()).isEqualTo(200);
    assertThat(world.calls).hasSize(2);

    world.next(lost(true));
    Answer unknown = world.write("pins", "create", pin());
    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.text()).contains("outcome unknown", "may exist twice");
    assertThat(world.calls).hasSize(3);
  }

  @Test
  void anUpdateAndADeleteAreRepeatedWhenTheAnswerIsLost() {
    world.next(lost(true)).next(200, "{\"id\":\"12\"}").next(503, "{}").next(204, "");

    assertThat(world.write("boards", "update", "{\"id\":\"12\",\"name\":\"N\"}").status())
        .isEqualTo(200);
    assertThat(world.write("boards", "delete", "{\"id\":\"12\"}").status()).isEqualTo(200);
    assertThat(world.calls).hasSize(4);
  }

  @Test
  void aCreateWhoseAnswerWasLostIsFoundByItsNaturalKey() {
    world
        .next(lost(true))
        .nextLook(EMPTY)
        .nextLook("{\"items\":[{\"id\":\"1\",\"name\":\"Chairs\"}],\"bookmark\":\"b 1\"}")
        .nextLook("{\"items\":[{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}");

    Answer answer = world.write("boards", "create", BOARD);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("result").path("recordId").asText()).isEqualTo("2");
    assertThat(world.lookUps)
        .extracting(WritesTest::line)
        .containsExactly(
            "GET /v5/boards?page_size=250",
            "GET /v5/boards?page_size=250",
            "GET /v5/boards?page_size=250&bookmark=b%201");
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void whatHasTheSameNameButIsOtherwiseIsNotTakenForTheRecord() {
    world
        .next(lost(true))
        .nextLook(EMPTY)
        .nextLook("{\"items\":[{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"SECRET\"}]}");

    Answer answer = world.write("boards", "create", BOARD);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("outcome unknown", "cannot be told from others");
  }

  @Test
  void aRecordThatWasThereBeforeIsNotTakenForTheLostOne() {
    String older = "{\"items\":[{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}";
    world.next(lost(true)).nextLook(older).nextLook(older);

    Answer answer = world.write("boards", "create", BOARD);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("outcome unknown").doesNotContain("recordId");
  }

  @Test
  void withoutALookBeforeNothingIsTakenForTheLostRecord() {
    world
        .next(lost(true))
        .nextLook(call -> WriteWorld.json(500, "{}"))
        .nextLook(call -> WriteWorld.json(500, "{}"))
        .nextLook(call -> WriteWorld.json(500, "{}"))
        .nextLook("{\"items\":[{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}");

    assertThat(world.write("boards", "create", BOARD).text()).contains("outcome unknown");
  }

  @Test
  void aRecordThatAnotherOfTheBatchCreatedIsNotTakenForTheLostOne() {
    world
        .next(201, "{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}")
        .next(lost(true))
        .nextLook(EMPTY)
        .nextLook("{\"items\":[{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}");

    Answer answer = world.batch("boards", "create", false, List.of(BOARD, BOARD));

    assertThat(answer.json().path("results").findValuesAsText("success"))
        .containsExactly("true", "false");
    assertThat(answer.text()).contains("outcome unknown");
  }

  @Test
  void oneRecordIsNotTakenForTwoLostOnes() {
    world
        .next(lost(true))
        .next(lost(true))
        .nextLook(EMPTY)
        .nextLook("{\"items\":[{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}");

    Answer answer = world.batch("boards", "create", false, List.of(BOARD, BOARD));

    assertThat(answer.json().path("failureCount").asInt()).isEqualTo(2);
    assertThat(answer.json().path("errors").findValuesAsText("message"))
        .allSatisfy(message -> assertThat(message).contains("outcome unknown"));
  }

  @Test
  void aFailureOfOursAfterTheSendIsNotCalledNotSent() {
    world.next(
        call -> {
          throw new IllegalStateException("broken");
        });

    Answer answer = world.write("pins", "create", pin());

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("outcome unknown").doesNotContain("not attempted");
  }

  @Test
  void aLostAnswerIsNotForgottenWhenTheRepeatIsRefusedOrHeldBack() {
    world.next(lost(true)).next(403, "{\"code\":29,\"message\":\"No.\"}");
    assertThat(world.write("boards", "update", "{\"id\":\"12\",\"name\":\"N\"}").text())
        .contains("outcome unknown", "a repeat was refused");

    world.next(
        call -> {
          world.clock.advance(Duration.ofSeconds(25));
          throw new TransportFailure("no answer in time", true, new IOException("timeout"));
        });
    assertThat(world.write("boards", "update", "{\"id\":\"12\",\"name\":\"N\"}").text())
        .contains("outcome unknown", "it was not repeated")
        .doesNotContain("not attempted");
  }

  @Test
  void aCreateIsMarkedBeforeItIsSentAndItsOutcomeKept() {
    world.next(
        call -> {
          assertThat(world.records.all().getFirst().mark()).isNotNull();
          return WriteWorld.json(201, "{\"id\":\"1\"}");
        });

    Answer answer = world.write("pins", "create", pin());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(world.records.recordsOf(world.operation(answer).id()).getFirst().outcome())
        .contains("\"recordId\":\"1\"");
  }

  @Test
  void aWriteThatCannotBeStoredIsNotSent() {
    world.failStores(true);

    Answer answer = world.write("pins", "create", pin());

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("not attempted", "a repeat is safe");
    assertThat(world.calls).isEmpty();
  }

  @Test
  void anInterruptedWriteIsEndedByItsTimerWithWhatIsKnown() {
    Operation running = killed(() -> world.write("pins", "create", pin()));
    assertThat(running.status()).isEqualTo(OperationStatus.IN_PROGRESS);

    world.clock.advance(Duration.ofMinutes(3));
    world.fireTimers();

    Operation ended = world.operations.find(running.id()).orElseThrow();
    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result())
        .isEqualTo("[pins] create, interrupted: 0 of 1 written, 1 with an unknown outcome");
    assertThat(world.operations.logOf(running.id(), 10).getFirst().details())
        .contains("outcome unknown");
    assertThat(world.timers.all()).isEmpty();
  }

  @Test
  void theRecordOfAnInterruptedWriterIsLookedForByItsName() {
    world.nextLook("{\"items\":[]}");
    Operation running = killed(() -> world.write("boards", "create", BOARD));

    world.clock.advance(Duration.ofMinutes(3));
    world.fireTimers();
    world.nextLook("{\"items\":[{\"id\":\"12\",\"name\":\"Lamps\"}]}");
    world.work();

    Operation ended = world.operations.find(running.id()).orElseThrow();
    assertThat(ended.result()).isEqualTo("[boards] create: 1 of 1 written");
    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.calls).as("it was not sent again").hasSize(1);
  }

  @Test
  void aRecordThatAnInterruptedWriterDidNotSendIsNotSentLater() {
    String batch =
        "{\"groupRef\":\"%s\",\"type\":\"create\",\"batch\":[{\"record\":%s},{\"record\":{}}]}"
            .formatted(WriteWorld.GROUP, BOARD);
    Operation running = killed(() -> world.post("boards", batch));

    world.clock.advance(Duration.ofMinutes(3));
    world.fireTimers();
    world.work();

    Operation ended = world.operations.find(running.id()).orElseThrow();
    assertThat(ended.result())
        .isEqualTo("[boards] create: 0 of 2 written, 1 with an unknown outcome");
    assertThat(world.calls).hasSize(1);
    assertThat(world.operations.logOf(running.id(), 10).getFirst().details())
        .contains("record 1", "not attempted");
  }

  @Test
  void aWriterThatDiesAfterTheOutcomeIsStoredIsNoFailure() {
    Operation running = killed(() -> world.write("pins", "create", pin()));
    world.records.keep(
        running.id(), 0, world.clock.instant(), new RecordResult.Success("9", null).text());

    world.clock.advance(Duration.ofMinutes(3));
    world.fireTimers();

    Operation ended = world.operations.find(running.id()).orElseThrow();
    assertThat(ended.result()).isEqualTo("[pins] create: 1 of 1 written");
    assertThat(ended.status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void aWriteThatEndsLeavesNoTimer() {
    world.next(201, "{\"id\":\"1\"}");

    world.write("pins", "create", pin());

    assertThat(world.timers.all()).isEmpty();
  }

  @Test
  void aBatchAnswersEachRecordForItselfInItsOrder() {
    world.next(201, "{\"id\":\"1\"}").next(400, "{\"code\":1,\"message\":\"Bad name\"}");

    Answer answer = world.batch("boards", "create", false, List.of(BOARD, "{}", BOARD));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("successCount").asInt()).isEqualTo(1);
    assertThat(answer.json().path("failureCount").asInt()).isEqualTo(2);
    assertThat(answer.json().path("results").findValuesAsText("success"))
        .containsExactly("true", "false", "false");
    assertThat(answer.json().path("errors").findValuesAsText("message"))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("batch[1].record.name: is missing"),
            second -> assertThat(second).startsWith("batch[2]: Pinterest 400 code 1"));
  }

  @Test
  void aBatchStopsTakingRecordsAfterTwentySecondsAndSaysSo() {
    IntStream.range(0, 30)
        .forEach(
            i ->
                world.next(
                    call -> {
                      world.clock.advance(Duration.ofSeconds(5));
                      return WriteWorld.json(201, "{\"id\":\"1\"}");
                    }));

    Answer answer =
        world.batch(
            "boards", "create", false, IntStream.range(0, 30).mapToObj(i -> BOARD).toList());

    assertThat(answer.json().path("successCount").asInt()).isEqualTo(4);
    assertThat(world.calls).hasSize(4);
    assertThat(answer.json().path("errors").path(0).path("message").asText())
        .contains("not attempted", "a repeat is safe");
  }

  @ParameterizedTest
  @ValueSource(strings = {"boards", "pins", "product_groups"})
  void aBatchThatTheBudgetCannotFitIsAnsweredBeforeAnythingIsAsked(String object) {
    world.pauseWrites(Duration.ofSeconds(21));
    String record =
        switch (object) {
          case "boards" -> BOARD;
          case "pins" -> pin();
          default -> GROUP_OF_LAMPS.formatted("A");
        };

    Answer answer = world.batch(object, "create", false, List.of(record, record, "{}"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(world.calls).isEmpty();
    assertThat(world.lookUps).isEmpty();
    assertThat(answer.json().path("results")).hasSize(3);
    assertThat(answer.json().path("errors").findValuesAsText("message"))
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith("batch[0]: not attempted: the request limit for ")
                    .contains("is used up until", "a repeat is safe")
                    .endsWith("; the same for 1 more: batch[1]"),
            second -> assertThat(second).startsWith("batch[2].record."));
    assertThat(WriteWorld.errors(answer)).hasSize(3);
    assertThat(world.clock.instant()).as("nobody waits").isEqualTo(DirectoryFixtures.NOON);
  }

  @Test
  void whatOfABatchTheBudgetFitsIsSentAndTheRestIsAnsweredAtOnce() {
    IntStream.range(0, 100)
        .forEach(
            i ->
                world.next(
                    call ->
                        new HttpAnswer(
                            201,
                            Map.of("x-ratelimit-limit", List.of("100, 100;w=1, 100;w=60")),
                            "{\"id\":\"1\"}".getBytes(UTF_8),
                            false)));

    Answer answer =
        world.batch("pins", "create", false, IntStream.range(0, 100).mapToObj(i -> pin()).toList());

    // Pinterest allows a hundred in a minute.
    int sent = answer.json().path("successCount").asInt();
    assertThat(sent).isBetween(50, 99).isEqualTo(world.calls.size());
    assertThat(WriteWorld.errors(answer).values())
        .hasSize(100 - sent)
        .allSatisfy(
            message ->
                assertThat(message).contains("not attempted", "used up until", "a repeat is safe"));
    assertThat(world.clock.instant()).isBefore(DirectoryFixtures.NOON.plusSeconds(27));
  }

  @Test
  void allOrNoneIsRefusedWhereItCannotBeKept() {
    Answer answer = world.batch("boards", "create", true, List.of(BOARD, BOARD));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("no request", "allOrNone cannot be kept");
    assertThat(world.calls).isEmpty();
  }

  private Answer twoGroups(boolean allOrNone) {
    return world.batch(
        "product_groups",
        "create",
        allOrNone,
        List.of(GROUP_OF_LAMPS.formatted("A"), GROUP_OF_LAMPS.formatted("B")));
  }

  @Test
  void productGroupsAreCreatedTogether() {
    world.next(201, "[\"21\",\"22\"]");

    Answer answer = twoGroups(true);

    assertThat(answer.json().path("results").findValuesAsText("recordId"))
        .containsExactly("21", "22");
    assertThat(line(world.calls.getFirst())).isEqualTo("POST /v5/catalogs/product_groups/multiple");
  }

  @Test
  void oneWrongRecordKeepsAllOfAnAllOrNoneBatchBack() {
    Answer answer =
        world.batch(
            "product_groups",
            "create",
            true,
            List.of(GROUP_OF_LAMPS.formatted("A"), "{\"name\":\"B\"}"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().path("failureCount").asInt()).isEqualTo(2);
    assertThat(world.calls).isEmpty();
  }

  @Test
  void productGroupsThatAreRefusedTogetherAreTriedOneByOne() {
    world
        .next(409, "{\"code\":4179,\"message\":\"Name is taken\"}")
        .next(201, "{\"id\":\"21\"}")
        .next(409, "{\"code\":4179,\"message\":\"Name is taken\"}");

    Answer answer = twoGroups(false);

    assertThat(answer.json().path("results").findValuesAsText("success"))
        .containsExactly("true", "false");
  }

  @Test
  void productGroupsOfEachAdAccountAreCreatedTogether() {
    IntStream.range(0, 2)
        .forEach(
            i ->
                world.next(
                    call ->
                        WriteWorld.json(
                            201,
                            line(call).endsWith("ad_account_id=2")
                                ? "[\"21\",\"22\"]"
                                : "[\"11\",\"12\"]")));

    Answer answer =
        world.batch(
            "product_groups",
            "create",
            false,
            IntStream.range(0, 4)
                .mapToObj(
                    i ->
                        GROUP_OF_LAMPS
                            .formatted("G" + i)
                            .replace(
                                "{\"name", "{\"ad_account_id\":\"" + (1 + i % 2) + "\",\"name"))
                .toList());

    assertThat(answer.json().path("results").findValuesAsText("recordId"))
        .containsExactly("11", "21", "12", "22");
    assertThat(world.calls).hasSize(2);
  }

  @Test
  void aLimitOnAnAllOrNoneBatchIsAnsweredAsNotWritten() {
    world.next(429, "{\"code\":8,\"message\":\"Rate limit\"}");

    Answer answer = twoGroups(true);

    assertThat(world.calls).hasSize(1);
    assertThat(WriteWorld.errors(answer).values())
        .hasSize(2)
        .allSatisfy(
            message -> assertThat(message).contains("nothing was written", "a repeat is safe"));
  }

  @Test
  void defaultsOfTheInstallationApply() {
    ObjectNode write = WriteWorld.everything();
    write
        .withObject("/boards")
        .set(
            "selectedFieldSettings",
            Json.trusted(
                "{\"privacy\":{\"default\":{\"stringValue\":\"SECRET\"}},"
                    + "\"description\":{\"writeOnUpdate\":\"never\"}}"));
    var own = new WriteWorld(write);
    own.next(201, "{\"id\":\"1\"}").next(200, "{\"id\":\"1\"}");

    own.write("boards", "create", "{\"name\":\"A\"}");
    own.write("boards", "update", "{\"id\":\"1\",\"name\":\"B\",\"description\":\"x\"}");

    assertThat(WriteWorld.body(own.calls.getFirst()))
        .isEqualTo("{\"name\":\"A\",\"privacy\":\"SECRET\"}");
    assertThat(WriteWorld.body(own.calls.getLast())).isEqualTo("{\"name\":\"B\"}");
  }

  private static String pin() {
    return "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_url\","
        + "\"url\":\"https://img.example/1.jpg\"}}";
  }
}
