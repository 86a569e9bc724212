package io.pinferry.local.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes values that a schema of the document allows, with every member, one value for each variant,
 * and tells what the schema says of each place in them.
 */
public final class SchemaSamples {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int DEPTH_MAX = 14;

  /** Members for which the document's example of a text would not do. */
  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("url", "https://a.example/1"),
          Map.entry("cover_image_url", "https://a.example/1"),
          Map.entry("location", "https://a.example/feed"),
          Map.entry("data", "aGk="),
          Map.entry("cover_image_data", "aGk="),
          Map.entry("time", "02:59"),
          Map.entry("default_locale", "en-US"),
          Map.entry("website", "a.example"));

  private final JsonNode document;
  private final boolean request;

  /**
   * @param request whether members that are only in answers are left out
   */
  SchemaSamples(JsonNode document, boolean request) {
    this.document = document;
    this.request = request;
  }

  /**
   * One place of a value.
   *
   * @param pointer the path from the top
   * @param rules what the schema says of it, with all parts of it merged
   * @param required whether it has to be there
   */
  public record Place(String pointer, JsonNode rules, boolean required) {}

  /** A value with its places, from the top down. */
  public record Sample(JsonNode value, List<Place> places) {}

  /** Returns the samples of a schema. */
  public List<Sample> of(JsonNode schema) {
    return of("", "", schema, true, 0);
  }

  private List<Sample> of(
      String pointer, String name, JsonNode schema, boolean required, int depth) {
    List<Sample> samples = new ArrayList<>();
    for (ObjectNode rules : variants(schema, 0)) {
      samples.addAll(ofVariant(pointer, name, rules, required, depth));
    }
    return samples;
  }

  private List<Sample> ofVariant(
      String pointer, String name, ObjectNode rules, boolean required, int depth) {
    var place = new Place(pointer, rules, required);
    if (rules.path("properties").isObject()) {
      return ofObject(place, depth);
    }
    if (rules.has("items") && depth < DEPTH_MAX) {
      List<Sample> samples = new ArrayList<>();
      int count = Math.max(1, rules.path("minItems").asInt(1));
      for (Sample entry : of(pointer + "/0", name, rules.get("items"), true, depth + 1)) {
        ArrayNode list = JSON.arrayNode();
        for (int i = 0; i < count; i++) {
          list.add(entry.value().deepCopy());
        }
        samples.add(new Sample(list, with(place, entry.places())));
      }
      return samples;
    }
    return List.of(new Sample(plain(name, rules), List.of(place)));
  }

  private List<Sample> ofObject(Place place, int depth) {
    Set<String> needed = new LinkedHashSet<>();
    place.rules().path("required").forEach(each -> needed.add(each.asText()));
    ObjectNode first = JSON.objectNode();
    List<Place> places = new ArrayList<>(List.of(place));
    Map<String, List<Sample>> others = new LinkedHashMap<>();
    for (var property : place.rules().path("properties").properties()) {
      String name = property.getKey();
      List<Sample> samples =
          of(
              place.pointer() + "/" + name,
              name,
              property.getValue(),
              needed.contains(name),
              depth + 1);
      if (samples.isEmpty()) {
        continue;
      }
      first.set(name, samples.getFirst().value());
      places.addAll(samples.getFirst().places());
      if (samples.size() > 1) {
        others.put(name, samples.subList(1, samples.size()));
      }
    }
    List<Sample> all = new ArrayList<>(List.of(new Sample(first, places)));
    others.forEach(
        (name, samples) ->
            samples.forEach(
                other -> {
                  ObjectNode value = first.deepCopy();
                  value.set(name, other.value());
                  all.add(new Sample(value, with(place, other.places())));
                }));
    return all;
  }

  private static List<Place> with(Place place, List<Place> inside) {
    List<Place> all = new ArrayList<>(List.of(place));
    all.addAll(inside);
    return all;
  }

  private static JsonNode plain(String name, ObjectNode rules) {
    for (JsonNode word : rules.path("enum")) {
      if (!word.isNull()) {
        return word;
      }
    }
    return switch (rules.path("type").asText()) {
      case "integer", "number" -> JSON.numberNode(Math.max(1, rules.path("minimum").asLong(1)));
      case "boolean" -> JSON.booleanNode(true);
      case "object" -> JSON.objectNode();
      default -> JSON.textNode(text(name, rules));
    };
  }

  private static String text(String name, ObjectNode rules) {
    String known = TEXTS.get(name);
    if (known != null) {
      return known;
    }
    return rules.has("pattern") || name.endsWith("_id") || name.equals("id") ? "7" : "x";
  }

  /** Returns the schemas that a schema can mean, each with all of its parts in one. */
  private List<ObjectNode> variants(JsonNode schema, int depth) {
    JsonNode own = resolved(schema);
    if (depth > DEPTH_MAX || (request && own.path("readOnly").asBoolean())) {
      return List.of();
    }
    List<ObjectNode> all = new ArrayList<>();
    ObjectNode plain = (ObjectNode) own.deepCopy();
    plain.remove(List.of("allOf", "oneOf", "anyOf", "discriminator"));
    all.add(plain);
    for (JsonNode part : own.path("allOf")) {
      all = product(all, variants(part, depth + 1));
    }
    JsonNode discriminator = own.path("discriminator");
    List<ObjectNode> choices = new ArrayList<>();
    if (discriminator.has("mapping")) {
      String by = discriminator.path("propertyName").asText();
      discriminator
          .path("mapping")
          .properties()
          .forEach(
              mapped ->
                  variants(JSON.objectNode().put("$ref", mapped.getValue().asText()), depth + 1)
                      .forEach(variant -> choices.add(named(variant, by, mapped.getKey()))));
    } else {
      for (String kind : List.of("oneOf", "anyOf")) {
        own.path(kind).forEach(part -> choices.addAll(variants(part, depth + 1)));
      }
    }
    return choices.isEmpty() ? all : product(all, choices);
  }

  /** Narrows the member that decides to its word; some variants leave that to the mapping. */
  private static ObjectNode named(ObjectNode variant, String by, String word) {
    ObjectNode narrow = JSON.objectNode().put("type", "string");
    narrow.putArray("enum").add(word);
    variant.withObjectProperty("properties").set(by, narrow);
    return variant;
  }

  private static List<ObjectNode> product(List<ObjectNode> left, List<ObjectNode> right) {
    List<ObjectNode> all = new ArrayList<>();
    for (ObjectNode a : left) {
      for (ObjectNode b : right) {
        all.add(merged(a, b));
      }
    }
    return all;
  }

  private static ObjectNode merged(ObjectNode a, ObjectNode b) {
    ObjectNode both = a.deepCopy();
    for (var entry : b.properties()) {
      JsonNode before = both.get(entry.getKey());
      JsonNode value = entry.getValue();
      if (before instanceof ObjectNode object && entry.getKey().equals("properties")) {
        object.setAll((ObjectNode) value.deepCopy());
      } else if (before instanceof ArrayNode list && entry.getKey().equals("required")) {
        value.forEach(list::add);
      } else if (!entry.getKey().equals("nullable") || before == null) {
        both.set(entry.getKey(), value.deepCopy());
      }
    }
    return both;
  }

  private JsonNode resolved(JsonNode node) {
    JsonNode found = node;
    while (found.has("$ref")) {
      found = document.at(found.get("$ref").asText().substring(1));
    }
    return found;
  }

  /** Returns a copy of a value with another value at a place; null removes the place. */
  public static JsonNode changed(JsonNode value, String pointer, @Nullable JsonNode other) {
    if (pointer.isEmpty()) {
      return other == null ? JSON.missingNode() : other;
    }
    JsonNode copy = value.deepCopy();
    int slash = pointer.lastIndexOf('/');
    String name = pointer.substring(slash + 1);
    switch (copy.at(pointer.substring(0, slash))) {
      case ObjectNode object when other == null -> object.remove(name);
      case ObjectNode object -> object.set(name, other);
      case ArrayNode list when other == null -> list.remove(Integer.parseInt(name));
      case ArrayNode list -> list.set(Integer.parseInt(name), other);
      case JsonNode none -> throw new IllegalStateException("no " + pointer + " in " + none);
    }
    return copy;
  }

  /** Shows each place of each sample once, with a sample that has it. */
  public static void forEachPlace(List<Sample> samples, BiConsumer<Place, JsonNode> visitor) {
    for (Sample sample : samples) {
      for (Place place : sample.places()) {
        visitor.accept(place, sample.value());
      }
    }
  }
}
