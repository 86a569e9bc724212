package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What follows from a manifest and a group's choice: all that reading and delivering need to know.
 *
 * @param read the objects that are read, in the manifest's order
 * @param write the chosen write objects by name, with their settings as they came
 * @param proxyEnabled whether the proxy may be used
 */
public record EffectiveConfig(List<EffectiveRead> read, ObjectNode write, boolean proxyEnabled) {
  public EffectiveConfig {
    read = List.copyOf(read);
  }

  /** Returns how an object is read, by its name at Pinterest or the name it is delivered by. */
  public Optional<EffectiveRead> findRead(String name) {
    return read.stream()
        .filter(object -> object.objectName().equals(name))
        .findFirst()
        .or(() -> read.stream().filter(object -> object.deliveredName().equals(name)).findFirst());
  }

  /** Returns our own form, as it is stored. */
  public ObjectNode toJson() {
    ObjectNode json = Json.object();
    var objects = json.putArray("read");
    read.forEach(object -> objects.add(object.toJson()));
    json.set("write", write);
    json.put("proxyEnabled", proxyEnabled);
    return json;
  }

  /** Reads what {@link #toJson} made, from its stored text. */
  public static EffectiveConfig fromText(String text) {
    return fromJson(Json.trusted(text));
  }

  /** Reads what {@link #toJson} wrote. */
  public static EffectiveConfig fromJson(JsonNode json) {
    List<EffectiveRead> read = new ArrayList<>();
    json.path("read").forEach(object -> read.add(EffectiveRead.fromJson(object)));
    return new EffectiveConfig(
        read,
        json.path("write") instanceof ObjectNode write ? write : Json.object(),
        json.path("proxyEnabled").asBoolean());
  }
}
