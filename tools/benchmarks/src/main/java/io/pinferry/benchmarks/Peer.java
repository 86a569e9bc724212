package io.pinferry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.clients.AirbyteSource;
import io.pinferry.local.demo.Product;
import io.pinferry.local.demo.WebhookReceiver;
import io.pinferry.local.simulator.FaultClient;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Airbyte's source for Pinterest and our read, one after the other, on the same simulated account
 * with the same limits and latency: boards, and their pins by board and section.
 */
final class Peer implements Benchmark {
  private static final List<Integer> SIZES = List.of(300, 20_000, 100_000);

  /**
   * From this size on the goals hold; a smaller account says more about starts than about reads.
   */
  private static final int GOAL_FROM = 20_000;

  private static final long SEED = 4127;
  private static final Duration LATENCY = Duration.ofMillis(150);
  private static final List<String> OBJECTS = List.of("boards", "pins");
  private static final int TUNED_PAGE_SIZE = 250;
  private static final int TUNED_THREADS = 10;
  private static final double COLD_GOAL = 1 / 1.5;

  private final List<Integer> sizes;
  private final List<ObjectNode> rows = new ArrayList<>();

  /**
   * @param records the only size to measure; null for all
   */
  Peer(@Nullable Integer records) {
    this.sizes = records == null ? SIZES : List.of(records);
  }

  /**
   * A measured read.
   *
   * @param startSeconds the time from the start of the process to its first request; 0 for ours
   */
  record Read(
      String reader,
      double startSeconds,
      double seconds,
      StackProcess.Requests requests,
      Map<String, List<String>> ids,
      Map<String, Set<String>> truth,
      List<String> errors) {
    long expected() {
      return truth.values().stream().mapToLong(Set::size).sum();
    }

    long delivered() {
      return ids.values().stream().mapToLong(List::size).sum();
    }

    long missing() {
      long missing = 0;
      for (Map.Entry<String, Set<String>> object : truth.entrySet()) {
        Set<String> lost = new HashSet<>(object.getValue());
        lost.removeAll(new HashSet<>(of(object.getKey())));
        missing += lost.size();
      }
      return missing;
    }

    long duplicates() {
      return truth.keySet().stream()
          .mapToLong(object -> of(object).size() - new HashSet<>(of(object)).size())
          .sum();
    }

    private List<String> of(String object) {
      return ids.getOrDefault(object, List.of());
    }

    double perSecond() {
      return (delivered() - duplicates()) / seconds;
    }
  }

  @Override
  public String compares() {
    return "the time of Airbyte's source for Pinterest with that of our read, on the same account";
  }

  @Override
  public List<ObjectNode> rows() {
    return rows;
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    Path home = LocalStackSettings.checkout();
    AirbyteSource peer = AirbyteSource.prepare(home);
    if (peer.missing() != null) {
      out.println("  SKIPPED: Airbyte's source, so nothing is compared: " + peer.missing());
    }
    List<Goal> goals = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int size : sizes) {
        out.printf(
            Locale.ROOT, "  %,d pins, seed %d, %d ms an answer%n", size, SEED, LATENCY.toMillis());
        out.printf(
            Locale.ROOT,
            "    %-14s %8s %8s %9s %8s %5s %8s %8s %10s%n",
            "reader",
            "start s",
            "read s",
            "records/s",
            "requests",
            "429s",
            "records",
            "missing",
            "duplicates");
        Read tuned = null;
        if (peer.missing() == null) {
          show(out, size, peer(http, peer, "as it comes", size, 0, 0));
          tuned = peer(http, peer, "tuned", size, TUNED_PAGE_SIZE, TUNED_THREADS);
          show(out, size, tuned);
        }
        List<Read> ours = ours(http, home, size);
        ours.forEach(read -> show(out, size, read));
        goals.addAll(goals(size, tuned, ours.getFirst(), ours.getLast()));
      }
    }
    return goals;
  }

  static List<Goal> goals(int size, @Nullable Read tuned, Read cold, Read warm) {
    List<Goal> goals = new ArrayList<>();
    for (Read read : List.of(cold, warm)) {
      goals.add(
          new Goal(
              read.reader + ", " + size + " pins: records without a 429 / all",
              read.requests.refused() == 0
                  ? 1 - (double) read.missing() / Math.max(1, read.expected())
                  : 0,
              1,
              read.missing() + " missing, " + read.requests.refused() + " times 429"));
    }
    if (tuned != null && size >= GOAL_FROM) {
      goals.add(ratio(size, tuned, cold, COLD_GOAL));
      goals.add(ratio(size, tuned, warm, 1));
      goals.add(
          new Goal(
              "tuned / ours warm, " + size + " pins: requests",
              (double) tuned.requests.total() / warm.requests.total(),
              1,
              tuned.requests.total() + " and " + warm.requests.total()));
    }
    return goals;
  }

  private static Goal ratio(int size, Read tuned, Read ours, double goal) {
    return new Goal(
        "tuned / " + ours.reader + ", " + size + " pins: time",
        tuned.seconds / ours.seconds,
        goal,
        String.format(
            Locale.ROOT,
            "%.1f s and %.1f s; the tuned source misses %d records",
            tuned.seconds,
            ours.seconds,
            tuned.missing()));
  }

  private void show(PrintStream out, int size, Read read) {
    out.printf(
        Locale.ROOT,
        "    %-14s %8.1f %8.1f %,9.0f %,8d %5d %,8d %,8d %,10d%n",
        read.reader,
        read.startSeconds,
        read.seconds,
        read.perSecond(),
        read.requests.total(),
        read.requests.refused(),
        read.delivered(),
        read.missing(),
        read.duplicates());
    read.errors.forEach(error -> out.println("      it says: " + error));
    ObjectNode row = Json.object();
    rows.add(row);
    row.put("pins", size);
    row.put("reader", read.reader);
    row.put("startSeconds", read.startSeconds);
    row.put("seconds", read.seconds);
    row.put("recordsPerSecond", read.perSecond());
    row.put("requests", read.requests.total());
    row.put("throttled", read.requests.refused());
    row.put("expected", read.expected());
    row.put("delivered", read.delivered());
    row.put("missing", read.missing());
    row.put("duplicates", read.duplicates());
  }

  private static Read peer(
      HttpClient http, AirbyteSource source, String name, int size, int pageSize, int threads)
      throws IOException, InterruptedException {
    try (var stack = StackProcess.start(http, size, SEED)) {
      stack.product().connect();
      FaultClient.delay(stack.pinterest(), LATENCY);
      ObjectNode scene = Json.object().put("pageSize", pageSize).put("threads", threads);
      for (String address : List.of("api", "pinterest", "project", "apiKey")) {
        scene.put(address, stack.text(address));
      }
      StackProcess.Requests before = stack.requests();
      JsonNode report = source.read(scene);
      Map<String, List<String>> ids = new HashMap<>();
      List<String> errors = new ArrayList<>();
      report.path("errors").forEach(error -> errors.add(error.asText()));
      for (String object : OBJECTS) {
        List<String> found = ids.computeIfAbsent(object, _ -> new ArrayList<>());
        report.path("records").path(object).forEach(id -> found.add(id.asText()));
      }
      return new Read(
          name,
          report.path("startSeconds").asDouble(),
          report.path("seconds").asDouble(),
          stack.requests().since(before),
          ids,
          truth(stack),
          errors);
    }
  }

  /** Reads twice: right after the start of a stack, and once more. */
  private static List<Read> ours(HttpClient http, Path home, int size)
      throws IOException, InterruptedException {
    var arrivals = new Arrivals();
    try (var stack = StackProcess.start(http, size, SEED);
        var receiver = WebhookReceiver.start(arrivals)) {
      Product product = stack.product();
      product.register(receiver);
      String manifest =
          Files.readString(home.resolve("examples/amp.yaml"))
              .replace("x-pinferry-plan: owned", "x-pinferry-plan: boards");
      String integration = product.deploy(manifest).path("id").asText();
      product.connect();
      FaultClient.delay(stack.pinterest(), LATENCY);
      Map<String, Set<String>> truth = truth(stack);
      StackProcess.Requests before = stack.requests();
      arrivals.begin();
      String installation = product.install(integration, OBJECTS);
      product.awaitReads(integration, installation, OBJECTS.size());
      Read cold = arrivals.end("ours cold", stack.requests().since(before), truth);
      before = stack.requests();
      arrivals.begin();
      for (String object : OBJECTS) {
        product.trigger(stack.readDoor(), integration, object);
      }
      product.awaitReads(integration, installation, 2 * OBJECTS.size());
      return List.of(cold, arrivals.end("ours warm", stack.requests().since(before), truth));
    }
  }

  private static Map<String, Set<String>> truth(StackProcess stack)
      throws IOException, InterruptedException {
    Map<String, Set<String>> truth = new LinkedHashMap<>();
    for (String object : OBJECTS) {
      truth.put(object, stack.truth(object));
    }
    return truth;
  }

  /** The records of one read, as they arrive, and the time of the last one. */
  private static final class Arrivals implements WebhookReceiver.Messages {
    private Map<String, List<String>> ids = new HashMap<>();
    private long began;
    private long last;

    synchronized void begin() {
      ids = new HashMap<>();
      began = System.nanoTime();
    }

    @Override
    public synchronized void take(String messageId, JsonNode message) {
      List<String> of =
          ids.computeIfAbsent(message.path("rawObjectName").asText(), _ -> new ArrayList<>());
      message.path("result").forEach(entry -> of.add(entry.path("raw").path("id").asText()));
      last = System.nanoTime();
    }

    synchronized Read end(
        String name, StackProcess.Requests requests, Map<String, Set<String>> truth) {
      return new Read(name, 0, (last - began) / 1e9, requests, ids, truth, List.of());
    }
  }
}
