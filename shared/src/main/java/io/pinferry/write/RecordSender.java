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
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WritableObject.Completion;
import io.pinferry.pinterest.WritableObject.NaturalKey;
import io.pinferry.pinterest.WritableObject.Together;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteVerb;
import io.pinferry.write.NaturalKeys.Lost;
import io.pinferry.write.RecordResult.Failed;
import io.pinferry.write.RecordResult.Failure;
import io.pinferry.write.RecordResult.Succeeded;
import io.pinferry.write.RecordResult.UnderWay;
import io.pinferry.write.WriteCalls.Deadlines;
import io.pinferry.write.WriteCalls.Effect;
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
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends the records of one write and says of each what became of it. A record whose creation cannot
 * be repeated is marked before it is sent, and each outcome is kept as soon as it is known.
 */
final class RecordSender {
  /** How many records are sent side by side; the budget spaces them where it has to. */
  static final int SIDE_BY_SIDE = 25;

  private final WriteCalls pinterest;
  private final VideoUpload videos;
  private final WriteStore store;
  private final Tasks tasks;
  private final Log log;
  private final What what;
  private final Deadlines deadlines;
  private final String sender;
  private final Rest rest;
  private final Set<String> claimed;

  /** What becomes of what is not done in time. */
  enum Rest {
    /** It stays so. */
    STAYS,
    /** Who sends it is asked to wait; but what Pinterest is still at, others bring to its end. */
    HANDED_ON,
    /** Somebody goes on with all of it; then none of it has an outcome yet. */
    TRIED_AGAIN
  }

  /** What is written. */
  record What(
      OperationId operation, Installation installation, WritableObject object, WriteVerb verb) {}

  /**
   * @param sender stands in the marks; no other sender has the same
   * @param rest what becomes of what is not done
   * @param claimed ids of records that the operation is known to have created before
   */
  RecordSender(
      WriteCalls pinterest,
      FileRelay files,
      WriteStore store,
      Tasks tasks,
      Log log,
      What what,
      Deadlines deadlines,
      String sender,
      Rest rest,
      Set<String> claimed) {
    this.pinterest = pinterest;
    this.videos = new VideoUpload(pinterest, files, tasks, what.installation(), deadlines);
    this.store = store;
    this.tasks = tasks;
    this.log =
        log.with(
            field("installation", what.installation().id()),
            field("operation", what.operation()),
            field("object", what.object().name()));
    this.what = what;
    this.deadlines = deadlines;
    this.sender = sender;
    this.rest = rest;
    this.claimed = Set.copyOf(claimed);
  }

  /**
   * A record to send.
   *
   * @param index where it is in its request
   * @param progress how far an earlier sender has come with it; null for not begun
   */
  record Numbered(int index, PreparedRecord record, @Nullable ObjectNode progress) {}

  /**
   * A record right before it is sent.
   *
   * @param sameBefore ids of what has its natural key already; null if that is not known
   */
  private record Ready(Numbered numbered, @Nullable Set<String> sameBefore) {
    PreparedRecord record() {
      return numbered.record();
    }
  }

  /** What is known of a record right after it was sent. */
  private record Sent(Ready ready, Effect effect, boolean kept) {
    Numbered numbered() {
      return ready.numbered();
    }
  }

  /**
   * Sends records, as many in one request as Pinterest takes, and these requests side by side.
   *
   * @return what became of each, in their order
   */
  List<RecordResult> send(List<Numbered> records) {
    if (records.isEmpty()) {
      return List.of();
    }
    String held = heldBack(records);
    if (held != null) {
      return notAttempted(records, held);
    }
    List<Ready> ready = ready(records);
    List<Ready> single = new ArrayList<>(ready);
    Map<Integer, Sent> sent = new HashMap<>();
    Together together = what.object().together(what.verb());
    if (together != null) {
      List<List<Ready>> packs = packs(together, ready);
      packs.removeIf(pack -> pack.size() == 1);
      for (List<Sent> pack : tasks.all(packs, SIDE_BY_SIDE, pack -> inOne(together, pack))) {
        // Pinterest created none, perhaps because of one: each for itself tells which.
        if (!(pack.getFirst().effect() instanceof Effect.Refused(PinterestFailure failure)
            && failure.mayBeOfOneRecord())) {
          pack.forEach(one -> sent.put(one.numbered().index(), one));
        }
      }
      single.removeIf(one -> sent.containsKey(one.numbered().index()));
    }
    tasks
        .all(single, SIDE_BY_SIDE, this::one)
        .forEach(one -> sent.put(one.numbered().index(), one));
    return concluded(
        records.stream().map(one -> Objects.requireNonNull(sent.get(one.index()))).toList());
  }

  /** Sends records in one request of which Pinterest creates all or none; empty if it has none. */
  Optional<List<RecordResult>> sendAllOrNone(List<Numbered> records) {
    Together together = what.object().together(what.verb());
    if (together == null || !together.allOrNone()) {
      return Optional.empty();
    }
    String held = heldBack(records);
    if (held != null) {
      return Optional.of(notAttempted(records, held));
    }
    List<Ready> ready = ready(records);
    return packs(together, ready).size() == 1
        ? Optional.of(concluded(inOne(together, ready)))
        : Optional.empty();
  }

  /** Returns why nothing can be sent, so that nothing has to be looked up before it; else null. */
  private @Nullable String heldBack(List<Numbered> records) {
    return what.object().naturalKey(what.verb()) != null
        ? pinterest.heldBack(what.installation(), records.getFirst().record().call(), deadlines)
        : null;
  }

  private List<RecordResult> notAttempted(List<Numbered> records, String why) {
    Effect effect = new Effect.NotDone("not attempted: " + why);
    return concluded(
        records.stream().map(one -> new Sent(new Ready(one, null), effect, false)).toList());
  }

  /** Divides records into requests, each with as many in their order as fit into it. */
  private static List<List<Ready>> packs(Together together, List<Ready> records) {
    Map<Map<String, String>, List<Ready>> alike = new LinkedHashMap<>();
    records.forEach(
        one ->
            alike.computeIfAbsent(one.record().parameters(), absent -> new ArrayList<>()).add(one));
    List<List<Ready>> packs = new ArrayList<>();
    for (List<Ready> some : alike.values()) {
      int count = together.countMax();
      for (Ready one : some) {
        int more = entries(together, one).size();
        if (count + more > together.countMax()) {
          packs.add(new ArrayList<>());
          count = 0;
        }
        packs.getLast().add(one);
        count += more;
      }
    }
    return packs;
  }

  private static List<JsonNode> entries(Together together, Ready one) {
    return together.entriesOf(Objects.requireNonNull(one.record().body()));
  }

  private List<Sent> inOne(Together together, List<Ready> records) {
    Effect effect =
        pinterest.send(
            what.installation(),
            together.call(),
            together.call().pathAndQuery(records.getFirst().record().parameters()),
            together.body(
                records.stream().flatMap(one -> entries(together, one).stream()).toList()),
            deadlines,
            () -> markAll(records));
    if (!together.named() || !(effect instanceof Effect.Done(JsonNode ids))) {
      return records.stream().map(one -> new Sent(one, effect, false)).toList();
    }
    boolean all = ids.size() == records.size();
    return IntStream.range(0, records.size())
        .mapToObj(
            i ->
                new Sent(
                    records.get(i),
                    all
                        ? created(ids.path(i))
                        : new Effect.Unknown("the answer does not name each of them"),
                    false))
        .toList();
  }

  private Effect created(JsonNode id) {
    return new Effect.Done(Json.object().put(what.object().idField(), id.asText()));
  }

  private List<Ready> ready(List<Numbered> records) {
    NaturalKey key = what.object().naturalKey(what.verb());
    List<@Nullable Set<String>> before =
        key == null
            ? Collections.nCopies(records.size(), null)
            : keys(key, deadlines).idsOf(records.stream().map(Numbered::record).toList());
    return IntStream.range(0, records.size())
        .mapToObj(i -> new Ready(records.get(i), before.get(i)))
        .toList();
  }

  private NaturalKeys keys(NaturalKey key, Deadlines until) {
    return new NaturalKeys(pinterest, what.installation(), what.object(), key, until);
  }

  private Sent one(Ready ready) {
    Numbered numbered = ready.numbered();
    Effect effect = steps(ready);
    // What is not known yet may be found out, and only the first outcome stays.
    boolean known = !(effect instanceof Effect.Unknown);
    if (rest != Rest.STAYS && effect instanceof Effect.Waiting(ObjectNode progress)) {
      progressed(numbered.index(), progress);
    } else if (known) {
      keep(numbered.index(), result(numbered.record(), effect));
    }
    return new Sent(ready, effect, known);
  }

  /** Does everything that a record needs, one request after the other. */
  private Effect steps(Ready ready) {
    Numbered numbered = ready.numbered();
    PreparedRecord record = numbered.record();
    FileRelay.Source video = record.video();
    ObjectNode body = record.body();
    if (video != null) {
      Effect uploaded = uploaded(video, numbered);
      if (isMedia() || !(uploaded instanceof Effect.Done(JsonNode answer))) {
        return uploaded;
      }
      if (rest == Rest.TRIED_AGAIN && answer instanceof ObjectNode media) {
        progressed(numbered.index(), media);
      }
      body = record.bodyWith(answer.path("media_id").asText());
    }
    // Media without a video of ours are registered only: whoever asked for that uploads it.
    Completion completion = isMedia() ? null : what.object().completion();
    String account = record.parameters().get(WriteCall.AD_ACCOUNT);
    if (completion != null && numbered.progress() != null) {
      return videos.awaitCompletion(completion, numbered.progress(), account);
    }
    WriteCall call = record.call();
    Effect effect =
        pinterest.send(
            what.installation(),
            call,
            call.pathAndQuery(record.parameters()),
            body,
            deadlines,
            () -> call.repeatable() || mark(ready));
    return completion != null
            && effect instanceof Effect.Done(JsonNode answer)
            && answer instanceof ObjectNode begun
            && begun.hasNonNull(completion.idField())
        ? videos.awaitCompletion(completion, begun, account)
        : effect;
  }

  private boolean isMedia() {
    return what.object().name().equals("media");
  }

  private Effect uploaded(FileRelay.Source video, Numbered numbered) {
    // What is to be answered now is kept when it is handed on.
    Effect uploaded =
        videos.upload(
            video,
            numbered.progress(),
            begun -> rest != Rest.TRIED_AGAIN || progressed(numbered.index(), begun));
    return uploaded instanceof Effect.Done(JsonNode answer) && answer instanceof ObjectNode media
        ? videos.awaitCompletion(VideoUpload.MEDIA, media, null)
        : uploaded;
  }

  /** Returns whether it was kept; if not, what was kept before stays true. */
  private boolean progressed(int index, ObjectNode progress) {
    try {
      store.progress(what.operation(), index, tasks.now(), Json.text(progress));
      return true;
    } catch (PinferryException e) {
      log.warn("progress of a record not kept", e, field("index", index));
      return false;
    }
  }

  /**
   * Finds out about records that somebody marked and did not live to keep an outcome of.
   *
   * @param marked the records with their marks, in one order
   */
  List<RecordResult> findOut(List<Numbered> marked, List<WriteStore.Mark> marks) {
    return concluded(
        IntStream.range(0, marked.size())
            .mapToObj(
                i ->
                    new Sent(
                        new Ready(marked.get(i), marks.get(i).sameBefore()),
                        new Effect.Unknown("whoever sent it was interrupted"),
                        false))
            .toList());
  }

  private boolean mark(Ready ready) {
    return store.mark(
        what.operation(),
        ready.numbered().index(),
        new WriteStore.Mark(sender, tasks.now(), ready.sameBefore()));
  }

  private boolean markAll(List<Ready> records) {
    List<Callable<Boolean>> marks =
        records.stream().map(one -> (Callable<Boolean>) () -> mark(one)).toList();
    return tasks.all(marks).stream().allMatch(Boolean::booleanValue);
  }

  /**
   * Turns what is known into results. Whose answer was lost is looked for after all others have
   * theirs, so that a record that another one has created is not taken for it.
   */
  private List<RecordResult> concluded(List<Sent> sent) {
    Set<String> created = new HashSet<>(claimed);
    List<Lost> lost = new ArrayList<>();
    for (Sent one : sent) {
      switch (one.effect()) {
        case Effect.Done(JsonNode answer) -> {
          String id = idOf(one.numbered().record(), answer);
          if (id != null) {
            created.add(id);
          }
        }
        case Effect.Unknown _ ->
            lost.add(
                new Lost(
                    one.numbered().index(), one.numbered().record(), one.ready().sameBefore()));
        case Effect.Refused _, Effect.NotDone _, Effect.Impossible _, Effect.Waiting _ -> {}
      }
    }
    NaturalKey key = what.object().naturalKey(what.verb());
    Map<Integer, ObjectNode> found =
        lost.isEmpty() || key == null
            ? Map.of()
            : keys(key, deadlines.forLookUp()).find(lost, created);
    List<RecordResult> results = new ArrayList<>();
    for (Sent one : sent) {
      ObjectNode record = found.get(one.numbered().index());
      RecordResult result =
          record == null
              ? result(one.numbered().record(), one.effect())
              : succeeded(one.numbered().record(), record);
      if (!one.kept() && !(result instanceof UnderWay)) {
        keep(one.numbered().index(), result);
      }
      results.add(result);
    }
    return results;
  }

  private void keep(int index, RecordResult result) {
    try {
      if (rest == Rest.TRIED_AGAIN
          && result instanceof Failed failed
          && failed.failure() == Failure.NOT_DONE) {
        store.unmark(what.operation(), index, sender);
        return;
      }
      store.keep(what.operation(), index, tasks.now(), result.text());
    } catch (PinferryException e) {
      // The caller gets it all the same; whoever looks later finds it marked, and so unknown.
      log.warn("outcome of a record not kept", e, field("index", index));
    }
  }

  private RecordResult result(PreparedRecord record, Effect effect) {
    return switch (effect) {
      case Effect.Done(JsonNode answer) -> succeeded(record, answer);
      case Effect.Refused(PinterestFailure failure)
          when what.verb() == WriteVerb.DELETE && failure.kind() == Kind.NOT_FOUND ->
          succeeded(record, Json.object());
      case Effect.Refused(PinterestFailure failure) ->
          new Failed(again(failure) ? Failure.NOT_DONE : Failure.REFUSED, refusal(record, failure));
      case Effect.NotDone(String why) ->
          new Failed(Failure.NOT_DONE, why + "; a repeat is safe and may succeed");
      case Effect.Impossible(String why) -> RecordResult.refused(why);
      case Effect.Waiting(ObjectNode known) ->
          switch (rest) {
            case TRIED_AGAIN ->
                new Failed(
                    Failure.NOT_DONE,
                    "not finished: Pinterest is still at it, as " + begunAs(known));
            case HANDED_ON -> new UnderWay(isThere(known) ? succeeded(record, known) : null, known);
            case STAYS -> unfinished(record, known);
          };
      case Effect.Unknown(String why) -> new Failed(Failure.UNKNOWN, unknown(why));
    };
  }

  private RecordResult unfinished(PreparedRecord record, ObjectNode known) {
    return isThere(known) ? succeeded(record, known) : unfinished(known);
  }

  private boolean isThere(ObjectNode known) {
    return known.has(what.object().idField()) && !VideoUpload.uploading(known);
  }

  /** Says where the video of a pin stands that nobody brings to its end. */
  static Failed unfinished(ObjectNode known) {
    return new Failed(
        Failure.NOT_DONE,
        known.isEmpty()
            ? "nothing was written: the video took longer than there was time; a repeat is safe,"
                + " and has more time with mode asynchronous"
            : "nothing was written: Pinterest still processes the video, which it has as media "
                + known.path("media_id").asText()
                + ". Create it in some minutes with source_type video_id and that media_id");
  }

  /** Returns the id of what a record is waiting for, its own or that of its video. */
  private String begunAs(ObjectNode known) {
    String id = what.object().idField();
    return known.path(known.has(id) ? id : VideoUpload.MEDIA.idField()).asText();
  }

  private static boolean again(PinterestFailure failure) {
    return failure.kind() == Kind.RATE_LIMITED || failure.kind() == Kind.UNAVAILABLE;
  }

  private Succeeded succeeded(PreparedRecord record, JsonNode answer) {
    ObjectNode data = null;
    if (answer instanceof ObjectNode object && !object.isEmpty()) {
      data = object.deepCopy();
      data.remove(WritableObject.SECRET_MEMBERS);
    }
    return new Succeeded(idOf(record, answer), data);
  }

  /** Returns the id that the answer has, else the one that was sent; null if neither has any. */
  private @Nullable String idOf(PreparedRecord record, JsonNode answer) {
    JsonNode id = answer.path(what.object().idField());
    if (id.isValueNode() && !id.isNull()) {
      return id.asText();
    }
    Map<String, String> sent = record.parameters();
    String own = sent.get(what.object().idField());
    return own == null ? sent.get("id") : own;
  }

  private static String refusal(PreparedRecord record, PinterestFailure failure) {
    String advice =
        switch (failure.kind()) {
          case FORBIDDEN ->
              ". It may lack a permission: it needs the scopes "
                  + String.join(", ", new TreeSet<>(record.call().scopes()))
                  + ", and in a business account the role for it";
          case SPAM_BLOCKED -> ". Do not repeat it: that makes the block longer";
          case RATE_LIMITED -> ". Nothing was written; try again at " + failure.retryAt();
          case TOKEN_REJECTED -> ". The customer has to connect again";
          case UNAVAILABLE -> ". Nothing was written; a repeat may succeed";
          case NOT_FOUND, NO_CATALOG, REFUSED -> "";
        };
    return failure.describe() + advice;
  }

  private String unknown(String why) {
    if (what.verb() != WriteVerb.CREATE) {
      return "outcome unknown: Pinterest may or may not have done it ("
          + why
          + "); a repeat is safe";
    }
    NaturalKey key = what.object().naturalKey();
    return "outcome unknown: Pinterest may or may not have created it ("
        + why
        + ")"
        + (key == null
            ? ""
            : "; by its " + key.field() + " alone it cannot be told from others, or is not there")
        + ". Look for it at Pinterest before you repeat this, or it may exist twice";
  }
}
