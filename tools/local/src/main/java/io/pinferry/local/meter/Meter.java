package io.pinferry.local.meter;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.local.cloud.LocalCloud;
import io.pinferry.local.cloud.Stack;
import io.pinferry.local.meter.ServiceCall.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Counts what each function uses of AWS: the calls that it makes, the time that it runs, and what
 * Lambda's poller asks of its queue.
 */
public final class Meter implements LocalCloud.Invocations {
  /** SQS bills each started 64 KiB of a request as one. */
  private static final int SQS_CHUNK = 64 * 1024;

  private static final int MEGABYTES = 1024;

  /** The lines START, END and REPORT, which Lambda writes for each invocation. */
  private static final int PLATFORM_LOG_BYTES = 400;

  private static final double GIGABYTE = 1024.0 * 1024 * 1024;

  private final Prices prices;
  private final Map<String, Usage> used = new TreeMap<>();
  private final Set<String> unpriced = new TreeSet<>();
  private final Map<String, Stack.Function> functions = new LinkedHashMap<>();

  public Meter(Prices prices) {
    this.prices = prices;
  }

  /** Sets the functions, whose memory and triggers decide what an invocation costs. */
  public synchronized void of(Stack stack) {
    functions.putAll(stack.functions());
  }

  /** Counts a call. */
  public synchronized void called(ServiceCall call) {
    Item item;
    try {
      item = prices.item(call.service(), call.operation());
    } catch (IllegalArgumentException e) {
      unpriced.add(e.getMessage());
      return;
    }
    double units =
        switch (call.service()) {
          case DYNAMODB -> capacity(call);
          case SQS -> chunks(call.requestBytes());
          case SECRETS_MANAGER, KMS -> 1;
        };
    Map<Item, Double> counted = new EnumMap<>(Item.class);
    counted.put(item, units);
    if (call.service() == Service.SQS && !call.request().findValues("MessageGroupId").isEmpty()) {
      counted.put(Item.SQS_FAIR_REQUEST, units);
    }
    add(call.function(), new Usage(counted, Map.of(call.operation(), 1)));
  }

  @Override
  public synchronized void ended(String function, int eventBytes, Duration took) {
    Stack.Function declared = functions.get(function);
    if (declared == null) {
      return; // before the first request of anybody
    }
    Map<Item, Double> counted = new EnumMap<>(Item.class);
    counted.put(Item.LAMBDA_REQUEST, 1.0);
    double seconds = Math.ceil(took.toNanos() / 1e6) / 1e3;
    counted.put(Item.LAMBDA_GIGABYTE_SECOND, seconds * declared.memoryMegabytes() / MEGABYTES);
    counted.put(Item.LOG_GIGABYTE, PLATFORM_LOG_BYTES / GIGABYTE);
    for (Stack.Trigger trigger : declared.triggers()) {
      if (trigger instanceof Stack.Trigger.Sqs) {
        // One request received the batch, one deletes it.
        double polls = chunks(eventBytes) + 1;
        counted.put(Item.SQS_REQUEST, polls);
        counted.put(Item.SQS_FAIR_REQUEST, polls);
      }
    }
    if (declared.triggers().stream().anyMatch(Stack.Trigger.Http.class::isInstance)) {
      counted.put(Item.API_REQUEST, 1.0);
    }
    add(function, new Usage(counted, Map.of()));
  }

  /**
   * Returns what each function has used since the last call of this method.
   *
   * @throws IllegalStateException if a call was made that has no price
   */
  public synchronized Map<String, Usage> take() {
    if (!unpriced.isEmpty()) {
      throw new IllegalStateException(String.join("; ", unpriced));
    }
    Map<String, Usage> taken = new TreeMap<>(used);
    used.clear();
    return taken;
  }

  private void add(String function, Usage more) {
    used.merge(function, more, Usage::plus);
  }

  private static double chunks(int bytes) {
    return Math.max(1, Math.ceilDiv(bytes, SQS_CHUNK));
  }

  /** Returns the units that DynamoDB says; a refused write is billed as one for each item. */
  private static double capacity(ServiceCall call) {
    // DynamoDB Local does not say that a transaction costs twice as much.
    return call.operation().startsWith("Transact") ? 2 * consumed(call) : consumed(call);
  }

  private static double consumed(ServiceCall call) {
    JsonNode consumed = call.answer().path("ConsumedCapacity");
    if (consumed.isMissingNode()) {
      int items = call.request().path("TransactItems").size();
      return Math.max(1, items);
    }
    List<JsonNode> tables = new ArrayList<>();
    if (consumed.isArray()) {
      consumed.forEach(tables::add);
    } else {
      tables.add(consumed);
    }
    return tables.stream().mapToDouble(table -> table.path("CapacityUnits").asDouble()).sum();
  }
}
