package io.pinferry.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of each record is delivered beside the whole ({@code raw}).
 *
 * @param fields members to deliver under their own names
 * @param mapped members to deliver under other names
 * @param all whether every member of the record's first level that is not mapped is delivered, too
 * @param values for a field, by its name or the name it is mapped to: what is delivered for what
 *     Pinterest sends
 */
public record Selection(
    List<Path> fields, List<Mapping> mapped, boolean all, Map<String, Map<String, String>> values) {

  public Selection {
    fields = List.copyOf(fields);
    mapped = List.copyOf(mapped);
    values = Map.copyOf(values);
  }

  /** A member of a record: the names from the record down. */
  public record Path(List<String> names) {
    public Path {
      names = List.copyOf(names);
    }

    /** Returns the names joined by dots, for people and as a key of value mappings. */
    public String text() {
      return String.join(".", names);
    }

    JsonNode toJson() {
      ArrayNode json = Json.object().arrayNode();
      names.forEach(json::add);
      return json;
    }

    static Path fromJson(JsonNode json) {
      List<String> names = new ArrayList<>();
      json.forEach(name -> names.add(name.textValue()));
      return new Path(names);
    }
  }

  /** A member delivered under another name, possibly inside new objects. */
  public record Mapping(Path source, Path target) {}

  JsonNode toJson() {
    ObjectNode json = Json.object();
    ArrayNode fieldList = json.putArray("fields");
    fields.forEach(path -> fieldList.add(path.toJson()));
    ArrayNode mappedList = json.putArray("mapped");
    mapped.forEach(
        mapping ->
            mappedList
                .addObject()
                .<ObjectNode>set("source", mapping.source().toJson())
                .set("target", mapping.target().toJson()));
    json.put("all", all);
    ObjectNode valueMaps = json.putObject("values");
    values.forEach(
        (field, map) -> {
          ObjectNode one = valueMaps.putObject(field);
          map.forEach(one::put);
        });
    return json;
  }

  static Selection fromJson(JsonNode json) {
    List<Path> fields = new ArrayList<>();
    json.path("fields").forEach(path -> fields.add(Path.fromJson(path)));
    List<Mapping> mapped = new ArrayList<>();
    json.path("mapped")
        .forEach(
            mapping ->
                mapped.add(
                    new Mapping(
                        Path.fromJson(mapping.path("source")),
                        Path.fromJson(mapping.path("target")))));
    Map<String, Map<String, String>> values = new LinkedHashMap<>();
    json.path("values")
        .properties()
        .forEach(
            field -> {
              Map<String, String> map = new LinkedHashMap<>();
              field
                  .getValue()
                  .properties()
                  .forEach(value -> map.put(value.getKey(), value.getValue().textValue()));
              values.put(field.getKey(), map);
            });
    return new Selection(fields, mapped, json.path("all").booleanValue(), values);
  }
}
