package io.pinbridge.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.Json;
import io.pinbridge.base.PinbridgeException;
import io.pinbridge.base.Tasks;
import io.pinbridge.connection.AccessToken;
import io.pinbridge.connection.AccessTokens;
import io.pinbridge.directory.Installation;
import io.pinbridge.limit.BudgetKey;
import io.pinbridge.limit.BudgetWindow;
import io.pinbridge.limit.Budgets;
import io.pinbridge.pinterest.PinterestFailure;
import io.pinbridge.pinterest.PinterestFailure.Kind;
import io.pinbridge.pinterest.PinterestWrites;
import io.pinbridge.pinterest.PinterestWrites.Outcome;
import io.pinbridge.pinterest.RateCategory;
import io.pinbridge.pinterest.WritableObject;
import io.pinbridge.pinterest.WritableObject.NaturalKey;
import io.pinbridge.pinterest.WriteCall;
import io.pinbridge.pinterest.WriteVerb;
import io.pinbridge.write.RecordResult.Failed;
import io.pinbridge.write.RecordResult.Succeeded;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Sends the records of one request and says of each what became of it. */
final class RecordSender {
  /** An HTTP API gives up after 30 s; after this time no further record is begun. */
  static final Duration TAKING_TIME = Duration.ofSeconds(20);

  /** When the last request must have been answered. */
  static final Duration TIME_MAX = Duration.ofSeconds(27);

  static final int CONCURRENCY = 10;

  private static final int ATTEMPTS_MAX = 3;
  private static final int LOOK_UP_PAGES_MAX = 4;
  private static final Duration LOOK_UP_MIN = Duration.ofSeconds(2);

  /** What an answer may hold that nobody who writes needs back. */
  private static final List<String> SECRET_MEMBERS =
      List.of("credentials", "partner_access_token", "partner_refresh_token");

  private final AccessTokens tokens;
  private final Budgets budgets;
  private final PinterestWrites pinterest;
  private final Tasks tasks;
  private final Installation installation;
  private final WritableObject object;
  private final WriteVerb verb;
  private final WriteCall call;
  private final Instant takingUntil;
  private final Instant answeredUntil;

  RecordSender(
      AccessTokens tokens,
      Budgets budgets,
      PinterestWrites pinterest,
      Tasks tasks,
      Installation installation,
      WritableObject object,
      WriteVerb verb,
      WriteCall call,
      Instant start) {
    this.tokens = tokens;
    this.budgets = budgets;
    this.pinterest = pinterest;
    this.tasks = tasks;
    this.installation = installation;
    this.object = object;
    this.verb = verb;
    this.call = call;
    this.takingUntil = start.plus(TAKING_TIME);
    this.answeredUntil = start.plus(TIME_MAX);
  }

  /**
   * Sends records side by side.
   *
   * @return what became of each, in their order
   */
  List<RecordResult> send(List<PreparedRecord> records) {
    // A token that cannot be had stops the request before anything is sent.
    tokens.accessTokenFor(installation.project(), installation.connection());
    int lanes = Math.min(CONCURRENCY, records.size());
    List<Tasks.Fork<List<RecordResult>>> forks = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      int first = lane;
      forks.add(
          tasks.fork(
              () -> {
                List<RecordResult> own = new ArrayList<>();
                for (int i = first; i < records.size(); i += lanes) {
                  own.add(one(records.get(i)));
                }
                return own;
              }));
    }
    List<List<RecordResult>> byLane = forks.stream().map(Tasks.Fork::join).toList();
    List<RecordResult> results = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      results.add(byLane.get(i % lanes).get(i / lanes));
    }
    return results;
  }

  /**
   * Creates several records in one request.
   *
   * @return what became of each; empty if Pinterest refused them together and wrote none
   */
  Many createTogether(WriteCall many, List<PreparedRecord> records) {
    ArrayNode bodies = Json.object().arrayNode();
    records.forEach(record -> bodies.add(record.body()));
    Outcome outcome =
        exchange(many, many.pathAndQuery(records.getFirst().parameters()), bodies, many.category());
    return switch (outcome) {
      case Outcome.Done done when done.answer().size() == records.size() -> {
        List<RecordResult> results = new ArrayList<>();
        done.answer().forEach(id -> results.add(new Succeeded(id.asText(), null)));
        yield new Many(results, null);
      }
      case Outcome.Done done ->
          new Many(
              records.stream()
                  .map(record -> unknown(record, "its answer does not name each of them"))
                  .toList(),
              null);
      case Outcome.Unknown lost ->
          new Many(records.stream().map(record -> unknown(record, lost.why())).toList(), null);
      case Outcome.Refused refused -> new Many(List.of(), refused(refused.failure()).message());
      case Outcome.NotSent notSent -> new Many(List.of(), notSent(notSent.why()).message());
    };
  }

  /**
   * What became of records that were created together.
   *
   * @param results one for each; none if nothing was created
   * @param refusal why nothing was created; null if there are results
   */
  record Many(List<RecordResult> results, @Nullable String refusal) {}

  private RecordResult one(PreparedRecord record) {
    try {
      String pathAndQuery = call.pathAndQuery(record.parameters());
      return switch (exchange(call, pathAndQuery, record.body(), call.category())) {
        case Outcome.Done done -> succeeded(record, done.answer());
        case Outcome.Refused refused
            when verb == WriteVerb.DELETE && refused.failure().kind() == Kind.NOT_FOUND ->
            succeeded(record, Json.object());
        case Outcome.Refused refused -> refused(refused.failure());
        case Outcome.NotSent notSent -> notSent(notSent.why());
        case Outcome.Unknown lost -> unknown(record, lost.why());
      };
    } catch (PinbridgeException e) {
      // The other records' results must reach the caller whatever stopped this one.
      return new Failed(
          e.getMessage()
              + e.remedy().map(remedy -> ". " + remedy).orElse("")
              + ". This record was not sent to Pinterest.");
    }
  }

  /** Sends a request when the budget permits it, again only if that cannot do it twice. */
  private Outcome exchange(
      WriteCall sent, String pathAndQuery, @Nullable JsonNode body, RateCategory category) {
    AccessToken token = tokens.accessTokenFor(installation.project(), installation.connection());
    boolean refreshed = false;
    for (int attempt = 1; ; attempt++) {
      BudgetKey budget = category.budgetOf(token.budgetOwner());
      if (!tasks.now().isBefore(takingUntil)) {
        return notAttempted("the time for one request was over");
      }
      switch (budgets.acquire(budget, category.assumed(), takingUntil)) {
        case Budgets.Answer.NotBefore held -> {
          return notAttempted(
              "the request limit for " + category.text() + " is used up until " + held.at());
        }
        case Budgets.Answer.Permit permit -> tasks.sleepUntil(permit.at());
      }
      Duration left = Duration.between(tasks.now(), answeredUntil);
      Outcome outcome = pinterest.send(sent.method(), pathAndQuery, body, token.token(), left);
      budgets.learn(budget, outcome.windows());
      boolean last = attempt == ATTEMPTS_MAX;
      switch (outcome) {
        case Outcome.Refused(PinterestFailure failure, List<BudgetWindow> windows) -> {
          if (failure.kind() == Kind.TOKEN_REJECTED && !refreshed) {
            refreshed = true;
            token =
                tokens.refreshAfterRejection(
                    installation.project(), installation.connection(), token.version());
          } else if (failure.kind() == Kind.RATE_LIMITED && failure.retryAt() != null && !last) {
            budgets.pause(budget, category.assumed(), failure.retryAt());
          } else {
            return outcome;
          }
        }
        case Outcome.NotSent notSent -> {
          if (last) {
            return outcome;
          }
        }
        case Outcome.Unknown lost -> {
          if (last || !sent.repeatable() || !tasks.now().isBefore(takingUntil)) {
            return outcome;
          }
        }
        case Outcome.Done done -> {
          return done;
        }
      }
    }
  }

  private static Outcome notAttempted(String why) {
    return new Outcome.NotSent(why, List.of());
  }

  private Succeeded succeeded(PreparedRecord record, JsonNode answer) {
    ObjectNode data = null;
    if (answer instanceof ObjectNode object && !object.isEmpty()) {
      data = object.deepCopy();
      data.remove(SECRET_MEMBERS);
    }
    JsonNode id = answer.path(object.idField());
    if (id.isValueNode() && !id.isNull()) {
      return new Succeeded(id.asText(), data);
    }
    Map<String, String> sent = record.parameters();
    String own = sent.get(object.idField());
    return new Succeeded(own == null ? sent.get("id") : own, data);
  }

  private Failed refused(PinterestFailure failure) {
    String advice =
        switch (failure.kind()) {
          case FORBIDDEN ->
              ". It may lack a permission: it needs the scopes "
                  + String.join(", ", new TreeSet<>(call.scopes()))
                  + ", and in a business account the role for it";
          case SPAM_BLOCKED -> ". Do not repeat it: that makes the block longer";
          case RATE_LIMITED -> ". Nothing was written; try again at " + failure.retryAt();
          case TOKEN_REJECTED -> ". The customer has to connect again";
          case UNAVAILABLE -> ". Nothing was written; a repeat may succeed";
          case NOT_FOUND, NO_CATALOG, REFUSED -> "";
        };
    return new Failed(failure.describe() + advice);
  }

  private static Failed notSent(String why) {
    return new Failed("not attempted: " + why + "; a repeat is safe and may succeed");
  }

  private RecordResult unknown(PreparedRecord record, String why) {
    if (verb != WriteVerb.CREATE) {
      return new Failed(
          "outcome unknown: Pinterest may or may not have done it (" + why + "); a repeat is safe");
    }
    NaturalKey key = object.naturalKey();
    ObjectNode body = record.body();
    if (key != null && body != null) {
      Optional<ObjectNode> created = lookUp(key, body);
      if (created.isPresent()) {
        return succeeded(record, created.get());
      }
    }
    return new Failed(
        "outcome unknown: Pinterest may or may not have created it ("
            + why
            + ")"
            + (key == null
                ? ""
                : "; it was not found by its " + key.field() + ", but may still appear")
            + ". Look for it at Pinterest before you repeat this, or it may exist twice");
  }

  /** Finds the record that was sent, if it is there with everything that was asked. */
  private Optional<ObjectNode> lookUp(NaturalKey key, ObjectNode body) {
    if (Duration.between(tasks.now(), answeredUntil).compareTo(LOOK_UP_MIN) < 0) {
      return Optional.empty();
    }
    String query = "?page_size=250";
    if (key.query() != null && body.hasNonNull(key.query())) {
      query += "&" + key.query() + "=" + encode(body.path(key.query()).asText());
    } else if (body.hasNonNull("catalog_id") && key.query() != null) {
      query += "&catalog_id=" + encode(body.path("catalog_id").asText());
    }
    var list = new WriteCall("GET", key.path(), null, false, call.scopes(), null);
    String bookmark = "";
    for (int page = 0; page < LOOK_UP_PAGES_MAX; page++) {
      Outcome outcome = exchange(list, key.path() + query + bookmark, null, list.category());
      if (!(outcome instanceof Outcome.Done done)) {
        return Optional.empty();
      }
      for (JsonNode item : done.answer().path("items")) {
        if (item instanceof ObjectNode found
            && found.path(key.field()).equals(body.path(key.field()))
            && agrees(found, body)) {
          return Optional.of(found);
        }
      }
      String next = done.answer().path("bookmark").textValue();
      if (next == null) {
        return Optional.empty();
      }
      bookmark = "&bookmark=" + encode(next);
    }
    return Optional.empty();
  }

  /** Returns whether what was found has every plain value that was sent, as far as it shows it. */
  private static boolean agrees(ObjectNode found, ObjectNode body) {
    return body.properties().stream()
        .filter(sent -> sent.getValue().isValueNode() && found.hasNonNull(sent.getKey()))
        .allMatch(sent -> found.get(sent.getKey()).asText().equals(sent.getValue().asText()));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
