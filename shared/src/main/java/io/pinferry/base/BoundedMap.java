package io.pinferry.base;

import java.util.LinkedHashMap;
import java.util.Map;

/** Makes maps with a bound, so that the memory of a process does not grow for ever. */
public final class BoundedMap {
  private BoundedMap() {}

  /**
   * Returns an empty map that is not safe for several threads. An entry beyond the bound drops the
   * least recently used one; a read counts as a use.
   */
  public static <K, V> Map<K, V> of(int entriesMax) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > entriesMax;
      }
    };
  }
}
