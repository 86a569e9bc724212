package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.net.TransportFailure;
import io.pinferry.operation.OperationStatus;
import io.pinferry.write.WriteWorld.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Single records that Pinferry writes in batches. */
final class AutoBatchWritesTest {
  private static final String PIN =
      "{\"board_id\":\"1\",\"title\":\"%s\",\"media_source\":{\"source_type\":\"image_url\","
          + "\"url\":\"https://img.example/1.jpg\"}}";
  private static final String LOG =
      "{\"client_timestamp\":1,\"event_type\":\"APP\",\"log_level\":\"INFO\",\"message\":\"%s\"}";

  private final WriteWorld world = new WriteWorld();

  private static String body(String type, String policy, String record) {
    return "{\"groupRef\":\"org_7\",\"type\":\"%s\",\"mode\":\"asynchronous\",\"autoBatchPolicy\":{%s},\"record\":%s}"
        .formatted(type, policy, record);
  }

  private Answer join(String object, String record) {
    Answer answer = world.post(object, body("create", "\"maxDelayMinutes\":5", record));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().properties()).hasSize(1);
    return answer;
  }

  private Answer joinPin(String title) {
    return join("pins", PIN.formatted(title));
  }

  private void minutes(int count) {
    for (int i = 0; i < count; i++) {
      world.clock.advance(Duration.ofSeconds(60));
      world.fireTimers();
      world.work();
    }
  }

  private void created(int count) {
    for (int i = 0; i < count; i++) {
      world.next(
          call ->
              WriteWorld.json(
                  201,
                  "{\"id\":\""
                      + Json.trusted(WriteWorld.body(call)).path("title").asText()
                      + "\"}"));
    }
  }

  @Test
  void recordsThatComeInTimeAreOneWriteThatIsSentWhenItIsDue() {
    Answer first = joinPin("10");
    minutes(4);
    Answer second = joinPin("11");
    assertThat(second).as("one operation").isEqualTo(first);
    assertThat(world.calls).isEmpty();

    created(2);
    minutes(2);

    assertThat(world.operation(first).status()).isEqualTo(OperationStatus.SUCCESS);
    assertThat(world.operation(first).result()).isEqualTo("[pins] create: 2 of 2 written");
    assertThat(world.notifications())
        .singleElement()
        .satisfies(
            told ->
                assertThat(told.data().path("successfulRecordIds").toString())
                    .isEqualTo("[\"10\",\"11\"]"));
    minutes(2);
    assertThat(world.timers.all()).isEmpty();
    assertThat(joinPin("12")).as("a new one").isNotEqualTo(first);
  }

  @Test
  void aFullBatchIsSentAtOnce() {
    List<Answer> answers =
        IntStream.range(0, 100).mapToObj(i -> join("logs", LOG.formatted("m" + i))).toList();
    assertThat(answers.stream().distinct()).hasSize(1);
    assertThat(join("logs", LOG.formatted("m100"))).isNotEqualTo(answers.getFirst());

    world.next(200, "{\"message\":\"Received\"}");
    world.work();

    assertThat(world.calls).as("packed").hasSize(1);
    assertThat(Json.trusted(WriteWorld.body(world.calls.getFirst())).path("logs"))
        .hasSize(100)
        .extracting(entry -> entry.path("message").asText())
        .startsWith("m0", "m1")
        .endsWith("m99");
    assertThat(world.operation(answers.getFirst()).result())
        .isEqualTo("[logs] create: 100 of 100 written");
  }

  @Test
  void aMessageThatComesBeforeItIsDueSendsNothing() {
    Answer answer = joinPin("10");
    world.deliver(answer);

    assertThat(world.calls).isEmpty();
    assertThat(joinPin("11")).isEqualTo(answer);
  }

  @Test
  void aRecordThatIsWrongJoinsNothing() {
    Answer good = joinPin("10");
    Answer bad = world.post("pins", body("create", "\"maxDelayMinutes\":5", "{}"));

    assertThat(bad.status()).isEqualTo(422);
    assertThat(bad.text()).contains("record.board_id: is missing");
    created(1);
    minutes(6);
    assertThat(world.operation(good).result()).isEqualTo("[pins] create: 1 of 1 written");
  }

  @Test
  void otherVerbsAndObjectsAreOtherWrites() {
    Answer created = joinPin("10");
    Answer deleted = world.post("pins", body("delete", "\"maxDelayMinutes\":5", "{\"id\":\"9\"}"));
    Answer log = join("logs", LOG.formatted("m"));

    assertThat(List.of(created, deleted, log)).doesNotHaveDuplicates();
    created(1);
    world.next(204, "").next(200, "{\"message\":\"Received\"}");
    minutes(6);
    for (Answer answer : List.of(created, deleted, log)) {
      assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.SUCCESS);
    }
  }

  @Test
  void aRepetitionWithItsKeyJoinsOnce() {
    String body = body("create", "\"maxDelayMinutes\":5", PIN.formatted("10"));

    List<Answer> answers = new ArrayList<>();
    answers.add(world.post("pins", body, "key 1"));
    answers.add(world.post("pins", body, "key 1"));
    answers.add(world.post("pins", body, "key 2"));
    answers.add(world.post("pins", body, "key 2"));

    assertThat(answers.stream().distinct()).hasSize(1);
    created(2);
    minutes(6);
    assertThat(world.operation(answers.getFirst()).result())
        .isEqualTo("[pins] create: 2 of 2 written");
  }

  @Test
  void itIsTriedUntilTheDeadlineFromThenOn() {
    Answer answer = joinPin("10");
    for (int i = 0; i < 200; i++) {
      world.next(
          call -> {
            throw new TransportFailure("no connection", false, new IOException("refused"));
          });
    }

    minutes(60);
    assertThat(world.operation(answer).ended()).as("five minutes and an hour").isFalse();
    minutes(25);

    assertThat(world.operation(answer).status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(world.notifications().getFirst().data().path("errors").path(0).asText())
        .startsWith("batch[0]: not done by the deadline");
  }
}
