package io.pinferry.local.simulator;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists records from any place on, lazily: what is not asked for is never made. */
@FunctionalInterface
interface Listing {
  /** Returns the records behind {@code key}, or all of them without one. */
  Iterator<Row> after(@Nullable Long key);

  static Listing empty() {
    return key -> Stream.<Row>empty().iterator();
  }

  /** Lists what is in a sorted map and meets a condition, in the order of the keys. */
  static <T> Listing of(
      NavigableMap<Long, T> records, Predicate<T> wanted, java.util.function.Function<T, Row> row) {
    return key -> {
      Map<Long, T> rest = key == null ? records : records.tailMap(key, false);
      return rest.values().stream().filter(wanted).map(row).iterator();
    };
  }
}
