package io.pinferry.local.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.SteppingTasks;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Installations;
import io.pinferry.local.api.ScriptedTransport;
import io.pinferry.local.api.Target;
import io.pinferry.local.api.Transport;
import io.pinferry.local.write.IdempotentDoor.Fate;
import io.pinferry.local.write.IdempotentDoor.Killed;
import io.pinferry.local.write.RowResult.Outcome;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RowWriterTest {
  private static final String WRITE = "http://127.0.0.1:8082";
  private static final Installations.Found INSTALLATION =
      new Installations.Found("i", "sync", "org_7", Json.object());

  private final ManualClock clock = new ManualClock(Instant.parse("2026-09-01T08:00:00Z"));

  private RowWriter writer(Transport transport) {
    URI api = URI.create("http://127.0.0.1:8080");
    var target = new Target(api, null, URI.create(WRITE), null, new Secret("k"), "p", "a test");
    return new RowWriter(new Doors(target, transport), new SteppingTasks(clock));
  }

  private static RowResult of(Map<Integer, RowResult> results, int row) {
    return Objects.requireNonNull(results.get(row));
  }

  private static List<ObjectNode> records(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(n -> Json.object().put("n", n)).toList();
  }

  private static RowWriter.Task task(List<ObjectNode> records) {
    return new RowWriter.Task(INSTALLATION, "logs", "create", null, records);
  }

  private Map<Integer, RowResult> write(Transport transport, RowWriter.Task task) {
    Map<Integer, RowResult> results = new HashMap<>();
    writer(transport).write(task, result -> assertThat(results.put(result.row(), result)).isNull());
    return results;
  }

  @Test
  void manyRecordsGoInBatchesOfAHundred() {
    var door = new IdempotentDoor(_ -> "written", _ -> Fate.ANSWERED);

    Map<Integer, RowResult> results = write(door, task(records(250)));

    assertThat(results).hasSize(250);
    assertThat(of(results, 250))
        .isEqualTo(new RowResult(250, Outcome.WRITTEN, "id-250", null, "o2", false));
    assertThat(
            door.calls().stream()
                .map(call -> Json.trusted(String.valueOf(call.body())).path("batch").size()))
        .containsExactly(100, 100, 50);
  }

  @Test
  void largeRecordsGoInSmallerBatches() {
    var door = new IdempotentDoor(_ -> "written", _ -> Fate.ANSWERED);
    String large = "x".repeat(1_500_000);
    List<ObjectNode> records =
        records(3).stream().map(record -> record.put("data", large)).toList();

    write(door, task(records));

    assertThat(
            door.calls().stream()
                .map(call -> Json.trusted(String.valueOf(call.body())).path("batch").size()))
        .containsExactly(2, 1);
  }

  @Test
  void oneRecordIsNoBatch() {
    var door =
        new ScriptedTransport()
            .on(
                "POST " + WRITE + "/v1/projects/p/integrations/sync/objects/logs",
                422,
                "{'operationId':'o','result':{'success':false},"
                    + "'errors':[{'message':'record.name is missing','outcome':'refused'}]}");

    Map<Integer, RowResult> results = write(door, task(records(1)));

    assertThat(door.calls().getFirst().body())
        .isEqualTo("{\"groupRef\":\"org_7\",\"type\":\"create\",\"record\":{\"n\":1}}");
    assertThat(of(results, 1).text()).isEqualTo("row 1: not written: name is missing");
  }

  @Test
  void aSecondStartWritesNothingTwice() {
    var door = new IdempotentDoor(_ -> "written", _ -> Fate.ANSWERED);
    write(door, task(records(150)));

    Map<Integer, RowResult> second = write(door, task(records(150)));

    assertThat(door.written()).hasSize(150);
    assertThat(of(second, 150).text()).isEqualTo("row 150: written before, id id-150");
  }

  @Test
  void aSecondStartSendsTheRowsThatFailedAgain() {
    List<String> refused = new ArrayList<>(List.of("2", "5"));
    var door =
        new IdempotentDoor(
            record -> refused.contains(record.path("n").asText()) ? "refused" : "written",
            _ -> Fate.ANSWERED);

    Map<Integer, RowResult> first = write(door, task(records(6)));
    refused.clear();
    Map<Integer, RowResult> second = write(door, task(records(6)));

    assertThat(of(first, 5).text()).isEqualTo("row 5: not written: no");
    assertThat(of(second, 5).text()).isEqualTo("row 5: written, id id-5");
    assertThat(of(second, 4).text()).isEqualTo("row 4: written before, id id-4");
    assertThat(door.written()).hasSize(6).doesNotHaveDuplicates();
  }

  @Test
  void recordsThatWereNotAttemptedAreSentAtOnceWhileThatHelps() {
    var budget = new int[] {3};
    var door =
        new IdempotentDoor(
            _ -> budget[0]-- > 0 ? "written" : "not_done",
            _ -> {
              budget[0] = 3;
              return Fate.ANSWERED;
            });

    assertThat(write(door, task(records(10))).values())
        .allMatch(result -> result.outcome() == Outcome.WRITTEN);
    assertThat(door.calls()).hasSize(4);
  }

  @Test
  void nothingMoreIsSentAfterABatchOfWhichPinterestTookNothing() {
    var door = new IdempotentDoor(_ -> "not_done", _ -> Fate.ANSWERED);

    Map<Integer, RowResult> results = write(door, task(records(300)));

    assertThat(door.calls()).hasSize(1);
    assertThat(results).hasSize(300);
    assertThat(of(results, 300).text()).contains("row 300: not written: not sent, since Pinterest");
  }

  @Test
  void aRowWithAnUnknownOutcomeIsNeverSentAgain() {
    var door =
        new IdempotentDoor(
            record -> record.path("n").asInt() == 2 ? "unknown" : "written", _ -> Fate.ANSWERED);

    write(door, task(records(2)));
    Map<Integer, RowResult> second = write(door, task(records(2)));

    assertThat(door.calls()).hasSize(2);
    assertThat(of(second, 2).outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void anotherNameOrAnotherFileIsAnotherWrite() {
    var door = new IdempotentDoor(_ -> "written", _ -> Fate.ANSWERED);
    write(door, task(records(2)));
    write(door, new RowWriter.Task(INSTALLATION, "logs", "create", "again", records(2)));
    write(door, task(records(3)));

    assertThat(door.written()).hasSize(7);
    assertThatThrownBy(
            () ->
                write(
                    door, new RowWriter.Task(INSTALLATION, "logs", "create", "again", records(3))))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("rows 1 to 3: the key was used for another request");
  }

  @Test
  void aDoorThatIsNotThereEndsTheCommandSoon() {
    var door = new IdempotentDoor(_ -> "written", _ -> Fate.LOST);
    Instant start = clock.instant();

    assertThatThrownBy(() -> write(door, task(records(2))))
        .isInstanceOf(CommandFailure.class)
        .extracting(e -> ((CommandFailure) e).code())
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(clock.instant()).isBefore(start.plusSeconds(30));
    assertThat(door.calls()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whateverIsLostOrKilledNothingIsWrittenTwice(long seed) {
    var random = new Random(seed);
    List<Fate> fates = List.of(Fate.values());
    List<String> outcomes = List.of("written", "written", "written", "refused", "not_done");
    boolean[] calm = {false};
    var door =
        new IdempotentDoor(
            _ -> calm[0] ? "written" : outcomes.get(random.nextInt(outcomes.size())),
            _ -> calm[0] ? Fate.ANSWERED : fates.get(random.nextInt(fates.size())));
    List<ObjectNode> records = records(230);

    for (int start = 0; start < 12; start++) {
      try {
        write(door, task(records));
      } catch (Killed | CommandFailure e) {
        // The next start goes on.
      }
    }
    calm[0] = true;
    Map<Integer, RowResult> end = write(door, task(records));

    assertThat(end.values()).as("seed " + seed).allMatch(one -> one.outcome() == Outcome.WRITTEN);
    assertThat(door.written().stream().map(JsonNode::toString))
        .as("seed " + seed)
        .hasSize(230)
        .doesNotHaveDuplicates();
  }

  @Test
  void anAsynchronousWriteTellsTheRowsThatFailed() {
    String api = "http://127.0.0.1:8080/v1/projects/p/operations/";
    var door =
        new ScriptedTransport()
            .on(
                "POST " + WRITE + "/v1/projects/p/integrations/sync/objects/logs",
                200,
                "{'operationId':'a'}")
            .on(
                "POST " + WRITE + "/v1/projects/p/integrations/sync/objects/logs",
                200,
                "{'operationId':'b'}")
            .on("GET " + api + "a", 200, "{'status':'in_progress'}")
            .on("GET " + api + "a", 200, "{'status':'success'}")
            .on("GET " + api + "a/logs", 200, "[]")
            .on("GET " + api + "b", 200, "{'status':'failure'}")
            .on(
                "GET " + api + "b/logs",
                200,
                "[{'message':{'details':{'3 records: 0, 2-3':'No.','record 4':'outcome unknown:"
                    + " x'}}}]");
    Map<Integer, RowResult> results = new HashMap<>();

    writer(door).writeLater(task(records(25)), 3, true, one -> results.put(one.row(), one));

    JsonNode body = Json.trusted(String.valueOf(door.calls().getFirst().body()));
    assertThat(body.path("batch")).hasSize(20);
    assertThat(body.at("/retryPolicy/deadlineHours").asInt()).isEqualTo(3);
    assertThat(results).hasSize(25);
    assertThat(
            results.values().stream()
                .filter(one -> one.outcome() == Outcome.REFUSED)
                .map(RowResult::row))
        .containsExactly(21, 23, 24);
    assertThat(of(results, 25).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(of(results, 22).outcome()).isEqualTo(Outcome.WRITTEN);
  }
}
