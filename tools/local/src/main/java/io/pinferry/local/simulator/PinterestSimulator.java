package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.local.simulator.TokenAuthority.Session;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Imitates Pinterest for one application's developer: one account of the size the settings say,
 * other people who share ad accounts and boards with it, OAuth, rate limits, and faults on command.
 *
 * <p>The simulator is a function of settings, time and what was asked before. It has no threads,
 * opens no files or sockets, and waits for nothing; {@link #handle} may be called by several
 * threads at once. Besides the API under {@code /v5/} and the authorize page {@code /oauth/} it
 * answers:
 *
 * <ul>
 *   <li>{@code GET /_sim/truth/{object}?plan=owned|boards}: what the account has, one JSON line
 *       each
 *   <li>{@code GET /_sim/requests?limit=n}: the latest requests, and counts by category and status
 *   <li>{@code GET}, {@code POST}, {@code DELETE /_sim/faults}: see {@link Fault}; a POST takes one
 *       object or an array of them, {@code
 *       {"kind":"status","status":500,"object":"pins","count":3}}
 *   <li>{@code POST /_sim/changes}: changes records now, with faults of the kinds insert, delete
 *       and edit
 * </ul>
 */
public final class PinterestSimulator {
  private static final String JSON = "application/json";
  private static final int REQUESTS_SHOWN = 100;

  private final SimulatorSettings settings;
  private final InstantSource clock;
  private final ObjectMapper mapper = new ObjectMapper();
  private final List<Operation> operations = Operation.all();
  private final World world;
  private final ReadApi reading;
  private final WriteApi writing;
  private final Truth truth;
  private final AuthorizePage authorizePage;

  /** Guards everything below: what a request changes. Reading the world needs no lock. */
  private final Object lock = new Object();

  private final TokenAuthority tokens;
  private final RateLimiter limiter;
  private final Faults faults = new Faults();
  private final RequestLog log = new RequestLog();
  private final WorldChanges changes;
  private long requests;

  /** Makes the world of the settings, changed as the store remembers. */
  public PinterestSimulator(SimulatorSettings settings, InstantSource clock, StateStore store) {
    this.settings = settings;
    this.clock = clock;
    var signer = new Signer(settings.seed());
    var state = new SavedState(store);
    var builder = new WorldBuilder(settings.seed(), settings.records());
    this.world = builder.build(settings.boards());
    this.tokens = new TokenAuthority(settings, signer, state);
    this.limiter = new RateLimiter(Math.max(1, settings.rateLimitDivisor()), settings.trialTier());
    this.changes = new WorldChanges(world, builder, state);
    this.reading = new ReadApi(world, settings, new Bookmarks(signer), mapper);
    this.writing = new WriteApi(world, reading, changes, signer, settings.trialTier());
    this.truth = new Truth(world, mapper);
    this.authorizePage = new AuthorizePage(world, tokens);
  }

  /** Returns the settings this was made with. */
  public SimulatorSettings settings() {
    return settings;
  }

  /**
   * Answers one request; errors are answers too.
   *
   * @return the answer, and with it how long to wait and whether to drop the connection instead
   */
  public SimulatedResponse handle(SimulatedRequest request) {
    if (request.path().startsWith("/_sim/")) {
      return control(request);
    }
    Instant now = clock.instant();
    String rid;
    world.settle(now);
    synchronized (lock) {
      requests++;
      rid = Long.toUnsignedString(Mix.mix(settings.seed(), 50, requests));
    }
    var trace = new Trace(request, now, rid);
    SimulatedResponse response;
    if (request.path().equals("/oauth/") || request.path().equals("/oauth")) {
      response = authorize(request, now);
    } else if (request.path().equals("/_media/uploads")) {
      response = beside(Operation.UPLOAD, "POST", request, now);
    } else if (request.path().equals("/_reports")) {
      response = beside(Operation.REPORT_FILE, "GET", request, now);
    } else {
      response = api(request, now, trace);
    }
    var headers = new HashMap<>(response.headers());
    if (!trace.ofEdge) {
      headers.putAll(trace.rateHeaders);
      headers.put("x-pinterest-rid", rid);
    }
    synchronized (lock) {
      log.add(trace.entry(response));
    }
    return response.withHeaders(headers);
  }

  /** Adds a fault, which strikes matching requests from now on. */
  public void addFault(Fault fault) {
    synchronized (lock) {
      faults.add(fault);
    }
  }

  /** Removes all faults. Their changes stay. */
  public void clearFaults() {
    synchronized (lock) {
      faults.clear();
    }
  }

  /**
   * Tells what the account has.
   *
   * @param object one of the ten read objects
   * @param plan which pins; without meaning for the others
   * @return one JSON text per record, made while they are taken
   * @throws IllegalArgumentException for an object that is none of the ten
   */
  public Stream<String> truth(String object, PinPlan plan) {
    if (!Truth.OBJECTS.contains(object)) {
      throw new IllegalArgumentException(
          "'" + object + "' must be one of " + String.join(", ", Truth.OBJECTS));
    }
    world.settle(clock.instant());
    return truth.lines(object, plan);
  }

  /** Returns an access token of the account, as if its owner had granted {@code scopes}. */
  public String issueAccessToken(String clientId, Set<String> scopes) {
    SimulatedApp app =
        tokens
            .app(clientId)
            .orElseThrow(() -> new IllegalArgumentException("no application '" + clientId + "'"));
    synchronized (lock) {
      return tokens.issueAccessToken(app, world.me(), new LinkedHashSet<>(scopes), clock.instant());
    }
  }

  /** Returns the scopes there are. */
  public static List<String> scopes() {
    return Scopes.ALL;
  }

  /** A request while it is answered. */
  private static final class Trace {
    private final SimulatedRequest request;
    private final Instant time;
    private final String rid;
    private String category = "none";
    private @Nullable String app;
    private @Nullable String user;
    private Map<String, String> rateHeaders = Map.of();
    private boolean ofEdge;

    Trace(SimulatedRequest request, Instant time, String rid) {
      this.request = request;
      this.time = time;
      this.rid = rid;
    }

    RequestLog.Entry entry(SimulatedResponse response) {
      // The query of the authorize page holds the state, which proves who started to connect.
      String query = request.path().startsWith("/v5/") ? request.rawQuery() : null;
      boolean writes =
          request.path().startsWith("/v5/")
              && !request.method().equals("GET")
              && !request.path().equals("/v5/oauth/token");
      return new RequestLog.Entry(
          time,
          request.method(),
          request.path(),
          query == null ? null : query.replaceAll("(^|&)token=[^&]*", "$1token=***"),
          writes ? LoggedBody.masked(request) : null,
          writes ? LoggedBody.digest(request) : null,
          response.dropped() ? "dropped" : Integer.toString(response.status()),
          category,
          app,
          user,
          rid);
    }
  }

  private SimulatedResponse authorize(SimulatedRequest request, Instant now) {
    try {
      return switch (request.method()) {
        case "GET" -> authorizePage.ask(QueryText.parse(request.rawQuery()));
        case "POST" -> {
          synchronized (lock) {
            yield authorizePage.decide(QueryText.parse(request.bodyText()), now);
          }
        }
        default -> throw new ApiFailure(405, 5, "Method not allowed");
      };
    } catch (ApiFailure failure) {
      return error(failure);
    }
  }

  private SimulatedResponse api(SimulatedRequest request, Instant now, Trace trace) {
    Operation operation = null;
    try {
      List<String> segments = apiSegments(request);
      operation = operation(request.method(), segments);
      trace.category = operation.category().label();
      return operation.name() == Operation.Name.TOKEN
          ? token(request, operation, segments, now, trace)
          : answer(request, operation, segments, now, trace);
    } catch (ApiFailure failure) {
      return operation != null && operation.name() == Operation.Name.TOKEN
          ? oauthError(failure)
          : error(failure);
    }
  }

  private static List<String> apiSegments(SimulatedRequest request) {
    if (!request.path().startsWith("/v5/")) {
      throw new ApiFailure(404, 404, "There is nothing at " + request.path());
    }
    return Operation.segments(request.path().substring("/v5/".length()));
  }

  private Operation operation(String method, List<String> segments) {
    Operation best = null;
    int bestIds = Integer.MAX_VALUE;
    boolean otherMethod = false;
    for (Operation each : operations) {
      Optional<Integer> ids = each.idsIn(segments);
      if (ids.isPresent() && ids.get() < bestIds) {
        if (each.method().equals(method)) {
          best = each;
          bestIds = ids.get();
        } else {
          otherMethod = true;
        }
      }
    }
    if (best != null) {
      return best;
    }
    if (otherMethod) {
      throw new ApiFailure(405, 5, "Method " + method + " is not allowed here");
    }
    throw new ApiFailure(404, 404, "There is no operation at /v5/" + String.join("/", segments));
  }

  private SimulatedResponse token(
      SimulatedRequest request,
      Operation operation,
      List<String> segments,
      Instant now,
      Trace trace) {
    ApiCall call = ApiCall.of(operation, segments, QueryText.parse(request.rawQuery()));
    synchronized (lock) {
      admit("token endpoint", "-", operation.category(), now, trace);
      var struck = new Struck(faults.strike(request, call));
      trace.ofEdge = struck.ofEdge();
      return struck.around(
          call,
          () ->
              json(
                  200,
                  tokens.token(
                      request.header("authorization"), QueryText.parse(request.bodyText()), now)));
    }
  }

  private SimulatedResponse answer(
      SimulatedRequest request,
      Operation operation,
      List<String> segments,
      Instant now,
      Trace trace) {
    ApiCall call;
    Session session;
    Struck struck;
    synchronized (lock) {
      if (settings.rateLimits()) {
        // Shown to requests that belong to nobody, too.
        trace.rateHeaders = limiter.peek("-", "-", operation.category(), now).headers();
      }
      session = tokens.authenticate(request.header("authorization"), now);
      trace.app = session.clientId();
      trace.user = session.userId();
      admit(session.clientId(), session.userId(), operation.category(), now, trace);
      for (String scope : operation.scopes()) {
        if (!session.scopes().contains(scope)) {
          throw new ApiFailure(401, 3, "The access token does not have the scope " + scope);
        }
      }
      call = ApiCall.of(operation, segments, QueryText.parse(request.rawQuery()));
      struck = new Struck(faults.strike(request, call));
      trace.ofEdge = struck.ofEdge();
      struck.change(call, session, now);
    }
    if (operation.isWrite()) {
      synchronized (lock) {
        return struck.around(call, () -> write(request, call, session, now));
      }
    }
    return struck.around(
        call,
        () ->
            SimulatedResponse.of(
                200,
                Map.of("content-type", JSON),
                reading.answer(call, session, struck.pageFault())));
  }

  /** A refused write is an answer like any other, so that a fault can lose it too. */
  private SimulatedResponse write(
      SimulatedRequest request, ApiCall call, Session session, Instant now) {
    try {
      Person user =
          world
              .person(session.userId())
              .orElseThrow(() -> new ApiFailure(401, 2, "Authentication failed: no such user"));
      return writing.answer(new WriteCall(call, request, session, user, now));
    } catch (ApiFailure failure) {
      return error(failure);
    }
  }

  /** Answers what stands beside the API: no token, no rate limit, but faults. */
  private SimulatedResponse beside(
      Operation operation, String method, SimulatedRequest request, Instant now) {
    try {
      if (!request.method().equals(method)) {
        throw new ApiFailure(405, 5, "Method not allowed");
      }
      ApiCall call = ApiCall.of(operation, operation.path(), QueryText.parse(request.rawQuery()));
      synchronized (lock) {
        return new Struck(faults.strike(request, call))
            .around(
                call,
                () ->
                    operation.name() == Operation.Name.UPLOAD
                        ? writing.receiveUpload(request, now)
                        : writing.reportFile(call, now));
      }
    } catch (ApiFailure failure) {
      return error(failure);
    }
  }

  private void admit(String app, String user, Category category, Instant now, Trace trace) {
    if (!settings.rateLimits()) {
      return;
    }
    RateLimiter.Verdict verdict = limiter.admit(app, user, category, now);
    trace.rateHeaders = verdict.headers();
    if (!verdict.admitted()) {
      throw new ApiFailure(
          429, 8, "This request exceeded a rate limit. Please retry after waiting");
    }
  }

  private interface Work {
    SimulatedResponse run();
  }

  private void change(List<Fault> wanted, Instant now) {
    if (!wanted.stream().map(Fault::effect).allMatch(Fault::changesRecords)) {
      throw ApiFailure.invalid("The kinds of a change are insert, delete, edit");
    }
    wanted.forEach(fault -> changeRecords(fault.effect(), now));
  }

  private void changeRecords(Fault.Effect effect, Instant now) {
    switch (effect) {
      case Fault.Insert insert -> changes.insert(insert.object(), insert.number(), now);
      case Fault.Delete delete ->
          changes.delete(delete.object(), delete.number(), delete.ids(), settings.seed(), now);
      case Fault.Edit edit ->
          changes.edit(edit.object(), edit.number(), edit.ids(), settings.seed(), now);
      default -> throw new IllegalArgumentException("no change of records: " + effect);
    }
  }

  /** The faults that struck one request. */
  private final class Struck {
    private final List<Fault.Effect> effects;

    Struck(List<Fault.Effect> effects) {
      this.effects = effects;
    }

    /** Changes the state before the request is answered; called under the lock. */
    void change(ApiCall call, Session session, Instant now) {
      for (Fault.Effect effect : effects) {
        switch (effect) {
          case Fault.Insert _, Fault.Delete _, Fault.Edit _ -> changeRecords(effect, now);
          case Fault.RevokeTokens revoke -> {
            tokens.revoke(session, revoke.refreshTokenToo(), now);
            throw new ApiFailure(401, 2, "Authentication failed: the access token was revoked");
          }
          case Fault.ExpireBookmarks _ -> call.bookmark().ifPresent(faults::expire);
          case Fault.HugeRecord huge ->
              reading.firstPin(call, session).ifPresent(pin -> changes.pad(pin, huge.chars(), now));
          case Fault.Latency _,
              Fault.Status _,
              Fault.Edge _,
              Fault.RefuseApp _,
              Fault.Forbid _,
              Fault.Drop _,
              Fault.Without _,
              Fault.ShortPages _,
              Fault.EmptyPages _,
              Fault.RepeatBookmark _ -> {
            // These distort only the answer.
          }
        }
      }
      if (call.bookmark().filter(faults::isExpired).isPresent()) {
        throw ApiFailure.invalid("Invalid bookmark: it has expired");
      }
    }

    ReadApi.PageFault pageFault() {
      int sizeMax = Integer.MAX_VALUE;
      boolean empty = false;
      boolean repeat = false;
      for (Fault.Effect effect : effects) {
        if (effect instanceof Fault.ShortPages pages) {
          sizeMax = Math.min(sizeMax, pages.size());
        }
        empty |= effect instanceof Fault.EmptyPages;
        repeat |= effect instanceof Fault.RepeatBookmark;
      }
      return new ReadApi.PageFault(sizeMax, empty, repeat);
    }

    /** Does the work unless a fault forbids it, and distorts what comes out. */
    SimulatedResponse around(ApiCall call, Work work) {
      Duration latency = Duration.ZERO;
      SimulatedResponse instead = null;
      boolean dropped = false;
      boolean dropBefore = false;
      for (Fault.Effect effect : effects) {
        if (effect instanceof Fault.Latency late) {
          latency = latency.plus(late.length());
        } else if (effect instanceof Fault.Drop drop) {
          dropped = true;
          dropBefore |= !drop.applied();
        } else if (effect instanceof Fault.Status status && instead == null) {
          instead = status(status);
        } else if (effect instanceof Fault.Edge edge && instead == null) {
          instead = edge(edge);
        } else if (effect instanceof Fault.RefuseApp && instead == null) {
          instead = oauthError(TokenAuthority.appRefused());
        } else if (effect instanceof Fault.Forbid && instead == null) {
          boolean catalogs =
              call.operation().category() == Category.CATALOGS_READ
                  || call.operation().category() == Category.CATALOGS_WRITE;
          instead =
              error(
                  new ApiFailure(
                      catalogs ? 401 : 403, 29, "You are not permitted to access that resource"));
        }
      }
      if (instead == null) {
        instead = dropBefore ? SimulatedResponse.of(503, Map.of(), new byte[0]) : work.run();
      }
      for (Fault.Effect effect : effects) {
        if (effect instanceof Fault.Without without) {
          instead = without(instead, without.members());
        }
      }
      SimulatedResponse answer = latency.isZero() ? instead : instead.withLatency(latency);
      return dropped ? answer.asDropped() : answer;
    }

    private SimulatedResponse without(SimulatedResponse whole, List<String> members) {
      try {
        if (mapper.readTree(whole.bodyText()) instanceof ObjectNode body) {
          return json(whole.status(), body.without(members)).withHeaders(whole.headers());
        }
        return whole;
      } catch (JsonProcessingException e) {
        // Only an answer in JSON has members.
        return whole;
      }
    }

    boolean ofEdge() {
      return effects.stream().anyMatch(Fault.Edge.class::isInstance);
    }

    private static SimulatedResponse edge(Fault.Edge fault) {
      var headers = new HashMap<>(fault.headers());
      byte[] body =
          switch (fault.form()) {
            case HTML -> {
              headers.putIfAbsent("content-type", "text/html");
              yield page(fault.status());
            }
            case EMPTY -> new byte[0];
            case JSON -> {
              headers.putIfAbsent("content-type", JSON);
              yield "{\"message\":\"Denied\",\"requestId\":\"4b1d\"}"
                  .getBytes(StandardCharsets.UTF_8);
            }
          };
      return SimulatedResponse.of(fault.status(), headers, body);
    }

    private static byte[] page(int status) {
      return ("<html><head><title>"
              + status
              + "</title></head><body><h1>upstream request failed</h1></body></html>")
          .getBytes(StandardCharsets.UTF_8);
    }

    private SimulatedResponse status(Fault.Status fault) {
      return switch (fault.form()) {
        case JSON -> error(new ApiFailure(fault.status(), fault.code(), fault.message()));
        case SPAM ->
            error(
                new ApiFailure(
                    fault.status(), fault.code(), "Blocked: this action looks like spam"));
        case HTML ->
            SimulatedResponse.of(
                fault.status(), Map.of("content-type", "text/html"), page(fault.status()));
      };
    }
  }

  private SimulatedResponse control(SimulatedRequest request) {
    try {
      QueryText query = QueryText.parse(request.rawQuery());
      String target = request.method() + " " + request.path();
      if (target.startsWith("GET /_sim/truth/")) {
        return truth(request.path().substring("/_sim/truth/".length()), query);
      }
      synchronized (lock) {
        return switch (target) {
          case "GET /_sim/requests" -> json(200, log.json(limit(query)));
          case "GET /_sim/faults" -> faultList();
          case "POST /_sim/faults" -> {
            faults(request.bodyText()).forEach(faults::add);
            yield faultList();
          }
          case "DELETE /_sim/faults" -> {
            faults.clear();
            yield faultList();
          }
          case "POST /_sim/changes" -> {
            change(faults(request.bodyText()), clock.instant());
            yield SimulatedResponse.of(204, Map.of(), new byte[0]);
          }
          case "POST /_sim/app-secret" -> {
            QueryText form = QueryText.parse(request.bodyText());
            String clientId = form.first("client_id").orElse("");
            tokens.replaceSecret(clientId, form.first("client_secret").orElse(""));
            yield json(200, JsonNodeFactory.instance.objectNode().put("client_id", clientId));
          }
          default -> throw new ApiFailure(404, 404, "There is no control at " + target);
        };
      }
    } catch (ApiFailure failure) {
      return error(failure);
    }
  }

  private SimulatedResponse truth(String object, QueryText query) {
    if (!Truth.OBJECTS.contains(object)) {
      throw new ApiFailure(
          404, 404, "'" + object + "' must be one of " + String.join(", ", Truth.OBJECTS));
    }
    PinPlan plan =
        switch (query.first("plan").orElse("owned")) {
          case "owned" -> PinPlan.OWNED;
          case "boards" -> PinPlan.BOARDS;
          default -> throw ApiFailure.invalid("plan must be owned or boards");
        };
    return SimulatedResponse.streamed(
        200,
        Map.of("content-type", "application/x-ndjson"),
        out -> writeLines(truth.lines(object, plan), out));
  }

  private static void writeLines(Stream<String> lines, OutputStream out) throws IOException {
    var writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    try {
      lines.forEach(
          line -> {
            try {
              writer.write(line);
              writer.write('\n');
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    writer.flush();
  }

  private static int limit(QueryText query) {
    String text = query.first("limit").orElse(Integer.toString(REQUESTS_SHOWN));
    if (!text.matches("\\d{1,9}")) {
      throw ApiFailure.invalid("limit '" + text + "' must be a number");
    }
    return Integer.parseInt(text);
  }

  private SimulatedResponse faultList() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("faults", faults.json());
    return json(200, json);
  }

  /** Reads all faults before the first is used, so that a wrong one changes nothing. */
  private List<Fault> faults(String body) {
    try {
      JsonNode json = mapper.readTree(body);
      return json.isArray()
          ? json.valueStream().map(FaultJson::read).toList()
          : List.of(FaultJson.read(json));
    } catch (JsonProcessingException e) {
      throw ApiFailure.invalid("The body is not JSON: " + e.getOriginalMessage());
    }
  }

  private static SimulatedResponse error(ApiFailure failure) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("code", failure.code()).put("message", failure.text());
    return json(failure.status(), json);
  }

  private SimulatedResponse oauthError(ApiFailure failure) {
    return switch (settings.oauthErrors()) {
      case PINTEREST -> error(failure);
      case RFC_6749 -> {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put(
            "error",
            failure.code() == TokenAuthority.APP_REFUSED ? "invalid_client" : "invalid_grant");
        json.put("error_description", failure.text());
        yield json(failure.status(), json);
      }
    };
  }

  private static SimulatedResponse json(int status, ObjectNode json) {
    return SimulatedResponse.of(
        status, Map.of("content-type", JSON), json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
