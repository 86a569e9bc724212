package io.pinferry.read;

import io.pinferry.operation.OperationId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Fingerprints in a map. */
public final class InMemoryFingerprintStore implements FingerprintStore {
  private final Map<PartitionKey, NavigableMap<Integer, Page>> pages = new HashMap<>();

  @Override
  public synchronized boolean store(PartitionKey key, Page page) {
    NavigableMap<Integer, Page> stored = pages.computeIfAbsent(key, _ -> new TreeMap<>());
    Page present = stored.get(page.number());
    if (present != null && present.fence() > page.fence()) {
      return false;
    }
    stored.put(page.number(), page);
    return true;
  }

  @Override
  public synchronized List<Page> of(PartitionKey key) {
    return List.copyOf(pages.getOrDefault(key, new TreeMap<>()).values());
  }

  @Override
  public synchronized void remove(OperationId operation) {
    pages.keySet().removeIf(key -> key.operation().equals(operation));
  }

  /** Returns the operations that have fingerprints. */
  public synchronized List<OperationId> operations() {
    return pages.keySet().stream().map(PartitionKey::operation).distinct().toList();
  }
}
