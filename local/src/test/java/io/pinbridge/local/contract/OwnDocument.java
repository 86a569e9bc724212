package io.pinbridge.local.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.oas.OpenApi30;
import io.pinbridge.http.Door;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The OpenAPI document of a door, as Pinbridge answers it. */
public final class OwnDocument {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private final String text;
  private final JsonNode document;
  private final JsonSchemaFactory factory =
      JsonSchemaFactory.getInstance(
          SpecVersion.VersionFlag.V4,
          builder ->
              builder
                  .metaSchema(OpenApi30.getInstance())
                  .defaultMetaSchemaIri(OpenApi30.getInstance().getIri()));
  private final SchemaValidatorsConfig config =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  private OwnDocument(String text, JsonNode document) {
    this.text = text;
    this.document = document;
  }

  /** Reads the document of a door. */
  public static OwnDocument of(Door door) {
    String name = "/io/pinbridge/management/openapi-" + door.text() + ".json";
    try (InputStream file = OwnDocument.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("there is no " + name);
      }
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return new OwnDocument(text, new ObjectMapper().readTree(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns it as it is answered. */
  public String text() {
    return text;
  }

  /** Returns it as a tree. */
  public JsonNode json() {
    return document;
  }

  /** Returns the operations by method and path, as {@code GET /v1/projects/{project}}. */
  public Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new TreeMap<>();
    document
        .path("paths")
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

  /**
   * Returns what is wrong with an answer, empty if nothing.
   *
   * @param operation as in {@link #operations}
   * @param value the JSON of the body, missing if it is empty or no JSON
   */
  public List<String> validateAnswer(
      String operation, int status, String contentType, JsonNode value) {
    JsonNode described = operations().get(operation);
    if (described == null) {
      return List.of(operation + " is not described");
    }
    JsonNode responses = described.path("responses");
    JsonNode answer =
        responses.path(
            responses.has(Integer.toString(status)) ? Integer.toString(status) : "default");
    if (answer.isMissingNode() || (status < 400 && !responses.has(Integer.toString(status)))) {
      return List.of("the status " + status + " is not described");
    }
    JsonNode content = answer.path("content");
    if (content.isMissingNode()) {
      return value.isMissingNode() ? List.of() : List.of("a body where none is described");
    }
    String type = contentType.replaceFirst(";.*", "").strip();
    if (!content.has(type)) {
      return List.of("the media type " + type + " is not described");
    }
    if (!type.endsWith("json")) {
      return List.of();
    }
    // References are to the document's components, so they come along.
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.putArray("allOf").add(content.path(type).path("schema"));
    whole.set("components", document.path("components"));
    JsonSchema schema = factory.getSchema(whole, config);
    return schema.validate(value).stream().map(Object::toString).toList();
  }
}
