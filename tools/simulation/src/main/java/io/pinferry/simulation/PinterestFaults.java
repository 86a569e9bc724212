package io.pinferry.simulation;

import io.pinferry.base.Json;
import io.pinferry.local.simulator.Fault;
import io.pinferry.local.simulator.PinPlan;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.local.simulator.SimulatedRequest;
import io.pinferry.local.simulator.SimulatedResponse;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.invariant.Listener;
import io.pinferry.simulation.invariant.TokenLedger;
import io.pinferry.simulation.kernel.FaultPlan;
import io.pinferry.simulation.kernel.Journal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Draws a fault, or a change of Pinterest's data, before a request to Pinterest. */
final class PinterestFaults {
  private static final List<String> CHANGING_OBJECTS = List.of("pins", "media", "employers");

  /** Not 501, by which Pinterest refuses what it does not support. */
  private static final List<Integer> SERVER_ERRORS = List.of(500, 502, 503, 504);

  /** Not 408, which leaves open whether Pinterest got the request. */
  private static final List<Integer> EDGE_REFUSALS = List.of(400, 401, 403, 404, 409, 410, 451);

  private static final List<Integer> EDGE_REDIRECTS = List.of(301, 302, 303, 307, 308);

  private static final List<Fault.EdgeForm> EDGE_FORMS =
      List.of(Fault.EdgeForm.HTML, Fault.EdgeForm.EMPTY, Fault.EdgeForm.JSON);

  private static final int EDGE_WEIGHT = 2;

  /** Requests for tokens, and those that write, are rare. */
  private static final int RARE_WEIGHT = 12;

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  /** So few that the titles of each change, and so many that a wrong one stays for a while. */
  private static final int EDITED_PINS = 8;

  /** One in so many requests deletes a pin. */
  private static final int DELETION_GAP = 6;

  private final PinterestSimulator simulator;
  private final TokenLedger tokens;
  private final FaultPlan faults;
  private final RandomGenerator random;
  private final RandomGenerator edges;
  private final RandomGenerator comparisons;
  private final boolean edits;
  private final RandomGenerator deletions;
  private final boolean deletes;
  private final InstantSource clock;
  private final Journal journal;
  private final Listener listener;

  /** Until when the secret of the provider apps is wrong. */
  private Instant appRefusedUntil = Instant.MIN;

  /** The sender of a 429 that a fault makes. */
  enum Limiter {
    NOBODY,
    PINTEREST,
    EDGE
  }

  /** Customers who remove the app before their next request. */
  private final Set<String> removals = new HashSet<>();

  PinterestFaults(
      PinterestSimulator simulator,
      TokenLedger tokens,
      FaultPlan faults,
      Chance chance,
      boolean edits,
      boolean deletes,
      InstantSource clock,
      Journal journal,
      Listener listener) {
    this.simulator = simulator;
    this.tokens = tokens;
    this.faults = faults;
    this.random = chance.main();
    this.edges = chance.edges();
    this.comparisons = chance.comparisons();
    this.edits = edits;
    this.deletions = chance.deletions();
    this.deletes = deletes;
    this.clock = clock;
    this.journal = journal;
    this.listener = listener;
  }

  /** A customer removes the app at Pinterest. */
  void removeApp(String customer) {
    removals.add(customer);
  }

  /**
   * Prepares the simulator for the next request.
   *
   * @param authorization of the request
   * @param forTokens whether the request is for new tokens
   * @param writes whether the request writes
   * @return the sender of the 429 with which a fault answers the request; else nobody
   */
  Limiter prepare(String authorization, boolean forTokens, boolean writes) {
    String customer = tokens.customerOf(authorization);
    if (edits && !forTokens && !faults.isStopped() && comparisons.nextBoolean()) {
      editPin(authorization);
    }
    if (deletes && !forTokens && !faults.isStopped() && deletions.nextInt(DELETION_GAP) == 0) {
      deletePin(authorization);
    }
    if (removals.remove(customer)) {
      tokens.revoked(customer);
      add(new Fault.RevokeTokens(true));
    } else if (faults.strikes(6)) {
      Fault.Effect effect = effect(forTokens);
      add(effect);
      return effect instanceof Fault.Status status && status.status() == 429
          ? Limiter.PINTEREST
          : Limiter.NOBODY;
    } else if (!forTokens && faults.movesPin()) {
      movePin(authorization);
    } else if (!forTokens && faults.changesAfterKill()) {
      add(change());
    } else if (forTokens && isAppRefused()) {
      add(named("provider app refused", new Fault.RefuseApp()));
    } else if (faults.strikesEdge(edges, forTokens || writes ? RARE_WEIGHT : EDGE_WEIGHT)) {
      return prepareEdge(forTokens);
    }
    return Limiter.NOBODY;
  }

  private boolean isAppRefused() {
    return !faults.isStopped() && clock.instant().isBefore(appRefusedUntil);
  }

  private Limiter prepareEdge(boolean forTokens) {
    Fault.EdgeForm form = EDGE_FORMS.get(edges.nextInt(EDGE_FORMS.size()));
    switch (edges.nextInt(4)) {
      case 0 -> {
        if (!forTokens) {
          break;
        }
        appRefusedUntil = clock.instant().plusSeconds(60 + edges.nextInt(3_600));
        add(named("provider app refused", new Fault.RefuseApp()));
        return Limiter.NOBODY;
      }
      case 1 -> {
        add(
            named(
                "edge redirects",
                new Fault.Edge(
                    EDGE_REDIRECTS.get(edges.nextInt(EDGE_REDIRECTS.size())),
                    form,
                    Map.of("location", "https://edge.test/denied"))));
        return Limiter.NOBODY;
      }
      case 2 -> {
        int seconds = 1 + edges.nextInt(120);
        boolean asDate = edges.nextBoolean();
        add(
            named(
                asDate ? "edge 429, Retry-After a date" : "edge 429, Retry-After in seconds",
                new Fault.Edge(
                    429,
                    form,
                    Map.of(
                        "date",
                        HTTP_DATE.format(clock.instant()),
                        "retry-after",
                        asDate
                            ? HTTP_DATE.format(clock.instant().plusSeconds(seconds))
                            : Integer.toString(seconds)))));
        return Limiter.EDGE;
      }
      default -> {}
    }
    int status = EDGE_REFUSALS.get(edges.nextInt(EDGE_REFUSALS.size()));
    add(named("edge " + status, new Fault.Edge(status, form, Map.of())));
    return Limiter.NOBODY;
  }

  private void add(Fault.Effect effect) {
    simulator.addFault(new Fault(null, null, null, 0, 1, effect));
  }

  private Fault.Effect effect(boolean forTokens) {
    int kind = random.nextInt(forTokens ? 5 : 12);
    if (kind > 9 || kind == 6 || kind == 7) {
      return change();
    }
    return switch (kind) {
      case 0 -> named("Pinterest 5xx", serverError());
      case 1 -> named("Pinterest drops before", new Fault.Drop(false));
      // Not for tokens: no client can mend the loss of a new pair.
      case 2 ->
          forTokens
              ? named("Pinterest drops before", new Fault.Drop(false))
              : named("Pinterest drops after", new Fault.Drop(true));
      case 3 ->
          named("Pinterest is slow", new Fault.Latency(Duration.ofMillis(random.nextInt(40_000))));
      case 4 ->
          named(
              "Pinterest answers HTML",
              new Fault.Status(502, 0, "Bad gateway", Fault.BodyForm.HTML));
      case 5 -> named("Pinterest 429", new Fault.Status(429, 8, "Too many", Fault.BodyForm.JSON));
      case 8 -> named("bookmark expired", new Fault.ExpireBookmarks());
      case 9 -> named("access token revoked", new Fault.RevokeTokens(false));
      default -> throw new IllegalStateException("no fault " + kind);
    };
  }

  private Fault.Effect serverError() {
    int status = SERVER_ERRORS.get(random.nextInt(SERVER_ERRORS.size()));
    return new Fault.Status(status, 0, "Something went wrong", Fault.BodyForm.JSON);
  }

  /** Returns a fault that makes a page differ from the page that was there before. */
  private Fault.Effect change() {
    String object = CHANGING_OBJECTS.get(random.nextInt(CHANGING_OBJECTS.size()));
    int count = 1 + random.nextInt(3);
    return switch (random.nextInt(4)) {
      case 0 -> named("short page", new Fault.ShortPages(1));
      case 1 -> named("empty page", new Fault.EmptyPages());
      case 2 -> named("records added", new Fault.Insert(object, count));
      default -> named("records deleted", new Fault.Delete(object, count, List.of()));
    };
  }

  private Fault.Effect named(String kind, Fault.Effect effect) {
    faults.count(kind);
    journal.note(kind);
    return effect;
  }

  /** Gives a pin one of two titles, so that titles come back. */
  private void editPin(String authorization) {
    List<String> pins = simulator.truth("pins", PinPlan.OWNED).limit(EDITED_PINS).toList();
    if (!pins.isEmpty()) {
      String pin = Json.trusted(pins.get(comparisons.nextInt(pins.size()))).path("id").asText();
      String title = "title " + comparisons.nextInt(2);
      if (patchPin(authorization, pin, "title", title)) {
        listener.on(new Event.PinEdit(pin));
        journal.note("pin " + pin + " has " + title);
      }
    }
  }

  /** An app deletes a pin, so that the list shifts while it is read. */
  private void deletePin(String authorization) {
    List<String> pins = simulator.truth("pins", PinPlan.OWNED).toList();
    if (!pins.isEmpty()) {
      String pin = Json.trusted(pins.get(deletions.nextInt(pins.size()))).path("id").asText();
      if (foreignRequest(authorization, "DELETE", pin, "") == 204) {
        listener.on(new Event.PinDeletion(pin));
        faults.count("pin deleted");
        journal.note("pin " + pin + " is deleted");
      }
    }
  }

  /** An app changes a pin of the customer. Returns whether it was allowed to. */
  private boolean patchPin(String authorization, String pin, String member, String value) {
    return foreignRequest(authorization, "PATCH", pin, Json.object().put(member, value).toString())
        == 200;
  }

  /** Sends a request of another app about a pin. Returns the status. */
  private int foreignRequest(String authorization, String method, String pin, String body) {
    SimulatedResponse response =
        simulator.handle(
            SimulatedRequest.of(
                method,
                "/v5/pins/" + pin,
                Map.of("Authorization", authorization, "Content-Type", "application/json"),
                body));
    listener.on(new Event.ForeignRequest(limits(authorization, response)));
    return response.status();
  }

  /** Moves a pin to another board of the customer, as an app does. */
  private void movePin(String authorization) {
    List<String> pins = simulator.truth("pins", PinPlan.OWNED).toList();
    List<String> boards = simulator.truth("boards", PinPlan.OWNED).toList();
    if (pins.isEmpty() || boards.isEmpty()) {
      return;
    }
    String pin = Json.trusted(pins.get(random.nextInt(pins.size()))).path("id").asText();
    String board = Json.trusted(boards.get(random.nextInt(boards.size()))).path("id").asText();
    if (patchPin(authorization, pin, "board_id", board)) {
      listener.on(new Event.PinMove(pin));
      faults.count("pin moved");
      journal.note("pin " + pin + " moved to board " + board);
    }
  }

  /** Names the limits in an answer: their owner and their values. */
  String limits(String authorization, SimulatedResponse response) {
    String limits = response.headers().getOrDefault("x-ratelimit-limit", "");
    // The first number is of the window that is the tightest just now.
    return tokens.owner(authorization) + limits.substring(limits.indexOf(',') + 1);
  }
}
