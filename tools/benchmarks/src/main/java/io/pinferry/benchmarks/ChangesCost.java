package io.pinferry.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.pinferry.base.Json;
import io.pinferry.local.demo.PinferryClient;
import io.pinferry.local.demo.Product;
import io.pinferry.local.meter.Meter;
import io.pinferry.local.meter.Prices;
import io.pinferry.local.meter.ServiceProxy;
import io.pinferry.local.meter.Usage;
import io.pinferry.local.simulator.FaultClient;
import io.pinferry.local.stack.LocalStack;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The bill of a read that delivers changes and deletions after edits of one percent, beside that of
 * a read that delivers everything, on the same account.
 */
final class ChangesCost implements Benchmark {
  private static final double FEWER_BYTES_MIN = 50;
  private static final double READING_MAX = 1.3;
  private static final int EDITED_ONE_OF = 100;
  private static final String OBJECT = "pins";
  private static final String DELIVERING = "DeliverFunction";

  private final int records;

  /**
   * @param records pins of the account
   */
  ChangesCost(int records) {
    this.records = records;
  }

  @Override
  public String compares() {
    return "a read of %d pins that delivers everything, against one that delivers changes after"
            .formatted(records)
        + " edits of 1 %: bytes delivered, and dollars of reading and of delivery";
  }

  /** The bill of a read. */
  private record Bill(Usage reading, Usage delivery, long bytes) {}

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    Prices prices = Prices.load();
    var meter = new Meter(prices);
    try (var proxy = new ServiceProxy(meter::called);
        var webhook = CountingWebhook.start();
        var stack = Cost.start(records, Map.of(), proxy, meter, _ -> {});
        HttpClient http = HttpClient.newHttpClient()) {
      FaultClient.delay(stack.pinterest(), Cost.LATENCY);
      Product whole = product(stack, "everything");
      Product changing = product(stack, "changes");
      whole.register(webhook.address());
      String manifest =
          Files.readString(LocalStackSettings.checkout().resolve("examples/amp.yaml"));
      String integration = whole.deploy(manifest).path("id").asText();
      var measured = new Measured(meter, webhook);

      whole.connect();
      measured.begin();
      String installation = whole.install(integration, Map.of(OBJECT, "all"));
      whole.awaitReads(integration, installation, 1);
      Bill everything = measured.end();

      changing.connect();
      installation = changing.install(integration, Map.of(OBJECT, "changedAndDeleted"));
      changing.awaitReads(integration, installation, 1);
      changing.change(edits());
      measured.begin();
      changing.awaitEnd(
          changing.trigger(
              new PinferryClient(http, stack.read(), stack.apiKey()),
              integration,
              OBJECT,
              Json.object().put("deliver", "changes")));
      Bill changes = measured.end();

      print(out, prices, "everything is delivered", everything);
      print(out, prices, "changes are delivered", changes);
      double reading = prices.of(changes.reading()) / prices.of(everything.reading());
      return List.of(
          new Goal(
              "bytes delivered: everything / changes",
              (double) everything.bytes() / changes.bytes(),
              FEWER_BYTES_MIN,
              String.format(Locale.ROOT, "%,d and %,d bytes", everything.bytes(), changes.bytes())),
          new Goal(
              "dollars of reading: allowed / changes",
              READING_MAX / reading,
              1,
              String.format(Locale.ROOT, "%.2f times those of everything", reading)));
    }
  }

  private static Product product(LocalStack stack, String group) {
    return new Product(stack.api(), stack.project(), stack.apiKey(), stack.pinterest(), group);
  }

  private ArrayNode edits() {
    ArrayNode edits = Json.object().putArray("edits");
    edits
        .addObject()
        .put("kind", "edit")
        .put("changes", OBJECT)
        .put("number", Math.max(1, records / EDITED_ONE_OF));
    return edits;
  }

  /** Counts between a begin and an end. */
  private static final class Measured {
    private final Meter meter;
    private final CountingWebhook webhook;
    private long bytesBefore;

    Measured(Meter meter, CountingWebhook webhook) {
      this.meter = meter;
      this.webhook = webhook;
    }

    void begin() {
      meter.take();
      bytesBefore = webhook.bytes();
    }

    Bill end() {
      Map<String, Usage> used = meter.take();
      return new Bill(
          used.getOrDefault(Cost.READING, Usage.NONE),
          used.getOrDefault(DELIVERING, Usage.NONE),
          webhook.bytes() - bytesBefore);
    }
  }

  private void print(PrintStream out, Prices prices, String name, Bill bill) {
    double perMillion = Cost.MILLION / records;
    String read = "a million pins, when " + name;
    Cost.print(out, prices, "reading " + read, bill.reading().times(perMillion));
    Cost.print(out, prices, "delivery of " + read, bill.delivery().times(perMillion));
  }
}
