package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.NotificationType;
import io.pinferry.net.FileRelay.Source;
import io.pinferry.net.TransportFailure;
import io.pinferry.notification.Notification;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.write.WriteStore.RecordState;
import io.pinferry.write.WriteWorld.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous writes. */
final class AsyncWritesTest {
  private static final String NO_BOARDS = "{\"items\":[]}";
  private static final String BOARD = "{\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}";
  private static final String PIN =
      "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_url\","
          + "\"url\":\"https://img.example/1.jpg\"}}";

  private final WriteWorld world = new WriteWorld();

  /** The process is killed: no code runs after this. */
  private static final class Kill extends Error {}

  private Answer later(String object, String type, String records) {
    return world.post(
        object,
        "{\"groupRef\":\"org_7\",\"type\":\"%s\",\"mode\":\"asynchronous\",%s}"
            .formatted(type, records));
  }

  private Answer laterOne(String object, String record) {
    return later(object, "create", "\"record\":" + record);
  }

  private RecordResult outcome(Answer answer, int index) {
    RecordState record = world.records.recordsOf(world.operation(answer).id()).get(index);
    assertThat(record.outcome()).isNotNull();
    return RecordResult.of(String.valueOf(record.outcome()));
  }

  /** Lets a minute pass, fires the due timers and lets the worker take its messages. */
  private void minute() {
    world.clock.advance(Duration.ofSeconds(61));
    world.fireTimers();
    world.work();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Unable to reach the URL. Please check the URL is correct and try again.",
        "Sorry we could not fetch the image.",
        "This is not possible now. Try again later."
      })
  void aRefusalThatPassesIsTriedAgain(String message) {
    String refusal = "{\"code\":1,\"message\":\"" + message + "\"}";
    world.next(400, refusal).next(400, refusal).next(201, "{\"id\":\"9\"}");
    Answer answer = laterOne("pins", PIN);

    world.work();
    assertThat(world.operation(answer).ended()).isFalse();
    minute();
    assertThat(world.operation(answer).ended()).isFalse();
    minute();
    minute();

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.calls).hasSize(3);
  }

  @Test
  void aRefusalThatPassesIsTriedUntilTheDeadline() {
    Answer answer = laterOne("pins", PIN);
    for (int minute = 0; minute < 90 && !world.operation(answer).ended(); minute++) {
      world.next(400, "{\"code\":1,\"message\":\"Sorry we could not fetch the image.\"}");
      minute();
    }

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(outcome(answer, 0))
        .isInstanceOfSatisfying(
            RecordResult.Failure.class,
            failed ->
                assertThat(failed.message())
                    .contains("not done by the deadline", "could not fetch the image"));
    assertThat(world.calls).hasSizeBetween(5, 12);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404})
  void anEdgesAnswerIsTriedAgainUntilTheDeadline(int status) {
    Answer answer = laterOne("boards", BOARD);
    for (int minute = 0; minute < 90 && !world.operation(answer).ended(); minute++) {
      // More than are asked for at once.
      for (int times = 0; times < 8; times++) {
        world.next(status, "<html>Access denied</html>");
      }
      minute();
    }

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(outcome(answer, 0))
        .isInstanceOfSatisfying(
            RecordResult.Failure.class,
            failed ->
                assertThat(failed.message()).contains("not done by the deadline", "" + status));
    assertThat(world.calls).hasSizeGreaterThan(4);
  }

  @Test
  void anotherRefusalIsFinalAtOnce() {
    world.next(400, "{\"code\":1,\"message\":\"Invalid URL. Please correct it and try again.\"}");
    Answer answer = laterOne("pins", PIN);

    world.work();

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.FAILURE);
  }

  @Test
  void aSynchronousWriteSaysThatARepeatMayHelp() {
    world.next(400, "{\"code\":1,\"message\":\"Sorry we could not fetch the image.\"}");

    Answer answer = world.write("pins", "create", PIN);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text())
        .contains("could not fetch the image", "a repeat in some minutes may succeed");
  }

  @Test
  void anAsynchronousWriteIsAnsweredAtOnceAndCarriedOutByTheWorker() {
    Answer answer = later("pins", "create", "\"batch\":[{\"record\":" + PIN + "},{\"record\":{}}]");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().properties()).hasSize(1);
    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.IN_PROGRESS);
    assertThat(world.calls).isEmpty();

    world.next(201, "{\"id\":\"9\"}");
    assertThat(world.work()).isEqualTo(1);

    Operation ended = world.operation(answer);
    assertThat(ended.status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(ended.result()).isEqualTo("[pins] create: 1 of 2 written");
    assertThat(outcome(answer, 0))
        .isEqualTo(new RecordResult.Success("9", (ObjectNode) Json.trusted("{\"id\":\"9\"}")));
    assertThat(outcome(answer, 1))
        .isInstanceOfSatisfying(
            RecordResult.Failure.class,
            failed -> assertThat(failed.message()).contains("batch[1].record.board_id"));
    assertThat(world.records.recordsOf(ended.id()))
        .allSatisfy(record -> assertThat(record.input()).isNull());
    minute();
    assertThat(world.timers.all()).isEmpty();
  }

  @Test
  void itsEndIsTold() {
    Answer answer = later("pins", "create", "\"batch\":[{\"record\":" + PIN + "},{\"record\":{}}]");
    world.next(201, "{\"id\":\"9\"}");
    world.work();

    assertThat(world.notifications()).hasSize(1);
    Notification told = world.notifications().getFirst();
    assertThat(told.type()).isEqualTo(NotificationType.WRITE_ASYNC_DONE);
    assertThat(told.data().path("operationId").asText())
        .isEqualTo(answer.json().path("operationId").asText());
    assertThat(told.data().path("success").asBoolean(true)).isFalse();
    assertThat(told.data().path("successfulRecordIds").toString()).isEqualTo("[\"9\"]");
    assertThat(told.data().path("errors").path(0).asText())
        .startsWith("batch[1].record.board_id: is missing");
    assertThat(told.data().path("groupName").asText()).isEqualTo("Blue Shop");
  }

  @Test
  void theEndOfASynchronousWriteIsNotTold() {
    world.next(201, "{\"id\":\"9\"}");

    world.write("pins", "create", PIN);

    assertThat(world.notifications()).isEmpty();
  }

  @Test
  void whatCannotBeSentAtAllIsAnsweredAtOnce() {
    Answer answer = laterOne("pins", "{}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(world.operation(answer).ended()).isTrue();
    assertThat(world.work()).isZero();
  }

  @Test
  void whatIsNotDoneIsTriedAgainAfterAPause() {
    Answer answer = laterOne("pins", PIN);
    world.next(429, "{\"code\":8,\"message\":\"Rate limit\"}");
    world.work();
    assertThat(world.operation(answer).ended()).isFalse();
    int tried = world.calls.size();

    world.next(201, "{\"id\":\"9\"}");
    IntStream.range(0, 5).forEach(i -> minute());

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.calls).hasSize(tried + 1);
  }

  @Test
  void whatIsLeftOfLogsIsPackedAgain() {
    String log =
        "{\"record\":{\"client_timestamp\":1,\"event_type\":\"APP\",\"log_level\":\"INFO\"}}";
    Answer answer =
        later("logs", "create", "\"batch\":[{\"record\":{}}," + log + "," + log + "," + log + "]");
    world.next(429, "{\"code\":8,\"message\":\"Rate limit\"}");
    world.work();
    assertThat(world.operation(answer).ended()).isFalse();
    int tried = world.calls.size();

    world.next(200, "{\"message\":\"Received\"}");
    IntStream.range(0, 5).forEach(i -> minute());

    assertThat(world.operation(answer).result()).isEqualTo("[logs] create: 3 of 4 written");
    assertThat(world.calls).hasSize(tried + 1);
    assertThat(Json.trusted(WriteWorld.body(world.calls.getLast())).path("logs")).hasSize(3);
  }

  @Test
  void ofAnAllOrNoneBatchThatWasInterruptedTheRestIsNotSent() {
    String group =
        "{\"record\":{\"name\":\"%s\",\"feed_id\":\"7\","
            + "\"filters\":{\"any_of\":[{\"BRAND\":{\"values\":[\"x\"]}}]}}}";
    Answer answer =
        later(
            "product_groups",
            "create",
            "\"batchPolicy\":{\"allOrNone\":true},\"batch\":["
                + group.formatted("A")
                + ","
                + group.formatted("B")
                + "]");
    // The state that a sender leaves that dies between two marks.
    world.records.mark(
        world.operation(answer).id(),
        0,
        new WriteStore.Mark(
            "somebody", world.clock.instant().minus(Duration.ofMinutes(3)), Set.of()),
        null);

    world.work();

    assertThat(world.calls).isEmpty();
    assertThat(List.of(outcome(answer, 0), outcome(answer, 1)).toString())
        .contains("outcome unknown", "not attempted: allOrNone is set");
  }

  @Test
  void theStoredOutcomesOfADeadWorkerDoNotWaitForItsLease() {
    Answer answer = laterOne("pins", PIN);
    OperationId id = world.operation(answer).id();
    Instant now = world.clock.instant();
    world.records.tryLease(id, "a worker that died", now, now.plus(Duration.ofMinutes(15)));
    world.records.keep(id, 0, now, new RecordResult.Success("9", null).text());

    minute();
    minute();

    assertThat(world.operation(answer).result()).isEqualTo("[pins] create: 1 of 1 written");
    assertThat(world.notifications()).hasSize(1);
    assertThat(world.calls).isEmpty();
  }

  @Test
  void aMarkedRecordWithoutAnOutcomeIsNeverSentAgain() {
    Answer answer = laterOne("pins", PIN);
    world.next(
        call -> {
          throw new Kill();
        });
    assertThatThrownBy(world::work).isInstanceOf(Kill.class);

    IntStream.range(0, 30).forEach(i -> minute());

    assertThat(world.calls).hasSize(1);
    assertThat(world.operation(answer).ended()).isTrue();
    assertThat(outcome(answer, 0))
        .isInstanceOfSatisfying(
            RecordResult.Failure.class,
            failed -> assertThat(failed.message()).contains("outcome unknown", "interrupted"));
  }

  @Test
  void aMarkedRecordIsFoundByWhatItsMarkRemembers() {
    Answer answer = laterOne("boards", BOARD);
    world
        .nextLook("{\"items\":[{\"id\":\"1\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}")
        .next(
            call -> {
              throw new Kill();
            });
    assertThatThrownBy(world::work).isInstanceOf(Kill.class);

    world.nextLook(
        "{\"items\":[{\"id\":\"1\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"},"
            + "{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}");
    IntStream.range(0, 30).forEach(i -> minute());

    assertThat(outcome(answer, 0))
        .isInstanceOfSatisfying(
            RecordResult.Success.class, created -> assertThat(created.recordId()).isEqualTo("2"));
    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
  }

  @Test
  void aMarkedRecordIsLookedForUntilTheListCanBeRead() {
    Answer answer = laterOne("boards", BOARD);
    world
        .nextLook(NO_BOARDS)
        .next(
            call -> {
              throw new Kill();
            });
    assertThatThrownBy(world::work).isInstanceOf(Kill.class);
    for (int look = 0; look < 5; look++) {
      // Each look has three attempts.
      for (int attempt = 0; attempt < 3; attempt++) {
        world.nextLook(call -> WriteWorld.json(503, "{\"code\":12,\"message\":\"busy\"}"));
      }
    }
    IntStream.range(0, 20).forEach(i -> minute());
    assertThat(world.operation(answer).ended()).as("nobody knows yet").isFalse();

    world.readyFromNowOn("{\"items\":[{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}");
    IntStream.range(0, 40).forEach(i -> minute());

    assertThat(world.operation(answer).result()).isEqualTo("[boards] create: 1 of 1 written");
    assertThat(world.calls).as("nothing is sent twice").hasSize(1);
  }

  @Test
  void aMarkedRecordThatCannotBeLookedForIsUnknownAtTheDeadline() {
    Answer answer = laterOne("boards", BOARD);
    world
        .nextLook(NO_BOARDS)
        .next(
            call -> {
              throw new Kill();
            });
    assertThatThrownBy(world::work).isInstanceOf(Kill.class);
    for (int look = 0; look < 300; look++) {
      world.nextLook(call -> WriteWorld.json(503, "{\"code\":12,\"message\":\"busy\"}"));
    }
    IntStream.range(0, 180).forEach(i -> minute());

    assertThat(world.operation(answer).result())
        .isEqualTo("[boards] create: 0 of 1 written, 1 with an unknown outcome");
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void aLostAnswerIsLookedForAgainWhilePinterestMayStillWorkOnIt() {
    Answer answer = laterOne("boards", BOARD);
    world.nextLook(NO_BOARDS).next(lost()).nextLook(NO_BOARDS);
    world.work();
    assertThat(world.operation(answer).ended()).isFalse();

    world.nextLook("{\"items\":[{\"id\":\"2\",\"name\":\"Lamps\",\"privacy\":\"PUBLIC\"}]}");
    minute();

    assertThat(world.operation(answer).result()).isEqualTo("[boards] create: 1 of 1 written");
    assertThat(world.calls).hasSize(1);
  }

  @Test
  void aLostRecordThatDoesNotAppearIsUnknownSoon() {
    Answer answer = laterOne("boards", BOARD);
    world.nextLook(NO_BOARDS).next(lost()).readyFromNowOn(NO_BOARDS);
    world.work();
    IntStream.range(0, 8).forEach(i -> minute());

    assertThat(world.operation(answer).result())
        .isEqualTo("[boards] create: 0 of 1 written, 1 with an unknown outcome");
  }

  private static WriteWorld.Step lost() {
    return call -> {
      throw new TransportFailure("no answer in time", true, new IOException("lost"));
    };
  }

  @Test
  void twoWorkersDoNotSendTheSame() {
    laterOne("pins", PIN);
    world.next(
        call -> {
          world.clock.advance(Duration.ofSeconds(61));
          world.fireTimers();
          assertThat(world.work()).as("another message of the same").isEqualTo(1);
          return WriteWorld.json(201, "{\"id\":\"9\"}");
        });

    world.work();

    assertThat(world.calls).hasSize(1);
  }

  @Test
  void theDeadlineEndsIt() {
    Answer answer =
        later("pins", "create", "\"retryPolicy\":{\"deadlineHours\":2},\"record\":" + PIN);
    for (int i = 0; i < 200; i++) {
      world.next(
          call -> {
            throw new TransportFailure("no connection", false, new IOException("refused"));
          });
    }
    IntStream.range(0, 115).forEach(i -> minute());
    assertThat(world.operation(answer).ended()).as("before it").isFalse();

    IntStream.range(0, 30).forEach(i -> minute());

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(outcome(answer, 0))
        .isInstanceOfSatisfying(
            RecordResult.Failure.class,
            failed ->
                assertThat(failed.message()).contains("not done by the deadline", "no connection"));
    assertThat(world.calls.size()).isBetween(10, 100);
  }

  @Test
  void aVideoPinGoesOnWhereItWaited() {
    Answer answer =
        laterOne(
            "pins",
            "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"video_url\","
                + "\"url\":\"https://shop.example/lamp.mp4\",\"cover_image_key_frame_time\":1}}");
    world.next(
        201,
        "{\"media_id\":\"77\",\"upload_url\":\"https://store.example/up\",\"upload_parameters\":{}}");
    IntStream.range(0, 400)
        .forEach(i -> world.nextLook("{\"media_id\":\"77\",\"status\":\"processing\"}"));
    world.work();
    assertThat(world.operation(answer).ended()).isFalse();
    assertThat(world.uploads).hasSize(1);

    world.readyFromNowOn("{\"media_id\":\"77\",\"status\":\"succeeded\"}");
    world.next(201, "{\"id\":\"9\"}");
    IntStream.range(0, 30).forEach(i -> minute());

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.uploads).extracting(WriteWorld.Upload::source).hasSize(1);
    assertThat(world.uploads.getFirst().source()).isInstanceOf(Source.Web.class);
    assertThat(WriteWorld.body(world.calls.getLast())).contains("\"media_id\":\"77\"");
  }

  @Test
  void aRecordThatIsTooLongToBeKeptIsRefused() {
    Answer answer =
        laterOne(
            "pins",
            "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_base64\","
                + "\"content_type\":\"image/png\",\"data\":\""
                + "a".repeat(400_000)
                + "\"}}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("record: is longer than 300 kB");
    assertThat(world.records.all()).isEmpty();
  }

  @Test
  void aGroupThatUninstalledIsNotWrittenTo() {
    Answer answer = laterOne("pins", PIN);
    world.uninstall();

    world.work();

    assertThat(world.calls).isEmpty();
    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(List.of(outcome(answer, 0)).toString()).contains("uninstalled");
  }

  @Test
  void whatMayHaveBeenSentBeforeTheGroupUninstalledIsUnknown() {
    Answer answer =
        later("pins", "create", "\"batch\":[{\"record\":" + PIN + "},{\"record\":" + PIN + "}]");
    var mark = new WriteStore.Mark("a worker that died", world.clock.instant(), null);
    world.records.mark(world.operation(answer).id(), 0, mark, null);
    world.uninstall();

    world.work();

    assertThat(world.calls).isEmpty();
    assertThat(List.of(outcome(answer, 0)).toString())
        .contains("outcome unknown")
        .doesNotContain("not attempted");
    assertThat(List.of(outcome(answer, 1)).toString()).contains("not attempted: uninstalled");
  }
}
