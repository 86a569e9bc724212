package io.pinferry.local.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.oas.OpenApi30;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Holds requests and answers against Pinterest's OpenAPI document. The document is handled as it
 * was meant where it says something else, in these places only:
 *
 * <ul>
 *   <li>{@code format} is not asserted: the live API sends times without a zone.
 *   <li>The variants of a feed do not say which {@code catalog_type} is theirs, though the
 *       discriminator does; each is narrowed to its own.
 *   <li>What is {@code nullable} around an {@code allOf} may be null, though no part of it may. In
 *       a {@code nullable} object only the object may be null, not each of its members.
 *   <li>OAuth requests and answers name their variants only in a discriminator, and what creates
 *       feeds and product groups has one inside a choice, so the variant is chosen here.
 *   <li>A 200 is accepted where only 201 is listed and the other way round, as seen on the live
 *       API.
 *   <li>What is {@code readOnly} is not required in requests.
 * </ul>
 *
 * Compiling a schema takes a while, so one instance should serve all tests of a class. Safe for
 * concurrent use.
 */
public final class PinterestOracle {
  private static final String FILE = "pinterest-v5-openapi.json";
  private static final String SCHEMAS = "#/components/schemas/";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<String> METHODS = Set.of("get", "post", "patch", "put", "delete");

  private final ObjectMapper mapper = new ObjectMapper();
  private final JsonNode document;
  private final JsonNode answerComponents;
  private final JsonNode requestComponents;
  private final JsonSchemaFactory factory;
  private final SchemaValidatorsConfig config;
  private final Map<String, JsonSchema> compiled = new HashMap<>();

  private PinterestOracle(JsonNode document) {
    this.document = document;
    ObjectNode components = document.get("components").deepCopy();
    narrowFeeds(components);
    letNullableBeNull(components);
    this.answerComponents = components;
    ObjectNode forRequests = components.deepCopy();
    forgetRequiredReadOnly(forRequests);
    this.requestComponents = forRequests;
    this.factory =
        JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V4,
            builder ->
                builder
                    .metaSchema(OpenApi30.getInstance())
                    .defaultMetaSchemaIri(OpenApi30.getInstance().getIri()));
    this.config = SchemaValidatorsConfig.builder().formatAssertionsEnabled(false).build();
  }

  /**
   * Returns the oracle, or skips the calling test where the file is not there, as on any computer
   * but those that prepare a release.
   */
  public static PinterestOracle orSkip() {
    Path file = RepositoryRoot.oracle().resolve(FILE);
    if (!Files.exists(file)) {
      String loud =
          "SKIPPED: no official specification at " + file + ", so nothing was compared with it";
      System.getLogger(PinterestOracle.class.getName()).log(System.Logger.Level.WARNING, loud);
      Assumptions.abort(loud);
    }
    try {
      return new PinterestOracle(new ObjectMapper().readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /**
   * Compares a request.
   *
   * @param pathWithQuery with or without {@code /v5} in front; the query percent-encoded
   * @param body JSON, or a form for the token endpoint; empty without one
   * @return what is wrong, empty if nothing
   */
  public List<String> validateRequest(String method, String pathWithQuery, String body) {
    int mark = pathWithQuery.indexOf('?');
    String path = mark < 0 ? pathWithQuery : pathWithQuery.substring(0, mark);
    String query = mark < 0 ? "" : pathWithQuery.substring(mark + 1);
    Optional<Found> found = find(method, path);
    if (found.isEmpty()) {
      return List.of("no operation " + method + " " + path);
    }
    var problems = new ArrayList<String>();
    Map<String, JsonNode> parameters = found.get().parameters(this);
    checkPath(found.get(), parameters, problems);
    checkQuery(parameters, decode(query), problems);
    checkRequestBody(found.get().operation, body, problems);
    return problems;
  }

  /** Returns samples of the JSON body of a request; its path is without a query. */
  public List<SchemaSamples.Sample> requestSamples(String method, String path) {
    JsonNode body = resolve(find(method, path).orElseThrow().operation.path("requestBody"));
    return new SchemaSamples(document, true).of(body.at("/content/application~1json/schema"));
  }

  /** Returns samples of the entries of a list; its path is without a query. */
  public List<SchemaSamples.Sample> entrySamples(String path) {
    JsonNode response = resolve(find("GET", path).orElseThrow().operation.at("/responses/200"));
    JsonNode schema = response.at("/content/application~1json/schema");
    return new SchemaSamples(document, false).of(schema.isMissingNode() ? response : schema);
  }

  /**
   * Compares an answer.
   *
   * @param path with or without query and {@code /v5} in front
   * @param body JSON; empty without one
   * @return what is wrong, empty if nothing
   */
  public List<String> validateResponse(String method, String path, int status, String body) {
    int mark = path.indexOf('?');
    Optional<Found> found = find(method, mark < 0 ? path : path.substring(0, mark));
    if (found.isEmpty()) {
      // A request that the document does not have can only be refused.
      return status >= 400
          ? check("error", JSON.objectNode().put("$ref", SCHEMAS + "Error"), body, false)
          : List.of("no operation " + method + " " + path + ", but status " + status);
    }
    JsonNode responses = found.get().operation.get("responses");
    JsonNode response = responses.get(Integer.toString(status));
    if (response == null && (status == 200 || status == 201)) {
      response = responses.get(status == 200 ? "201" : "200");
    }
    if (response == null && status >= 400) {
      response = responses.get("default");
    }
    if (response == null) {
      return List.of("status " + status + " is not among those of " + found.get().name);
    }
    // Some responses are written as a bare reference to the schema of their body.
    JsonNode schema =
        response.has("$ref") && response.get("$ref").asText().startsWith(SCHEMAS)
            ? response
            : resolve(response).at("/content/application~1json/schema");
    if (schema.isMissingNode()) {
      return body.isEmpty() ? List.of() : List.of("a body where none is described");
    }
    return check(found.get().name + " " + status, variant(schema, body), body, false);
  }

  private record Found(
      String name, String template, JsonNode item, JsonNode operation, String path) {
    long ids() {
      return template.chars().filter(c -> c == '{').count();
    }

    /** Returns the described parameters by place and name, such as {@code query page_size}. */
    Map<String, JsonNode> parameters(PinterestOracle oracle) {
      var all = new LinkedHashMap<String, JsonNode>();
      for (JsonNode list : List.of(item.path("parameters"), operation.path("parameters"))) {
        for (JsonNode each : list) {
          JsonNode parameter = oracle.resolve(each);
          all.put(parameter.get("in").asText() + " " + parameter.get("name").asText(), parameter);
        }
      }
      return all;
    }
  }

  private Optional<Found> find(String method, String fullPath) {
    String path = fullPath.startsWith("/v5/") ? fullPath.substring(3) : fullPath;
    Found best = null;
    for (var entry : document.get("paths").properties()) {
      String template = entry.getKey();
      String pattern = template.replaceAll("\\{[^}]*}", "[^/]+");
      JsonNode operation = entry.getValue().get(method.toLowerCase(java.util.Locale.ROOT));
      if (operation != null
          && METHODS.contains(method.toLowerCase(java.util.Locale.ROOT))
          && path.matches(pattern)
          // The path with fewer ids is the more exact one.
          && (best == null || template.chars().filter(c -> c == '{').count() < best.ids())) {
        best = new Found(method + " " + template, template, entry.getValue(), operation, path);
      }
    }
    return Optional.ofNullable(best);
  }

  private void checkPath(Found found, Map<String, JsonNode> parameters, List<String> problems) {
    List<String> names = List.of(found.template.split("/", -1));
    List<String> values = List.of(found.path.split("/", -1));
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).startsWith("{")) {
        String name = names.get(i).substring(1, names.get(i).length() - 1);
        JsonNode parameter = parameters.get("path " + name);
        if (parameter == null) {
          problems.add("the path parameter " + name + " is not described");
        } else {
          checkValue(parameter, List.of(values.get(i)), problems);
        }
      }
    }
  }

  private void checkQuery(
      Map<String, JsonNode> parameters, Map<String, List<String>> query, List<String> problems) {
    var open = new TreeSet<>(query.keySet());
    parameters.forEach(
        (key, parameter) -> {
          if (!key.startsWith("query ")) {
            return;
          }
          String name = parameter.get("name").asText();
          if (parameter.path("style").asText().equals("deepObject")) {
            checkDeepObject(parameter, query, open, problems);
          } else if (query.containsKey(name)) {
            open.remove(name);
            checkValue(parameter, query.getOrDefault(name, List.of()), problems);
          } else if (parameter.path("required").asBoolean()) {
            problems.add("the query parameter " + name + " is missing");
          }
        });
    open.forEach(name -> problems.add("the query parameter " + name + " is unknown"));
  }

  private void checkDeepObject(
      JsonNode parameter,
      Map<String, List<String>> query,
      Set<String> open,
      List<String> problems) {
    String name = parameter.get("name").asText();
    ObjectNode value = JSON.objectNode();
    var parts = Pattern.compile("\\[([^\\]]*)]");
    query.forEach(
        (key, values) -> {
          if (key.startsWith(name + "[")) {
            open.remove(key);
            var keys = parts.matcher(key).results().map(found -> found.group(1)).toList();
            ObjectNode inner = value;
            for (String outer : keys.subList(0, keys.size() - 1)) {
              inner = inner.withObjectProperty(outer);
            }
            inner.put(keys.getLast(), values.getFirst());
          }
        });
    if (value.isEmpty()) {
      if (parameter.path("required").asBoolean()) {
        problems.add("the query parameter " + name + " is missing");
      }
      return;
    }
    problems.addAll(check("query " + name, parameter.get("schema"), value.toString(), true));
  }

  private void checkValue(JsonNode parameter, List<String> values, List<String> problems) {
    String name = parameter.get("name").asText();
    JsonNode schema = resolve(parameter.get("schema"));
    JsonNode value;
    if (schema.path("type").asText().equals("array")) {
      List<String> items = values;
      if (!parameter.path("explode").asBoolean(true)) {
        items = List.of(values.getFirst().split(",", -1));
      }
      ArrayNode list = JSON.arrayNode();
      items.forEach(item -> list.add(typed(item, resolve(schema.get("items")))));
      value = list;
    } else if (values.size() != 1) {
      problems.add("the parameter " + name + " comes " + values.size() + " times");
      return;
    } else {
      value = typed(values.getFirst(), schema);
    }
    problems.addAll(
        check(
            parameter.get("in").asText() + " " + name,
            parameter.get("schema"),
            value.toString(),
            true));
  }

  private static JsonNode typed(String text, JsonNode schema) {
    return switch (schema.path("type").asText()) {
      case "integer" ->
          text.matches("-?\\d{1,18}") ? JSON.numberNode(Long.parseLong(text)) : JSON.textNode(text);
      case "number" ->
          text.matches("-?\\d+(\\.\\d+)?")
              ? JSON.numberNode(new java.math.BigDecimal(text))
              : JSON.textNode(text);
      case "boolean" ->
          text.equals("true") || text.equals("false")
              ? JSON.booleanNode(text.equals("true"))
              : JSON.textNode(text);
      default -> JSON.textNode(text);
    };
  }

  private void checkRequestBody(JsonNode operation, String body, List<String> problems) {
    JsonNode described = resolve(operation.path("requestBody"));
    if (described.isMissingNode() || described.isEmpty()) {
      if (!body.isEmpty()) {
        problems.add("a body where none is described");
      }
      return;
    }
    if (body.isEmpty()) {
      if (described.path("required").asBoolean()) {
        problems.add("the body is missing");
      }
      return;
    }
    JsonNode json = described.at("/content/application~1json/schema");
    if (!json.isMissingNode()) {
      problems.addAll(check("body", variant(json, body), body, true));
      return;
    }
    JsonNode form = described.at("/content/application~1x-www-form-urlencoded/schema");
    ObjectNode fields = JSON.objectNode();
    decode(body).forEach((name, values) -> fields.put(name, values.getFirst()));
    problems.addAll(check("form", variant(form, fields.toString()), fields.toString(), true));
  }

  /**
   * Chooses the variant of the schemas that name theirs only in a discriminator, or have one inside
   * a choice.
   */
  private JsonNode variant(JsonNode schema, String body) {
    JsonNode resolved = resolve(schema);
    if (resolved.has("discriminator")) {
      return resolved.has("oneOf") || resolved.has("anyOf")
          ? schema
          : mapped(resolved, body).orElse(schema);
    }
    JsonNode without = schema;
    for (JsonNode each : resolved.path("oneOf")) {
      JsonNode inner = resolve(each);
      if (!inner.has("discriminator")) {
        without = each;
      } else if (mapped(inner, body).isPresent()) {
        return mapped(inner, body).orElseThrow();
      }
    }
    // The validator finds the right one of several choices without a discriminator.
    boolean inside =
        resolved.path("oneOf").valueStream().anyMatch(each -> resolve(each).has("discriminator"));
    return inside ? without : schema;
  }

  /** Returns the schema that a body names; empty if it names none. */
  private Optional<JsonNode> mapped(JsonNode schema, String body) {
    JsonNode discriminator = schema.get("discriminator");
    try {
      String value =
          mapper.readTree(body).path(discriminator.get("propertyName").asText()).asText();
      return Optional.ofNullable(discriminator.path("mapping").get(value))
          .map(mapped -> JSON.objectNode().put("$ref", mapped.asText()));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private List<String> check(String what, JsonNode schema, String body, boolean request) {
    JsonNode value;
    try {
      value = mapper.readTree(body);
    } catch (JsonProcessingException e) {
      return List.of(what + ": not JSON: " + e.getOriginalMessage());
    }
    if (value.isMissingNode()) {
      return List.of(what + ": the body is missing");
    }
    // Validation itself is safe for several threads; only compiling has to be done once.
    return compiled(schema, request).validate(value).stream()
        .map(message -> what + ": " + message)
        .toList();
  }

  private synchronized JsonSchema compiled(JsonNode schema, boolean request) {
    return compiled.computeIfAbsent(
        (request ? "request " : "answer ") + schema,
        absent -> {
          ObjectNode root = JSON.objectNode();
          root.putArray("allOf").add(schema);
          root.set("components", request ? requestComponents : answerComponents);
          return factory.getSchema(root, config);
        });
  }

  private JsonNode resolve(JsonNode node) {
    JsonNode resolved = node;
    while (resolved.has("$ref")) {
      resolved = document.at(resolved.get("$ref").asText().substring(1));
    }
    return resolved;
  }

  private static Map<String, List<String>> decode(String query) {
    var values = new LinkedHashMap<String, List<String>>();
    for (String pair : List.of(query.split("&", -1))) {
      if (!pair.isEmpty()) {
        int sign = pair.indexOf('=');
        String name = sign < 0 ? pair : pair.substring(0, sign);
        String value = sign < 0 ? "" : pair.substring(sign + 1);
        values
            .computeIfAbsent(URLDecoder.decode(name, UTF_8), absent -> new ArrayList<>())
            .add(URLDecoder.decode(value, UTF_8));
      }
    }
    return values;
  }

  private static void narrowFeeds(ObjectNode components) {
    for (var kind :
        Map.of("Retail", "RETAIL", "Hotel", "HOTEL", "CreativeAssets", "CREATIVE_ASSETS")
            .entrySet()) {
      for (String form : List.of("Feed", "FeedsCreateRequest", "FeedsUpdateRequest")) {
        JsonNode variant = components.at("/schemas/Catalogs" + kind.getKey() + form);
        narrow(variant, kind.getValue());
        variant.path("allOf").forEach(part -> narrow(part, kind.getValue()));
      }
    }
  }

  private static void letNullableBeNull(JsonNode node) {
    node.forEach(PinterestOracle::letNullableBeNull);
    if (node instanceof ObjectNode object
        && object.path("nullable").asBoolean()
        && object.get("allOf") instanceof ArrayNode parts) {
      object.remove("allOf");
      ArrayNode either = object.putArray("anyOf");
      either.addObject().putArray("enum").addNull();
      either.addObject().set("allOf", parts);
    } else if (node instanceof ObjectNode object
        && object.path("nullable").asBoolean()
        && object.has("properties")) {
      ObjectNode shape = object.deepCopy();
      shape.remove("nullable");
      object.removeAll();
      ArrayNode either = object.putArray("anyOf");
      either.addObject().putArray("enum").addNull();
      either.add(shape);
    }
  }

  private static void narrow(@Nullable JsonNode schema, String catalogType) {
    if (schema != null && schema.path("properties").has("catalog_type")) {
      ObjectNode only = ((ObjectNode) schema.get("properties")).putObject("catalog_type");
      only.put("type", "string");
      only.putArray("enum").add(catalogType);
    }
  }

  private void forgetRequiredReadOnly(JsonNode node) {
    if (node instanceof ObjectNode object && object.get("required") instanceof ArrayNode names) {
      ArrayNode kept = JSON.arrayNode();
      for (JsonNode name : names) {
        if (!object.at("/properties/" + name.asText() + "/readOnly").asBoolean()) {
          kept.add(name);
        }
      }
      object.set("required", kept);
      if (kept.isEmpty()) {
        object.remove("required");
      }
    }
    node.forEach(this::forgetRequiredReadOnly);
  }
}
