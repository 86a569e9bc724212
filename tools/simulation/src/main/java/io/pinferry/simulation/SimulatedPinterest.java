package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedRequest;
import io.pinferry.local.simulator.SimulatedResponse;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.invariant.Listener;
import io.pinferry.simulation.invariant.TokenLedger;
import io.pinferry.simulation.invariant.WriteWatch;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.simulation.kernel.SimulatedProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The way to the simulated Pinterest, which is sometimes slow and sometimes broken. */
final class SimulatedPinterest {
  private static final String TOKEN_PATH = "/v5/oauth/token";

  private static final String USED_UP_SECONDS = "40";

  /** The customer connects again during one of so many refreshes. */
  private static final int RECONNECT_RARITY = 6;

  /** The answer to such a refresh is late by up to this time. */
  private static final int RECONNECT_MILLIS = 3_000;

  private final PinterestSimulator simulator;
  private final PinterestFaults pinterestFaults;
  private final TokenLedger tokens;
  private final WriteWatch writes;
  private final FaultPlan faults;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final Listener listener;
  private Consumer<String> onRefresh = customer -> {};

  SimulatedPinterest(
      PinterestSimulator simulator,
      PinterestFaults pinterestFaults,
      TokenLedger tokens,
      WriteWatch writes,
      FaultPlan faults,
      RandomGenerator random,
      InstantSource clock,
      Listener listener) {
    this.simulator = simulator;
    this.pinterestFaults = pinterestFaults;
    this.tokens = tokens;
    this.writes = writes;
    this.faults = faults;
    this.random = random;
    this.clock = clock;
    this.listener = listener;
  }

  /** Sets the action of a customer who connects again during a refresh. */
  void onRefresh(Consumer<String> action) {
    onRefresh = action;
  }

  /** Returns the way of a world's setup, without faults and without waiting. */
  HttpTransport calm() {
    return call -> {
      SimulatedResponse response = handle(call);
      identify(call, response);
      return answer(response);
    };
  }

  /**
   * Returns the way of a process.
   *
   * @param permitsOut how late permits that were out at the time of a 429 may still be used
   */
  HttpTransport from(Tasks tasks, SimulatedProcess process, Duration permitsOut) {
    return call -> {
      process.check();
      if (!isForTokens(call)) {
        return send(call, tasks, process, permitsOut);
      }
      String code = field(call, "code");
      if (!code.isEmpty()) {
        listener.on(new Event.CodeUse(code));
        return answer(exchange(call, tasks));
      }
      String customer = tokens.customerOfRefreshToken(field(call, "refresh_token"));
      boolean reconnects = !faults.calm() && random.nextInt(RECONNECT_RARITY) == 0;
      if (reconnects) {
        onRefresh.accept(customer);
      }
      listener.on(new Event.RefreshStart(customer));
      try {
        Exchange exchange = exchange(call, tasks);
        if (reconnects) {
          // So that the customer is often connected before the answer arrives.
          tasks.sleepUntil(tasks.now().plusMillis(random.nextInt(RECONNECT_MILLIS)));
        }
        return answer(exchange);
      } finally {
        listener.on(new Event.RefreshEnd(customer));
      }
    };
  }

  private HttpAnswer send(HttpCall call, Tasks tasks, SimulatedProcess process, Duration permitsOut)
      throws TransportFailure {
    Instant sent = clock.instant();
    Exchange exchange = exchange(call, tasks);
    HttpAnswer answer = answer(exchange);
    String authorization = authorization(call);
    listener.on(
        new Event.AnswerArrival(
            process,
            permitsOut,
            pinterestFaults.limits(authorization, exchange.response()),
            authorization,
            RateCategory.of(call.method(), call.uri().getPath()),
            sent,
            answer));
    return answer;
  }

  /**
   * A request that was answered.
   *
   * @param limited whether a fault answered it with a 429 of Pinterest
   */
  private record Exchange(SimulatedResponse response, boolean limited) {}

  private Exchange exchange(HttpCall call, Tasks tasks) throws TransportFailure {
    String authorization = authorization(call);
    PinterestFaults.Limiter limiter =
        pinterestFaults.prepare(authorization, isForTokens(call), !call.method().equals("GET"));
    SimulatedResponse response = handle(call);
    simulator.clearFaults();
    String limits = pinterestFaults.limits(authorization, response);
    boolean injected = limiter != PinterestFaults.Limiter.NOBODY;
    listener.on(new Event.RequestArrival(limits, call, response.status(), injected));
    Duration latency = response.latency().plusMillis(20 + random.nextInt(300));
    Duration timeout = call.timeout();
    tasks.sleepUntil(tasks.now().plus(latency.compareTo(timeout) < 0 ? latency : timeout));
    if (response.dropped() || latency.compareTo(timeout) >= 0) {
      throw new TransportFailure("no answer", true, new IOException("no answer"));
    }
    identify(call, response);
    return new Exchange(response, limiter == PinterestFaults.Limiter.PINTEREST);
  }

  private SimulatedResponse handle(HttpCall call) {
    SimulatedResponse response = simulator.handle(request(call));
    if (!isForTokens(call)) {
      // An edge has told Pinterest nothing.
      if (response.headers().containsKey(WriteWatch.REQUEST_ID)) {
        writes.handled(call, response.status(), response.bodyText());
      } else {
        writes.refusedByEdge(call);
      }
    } else if (refusesGrant(response)) {
      listener.on(
          new Event.GrantRefusal(tokens.customerOfRefreshToken(field(call, "refresh_token"))));
    } else if (response.status() == 200) {
      String code = field(call, "code");
      String refreshToken = field(call, "refresh_token");
      JsonNode pair = Json.trusted(response.bodyText());
      if (code.isEmpty()) {
        tokens.issued(tokens.customerOfRefreshToken(refreshToken), pair, refreshToken);
      } else {
        tokens.issued(tokens.customerOfCode(code), pair, null);
      }
    }
    return response;
  }

  private static boolean refusesGrant(SimulatedResponse response) {
    return response.status() == 401 && response.bodyText().contains("grant is invalid");
  }

  /** Notes the user of a token, if the answer names the user. */
  private void identify(HttpCall call, SimulatedResponse response) {
    if (response.status() == 200 && call.uri().getPath().equals("/v5/user_account")) {
      tokens.identified(authorization(call), Json.trusted(response.bodyText()).path("id").asText());
    }
  }

  private static boolean isForTokens(HttpCall call) {
    return call.uri().getPath().equals(TOKEN_PATH);
  }

  private static String authorization(HttpCall call) {
    return call.headers()
        .getOrDefault("Authorization", call.headers().getOrDefault("authorization", ""));
  }

  /** Returns a field of a form; empty if it is not there. */
  private static String field(HttpCall call, String name) {
    byte[] body = call.body();
    return body == null ? "" : Consent.fields(new String(body, UTF_8)).getOrDefault(name, "");
  }

  private static SimulatedRequest request(HttpCall call) {
    byte[] body = call.body();
    return new SimulatedRequest(
        call.method(),
        call.uri().getRawPath(),
        call.uri().getRawQuery(),
        call.headers(),
        body == null ? new byte[0] : body);
  }

  private static HttpAnswer answer(Exchange exchange) {
    HttpAnswer answer = answer(exchange.response());
    return exchange.limited() ? usedUp(answer) : answer;
  }

  private static HttpAnswer answer(SimulatedResponse response) {
    Map<String, List<String>> headers = new HashMap<>();
    response.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    return new HttpAnswer(response.status(), headers, response.bodyText().getBytes(UTF_8), false);
  }

  /** Other programs of the user have used up a window, which is whole again later. */
  private static HttpAnswer usedUp(HttpAnswer answer) {
    Map<String, List<String>> headers = new HashMap<>(answer.headers());
    headers.put("x-ratelimit-remaining", List.of("0"));
    headers.put("x-ratelimit-reset", List.of(USED_UP_SECONDS));
    return new HttpAnswer(answer.status(), headers, answer.body(), answer.truncated());
  }
}
