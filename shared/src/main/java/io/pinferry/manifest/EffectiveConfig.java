package io.pinferry.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * The merge of a manifest and a group's choice: all that reading and delivering need to know.
 *
 * @param read the objects that are read, in the manifest's order
 * @param write the chosen write objects by name, with their settings as they came
 * @param proxyEnabled whether the proxy may be used
 */
public record EffectiveConfig(List<EffectiveRead> read, ObjectNode write, boolean proxyEnabled) {
  public EffectiveConfig {
    read = List.copyOf(read);
  }

  /** Returns this config with other reads. */
  public EffectiveConfig withReads(List<EffectiveRead> reads) {
    return new EffectiveConfig(reads, write, proxyEnabled);
  }

  /** Returns how an object is read, by its name at Pinterest or the name it is delivered by. */
  public Optional<EffectiveRead> findRead(String name) {
    return read.stream()
        .filter(object -> object.objectName().equals(name))
        .findFirst()
        .or(() -> read.stream().filter(object -> object.deliveredName().equals(name)).findFirst());
  }
}
