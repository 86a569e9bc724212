package io.pinferry.local.crash;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.demo.PinferryClient;
import io.pinferry.local.demo.Product;
import io.pinferry.local.demo.RecordFingerprint;
import io.pinferry.local.demo.WebhookReceiver;
import io.pinferry.local.simulator.FaultClient;
import io.pinferry.local.stack.LocalStack;
import io.pinferry.pinterest.ReadCatalogue;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Reads an account again and again while processes of the functions are killed, as {@code kill -9}
 * does, then waits until every read has ended and compares what each has delivered with what the
 * account has.
 */
public final class CrashRun {
  /** The functions that a read runs through, and that nobody waits for. */
  private static final List<String> FUNCTIONS =
      List.of("SyncFunction", "DeliverFunction", "ScheduleFunction");

  /** Objects of the categories with room for many reads in a minute. */
  private static final List<String> OBJECTS = List.of("pins", "boards", "media", "ad_accounts");

  /** Reads that are under way while processes are killed. */
  private static final int AT_ONCE = 3;

  /** Makes reads last long enough to be hit. */
  private static final Duration LATENCY = Duration.ofMillis(150);

  private static final int PAUSE_MILLIS_MIN = 500;
  private static final int PAUSE_MILLIS_MAX = 5_000;
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration END_MAX = Duration.ofMinutes(5);

  private final LocalStack stack;
  private final Product product;
  private final PinferryClient readDoor;
  private final HttpClient http = HttpClient.newHttpClient();
  private final RandomGenerator random;
  private final PrintStream out;

  /** Contents by key, by operation; contents are a set, since a record may come twice. */
  private final Map<String, Map<String, Set<String>>> delivered = new ConcurrentHashMap<>();

  /** The object of each read that was started, by operation. */
  private final Map<String, String> started = new HashMap<>();

  private String integration = "";
  private String installation = "";

  /**
   * @param stack runs functions in processes of their own
   * @param random decides when what is killed
   */
  public CrashRun(LocalStack stack, RandomGenerator random, PrintStream out) {
    this.stack = stack;
    this.product = new Product(stack.api(), stack.project(), stack.apiKey(), stack.pinterest());
    this.readDoor = new PinferryClient(http, stack.read(), stack.apiKey());
    this.random = random;
    this.out = out;
  }

  /** Kills so many processes; returns when every read has ended, or would not end. */
  public CrashReport run(int kills, String manifest) throws IOException, InterruptedException {
    Instant begin = Instant.now();
    try (WebhookReceiver receiver = WebhookReceiver.start(this::take)) {
      product.register(receiver);
      integration = product.deploy(manifest).path("id").asText();
      product.connect();
      FaultClient.delay(stack.pinterest(), LATENCY);
      installation = product.install(integration, OBJECTS);
      int killed = 0;
      while (killed < kills) {
        keepReading();
        Thread.sleep(random.nextInt(PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX));
        if (killOne(killed + 1)) {
          killed++;
        }
      }
      out.println("- " + killed + " processes killed; waiting for the reads to end");
      Map<String, JsonNode> operations = awaitEnds();
      return report(killed, operations, Duration.between(begin, Instant.now()));
    } finally {
      http.close();
    }
  }

  private void take(String messageId, JsonNode message) {
    var object = ReadCatalogue.get(message.path("rawObjectName").asText());
    Map<String, Set<String>> records =
        delivered.computeIfAbsent(
            message.path("operationId").asText(), _ -> new ConcurrentHashMap<>());
    for (JsonNode entry : message.path("result")) {
      RecordFingerprint record = RecordFingerprint.of(object, entry.path("raw"));
      records
          .computeIfAbsent(record.key(), _ -> ConcurrentHashMap.newKeySet())
          .add(record.content());
    }
  }

  private void keepReading() throws IOException, InterruptedException {
    int running = 0;
    for (JsonNode operation : product.operations(integration, installation)) {
      note(operation);
      running += operation.path("status").asText().equals("in_progress") ? 1 : 0;
    }
    for (; running < AT_ONCE; running++) {
      String object = OBJECTS.get(random.nextInt(OBJECTS.size()));
      started.put(product.trigger(readDoor, integration, object), object);
    }
  }

  private void note(JsonNode operation) {
    started.put(operation.path("id").asText(), operation.at("/metadata/objects/0").asText());
  }

  private boolean killOne(int number) {
    List<String> functions =
        FUNCTIONS.stream().filter(one -> !stack.processIds(one).isEmpty()).toList();
    if (functions.isEmpty()) {
      return false;
    }
    String function = functions.get(random.nextInt(functions.size()));
    List<Long> processes = stack.processIds(function);
    if (processes.isEmpty()) {
      return false;
    }
    long process = processes.get(random.nextInt(processes.size()));
    Optional<ProcessHandle> handle = ProcessHandle.of(process);
    boolean killed = handle.isPresent() && handle.get().destroyForcibly();
    if (killed) {
      out.println("  kill -9 " + process + " (" + function + "), " + number);
    }
    return killed;
  }

  private Map<String, JsonNode> awaitEnds() throws IOException, InterruptedException {
    Instant latest = Instant.now().plus(END_MAX);
    while (true) {
      Map<String, JsonNode> operations = new HashMap<>();
      boolean running = false;
      for (JsonNode operation : product.operations(integration, installation)) {
        note(operation);
        operations.put(operation.path("id").asText(), operation);
        running |= operation.path("status").asText().equals("in_progress");
      }
      if (!running || Instant.now().isAfter(latest)) {
        return operations;
      }
      Thread.sleep(POLL);
    }
  }

  private CrashReport report(int kills, Map<String, JsonNode> operations, Duration took)
      throws IOException, InterruptedException {
    Map<String, Map<String, String>> truth = new HashMap<>();
    for (String object : OBJECTS) {
      truth.put(object, product.truth(ReadCatalogue.get(object)));
    }
    long missing = 0;
    List<String> unsuccessful = new ArrayList<>();
    for (Map.Entry<String, String> read : started.entrySet()) {
      Map<String, Set<String>> records = delivered.getOrDefault(read.getKey(), Map.of());
      missing +=
          truth.getOrDefault(read.getValue(), Map.of()).entrySet().stream()
              .filter(
                  record ->
                      !records.getOrDefault(record.getKey(), Set.of()).contains(record.getValue()))
              .count();
      JsonNode operation = operations.get(read.getKey());
      if (operation == null || !operation.path("status").asText().equals("success")) {
        unsuccessful.add(
            read.getKey()
                + ": "
                + (operation == null
                    ? "not listed"
                    : operation.path("status").asText() + " " + operation.path("result").asText()));
      }
    }
    return new CrashReport(kills, started.size(), missing, endedTwice(), unsuccessful, took);
  }

  /** Counts operations of which more than one process says that it has ended them. */
  private int endedTwice() throws IOException {
    Set<String> once = new TreeSet<>();
    Set<String> twice = new TreeSet<>();
    try (Stream<String> lines = Files.lines(stack.logFile())) {
      lines
          .filter(line -> line.contains("\"operation ended\""))
          .map(line -> Json.trusted(line).path("operation").asText())
          .forEach(operation -> (once.add(operation) ? once : twice).add(operation));
    }
    return twice.size();
  }
}
