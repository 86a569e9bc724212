package io.pinferry.write;

import static io.pinferry.base.Field.field;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Installation;
import io.pinferry.net.FileRelay;
import io.pinferry.operation.OperationId;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WritableObject.Completion;
import io.pinferry.pinterest.WritableObject.NaturalKey;
import io.pinferry.pinterest.WritableObject.Together;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteVerb;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.FailureKind;
import io.pinferry.write.RecordResult.Progress;
import io.pinferry.write.WriteCalls.Deadlines;
import io.pinferry.write.WriteCalls.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends the records of one write and returns the result of each. A record whose creation cannot be
 * repeated is marked before it is sent, and each outcome is stored as soon as it is known.
 */
final class RecordSender {
  /** How many requests are sent side by side; the budget spaces them where it has to. */
  static final int SIDE_BY_SIDE = 25;

  /** After this time a record that Pinterest does not list was not created. */
  private static final Duration PROCESSING_MAX = Duration.ofMinutes(2);

  private final WriteStore store;
  private final Tasks tasks;
  private final Log log;
  private final Target target;
  private final String id;
  private final boolean retries;
  private final Set<String> created;
  private final WriteCalls calls;
  private final VideoUpload videos;
  private final RecordResults results;

  /** The object that is written, and the operation that writes it. */
  record Target(
      OperationId operation, Installation installation, WritableObject object, WriteVerb verb) {
    private @Nullable Together together() {
      return object.together(verb);
    }

    private @Nullable NaturalKey naturalKey() {
      return object.naturalKey(verb);
    }
  }

  /**
   * Makes a sender.
   *
   * @param id stands in the marks; no other sender has the same
   * @param retries whether another run sends the unfinished records. If not, the caller waits for
   *     the results, and the queue only gets the records that Pinterest still processes
   * @param created ids of records that the operation is known to have created before
   */
  RecordSender(
      WriteParts parts,
      Target target,
      Deadlines deadlines,
      String id,
      boolean retries,
      Set<String> created) {
    this.store = parts.records();
    this.tasks = parts.tasks();
    this.log =
        parts
            .log()
            .with(
                field("installation", target.installation().id()),
                field("operation", target.operation()),
                field("object", target.object().name()));
    this.target = target;
    this.id = id;
    this.retries = retries;
    this.created = Set.copyOf(created);
    this.calls = new WriteCalls(parts, target.installation(), deadlines);
    this.videos = new VideoUpload(calls, parts.files(), tasks);
    this.results =
        new RecordResults(
            target.object(), target.verb(), retries, () -> parts.scopes(target.installation()));
  }

  /**
   * A record to send.
   *
   * @param index its position in the caller's request
   * @param progress how far an earlier sender has come with it; null for not begun
   * @param input the caller's record, if it is not stored but needed to look for it; else null
   */
  record Entry(
      int index,
      RecordRequest request,
      @Nullable ObjectNode progress,
      @Nullable ObjectNode input) {}

  /**
   * One attempt at a record.
   *
   * @param sameBefore ids of the records that had the same natural key before it; null if unknown
   * @param fresh whether Pinterest may still work on it
   */
  record Attempt(Entry entry, @Nullable Set<String> sameBefore, boolean fresh) {
    int index() {
      return entry.index();
    }

    RecordRequest request() {
      return entry.request();
    }
  }

  /**
   * The state of a record right after an attempt.
   *
   * @param stored whether the outcome is stored
   */
  private record AttemptEnd(Attempt attempt, Effect effect, boolean stored) {}

  /**
   * Sends the records of a request that have no issues.
   *
   * @param progress how far an earlier sender has come with each; null for not begun
   * @return the result of each record, in their order
   */
  List<RecordResult> sendAll(
      WriteRequest request, List<RecordRequest> records, List<@Nullable ObjectNode> progress) {
    List<Entry> valid =
        IntStream.range(0, records.size())
            .mapToObj(
                i -> new Entry(i, records.get(i), progress.get(i), input(request.records().get(i))))
            .filter(entry -> entry.request().issues().isEmpty())
            .toList();
    List<RecordResult> sent;
    if (!request.allOrNone() || records.size() == 1) {
      sent = send(valid);
    } else if (valid.size() < records.size()) {
      sent =
          Collections.nCopies(
              valid.size(),
              RecordResult.refusal("not attempted: allOrNone is set and another record is wrong"));
    } else {
      sent =
          sendAllOrNone(valid)
              .orElseGet(
                  () ->
                      Collections.nCopies(
                          valid.size(),
                          RecordResult.refusal(
                              "not attempted: Pinterest has no request that writes these "
                                  + target.object().name()
                                  + " all or none, so allOrNone cannot be kept; send them without"
                                  + " it, or one at a time")));
    }
    var next = sent.iterator();
    return records.stream()
        .map(
            record ->
                record.issues().isEmpty() ? next.next() : RecordResult.refusal(record.issues()))
        .toList();
  }

  private @Nullable ObjectNode input(ObjectNode record) {
    return retries || target.naturalKey() == null ? null : record;
  }

  /**
   * Sends records, as many in one request as Pinterest takes, and these requests side by side.
   *
   * @return the result of each, in their order
   */
  List<RecordResult> send(List<Entry> entries) {
    if (entries.isEmpty()) {
      return List.of();
    }
    String wait = findBudgetWait(entries);
    if (wait != null) {
      return notAttempted(entries, wait);
    }
    List<Attempt> attempts = attempts(entries);
    List<Attempt> single = new ArrayList<>(attempts);
    Map<Integer, AttemptEnd> ends = new HashMap<>();
    Together together = target.together();
    if (together != null) {
      List<List<Attempt>> packs = packs(together, attempts);
      packs.removeIf(pack -> pack.size() == 1);
      for (List<AttemptEnd> pack :
          tasks.all(packs, SIDE_BY_SIDE, pack -> sendTogether(together, pack))) {
        // Pinterest created none, perhaps because of a single record: sent alone, each shows.
        if (!(pack.getFirst().effect() instanceof Effect.Refusal(PinterestFailure failure)
            && failure.mayBeOfOneRecord())) {
          pack.forEach(end -> ends.put(end.attempt().index(), end));
        }
      }
      single.removeIf(attempt -> ends.containsKey(attempt.index()));
    }
    tasks
        .all(single, SIDE_BY_SIDE, this::sendAlone)
        .forEach(end -> ends.put(end.attempt().index(), end));
    return conclude(
        entries.stream().map(entry -> Objects.requireNonNull(ends.get(entry.index()))).toList());
  }

  /** Sends records in one request that creates all or none; empty if Pinterest has no such one. */
  private Optional<List<RecordResult>> sendAllOrNone(List<Entry> entries) {
    Together together = target.together();
    if (together == null || !together.allOrNone()) {
      return Optional.empty();
    }
    String wait = findBudgetWait(entries);
    if (wait != null) {
      return Optional.of(notAttempted(entries, wait));
    }
    List<Attempt> attempts = attempts(entries);
    return packs(together, attempts).size() == 1
        ? Optional.of(conclude(sendTogether(together, attempts)))
        : Optional.empty();
  }

  /** Returns why nothing can be sent now, before natural keys are looked up for it; else null. */
  private @Nullable String findBudgetWait(List<Entry> entries) {
    return target.naturalKey() == null
        ? null
        : calls.findBudgetWait(entries.getFirst().request().call());
  }

  private List<RecordResult> notAttempted(List<Entry> entries, String reason) {
    Effect effect = new Effect.Nothing("not attempted: " + reason, true);
    return conclude(
        entries.stream()
            .map(entry -> new AttemptEnd(new Attempt(entry, null, true), effect, false))
            .toList());
  }

  private List<Attempt> attempts(List<Entry> entries) {
    NaturalKey key = target.naturalKey();
    List<@Nullable Set<String>> before =
        key == null
            ? Collections.nCopies(entries.size(), null)
            : new NaturalKeys(calls, target.object(), key)
                .idsOf(entries.stream().map(Entry::request).toList());
    return IntStream.range(0, entries.size())
        .mapToObj(i -> new Attempt(entries.get(i), before.get(i), true))
        .toList();
  }

  /** Divides records into requests, each with as many in their order as fit into it. */
  private static List<List<Attempt>> packs(Together together, List<Attempt> attempts) {
    Map<Map<String, String>, List<Attempt>> byParameters = new LinkedHashMap<>();
    attempts.forEach(
        attempt ->
            byParameters
                .computeIfAbsent(attempt.request().parameters(), absent -> new ArrayList<>())
                .add(attempt));
    List<List<Attempt>> packs = new ArrayList<>();
    for (List<Attempt> alike : byParameters.values()) {
      int count = together.countMax();
      for (Attempt attempt : alike) {
        int more = items(together, attempt).size();
        if (count + more > together.countMax()) {
          packs.add(new ArrayList<>());
          count = 0;
        }
        packs.getLast().add(attempt);
        count += more;
      }
    }
    return packs;
  }

  private static List<JsonNode> items(Together together, Attempt attempt) {
    return together.entriesOf(Objects.requireNonNull(attempt.request().body()));
  }

  private List<AttemptEnd> sendTogether(Together together, List<Attempt> attempts) {
    Effect effect =
        calls.send(
            together.call(),
            together.call().pathAndQuery(attempts.getFirst().request().parameters()),
            together.body(
                attempts.stream().flatMap(attempt -> items(together, attempt).stream()).toList()),
            List.of(),
            () -> markAll(attempts));
    JsonNode ids =
        together.named() && effect instanceof Effect.Success(JsonNode answer) ? answer : null;
    return IntStream.range(0, attempts.size())
        .mapToObj(
            i ->
                new AttemptEnd(
                    attempts.get(i),
                    ids == null ? effect : creation(ids, i, attempts.size()),
                    false))
        .toList();
  }

  private Effect creation(JsonNode ids, int index, int count) {
    JsonNode id = ids.path(index);
    return ids.size() == count && id.isValueNode() && !id.isNull() && !id.asText().isBlank()
        ? new Effect.Success(Json.object().put(target.object().idField(), ids.path(index).asText()))
        : new Effect.Doubt("the answer does not name each of them");
  }

  private AttemptEnd sendAlone(Attempt attempt) {
    Effect effect = effect(attempt);
    // A doubt may still be cleared up, and only the first stored outcome stays.
    boolean known = !(effect instanceof Effect.Doubt);
    if (effect instanceof Effect.Progress(ObjectNode state)) {
      keepProgress(attempt.index(), state);
    } else if (known) {
      keep(attempt.index(), results.of(attempt.request(), effect));
    }
    return new AttemptEnd(attempt, effect, known);
  }

  /** Sends all requests of a record, one after the other. */
  private Effect effect(Attempt attempt) {
    Entry entry = attempt.entry();
    RecordRequest request = entry.request();
    FileRelay.Source video = request.video();
    ObjectNode body = request.body();
    if (video != null) {
      Effect upload = upload(video, entry);
      if (isMedia() || !(upload instanceof Effect.Success(JsonNode answer))) {
        return upload;
      }
      if (retries && answer instanceof ObjectNode media) {
        keepProgress(entry.index(), media);
      }
      body = request.bodyWith(answer.path("media_id").asText());
    }
    // Media without a video of ours are registered only; the caller uploads the bytes.
    Completion completion = isMedia() ? null : target.object().completion();
    String account = request.parameters().get(WriteCall.AD_ACCOUNT);
    if (completion != null && entry.progress() != null) {
      return videos.awaitCompletion(completion, entry.progress(), account);
    }
    WriteCall call = request.call();
    Effect effect =
        calls.send(
            call,
            call.pathAndQuery(request.parameters()),
            body,
            target.object().answered(target.verb()),
            () -> call.repeatable() || mark(attempt));
    return completion != null
            && effect instanceof Effect.Success(JsonNode answer)
            && answer instanceof ObjectNode begun
            && begun.hasNonNull(completion.idField())
        ? videos.awaitCompletion(completion, begun, account)
        : effect;
  }

  private boolean isMedia() {
    return target.object().name().equals("media");
  }

  private Effect upload(FileRelay.Source video, Entry entry) {
    // A synchronous request stores its progress only when it hands over to the queue.
    Effect upload =
        videos.upload(
            video, entry.progress(), begun -> !retries || keepProgress(entry.index(), begun));
    return upload instanceof Effect.Success(JsonNode answer) && answer instanceof ObjectNode media
        ? videos.awaitCompletion(VideoUpload.MEDIA, media, null)
        : upload;
  }

  /** Returns whether the progress was stored; if not, the progress before it stays. */
  private boolean keepProgress(int index, ObjectNode progress) {
    try {
      store.progress(target.operation(), index, tasks.now(), Json.text(progress));
      return true;
    } catch (PinferryException e) {
      log.warn("progress of a record not kept", e, field("index", index));
      return false;
    }
  }

  /**
   * Looks for records that an earlier sender marked, without storing an outcome.
   *
   * @param marks the marks of the entries, in the same order
   */
  List<RecordResult> findOut(List<Entry> entries, List<WriteStore.Mark> marks) {
    Effect doubt = new Effect.Doubt("the sender was interrupted");
    Instant stale = tasks.now().minus(PROCESSING_MAX);
    return conclude(
        IntStream.range(0, entries.size())
            .mapToObj(
                i ->
                    new AttemptEnd(
                        new Attempt(
                            entries.get(i),
                            marks.get(i).sameBefore(),
                            marks.get(i).at().isAfter(stale)),
                        doubt,
                        false))
            .toList());
  }

  private boolean mark(Attempt attempt) {
    ObjectNode record = attempt.entry().input();
    String input = record == null ? null : Json.text(record);
    return store.mark(
        target.operation(),
        attempt.index(),
        new WriteStore.Mark(id, tasks.now(), attempt.sameBefore()),
        input == null || WriteStore.isTooLong(input) ? null : input);
  }

  private boolean markAll(List<Attempt> attempts) {
    List<Callable<Boolean>> marks =
        attempts.stream().map(attempt -> (Callable<Boolean>) () -> mark(attempt)).toList();
    return tasks.all(marks).stream().allMatch(Boolean::booleanValue);
  }

  /**
   * Makes results of all attempts. Lost creations are looked for after the others are known, so
   * that a record of another attempt is not taken for one of them.
   */
  private List<RecordResult> conclude(List<AttemptEnd> ends) {
    Set<String> known = new HashSet<>(created);
    List<Attempt> lost = new ArrayList<>();
    for (AttemptEnd end : ends) {
      if (end.effect() instanceof Effect.Success(JsonNode answer)) {
        String recordId = results.idOf(end.attempt().request(), answer);
        if (recordId != null) {
          known.add(recordId);
        }
      } else if (end.effect() instanceof Effect.Doubt) {
        lost.add(end.attempt());
      }
    }
    NaturalKey key = target.naturalKey();
    NaturalKeys.Finds finds =
        lost.isEmpty() || key == null
            ? NaturalKeys.Finds.NONE
            : new NaturalKeys(calls.forLookUp(), target.object(), key).find(lost, known);
    return ends.stream().map(end -> conclude(end, finds)).toList();
  }

  private RecordResult conclude(AttemptEnd end, NaturalKeys.Finds finds) {
    RecordRequest request = end.attempt().request();
    int index = end.attempt().index();
    ObjectNode found = finds.found().get(index);
    RecordResult result =
        found == null ? results.of(request, end.effect()) : results.success(request, found);
    if (retries
        && finds.open().contains(index)
        && result instanceof Failure(FailureKind kind, String message)
        && kind == FailureKind.UNKNOWN) {
      // Its mark and its input stay, so the next run looks for it.
      return new Failure(FailureKind.UNSETTLED, message);
    }
    if (!end.stored() && !(result instanceof Progress)) {
      keep(end.attempt().index(), result);
    }
    return result;
  }

  private void keep(int index, RecordResult result) {
    try {
      if (retries && result.isRetryable()) {
        store.unmark(target.operation(), index, id);
      } else {
        store.keep(target.operation(), index, tasks.now(), result.text());
      }
    } catch (PinferryException e) {
      // The caller still gets the result; a later look finds the mark, and so a doubt.
      log.warn("outcome of a record not kept", e, field("index", index));
    }
  }
}
