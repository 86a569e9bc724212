package io.pinferry.operation;

import io.pinferry.base.Digest;
import java.util.Map;
import java.util.TreeMap;

/**
 * A partition's id within its operation: a digest of its step and parameters, so it is the same
 * from any parent and at any attempt.
 *
 * @param value 24 hexadecimal characters
 */
public record PartitionId(String value) {
  /** Returns the id of the partition that reads this step with these parameters. */
  public static PartitionId of(String step, Map<String, String> parameters) {
    var digest = Digest.of(step);
    new TreeMap<>(parameters).forEach((name, value) -> digest.and(name).and(value));
    return new PartitionId(digest.hex(12));
  }

  @Override
  public String toString() {
    return value;
  }
}
