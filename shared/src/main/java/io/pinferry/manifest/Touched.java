package io.pinferry.manifest;

import java.util.Set;

/**
 * What a change of a config is about. The rest stays as it is where it does not fit the
 * integration's present revision, so that a group can change one object although a deploy has
 * dropped another.
 *
 * @param read names of read objects
 * @param allReads whether read objects that it does not name are taken away
 * @param write names of write objects
 * @param proxy whether the proxy is switched
 */
public record Touched(Set<String> read, boolean allReads, Set<String> write, boolean proxy) {
  public Touched {
    read = Set.copyOf(read);
    write = Set.copyOf(write);
  }

  /** Tells whether the change is about a read object. */
  public boolean reads(String objectName) {
    return allReads || read.contains(objectName);
  }
}
