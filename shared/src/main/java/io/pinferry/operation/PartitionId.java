package io.pinferry.operation;

import io.pinferry.base.Digest;
import java.util.Map;
import java.util.TreeMap;

/**
 * The id of a partition within its operation. It is a digest of step and parameters, so that all
 * parents and attempts make the same id.
 *
 * @param value 24 hexadecimal characters
 */
public record PartitionId(String value) {

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
