package io.pinferry.local.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/**
 * The schemas of one official file. One of them is taken as it was meant: a manifest's field with
 * both a {@code fieldName} and a {@code mapToName} fits both variants of a {@code oneOf}, though
 * the documentation shows it, so it may fit any.
 */
public final class AmpersandOracle {
  private final OpenApiDocument document;

  private AmpersandOracle(JsonNode document) {
    letFieldsFitBoth(document);
    this.document = new OpenApiDocument(document);
  }

  /**
   * Returns the schemas of a file such as {@code ampersand-problem.json}, or skips the calling test
   * where it is not there.
   */
  public static AmpersandOracle orSkip(String name) {
    return find(name)
        .orElseGet(
            () -> {
              String loud = missing(name);
              Assumptions.abort(loud);
              throw new AssertionError(loud);
            });
  }

  /** Returns the schemas of a file, or nothing, with a loud note, where it is not there. */
  public static Optional<AmpersandOracle> find(String name) {
    Path file = RepositoryRoot.oracle().resolve(name);
    if (!Files.exists(file)) {
      System.getLogger(AmpersandOracle.class.getName())
          .log(System.Logger.Level.WARNING, missing(name));
      return Optional.empty();
    }
    try {
      return Optional.of(new AmpersandOracle(new ObjectMapper().readTree(file.toFile())));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static String missing(String name) {
    return "SKIPPED: no official schemas at "
        + RepositoryRoot.oracle().resolve(name)
        + ", so nothing was compared";
  }

  /** Returns the operations that the file describes, as {@code GET /projects}. */
  public Set<String> operations() {
    return document.operations().keySet();
  }

  /** Returns a schema of {@code components} with its references replaced by their targets. */
  public JsonNode schema(String name) {
    return document.resolved(document.json().at("/components/schemas/" + name));
  }

  /** Returns what is wrong with a value by a schema of {@code components}, empty if nothing. */
  public List<String> validate(String schema, JsonNode value) {
    JsonNode node = document.json().at("/components/schemas/" + schema);
    if (node.isMissingNode()) {
      throw new IllegalArgumentException("there is no schema " + schema);
    }
    return document.validate(node, value);
  }

  /**
   * Returns what is wrong with an answer's JSON body, empty if nothing.
   *
   * @param path as the file writes it, {@code /projects/{projectIdOrName}}
   */
  public List<String> validateAnswer(String method, String path, int status, JsonNode value) {
    JsonNode answer =
        document
            .json()
            .path("paths")
            .path(path)
            .path(method.toLowerCase(Locale.ROOT))
            .path("responses")
            .path(Integer.toString(status));
    if (answer.isMissingNode()) {
      throw new IllegalArgumentException(
          "the contract has no answer " + status + " to " + method + " " + path);
    }
    JsonNode schema = answer.at("/content/application~1json/schema");
    if (schema.isMissingNode()) {
      return value.isMissingNode() ? List.of() : List.of("a body where none is described");
    }
    return document.validate(schema, value);
  }

  /** Returns the schema of a request's JSON body with its references replaced; missing if none. */
  public JsonNode bodyOf(String operation) {
    return document.resolved(
        document
            .operations()
            .getOrDefault(operation, MissingNode.getInstance())
            .at("/requestBody/content/application~1json/schema"));
  }

  private static void letFieldsFitBoth(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("oneOf").path(0).path("required").toString().contains("\"fieldName\"")) {
      JsonNode variants = object.remove("oneOf");
      object.set("anyOf", variants);
    }
    node.forEach(AmpersandOracle::letFieldsFitBoth);
  }
}
