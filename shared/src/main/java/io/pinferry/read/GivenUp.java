package io.pinferry.read;

import java.util.Set;

/**
 * The messages of a partition that were given up.
 *
 * @param entries an entry {@code page.part.digest} for each
 * @param deliveredLater the entries that were delivered after they had been sent again
 */
public record GivenUp(Set<String> entries, Set<String> deliveredLater) {
  static final GivenUp NONE = new GivenUp(Set.of(), Set.of());

  public GivenUp {
    entries = Set.copyOf(entries);
    deliveredLater = Set.copyOf(deliveredLater);
  }
}
