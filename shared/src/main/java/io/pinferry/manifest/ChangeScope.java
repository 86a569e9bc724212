package io.pinferry.manifest;

import java.util.Set;

/**
 * The parts of a config that a change is about. The other parts stay as they are, even if they do
 * not fit the present revision. So a group can change one object although a deploy has dropped
 * another.
 *
 * @param read names of read objects
 * @param allReads whether all other read objects are removed
 * @param write names of write objects
 * @param proxy whether the proxy is switched on or off
 */
public record ChangeScope(Set<String> read, boolean allReads, Set<String> write, boolean proxy) {
  public ChangeScope {
    read = Set.copyOf(read);
    write = Set.copyOf(write);
  }

  /** Returns whether the change is about a read object. */
  public boolean reads(String objectName) {
    return allReads || read.contains(objectName);
  }
}
