package io.pinferry.local.meter;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The use of AWS by somebody, in units of its bill.
 *
 * @param units of each item
 * @param calls to the services of AWS, by operation
 */
public record Usage(Map<Item, Double> units, Map<String, Integer> calls) {
  /** Nothing. */
  public static final Usage NONE = new Usage(Map.of(), Map.of());

  public Usage {
    units = units.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(units));
    calls = Collections.unmodifiableMap(new java.util.TreeMap<>(calls));
  }

  /** Returns so many units of one item. */
  public static Usage of(Item item, double units) {
    return new Usage(Map.of(item, units), Map.of());
  }

  /** Returns this and that together. */
  public Usage plus(Usage other) {
    Map<Item, Double> sum = new EnumMap<>(Item.class);
    sum.putAll(units);
    other.units.forEach((item, more) -> sum.merge(item, more, Double::sum));
    Map<String, Integer> all = new java.util.TreeMap<>(calls);
    other.calls.forEach((call, more) -> all.merge(call, more, Integer::sum));
    return new Usage(sum, all);
  }

  /** Returns so many times the units; calls stay as they were counted. */
  public Usage times(double factor) {
    Map<Item, Double> product = new EnumMap<>(Item.class);
    units.forEach((item, used) -> product.put(item, used * factor));
    return new Usage(product, calls);
  }

  /** Returns the number of calls. */
  public int callCount() {
    return calls.values().stream().mapToInt(Integer::intValue).sum();
  }
}
