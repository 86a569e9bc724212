package io.pinferry.base;

import java.util.LinkedHashMap;
import java.util.Map;

/** Makes maps for what a process remembers, which must not grow for ever. */
public final class BoundedMap {
  private BoundedMap() {}

  /**
   * Returns an empty map, not for several threads at once. An entry beyond the bound pushes out the
   * one that was not used, also not read, for longest.
   *
   * @param entriesMax the bound
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
