package io.pinferry.local.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.pinferry.http.Door;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The OpenAPI document of a door, as Pinferry answers it. */
public final class OwnDocument {
  private final String text;
  private final OpenApiDocument document;

  private OwnDocument(String text, JsonNode document) {
    this.text = text;
    this.document = new OpenApiDocument(document);
  }

  /** Reads the document of a door. */
  public static OwnDocument of(Door door) {
    String name = "/io/pinferry/management/openapi-" + door.text() + ".json";
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
    return document.json();
  }

  /** Returns the operations by method and path, as {@code GET /v1/projects/{project}}. */
  public Map<String, JsonNode> operations() {
    return document.operations();
  }

  /** Returns the schema of an operation's JSON body. */
  public JsonNode bodyOf(String operation) {
    return operations()
        .getOrDefault(operation, MissingNode.getInstance())
        .at("/requestBody/content/application~1json/schema");
  }

  /** Returns a part of the document with its references replaced by their targets. */
  public JsonNode resolved(JsonNode part) {
    return document.resolved(part);
  }

  /** Returns what is wrong with a body of a request, empty if nothing. */
  public List<String> validateRequest(String operation, JsonNode body) {
    return document.validate(bodyOf(operation), body);
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
    return document.validate(content.path(type).path("schema"), value);
  }
}
