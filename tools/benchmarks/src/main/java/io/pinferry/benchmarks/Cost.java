package io.pinferry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Metric;
import io.pinferry.local.cloud.Stack;
import io.pinferry.local.cloud.Template;
import io.pinferry.local.demo.Product;
import io.pinferry.local.meter.Item;
import io.pinferry.local.meter.Meter;
import io.pinferry.local.meter.Prices;
import io.pinferry.local.meter.ServiceProxy;
import io.pinferry.local.meter.Usage;
import io.pinferry.local.simulator.FaultClient;
import io.pinferry.local.stack.LocalPorts;
import io.pinferry.local.stack.LocalStack;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The bill: what a read with its delivery, a connection's month and an idle month of the stack use
 * of AWS, counted on the whole local stack and priced with list prices.
 */
final class Cost implements Benchmark {
  static final double MILLION = 1e6;
  private static final double READ_DOLLARS_MAX = 0.05;
  private static final double CALLS_MAX = 2.1;
  private static final double GIGABYTE = 1024.0 * 1024 * 1024;

  /** An answer of Pinterest, beside what the simulator takes. */
  static final Duration LATENCY = Duration.ofMillis(150);

  private static final double MINUTES_A_MONTH = 730 * 60;
  private static final double WEEKS_A_MONTH = 730.0 / (24 * 7);

  /** Lambda keeps five connections to each queue open, each of which asks for 20 seconds. */
  private static final double EMPTY_POLLS_A_MONTH = MINUTES_A_MONTH * 3 * 5;

  private static final List<Integer> CONNECTIONS = List.of(100, 1_000, 10_000);
  private static final Duration IDLE = Duration.ofSeconds(15);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final String OBJECT = "pins";
  private static final String TICK = "ScheduleFunction";
  private static final String ASKING = "ManagementFunction";
  static final String READING = "SyncFunction";

  private final int records;

  /**
   * @param records pins of the account that is read
   */
  Cost(int records) {
    this.records = records;
  }

  @Override
  public String compares() {
    return "the most that a read of a million pins with its delivery may cost, against the bill of "
        + records
        + "; and what a connection and an idle stack cost in a month";
  }

  static LocalStack start(
      int records,
      Map<String, String> parameters,
      ServiceProxy proxy,
      Meter meter,
      Consumer<Stack> declared)
      throws Exception {
    return LocalStack.start(
        new LocalStackSettings(
            LocalStackSettings.checkout(),
            LocalStackSettings.version(),
            records,
            null,
            null,
            null,
            null,
            new LocalPorts.Any(),
            null,
            false,
            false),
        simulator -> simulator,
        cloud ->
            cloud
                .withEnvironment(proxy.environment())
                .withInvocations(meter)
                .withMoreParameters(parameters),
        cloud -> {
          proxy.to(cloud);
          meter.of(cloud.stack());
          declared.accept(cloud.stack());
        });
  }

  private static Product product(LocalStack stack) {
    return new Product(stack.api(), stack.project(), stack.apiKey(), stack.pinterest());
  }

  /** Returns what the way of a connection's tokens into DynamoDB uses. */
  private static Usage connectingToDynamoDb(Prices prices) throws Exception {
    var meter = new Meter(prices);
    try (var proxy = new ServiceProxy(meter::called);
        var stack = start(1, Map.of("TokenStore", "dynamodb"), proxy, meter, _ -> {})) {
      meter.take();
      product(stack).connect();
      return sum(meter.take());
    }
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    Prices prices = Prices.load();
    var meter = new Meter(prices);
    Path home = LocalStackSettings.checkout();
    var declared = new AtomicReference<Stack>();
    Usage dynamoDbMonth = connectingToDynamoDb(prices);
    try (var proxy = new ServiceProxy(meter::called);
        var webhook = CountingWebhook.start();
        var stack = start(records, Map.of(), proxy, meter, declared::set)) {
      FaultClient.delay(stack.pinterest(), LATENCY);
      Product product = product(stack);
      product.register(webhook.address());
      String integration =
          product.deploy(Files.readString(home.resolve("examples/amp.yaml"))).path("id").asText();
      meter.take();
      product.connect();
      Usage connecting = sum(meter.take());
      long logBefore = Files.size(stack.logFile());
      long outBefore = webhook.bytes();
      String installation = product.install(integration, List.of(OBJECT));
      Map<String, Usage> starting = meter.take();
      JsonNode operation = read(product, integration, installation);
      Map<String, Usage> used = new TreeMap<>(meter.take());
      // Those are our own questions whether the read has ended.
      used.remove(ASKING);
      starting.forEach((function, usage) -> used.merge(function, usage, Usage::plus));
      used.remove(TICK);
      Usage reading =
          sum(used)
              .plus(
                  Usage.of(
                      Item.LOG_GIGABYTE, (Files.size(stack.logFile()) - logBefore) / GIGABYTE));
      int pages = pages(product, operation);
      double transferred = (webhook.bytes() - outBefore) / GIGABYTE;
      Usage tick = tick(meter, stack);

      out.printf(
          Locale.ROOT,
          "  Dollars at list prices, %s, %s: %s.%n",
          prices.region(),
          prices.asOf(),
          prices.source());
      double perMillion = MILLION / records;
      print(
          out,
          prices,
          "a million pins, read and delivered (" + records + " pins, " + pages + " pages counted)",
          reading.times(perMillion));
      print(
          out,
          prices,
          "their transfer out of AWS",
          Usage.of(Item.TRANSFER_OUT_GIGABYTE, transferred * perMillion));
      Usage month = connecting.plus(Usage.of(Item.SECRET_MONTH, 1));
      print(out, prices, "a connection's month, with one refresh, in Secrets Manager", month);
      print(out, prices, "the same in DynamoDB", dynamoDbMonth);
      Usage key = Usage.of(Item.KMS_KEY_MONTH, 1);
      Usage idle = tick.times(MINUTES_A_MONTH).plus(standing(declared.get()));
      print(out, prices, "an idle month of the stack, alarms and dashboard included", idle);
      for (int connections : CONNECTIONS) {
        out.printf(
            Locale.ROOT,
            "  %,6d connections: %,.2f a month in Secrets Manager, %,.2f in DynamoDB with its"
                + " key%n",
            connections,
            prices.of(month) * connections,
            prices.of(dynamoDbMonth) * connections + prices.of(key));
      }
      Usage sync = used.getOrDefault(READING, Usage.NONE);
      double dollars = prices.of(reading) * perMillion;
      double calls = (double) sync.callCount() / pages;
      return List.of(
          new Goal(
              "allowed / counted dollars of a million pins, read and delivered",
              READ_DOLLARS_MAX / dollars,
              1,
              String.format(
                  Locale.ROOT,
                  "$%.4f without, $%.4f with the transfer out",
                  dollars,
                  dollars
                      + prices.of(Usage.of(Item.TRANSFER_OUT_GIGABYTE, transferred * perMillion)))),
          new Goal(
              "allowed / counted calls to AWS of the reading side",
              CALLS_MAX / calls,
              1,
              String.format(Locale.ROOT, "%.2f a page, %d pages: %s", calls, pages, sync.calls())));
    }
  }

  /** Waits for the first read; returns the operation when its last message is delivered. */
  private static JsonNode read(Product product, String integration, String installation)
      throws IOException, InterruptedException {
    while (true) {
      JsonNode operation = product.operations(integration, installation).path(0);
      String status = operation.path("status").asText("in_progress");
      if (status.equals("success")) {
        return operation;
      }
      if (!status.equals("in_progress")) {
        throw new IllegalStateException("the read ended with " + operation);
      }
      Thread.sleep(LOOK_EVERY);
    }
  }

  private static int pages(Product product, JsonNode operation)
      throws IOException, InterruptedException {
    int pages = 0;
    for (JsonNode line : product.log(operation.path("id").asText())) {
      pages = Math.max(pages, line.path("message").path("details").path("pages").asInt());
    }
    if (pages == 0) {
      throw new IllegalStateException("the log of " + operation + " tells no pages");
    }
    return pages;
  }

  /** Returns what one tick uses while nothing is due. */
  private static Usage tick(Meter meter, LocalStack stack)
      throws IOException, InterruptedException {
    meter.take();
    long logBefore = Files.size(stack.logFile());
    Thread.sleep(IDLE);
    Usage ticks = meter.take().getOrDefault(TICK, Usage.NONE);
    double count = ticks.units().getOrDefault(Item.LAMBDA_REQUEST, 0.0);
    if (count == 0) {
      throw new IllegalStateException("no tick ran within " + IDLE);
    }
    return ticks
        .plus(Usage.of(Item.LOG_GIGABYTE, (Files.size(stack.logFile()) - logBefore) / GIGABYTE))
        .times(1 / count);
  }

  /** Returns what stands for a month, whatever happens. */
  private static Usage standing(Stack stack) {
    Template template = Template.read(LocalStackSettings.checkout().resolve("template.yaml"));
    List<Stack.Trigger> triggers =
        stack.functions().values().stream().flatMap(one -> one.triggers().stream()).toList();
    long queues = triggers.stream().filter(Stack.Trigger.Sqs.class::isInstance).count();
    long weekly =
        triggers.stream()
            .filter(
                trigger ->
                    trigger instanceof Stack.Trigger.Schedule schedule
                        && schedule.source().equals("aws.scheduler"))
            .count();
    return Usage.of(Item.SQS_REQUEST, queues * EMPTY_POLLS_A_MONTH)
        .plus(Usage.of(Item.ALARM_METRIC_MONTH, template.alarmMetrics()))
        .plus(Usage.of(Item.DASHBOARD_MONTH, template.count("AWS::CloudWatch::Dashboard")))
        .plus(Usage.of(Item.METRIC_MONTH, Metric.values().length))
        .plus(Usage.of(Item.SCHEDULER_INVOCATION, weekly * WEEKS_A_MONTH));
  }

  static void print(PrintStream out, Prices prices, String what, Usage usage) {
    out.printf(Locale.ROOT, "  %s: $%.4f%n", what, prices.of(usage));
    usage
        .units()
        .forEach(
            (item, units) ->
                out.printf(
                    Locale.ROOT,
                    "    %-26s %,18.4f  $%.4f%n",
                    item.text(),
                    units,
                    prices.of(item, units)));
  }

  private static Usage sum(Map<String, Usage> used) {
    return used.values().stream().reduce(Usage.NONE, Usage::plus);
  }
}
