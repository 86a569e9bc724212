package io.pinferry.local.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.oas.OpenApi30;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** An OpenAPI document: its operations, and values held against its schemas. */
final class OpenApiDocument {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private final JsonNode json;
  private final JsonSchemaFactory factory =
      JsonSchemaFactory.getInstance(
          SpecVersion.VersionFlag.V4,
          builder ->
              builder
                  .metaSchema(OpenApi30.getInstance())
                  .defaultMetaSchemaIri(OpenApi30.getInstance().getIri()));
  private final SchemaValidatorsConfig config =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  /** Reading one takes longer than validating with it. */
  private final IdentityHashMap<JsonNode, JsonSchema> schemas = new IdentityHashMap<>();

  OpenApiDocument(JsonNode json) {
    this.json = json;
  }

  JsonNode json() {
    return json;
  }

  /** Returns the operations by method and path, as {@code GET /projects}. */
  Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new TreeMap<>();
    json.path("paths")
        .properties()
        .forEach(
            item ->
                item.getValue()
                    .properties()
                    .forEach(
                        member -> {
                          if (METHODS.contains(member.getKey())) {
                            operations.put(
                                member.getKey().toUpperCase(Locale.ROOT) + " " + item.getKey(),
                                member.getValue());
                          }
                        }));
    return operations;
  }

  /** Returns a copy of a part with its references replaced by their targets. */
  JsonNode resolved(JsonNode part) {
    if (part.has("$ref")) {
      return resolved(json.at(part.path("$ref").asText().substring(1)));
    }
    if (part instanceof ObjectNode object) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      object.properties().forEach(member -> copy.set(member.getKey(), resolved(member.getValue())));
      return copy;
    }
    if (part.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      part.forEach(entry -> copy.add(resolved(entry)));
      return copy;
    }
    return part;
  }

  /** Returns what is wrong with a value by a schema of the document, empty if nothing. */
  List<String> validate(JsonNode schema, JsonNode value) {
    return read(schema).validate(value).stream().map(Object::toString).toList();
  }

  private synchronized JsonSchema read(JsonNode schema) {
    return schemas.computeIfAbsent(schema, this::withComponents);
  }

  /** References are to the document's components, so they come along. */
  private JsonSchema withComponents(JsonNode schema) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.putArray("allOf").add(schema);
    whole.set("components", json.path("components"));
    return factory.getSchema(whole, config);
  }
}
