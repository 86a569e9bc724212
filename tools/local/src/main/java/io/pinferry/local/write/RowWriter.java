package io.pinferry.local.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Installations;
import io.pinferry.local.api.Operations;
import io.pinferry.local.write.RowResult.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes records in bounded requests, each under an idempotency key that follows from the records
 * and their place. So a command that is started again sends the same requests under the same keys,
 * and gets the stored answers instead of writing twice.
 */
public final class RowWriter {
  /** The most records of a request, by the contract. */
  static final int BATCH_MAX = 100;

  /** The log of an operation names this many causes, so that none is left out. */
  static final int ASYNCHRONOUS_BATCH_MAX = 20;

  /** The door accepts 4.4 MB. */
  private static final int BATCH_BYTES_MAX = 4_000_000;

  /** The most requests about the records of one batch. */
  private static final int ROUNDS_MAX = 50;

  /** A request that was interrupted has an answer after three minutes. */
  private static final int ATTEMPTS_MAX = 16;

  /** Nobody waits minutes for a wrong address. */
  private static final int UNREACHABLE_ATTEMPTS_MAX = 4;

  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(20);

  /** The name of records in an operation's log, for example {@code 3 records: 0-1, 7}. */
  private static final Pattern RECORDS = Pattern.compile("(?:record|\\d+ records:) ([0-9, -]+)");

  private static final Pattern RANGE = Pattern.compile("(\\d+)(?:-(\\d+))?");

  private final Doors doors;
  private final Tasks tasks;

  public RowWriter(Doors doors, Tasks tasks) {
    this.doors = doors;
    this.tasks = tasks;
  }

  /**
   * A write of all records of a file.
   *
   * @param verb create, update or delete
   * @param key the caller's name of this write; null for one that follows from the records
   */
  public record Task(
      Installations.Found installation,
      String object,
      String verb,
      @Nullable String key,
      List<ObjectNode> records) {
    public Task {
      records = List.copyOf(records);
    }

    /** Returns the beginning of the keys of its requests. */
    String keyStart() {
      if (key != null) {
        return key;
      }
      Digest digest = Digest.of("pinferry write", installation.id(), object, verb);
      records.forEach(record -> digest.and(Json.text(record)));
      return "cli-" + digest.hex(16);
    }

    private String path(Doors doors) {
      return doors.path(
          "/integrations/"
              + Doors.encoded(installation.integration())
              + "/objects/"
              + Doors.encoded(object));
    }
  }

  /** Rows that are sent together. */
  private record Batch(int number, List<Integer> rows) {
    String text() {
      return rows.size() == 1
          ? "row " + rows.getFirst()
          : "rows %s to %s".formatted(rows.getFirst(), rows.getLast());
    }
  }

  /**
   * Writes the records, and tells the result of each as soon as it is known.
   *
   * @throws CommandFailure if Pinferry cannot be reached or refuses a request; the results so far
   *     were told
   */
  public void write(Task task, Consumer<RowResult> results) {
    boolean stopped = false;
    for (Batch batch : batches(task, BATCH_MAX)) {
      if (stopped) {
        batch.rows().forEach(row -> results.accept(notSent(row)));
      } else {
        stopped = !write(task, batch, results);
      }
    }
  }

  private static RowResult notSent(int row) {
    return new RowResult(
        row,
        Outcome.NOT_DONE,
        null,
        "not sent, since Pinterest took none of the rows before; start the command again later",
        null,
        false);
  }

  /**
   * Writes a batch in rounds. The rows of the next round follow from the answers alone, so a second
   * start of the command makes the same rounds as the first one, up to the end of that.
   *
   * @return whether it makes sense to go on with the next batch
   */
  private boolean write(Task task, Batch batch, Consumer<RowResult> results) {
    List<Integer> rows = batch.rows();
    List<RowResult> failed = new ArrayList<>();
    for (int round = 1; round <= ROUNDS_MAX; round++) {
      WriteAnswer answer = send(task, batch, rows, round, null);
      List<RowResult> undone = new ArrayList<>();
      boolean progress = false;
      for (RowResult result : known(answer, rows)) {
        switch (result.outcome()) {
          case WRITTEN -> {
            progress = true;
            results.accept(result);
          }
          case UNKNOWN -> results.accept(result);
          case REFUSED -> failed.add(result);
          case NOT_DONE -> undone.add(result);
        }
      }
      if (progress && !undone.isEmpty()) {
        rows = rows(undone);
        continue;
      }
      failed.addAll(undone);
      if (failed.isEmpty()) {
        return true;
      }
      failed.sort(Comparator.comparingInt(RowResult::row));
      if (failed.stream().noneMatch(RowResult::earlier)) {
        failed.forEach(results);
        return progress || undone.isEmpty();
      }
      // Rows that failed in an earlier start are sent again, perhaps with success now.
      rows = rows(failed);
      failed = new ArrayList<>();
    }
    throw new CommandFailure(
        ExitCode.REFUSED,
        "%s: some were sent %s times without success".formatted(batch.text(), ROUNDS_MAX),
        "Write those rows from a file of their own.");
  }

  private static List<Integer> rows(List<RowResult> results) {
    return results.stream().map(RowResult::row).toList();
  }

  /** Returns the results of an answer; unknown ones if it names only its operation. */
  private static List<RowResult> known(WriteAnswer answer, List<Integer> rows) {
    if (!answer.results().isEmpty()) {
      return answer.results();
    }
    return rows.stream()
        .map(
            row ->
                new RowResult(
                    row,
                    Outcome.UNKNOWN,
                    null,
                    "Pinferry still works on it: ./pinferry operation " + answer.operationId(),
                    answer.operationId(),
                    answer.replayed()))
        .toList();
  }

  /**
   * Hands the records over, to be written later.
   *
   * @param deadlineHours how long Pinferry tries
   * @param wait whether to wait for the end of each operation
   */
  public void writeLater(Task task, int deadlineHours, boolean wait, Consumer<RowResult> results) {
    record Stored(WriteAnswer answer, Batch batch) {}
    List<Stored> stored = new ArrayList<>();
    for (Batch batch : batches(task, ASYNCHRONOUS_BATCH_MAX)) {
      WriteAnswer answer = send(task, batch, batch.rows(), 1, deadlineHours);
      stored.add(new Stored(answer, batch));
      if (!answer.results().isEmpty()) {
        answer.results().forEach(results);
      } else if (!wait) {
        known(answer, batch.rows()).forEach(results);
      }
    }
    var operations = new Operations(doors, tasks);
    for (Stored one : stored) {
      if (wait && one.answer().results().isEmpty()) {
        operations.watch(one.answer().operationId(), _ -> {});
        results(operations, one.answer(), one.batch().rows()).forEach(results);
      }
    }
  }

  /** Returns the results of an operation that has ended. Its log names the records that failed. */
  private static List<RowResult> results(
      Operations operations, WriteAnswer answer, List<Integer> rows) {
    String[] messages = new String[rows.size()];
    for (JsonNode line : operations.log(answer.operationId())) {
      for (var detail : line.at("/message/details").properties()) {
        Matcher matcher = RECORDS.matcher(detail.getKey());
        if (matcher.matches()) {
          String message = WriteAnswer.message(detail.getValue().asText());
          Matcher range = RANGE.matcher(matcher.group(1));
          while (range.find()) {
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            for (int i = first; i <= last && i < messages.length; i++) {
              messages[i] = message;
            }
          }
        }
      }
    }
    List<RowResult> results = new ArrayList<>();
    for (int i = 0; i < messages.length; i++) {
      String message = messages[i];
      Outcome outcome =
          message == null
              ? Outcome.WRITTEN
              : message.startsWith("outcome unknown") ? Outcome.UNKNOWN : Outcome.REFUSED;
      results.add(
          new RowResult(
              rows.get(i), outcome, null, message, answer.operationId(), answer.replayed()));
    }
    return results;
  }

  private static List<Batch> batches(Task task, int max) {
    List<Batch> batches = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < task.records().size(); i++) {
      int more = Json.bytes(task.records().get(i)).length;
      if (!rows.isEmpty() && (rows.size() == max || bytes + more > BATCH_BYTES_MAX)) {
        batches.add(new Batch(batches.size() + 1, List.copyOf(rows)));
        rows.clear();
        bytes = 0;
      }
      rows.add(i + 1);
      bytes += more;
    }
    batches.add(new Batch(batches.size() + 1, List.copyOf(rows)));
    return batches;
  }

  private WriteAnswer send(
      Task task, Batch batch, List<Integer> rows, int round, @Nullable Integer deadlineHours) {
    ObjectNode body =
        Json.object().put("groupRef", task.installation().group()).put("type", task.verb());
    if (deadlineHours != null) {
      body.put("mode", "asynchronous").putObject("retryPolicy").put("deadlineHours", deadlineHours);
    }
    if (task.records().size() == 1) {
      body.set("record", task.records().getFirst());
    } else {
      ArrayNode entries = body.putArray("batch");
      rows.forEach(row -> entries.addObject().set("record", task.records().get(row - 1)));
    }
    // Both modes share keys, so the API refuses a second write of the same file in the other mode.
    String key = "%s/%s/%s".formatted(task.keyStart(), batch.number(), round);
    for (int attempt = 1; ; attempt++) {
      try {
        return WriteAnswer.of(doors.postToWrite(task.path(doors), body, key), rows);
      } catch (CommandFailure e) {
        boolean repeat =
            switch (e.code()) {
              case LATER -> attempt < ATTEMPTS_MAX;
              case UNREACHABLE -> attempt < UNREACHABLE_ATTEMPTS_MAX;
              default -> false;
            };
        if (!repeat) {
          throw new CommandFailure(
              e.code(),
              batch.text() + ": " + e.getMessage(),
              e.code() == ExitCode.REFUSED || e.remedy().isPresent()
                  ? e.remedy().orElse(null)
                  : "Start the same command again: it writes nothing twice for 24 hours.");
        }
        Duration pause = PAUSE.multipliedBy(attempt);
        tasks.sleepUntil(tasks.now().plus(pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX));
      }
    }
  }
}
