package io.pinferry.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * The merge of a manifest and the choice of a group. Reads and deliveries follow it.
 *
 * @param read the objects to read, in the order of the manifest
 * @param write the chosen write objects by name, with unchanged settings
 * @param proxyEnabled whether the proxy may be used
 */
public record EffectiveConfig(List<EffectiveRead> read, ObjectNode write, boolean proxyEnabled) {
  public EffectiveConfig {
    read = List.copyOf(read);
  }

  public EffectiveConfig withReads(List<EffectiveRead> reads) {
    return new EffectiveConfig(reads, write, proxyEnabled);
  }

  /** Returns the read of an object, by its name at Pinterest or in deliveries. */
  public Optional<EffectiveRead> findRead(String name) {
    return read.stream()
        .filter(object -> object.objectName().equals(name))
        .findFirst()
        .or(() -> read.stream().filter(object -> object.deliveredName().equals(name)).findFirst());
  }
}
