package io.pinferry.local.meter;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.meter.ServiceCall.Service;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * AWS's list prices, from prices.json, and the item that each call of our functions is billed as.
 *
 * @param region whose prices they are
 * @param asOf the month of the prices
 * @param dollars for one unit of each item
 * @param calls the item of each operation, by service
 */
public record Prices(
    String region,
    String asOf,
    String source,
    Map<Item, Double> dollars,
    Map<Service, Map<String, Item>> calls) {
  public Prices {
    dollars = Map.copyOf(dollars);
    calls = Map.copyOf(calls);
  }

  /** Reads the prices. */
  public static Prices load() {
    JsonNode json;
    try (InputStream file = Prices.class.getResourceAsStream("prices.json")) {
      json = Json.parse(Objects.requireNonNull(file, "prices.json").readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<Item, Double> dollars = new EnumMap<>(Item.class);
    json.path("dollars")
        .properties()
        .forEach(price -> dollars.put(Item.of(price.getKey()), price.getValue().asDouble()));
    Map<Service, Map<String, Item>> calls = new EnumMap<>(Service.class);
    json.path("calls")
        .properties()
        .forEach(
            service -> {
              Map<String, Item> items = new TreeMap<>();
              service
                  .getValue()
                  .properties()
                  .forEach(call -> items.put(call.getKey(), Item.of(call.getValue().asText())));
              calls.put(Service.valueOf(service.getKey()), Map.copyOf(items));
            });
    return new Prices(
        json.path("region").asText(),
        json.path("asOf").asText(),
        json.path("source").asText(),
        dollars,
        calls);
  }

  /**
   * Returns the item that a call is billed as.
   *
   * @throws IllegalArgumentException if prices.json has no such call
   */
  public Item item(Service service, String operation) {
    Item item = calls.getOrDefault(service, Map.of()).get(operation);
    if (item == null) {
      throw new IllegalArgumentException(
          "prices.json does not say how " + service + " bills " + operation);
    }
    return item;
  }

  /** Returns the dollars for so many units of an item. */
  public double of(Item item, double units) {
    return Objects.requireNonNull(dollars.get(item), item::name) * units;
  }

  /** Returns the dollars for everything that was used. */
  public double of(Usage usage) {
    return usage.units().entrySet().stream()
        .mapToDouble(used -> of(used.getKey(), used.getValue()))
        .sum();
  }
}
