package io.pinferry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.demo.Product;
import io.pinferry.local.demo.WebhookReceiver;
import io.pinferry.local.simulator.FaultClient;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Measures the wait of a customer who presses Install, step by step. */
final class FirstRecord implements Benchmark {
  private static final int RECORDS = 300;
  private static final long SEED = 4127;
  private static final Duration LATENCY = Duration.ofMillis(150);
  private static final Duration FIRST_MAX = Duration.ofSeconds(1).plusMillis(500);
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  /** A stack's first installation waits for classes and connections; the later ones are warm. */
  private static final int WARM_RUNS = 5;

  private static final int WAIT_BETWEEN_MILLIS = 2000;
  private static final List<String> OBJECTS = List.of("boards", "pins");

  private final List<ObjectNode> rows = new ArrayList<>();

  /**
   * One installation's instants.
   *
   * @param sampled when Pinterest was last asked before the answer
   */
  private record Steps(
      Instant request, Instant sampled, Instant answer, Instant page, Instant message) {
    Duration sampling() {
      return Duration.between(request, sampled.plus(LATENCY));
    }

    Duration storing() {
      return Duration.between(sampled.plus(LATENCY), answer);
    }

    Duration start() {
      return Duration.between(answer, page);
    }

    Duration delivery() {
      return Duration.between(page.plus(LATENCY), message);
    }

    Duration whole() {
      return Duration.between(answer, message);
    }
  }

  @Override
  public String compares() {
    return "the longest time from an installation's answer to the first delivered message, against"
        + " the time it takes";
  }

  @Override
  public List<ObjectNode> rows() {
    return rows;
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    BlockingQueue<Instant> messages = new LinkedBlockingQueue<>();
    try (HttpClient http = HttpClient.newHttpClient();
        var stack = StackProcess.start(http, RECORDS, SEED);
        var receiver = WebhookReceiver.start((_, _) -> messages.add(Instant.now()))) {
      Product owner = stack.product();
      owner.register(receiver);
      String manifest =
          Files.readString(LocalStackSettings.checkout().resolve("examples/amp.yaml"));
      String integration = owner.deploy(manifest).path("id").asText();
      FaultClient.delay(stack.pinterest(), LATENCY);
      out.printf(
          Locale.ROOT,
          "    %-12s %10s %8s %11s %12s %10s %20s%n",
          "installation",
          "sampling",
          "storing",
          "first start",
          "first answer",
          "delivery",
          "answer to message");
      List<Duration> warm = new ArrayList<>();
      for (int run = 0; run <= WARM_RUNS; run++) {
        Steps steps = steps(stack, stack.product("customer-" + run), integration, messages);
        show(out, run == 0 ? "cold" : "warm " + run, steps);
        if (run > 0) {
          warm.add(steps.whole());
        }
        // The rest of the read must not stand in the way of the next installation.
        Thread.sleep(WAIT_BETWEEN_MILLIS);
        messages.clear();
      }
      warm.sort(null);
      Duration median = warm.get(warm.size() / 2);
      return List.of(
          new Goal(
              "allowed / measured time from the answer to the first message",
              (double) FIRST_MAX.toMillis() / Math.max(1, median.toMillis()),
              1,
              "the median of "
                  + WARM_RUNS
                  + " warm installations is "
                  + median.toMillis()
                  + " ms"));
    }
  }

  private static Steps steps(
      StackProcess stack, Product customer, String integration, BlockingQueue<Instant> messages)
      throws IOException, InterruptedException {
    customer.connect();
    long before = stack.requests().total();
    Instant request = Instant.now();
    customer.install(integration, OBJECTS);
    Instant answer = Instant.now();
    Instant message = messages.poll(WAIT_MAX.toSeconds(), TimeUnit.SECONDS);
    if (message == null) {
      throw new IllegalStateException("no message arrived within " + WAIT_MAX);
    }
    Instant sampled = request;
    Instant page = message;
    for (JsonNode entry : stack.requestLog(stack.requests().total() - before).path("requests")) {
      Instant at = Instant.parse(entry.path("time").asText());
      if (at.isBefore(answer.minus(LATENCY))) {
        sampled = at;
      } else if (at.isBefore(page)) {
        page = at;
      }
    }
    return new Steps(request, sampled, answer, page, message);
  }

  private void show(PrintStream out, String installation, Steps steps) {
    out.printf(
        Locale.ROOT,
        "    %-12s %7d ms %5d ms %8d ms %9d ms %7d ms %17d ms%n",
        installation,
        steps.sampling().toMillis(),
        steps.storing().toMillis(),
        steps.start().toMillis(),
        LATENCY.toMillis(),
        steps.delivery().toMillis(),
        steps.whole().toMillis());
    ObjectNode row = Json.object().put("installation", installation);
    row.put("samplingMillis", steps.sampling().toMillis());
    row.put("storingMillis", steps.storing().toMillis());
    row.put("startMillis", steps.start().toMillis());
    row.put("pageMillis", LATENCY.toMillis());
    row.put("deliveryMillis", steps.delivery().toMillis());
    row.put("answerToMessageMillis", steps.whole().toMillis());
    rows.add(row);
  }
}
