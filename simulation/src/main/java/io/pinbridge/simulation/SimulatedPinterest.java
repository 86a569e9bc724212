package io.pinbridge.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinbridge.base.Json;
import io.pinbridge.base.Tasks;
import io.pinbridge.local.simulator.Fault;
import io.pinbridge.local.simulator.PinterestSimulator;
import io.pinbridge.local.simulator.SimulatedRequest;
import io.pinbridge.local.simulator.SimulatedResponse;
import io.pinbridge.net.HttpAnswer;
import io.pinbridge.net.HttpCall;
import io.pinbridge.net.HttpTransport;
import io.pinbridge.net.TransportFailure;
import io.pinbridge.pinterest.RateLimits;
import java.io.IOException;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The way to the simulated Pinterest, which is sometimes slow, sometimes broken. */
final class SimulatedPinterest {
  private static final List<String> CHANGING = List.of("pins", "media", "employers");

  private final PinterestSimulator simulator;
  private final FaultPlan faults;
  private final RandomGenerator random;
  private final Observer observer;

  /** The order in which refresh tokens were issued. */
  private final Map<String, Integer> issueOfToken = new HashMap<>();

  /** The customer of each refresh token. */
  private final Map<String, String> customerOfToken = new HashMap<>();

  /** How late permits that were out at the time of a 429 may still be used. */
  private static final Duration PERMITS_OUT_MAX = Duration.ofSeconds(11);

  /** The newest refresh token of each customer, by the order of issue. */
  private final Map<String, Integer> newestOfCustomer = new HashMap<>();

  /** Customers whose tokens are being refreshed. */
  private final Set<String> refreshing = new HashSet<>();

  SimulatedPinterest(
      PinterestSimulator simulator, FaultPlan faults, RandomGenerator random, Observer observer) {
    this.simulator = simulator;
    this.faults = faults;
    this.random = random;
    this.observer = observer;
  }

  Map<String, Integer> issueOfToken() {
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
    Map<String, Paused> paused = new HashMap<>();
    return call -> {
      invocation.check();
      if (!call.uri().getPath().equals("/v5/oauth/token")) {
        Instant sent = observer.now();
        HttpAnswer answer = send(call, tasks, null);
        polite(call, sent, answer, paused);
        return answer;
      }
      String customer = customerOfToken.getOrDefault(refreshToken(call), "nobody");
      if (!refreshing.add(customer)) {
        observer.violated("one-refresh", "two refreshes are in flight for " + customer);
      }
      try {
        return send(call, tasks, customer);
      } finally {
        refreshing.remove(customer);
      }
    };
  }

  /** After a 429 only permits that were out already are used, until the time it names. */
  private void polite(
      HttpCall call, Instant sent, HttpAnswer answer, Map<String, Paused> pausedByBudget) {
    String budget =
        call.headers().get("Authorization")
            + RateLimits.of(answer).windows().stream()
                .map(window -> String.valueOf(window.name()))
                .toList();
    Paused paused = pausedByBudget.get(budget);
    if (paused != null
        && sent.isAfter(paused.from().plus(PERMITS_OUT_MAX))
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

  /** Takes note of the tokens that a customer's consent has given. */
  void granted(String customer, String refreshToken) {
    customerOfToken.put(refreshToken, customer);
    newestOfCustomer.put(customer, issueOfToken.size() + 1);
    issueOfToken.put(refreshToken, issueOfToken.size() + 1);
  }

  private static String refreshToken(HttpCall call) {
    byte[] body = call.body();
    for (String pair : new String(body == null ? new byte[0] : body, UTF_8).split("&", -1)) {
      if (pair.startsWith("refresh_token=")) {
        return URLDecoder.decode(pair.substring(14), UTF_8);
      }
    }
    return "";
  }

  /**
   * @param refreshed whose tokens are to be refreshed; null for any other request
   */
  private HttpAnswer send(HttpCall call, Tasks tasks, @Nullable String refreshed)
      throws TransportFailure {
    boolean limited = false;
    if (faults.strikes(6)) {
      Fault.Effect effect = effect(refreshed != null);
      limited = effect instanceof Fault.Status status && status.status() == 429;
      simulator.addFault(new Fault(null, null, null, 0, 1, effect));
    } else if (refreshed == null && faults.changesAfterKill()) {
      simulator.addFault(new Fault(null, null, null, 0, 1, change()));
    }
    SimulatedResponse response = simulator.handle(request(call));
    simulator.clearFaults();
    if (response.status() == 429 && !limited) {
      observer.violated("polite", "Pinterest's limit was exceeded by " + call);
    }
    if (refreshed != null && response.status() == 200) {
      granted(refreshed, Json.trusted(response.bodyText()).path("refresh_token").asText());
    }
    Duration latency = response.latency().plusMillis(20 + random.nextInt(300));
    Duration timeout = call.timeout();
    tasks.sleepUntil(tasks.now().plus(latency.compareTo(timeout) < 0 ? latency : timeout));
    if (response.dropped() || latency.compareTo(timeout) >= 0) {
      throw new TransportFailure("no answer", true, new IOException("no answer"));
    }
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
      case 0 -> counted("Pinterest 5xx", status(500 + random.nextInt(4)));
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
