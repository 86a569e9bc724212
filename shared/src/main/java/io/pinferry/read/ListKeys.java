package io.pinferry.read;

import io.pinferry.operation.Chain;
import java.util.List;

/**
 * The keys of records of a list.
 *
 * @param list the list that had the records last
 */
public record ListKeys(Chain list, List<String> keys) {
  public ListKeys {
    keys = List.copyOf(keys);
  }
}
