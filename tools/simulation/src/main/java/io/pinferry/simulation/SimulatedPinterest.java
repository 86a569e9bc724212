package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.local.simulator.Fault;
import io.pinferry.local.simulator.PinPlan;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedRequest;
import io.pinferry.local.simulator.SimulatedResponse;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.RateLimits;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The way to the simulated Pinterest, which is sometimes slow, sometimes broken. */
final class SimulatedPinterest {
  private static final List<String> CHANGING = List.of("pins", "media", "employers");

  /** What is said of a write that is refused for no reason. */
  static final String REFUSAL = "Bad luck";

  private final PinterestSimulator simulator;
  private final FaultPlan faults;
  private final RandomGenerator random;
  private final Observer observer;

  /** When each refresh token was issued. */
  private final Map<String, Issue> issueOfToken = new HashMap<>();

  /** The customer of each refresh token. */
  private final Map<String, String> customerOfToken = new HashMap<>();

  /** How late permits of a read that were out at the time of a 429 may still be used. */
  private static final Duration PERMITS_OUT_MAX = Duration.ofSeconds(2);

  private static final String USED_UP_SECONDS = "40";

  /** Not 501, with which Pinterest refuses what it does not have. */
  private static final List<Integer> FAILED = List.of(500, 502, 503, 504);

  /** The customer of each access token. */
  private final Map<String, String> customerOfAccess = new HashMap<>();

  /** The consent of each access and refresh token. */
  private final Map<String, Grant> grantOfToken = new HashMap<>();

  /** The customer of each authorization code that was not used yet. */
  private final Map<String, String> customerOfCode = new HashMap<>();

  private final Set<String> removing = new HashSet<>();
  private final Set<Integer> removed = new HashSet<>();
  private final Set<Integer> consented = new HashSet<>();
  private final Set<String> moved = new HashSet<>();

  /** A limit is stored by whoever meets it, who may be killed just then. */
  private static final Duration LEARNED_WITHIN = Duration.ofSeconds(30);

  private final Map<String, Instant> advertisedAt = new HashMap<>();

  /** Until when requests of nobody's count in limits. */
  private final Map<String, Instant> disturbedUntil = new HashMap<>();

  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);

  /** During one of so many refreshes the customer connects again. */
  private static final int CONNECTS_MEANWHILE = 6;

  private final Consumer<String> whileRefreshing;

  private final CarriedOut carriedOut;

  /** Sees what is asked and done, whatever becomes of the answer. */
  interface CarriedOut {
    void of(HttpCall call, int status, String answer);
  }

  /** The newest refresh token of each customer, by the order of issue. */
  private final Map<String, Integer> newestOfCustomer = new HashMap<>();

  /** Customers whose tokens are being refreshed. */
  private final Set<String> refreshing = new HashSet<>();

  /**
   * @param whileRefreshing is told of customers who connect again just then
   * @param carriedOut sees what is asked and done
   */
  SimulatedPinterest(
      PinterestSimulator simulator,
      FaultPlan faults,
      RandomGenerator random,
      Observer observer,
      Consumer<String> whileRefreshing,
      CarriedOut carriedOut) {
    this.whileRefreshing = whileRefreshing;
    this.carriedOut = carriedOut;
    this.simulator = simulator;
    this.faults = faults;
    this.random = random;
    this.observer = observer;
  }

  /**
   * When a refresh token was issued, by the order of all.
   *
   * @param consent when the first of its consent was
   */
  record Issue(int consent, int order) {
    boolean refreshed() {
      return order != consent;
    }

    /**
     * Returns whether this takes the place of newer tokens by mistake. What a consent brings may
     * follow what a refresh of an earlier one has brought just then; and of two consents at the
     * same time either may be kept.
     */
    boolean goesBehind(Issue other) {
      return consent == other.consent
          ? order < other.order
          : refreshed() && consent < other.consent;
    }
  }

  Map<String, Issue> issueOfToken() {
    return issueOfToken;
  }

  /** Returns the order of issue of a customer's newest refresh token. */
  int newestOf(String customer) {
    return newestOfCustomer.getOrDefault(customer, 0);
  }

  /** Since when, and until when, an environment has been told to send nothing. */
  private record Paused(Instant from, Instant until) {}

  /** Returns the way there of one invocation, and of all that its environment has after it. */
  HttpTransport from(Tasks tasks, Invocation invocation) {
    return from(tasks, invocation, PERMITS_OUT_MAX);
  }

  /**
   * @param permitsOut how late permits that were out at the time of a 429 may still be used
   */
  HttpTransport from(Tasks tasks, Invocation invocation, Duration permitsOut) {
    Map<String, Paused> paused = new HashMap<>();
    return call -> {
      invocation.check();
      if (!call.uri().getPath().equals("/v5/oauth/token")) {
        Instant sent = observer.now();
        HttpAnswer answer = send(call, tasks, invocation, null);
        polite(call, sent, answer, paused, permitsOut);
        return answer;
      }
      String code = field(call, "code");
      if (!code.isEmpty()) {
        return send(call, tasks, invocation, ofCode(code));
      }
      String customer = customerOfToken.getOrDefault(field(call, "refresh_token"), "nobody");
      if (!faults.calm() && random.nextInt(CONNECTS_MEANWHILE) == 0) {
        whileRefreshing.accept(customer);
      }
      if (!refreshing.add(customer)) {
        observer.violated("one-refresh", "two refreshes are in flight for " + customer);
      }
      try {
        return send(call, tasks, invocation, customer);
      } finally {
        refreshing.remove(customer);
      }
    };
  }

  /**
   * Returns the way there of an invocation that writes.
   *
   * @param ledger sees what Pinterest does
   * @param chance what goes wrong with requests that write
   */
  HttpTransport writing(
      HttpTransport way,
      Invocation invocation,
      FaultyPort port,
      WriteLedger ledger,
      RandomGenerator chance) {
    return call -> {
      invocation.check();
      if (call.method().equals("GET")
          || call.uri().getPath().equals("/v5/oauth/token")
          || !faults.strikesWrite(chance, 16)) {
        return seen(call, way, ledger);
      }
      int kind = chance.nextInt(10);
      switch (kind) {
        case 0 -> {
          faults.count("write: no connection");
          throw new TransportFailure("no connection", false, new IOException("refused"));
        }
        case 1 -> {
          faults.count("write: lost on its way there");
          ledger.lost(call);
          throw new TransportFailure("reset", true, new IOException("reset"));
        }
        case 2 -> port.kill("killed before a write at Pinterest");
        case 3 -> {
          faults.count("write: refused");
          ledger.carriedOut(call, 400, "{}");
          return answer(400, "{\"code\":1,\"message\":\"" + REFUSAL + "\"}");
        }
        default -> {}
      }
      HttpAnswer answer = seen(call, way, ledger);
      ledger.lost(call);
      // With the answer the limits are lost that it named.
      advertisedAt.values().removeIf(observer.now()::equals);
      switch (kind) {
        case 4 -> port.kill("killed after a write at Pinterest");
        case 5 -> {
          faults.count("write: done, but answered 500");
          return answer(500, "{\"code\":0,\"message\":\"Something went wrong\"}");
        }
        case 6 -> {
          faults.count("write: done, but answered what is no JSON");
          return answer(answer.status(), "<html>");
        }
        default -> faults.count("write: done, but the answer was lost");
      }
      throw new TransportFailure("reset", true, new IOException("reset"));
    };
  }

  private static HttpAnswer seen(HttpCall call, HttpTransport way, WriteLedger ledger)
      throws TransportFailure {
    boolean known = false;
    try {
      HttpAnswer answer = way.send(call);
      known = answer.status() < 500;
      return answer;
    } finally {
      if (!known) {
        ledger.lost(call);
      }
    }
  }

  private static HttpAnswer answer(int status, String body) {
    return new HttpAnswer(
        status, Map.of("content-type", List.of("application/json")), body.getBytes(UTF_8), false);
  }

  /** After a 429 only permits that were out already are used, until the time it names. */
  private void polite(
      HttpCall call,
      Instant sent,
      HttpAnswer answer,
      Map<String, Paused> pausedByBudget,
      Duration permitsOut) {
    String budget =
        authorization(call)
            + RateLimits.of(answer).windows().stream()
                .map(window -> String.valueOf(window.name()))
                .toList();
    Paused paused = pausedByBudget.get(budget);
    if (paused != null
        && sent.isAfter(paused.from().plus(permitsOut))
        && sent.isBefore(paused.until())) {
      observer.violated(
          "polite", "a request at " + sent + " though a 429 forbade it until " + paused.until());
    }
    Duration reset = RateLimits.of(answer).reset();
    if (answer.status() == 429 && reset != null) {
      Instant now = observer.now();
      pausedByBudget.put(budget, new Paused(now, now.plus(reset)));
    }
  }

  /** Returns the way there while nothing goes wrong. */
  HttpTransport undisturbed() {
    return call -> {
      String code = field(call, "code");
      SimulatedResponse response = handle(call, code.isEmpty() ? null : ofCode(code));
      identified(call, customerOfAccess.getOrDefault(authorization(call), "nobody"), response);
      return answer(response);
    };
  }

  /** Takes note of a customer's consent. */
  void agreed(String customer, URI redirected) {
    String code = Consent.query(redirected).getOrDefault("code", "");
    customerOfCode.put(code, customer);
  }

  private String ofCode(String code) {
    String customer = customerOfCode.remove(code);
    if (customer == null) {
      observer.violated("single-use", "an authorization code was used again");
      return "nobody";
    }
    return customer;
  }

  /** Lets a customer withdraw consent. */
  void remove(String customer) {
    removing.add(customer);
  }

  /**
   * Returns whether a token, by the order of issue, came from a refresh and holds. One that came
   * from a consent and was not kept shows the customer a page that says so.
   */
  boolean refreshed(int issue) {
    return !removed.contains(issue) && !consented.contains(issue);
  }

  /** Returns whether a pin was moved to another board at any time. */
  boolean moved(String pin) {
    return moved.contains(pin);
  }

  private void granted(String customer, JsonNode tokens, @Nullable Grant before) {
    String refreshToken = tokens.path("refresh_token").asText();
    int issue = issueOfToken.size() + 1;
    var grant = before == null ? new Grant(customer, issue) : before;
    grantOfToken.put(refreshToken, grant);
    grantOfToken.put("Bearer " + tokens.path("access_token").asText(), grant);
    customerOfToken.put(refreshToken, customer);
    customerOfAccess.put("Bearer " + tokens.path("access_token").asText(), customer);
    newestOfCustomer.put(customer, issue);
    issueOfToken.put(refreshToken, new Issue(grant.consent, issue));
  }

  /** One consent, with all tokens that came of it. */
  private static final class Grant {
    /** The Pinterest user, or as long as Pinferry was not told of that, this consent. */
    private String owner;

    private final int consent;

    Grant(String customer, int consent) {
      this.owner = customer + ", consent " + consent;
      this.consent = consent;
    }
  }

  /** Takes note of an answer that says whose token it is. */
  private void identified(HttpCall call, String customer, SimulatedResponse response) {
    Grant grant = grantOfToken.get(authorization(call));
    if (grant != null
        && response.status() == 200
        && call.uri().getPath().equals("/v5/user_account")) {
      grant.owner = customer + ", user " + Json.trusted(response.bodyText()).path("id").asText();
    }
  }

  private static String authorization(HttpCall call) {
    return call.headers()
        .getOrDefault("Authorization", call.headers().getOrDefault("authorization", ""));
  }

  /** Returns a field of a form, empty if it is not there. */
  private static String field(HttpCall call, String name) {
    byte[] body = call.body();
    return body == null ? "" : Consent.fields(new String(body, UTF_8)).getOrDefault(name, "");
  }

  /**
   * @param refreshed who gets tokens; null for any other request
   */
  private HttpAnswer send(
      HttpCall call, Tasks tasks, Invocation invocation, @Nullable String refreshed)
      throws TransportFailure {
    boolean limited = false;
    String authorization = authorization(call);
    String customer = customerOfAccess.getOrDefault(authorization, "nobody");
    if (removing.remove(customer)) {
      removed.add(newestOf(customer));
      simulator.addFault(new Fault(null, null, null, 0, 1, new Fault.RevokeTokens(true)));
    } else if (faults.strikes(6)) {
      Fault.Effect effect = effect(refreshed != null);
      limited = effect instanceof Fault.Status status && status.status() == 429;
      simulator.addFault(new Fault(null, null, null, 0, 1, effect));
    } else if (refreshed == null && faults.movesPin()) {
      movePin(authorization);
    } else if (refreshed == null && faults.changesAfterKill()) {
      simulator.addFault(new Fault(null, null, null, 0, 1, change()));
    }
    SimulatedResponse response = handle(call, refreshed);
    simulator.clearFaults();
    if (response.status() == 429 && !limited && known(authorization, response)) {
      observer.violated("polite", "Pinterest's limit was exceeded by " + call);
    }
    Duration latency = response.latency().plusMillis(20 + random.nextInt(300));
    Duration timeout = call.timeout();
    tasks.sleepUntil(tasks.now().plus(latency.compareTo(timeout) < 0 ? latency : timeout));
    if (response.dropped() || latency.compareTo(timeout) >= 0) {
      throw new TransportFailure("no answer", true, new IOException("no answer"));
    }
    identified(call, customer, response);
    advertised(limitsOf(authorization, response), invocation);
    HttpAnswer answer = answer(response);
    return limited ? usedUp(answer) : answer;
  }

  /** Other programs of the user have used up what a window allows, which is whole again later. */
  private static HttpAnswer usedUp(HttpAnswer answer) {
    Map<String, List<String>> headers = new HashMap<>(answer.headers());
    headers.put("x-ratelimit-remaining", List.of("0"));
    headers.put("x-ratelimit-reset", List.of(USED_UP_SECONDS));
    return new HttpAnswer(answer.status(), headers, answer.body(), answer.truncated());
  }

  /** Takes note of limits that were told to somebody, unless that one cannot keep them. */
  private void advertised(String limits, Invocation to) {
    Instant now = observer.now();
    if (advertisedAt.putIfAbsent(limits, now) == null) {
      to.whenTroubled(() -> advertisedAt.remove(limits, now));
    }
  }

  /**
   * Returns whether the limits that an answer names have been named so long that they hold. They
   * are a user's; whose user is not known learns them anew.
   */
  private boolean known(String authorization, SimulatedResponse response) {
    String limits = limitsOf(authorization, response);
    Instant now = observer.now();
    Instant advertised = advertisedAt.get(limits);
    return advertised != null
        && now.isAfter(advertised.plus(LEARNED_WITHIN))
        && now.isAfter(disturbedUntil.getOrDefault(limits, Instant.MIN));
  }

  private String limitsOf(String authorization, SimulatedResponse response) {
    Grant grant = grantOfToken.get(authorization);
    String limits = response.headers().getOrDefault("x-ratelimit-limit", "");
    // The first number is that of the tightest at the moment.
    return (grant == null ? "nobody" : grant.owner) + limits.substring(limits.indexOf(',') + 1);
  }

  private SimulatedResponse handle(HttpCall call, @Nullable String refreshed) {
    SimulatedResponse response = simulator.handle(request(call));
    if (refreshed == null) {
      carriedOut.of(call, response.status(), response.bodyText());
    }
    if (refreshed != null && response.status() == 200) {
      granted(
          refreshed,
          Json.trusted(response.bodyText()),
          grantOfToken.get(field(call, "refresh_token")));
      if (!field(call, "code").isEmpty()) {
        consented.add(newestOf(refreshed));
      }
    }
    return response;
  }

  private static HttpAnswer answer(SimulatedResponse response) {
    Map<String, List<String>> headers = new HashMap<>();
    response.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    return new HttpAnswer(response.status(), headers, response.bodyText().getBytes(UTF_8), false);
  }

  private Fault.Effect effect(boolean refresh) {
    int kind = random.nextInt(refresh ? 5 : 12);
    if (kind > 9 || kind == 6 || kind == 7) {
      return change();
    }
    return switch (kind) {
      case 0 -> counted("Pinterest 5xx", status(FAILED.get(random.nextInt(FAILED.size()))));
      case 1 -> counted("Pinterest drops before", new Fault.Drop(false));
      // The new pair is in an answer that nobody gets: the one case that no client can mend.
      case 2 ->
          refresh
              ? counted("Pinterest drops before", new Fault.Drop(false))
              : counted("Pinterest drops after", new Fault.Drop(true));
      case 3 ->
          counted(
              "Pinterest is slow", new Fault.Latency(Duration.ofMillis(random.nextInt(40_000))));
      case 4 ->
          counted(
              "Pinterest answers HTML",
              new Fault.Status(502, 0, "Bad gateway", Fault.BodyForm.HTML));
      case 5 -> counted("Pinterest 429", new Fault.Status(429, 8, "Too many", Fault.BodyForm.JSON));
      case 8 -> counted("bookmark expired", new Fault.ExpireBookmarks());
      case 9 -> counted("access token revoked", new Fault.RevokeTokens(false));
      default -> throw new IllegalStateException("no fault " + kind);
    };
  }

  /** What makes a page another one than it was. */
  private Fault.Effect change() {
    String object = CHANGING.get(random.nextInt(CHANGING.size()));
    int number = 1 + random.nextInt(3);
    return switch (random.nextInt(4)) {
      case 0 -> counted("short page", new Fault.ShortPages(1));
      case 1 -> counted("empty page", new Fault.EmptyPages());
      case 2 -> counted("records added", new Fault.Insert(object, number));
      default -> counted("records deleted", new Fault.Delete(object, number, List.of()));
    };
  }

  /** Moves one of the customer's pins to another of the customer's boards, as an app does it. */
  private void movePin(String authorization) {
    List<String> pins = simulator.truth("pins", PinPlan.OWNED).toList();
    List<String> boards = simulator.truth("boards", PinPlan.OWNED).toList();
    if (pins.isEmpty() || boards.isEmpty()) {
      return;
    }
    String pin = Json.trusted(pins.get(random.nextInt(pins.size()))).path("id").asText();
    String board = Json.trusted(boards.get(random.nextInt(boards.size()))).path("id").asText();
    SimulatedResponse response =
        simulator.handle(
            SimulatedRequest.of(
                "PATCH",
                "/v5/pins/" + pin,
                Map.of("Authorization", authorization, "Content-Type", "application/json"),
                Json.object().put("board_id", board).toString()));
    // It has used a slot of the budget that nobody was given.
    disturbedUntil.put(limitsOf(authorization, response), observer.now().plus(LONGEST_WINDOW));
    if (response.status() == 200) {
      moved.add(pin);
      faults.count("pin moved");
      observer.event("pin " + pin + " moved to board " + board);
    }
  }

  private static Fault.Effect status(int status) {
    return new Fault.Status(status, 0, "Something went wrong", Fault.BodyForm.JSON);
  }

  private Fault.Effect counted(String kind, Fault.Effect effect) {
    faults.count(kind);
    observer.event(kind);
    return effect;
  }

  static SimulatedRequest request(HttpCall call) {
    byte[] body = call.body();
    return new SimulatedRequest(
        call.method(),
        call.uri().getRawPath(),
        call.uri().getRawQuery(),
        call.headers(),
        body == null ? new byte[0] : body);
  }
}
