package io.pinferry.read;

import java.util.Map;

/** A partition to create: open, before its first page. */
public record NewPartition(String step, Map<String, String> parameters) {
  public NewPartition {
    parameters = Map.copyOf(parameters);
  }

  public PartitionId id() {
    return PartitionId.of(step, parameters);
  }
}
