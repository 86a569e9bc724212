package io.pinferry.operation;

import java.util.Map;

/**
 * A bookmark chain, read by one partition: a step of the object's plan with fixed parameters, for
 * example the product groups of feed 7.
 *
 * @param parameters the endpoint's fixed parameters; also the provenance of the records
 */
public record Chain(String step, Map<String, String> parameters) {
  public Chain {
    parameters = Map.copyOf(parameters);
  }

  /** Returns the id of the partition that reads this chain. */
  public PartitionId id() {
    return PartitionId.of(step, parameters);
  }
}
