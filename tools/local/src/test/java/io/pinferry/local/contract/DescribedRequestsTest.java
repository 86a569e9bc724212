package io.pinferry.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.assembly.Assembly;
import io.pinferry.assembly.FixedSettings;
import io.pinferry.assembly.InMemoryPorts;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.HttpEvents;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpTransport;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The OpenAPI documents allow the body of a request exactly if its door takes it. Each valid body
 * is changed at every place of its schema: to values at and beyond the bounds, to other kinds, to
 * nothing, and by one more member.
 */
final class DescribedRequestsTest {
  private static final String P = "/v1/projects/{project}";
  private static final String I = P + "/integrations/{integration}";
  private static final String KEY = "operator";
  private static final String PEM = pem();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Rules that a schema cannot say, by the places that the door names. */
  private static final Pattern RULES =
      Pattern.compile(
          // A manifest and a field have a grammar.
          "latestRevision\\..*|sourceYaml|integrations.*|amp\\.yaml"
              + "|config\\.content\\..*"
              // What is named must exist, be of this group, or have been uploaded.
              + "|groupRef|objects.*|sourceZipUrl|providerAppId|config\\.createdBy|config\\.connectionId|connectionId"
              // A name must not look like an id, and a rule of the proxy has a grammar.
              + "|project\\.name|project\\.proxyAllowed.*|destination\\.name"
              // Addresses and headers have rules of their own.
              + "|destination\\.metadata\\..*"
              // The values that a mask needs are at the paths of the mask.
              + "|installation\\..*|changes\\[0].path"
              // A time must be before another one, and a token must be one of Pinterest.
              + "|untilTimestamp|.*\\.expiresAt|record.*|batch\\[0]\\.record.*");

  private final Map<String, String> known = new HashMap<>();
  private Assembly assembly = assembly();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "API|PATCH|" + P + "|{'updateMask':['name'],'project':{'name':'other'}}",
        "API|PATCH|" + P + "|{'updateMask':['appName'],'project':{'appName':'Other'}}",
        "API|PATCH|" + P + "|{'updateMask':['requireJwt'],'project':{'requireJwt':false}}",
        "API|PATCH|"
            + P
            + "|{'updateMask':['proxyAllowed'],'project':{'proxyAllowed':['GET /v5/pins/**']}}",
        "API|PATCH|" + P + "/api-keys/{apiKey}|{'updateMask':['label'],'apiKey':{'label':'l'}}",
        "API|PATCH|"
            + P
            + "/api-keys/{apiKey}|{'updateMask':['scopes','active'],'apiKey':{'scopes':['full'],"
            + "'active':true}}",
        "API|PATCH|"
            + P
            + "/jwt-keys/{jwtKey}|{'updateMask':['label','active'],'jwtKey':{'label':'l','active':true}}",
        "API|PATCH|"
            + P
            + "/provider-apps/{providerApp}|{'updateMask':['clientId','clientSecret','scopes'],"
            + "'providerApp':{'clientId':'2','clientSecret':'s','scopes':['pins:read'],"
            + "'provider':'pinterest','externalRef':'e','metadata':{}}}",
        "API|PATCH|"
            + P
            + "/provider-apps/{providerApp}|{'updateMask':['provider','externalRef','metadata'],"
            + "'providerApp':{'provider':'pinterest','externalRef':'e','metadata':{}}}",
        "API|PATCH|"
            + P
            + "/destinations/{destination}|{'updateMask':['name'],'destination':{'name':'other',"
            + "'metadata':{'url':'https://a.example/','headers':{'x-a':'b'}}}}",
        "API|PATCH|"
            + P
            + "/destinations/{destination}|{'updateMask':['metadata'],'destination':{"
            + "'metadata':{'url':'https://a.example/','headers':{'x-a':'b'}}}}",
        "API|PATCH|"
            + P
            + "/destinations/{destination}|{'updateMask':['metadata.headers'],'destination':{"
            + "'metadata':{'headers':{'x-a':'b'}}}}",
        "API|PATCH|" + P + "/topics/{topic}|{'name':'other'}",
        "API|POST|"
            + P
            + "/integrations|{'name':'second','provider':'pinterest','latestRevision':{"
            + "'specVersion':'1.0.0','content':{'name':'second','provider':'pinterest'}}}",
        "API|PUT|" + P + "/integrations:batch|{'sourceYaml':'specVersion: 1.0.0'}",
        "API|POST|/v1/oauth-connect|{'projectIdOrName':'{project}','provider':'pinterest','groupRef':"
            + "'g','consumerRef':'c','connectPage':true,'enableCSRFProtection':false}",
        "API|POST|/v1/oauth-connect|{'projectId':'{project}','provider':'pinterest','groupRef':"
            + "'g','consumerRef':'c','providerMetadata':{},'groupName':'G','consumerName':'C'}",
        "API|POST|"
            + P
            + "/connections:generate|{'provider':'pinterest','groupRef':'g','consumerRef':'c',"
            + "'providerWorkspaceRef':'w','providerMetadata':{'a':{'value':'v','source':'input'}},"
            + "'oauth2AuthorizationCode':{'accessToken':{'token':'a','issuedAt':"
            + "'2026-01-01T00:00:00Z'},'refreshToken':{'token':'r'},'scopes':['pins:read']}}",
        "API|PATCH|"
            + P
            + "/connections/{connection}|{'updateMask':['providerMetadata'],'connection':{"
            + "'providerMetadata':{'a':{'value':'v','source':'input','displayName':'d'}}}}",
        "API|PATCH|"
            + P
            + "/connections/{connection}|{'updateMask':['providerWorkspaceRef'],'connection':{"
            + "'providerWorkspaceRef':'w'}}",
        "API|POST|"
            + I
            + "/installations|{'groupRef':'fresh','config':{'content':{'provider':'pinterest',"
            + "'read':{'objects':{'boards':{'objectName':'boards','schedule':'0 3 * * *',"
            + "'destination':'hook','disabled':false,'selectedFields':{'description':true},"
            + "'selectedFieldMappings':{},'backfill':{'defaultPeriod':{'days':3}}}}},"
            + "'proxy':{'enabled':true}}}}",
        "API|PATCH|"
            + I
            + "/installations/{installation}|{'updateMask':['config.content.read.objects.boards'],"
            + "'installation':{'config':{'content':{'read':{'objects':{'boards':{}}}}}}}",
        "API|PATCH|"
            + I
            + "/objects/boards/config-content|{'groupRef':'org_7','action':'read','changes':["
            + "{'op':'add','path':'/selectedFields/description','value':true}]}",
        "API|PATCH|"
            + I
            + "/objects/boards/config-content|{'installationId':'{installation}','action':'read',"
            + "'changes':[{'op':'replace','path':'/disabled','value':true}]}",
        "READ|POST|" + I + "/objects/boards|{'groupRef':'org_7','mode':'async'}",
        "READ|POST|"
            + I
            + "/objects/boards|{'groupRef':'org_7','mode':'async','sinceTimestamp':"
            + "'2026-01-01T00:00:00Z','untilTimestamp':'2026-01-02T00:00:00Z'}",
        "READ|POST|" + I + "/installations/{installation}:pause|{'objects':['boards'],'note':'n'}",
        "READ|POST|" + I + "/installations/{installation}:unpause|{'objects':['boards']}",
        "WRITE|POST|"
            + I
            + "/objects/boards|{'groupRef':'org_7','type':'create','record':{'name':'b'},"
            + "'batchPolicy':{'allOrNone':false}}",
        "WRITE|POST|"
            + I
            + "/objects/boards|{'groupRef':'org_7','type':'create','mode':'synchronous',"
            + "'batch':[{'record':{'name':'b'}}],'headers':[],'associations':[]}",
        "WRITE|POST|"
            + I
            + "/objects/boards|{'groupRef':'org_7','type':'create','mode':'asynchronous',"
            + "'record':{'name':'b'},'retryPolicy':{'deadlineHours':3}}",
        "WRITE|POST|"
            + I
            + "/objects/boards|{'groupRef':'org_7','type':'create','mode':'asynchronous',"
            + "'record':{'name':'b'},'autoBatchPolicy':{'maxDelayMinutes':3,"
            + "'retryDeadlineHours':3}}"
      })
  void whatIsAllowedIsTakenAndNothingElse(Door door, String method, String path, String valid) {
    OwnDocument document = OwnDocument.of(door);
    String operation = method + " " + path.replace("/boards", "/{object}");
    seed();
    JsonNode body = Json.trusted(filled(valid.replace('\'', '"')));
    JsonNode schema = document.resolved(document.bodyOf(operation));
    List<JsonNode> bodies = new ArrayList<>(List.of(body));
    change(schema, body, bodies);
    List<String> differences = new ArrayList<>();
    Set<String> sent = new HashSet<>();

    for (JsonNode one : bodies) {
      String text = Json.text(one);
      if (!sent.add(text)) {
        continue;
      }
      JsonNode answer = send(door, method, path, text);
      int status = answer.path("statusCode").asInt();
      JsonNode told = withoutNulls(one);
      List<String> refused =
          hasWrongNull(schema, told) ? List.of("null") : document.validateRequest(operation, told);
      boolean taken = status != 400 && status != 422;
      assertThat(status).as(operation + " " + text).isLessThan(500);
      boolean byARule = !taken && refused.isEmpty() && isARule(answer);
      if (taken != refused.isEmpty() && !byARule) {
        differences.add(
            "%s %s: %s, the document: %s"
                .formatted(
                    status,
                    text.substring(0, Math.min(400, text.length())),
                    answer.path("body").asText().replaceFirst(".*\"detail\":", ""),
                    refused));
      }
      if (status < 300) {
        seed();
      }
    }

    assertThat(sent).as("bodies").hasSizeGreaterThan(30);
    assertThat(differences).isEmpty();
    assertThat(status(send(door, method, path, Json.text(body))))
        .as("the unchanged body: " + send(door, method, path, Json.text(body)))
        .matches(
            status -> status < 300 || valid.contains("sourceYaml") || valid.contains("second"));
  }

  private static int status(JsonNode answer) {
    return answer.path("statusCode").asInt();
  }

  private static boolean isARule(JsonNode answer) {
    String body = answer.path("body").asText();
    // The write door answers with a text, by the contract.
    Stream<String> places =
        body.startsWith("{")
            ? HttpEvents.bodyOf(answer)
                .path("issues")
                .valueStream()
                .map(issue -> issue.path("name").asText())
            : Stream.of(body.replaceFirst(":.*", ""));
    return places.allMatch(place -> RULES.matcher(place).matches());
  }

  /**
   * Returns whether a body has null where its schema does not allow it. The validator looks at the
   * schema around for that.
   */
  private static boolean hasWrongNull(JsonNode schema, JsonNode body) {
    if (body.isNull()) {
      return schema.has("type") && !schema.path("nullable").asBoolean();
    }
    return body.properties().stream()
            .anyMatch(
                member ->
                    hasWrongNull(
                        schema.path("properties").has(member.getKey())
                            ? schema.path("properties").path(member.getKey())
                            : schema.path("additionalProperties"),
                        member.getValue()))
        || (body.isArray()
            && body.valueStream().anyMatch(entry -> hasWrongNull(schema.path("items"), entry)));
  }

  /** Returns a body without the members of a config that are null, since they count as absent. */
  private static JsonNode withoutNulls(JsonNode body) {
    JsonNode copy = body.deepCopy();
    removeNulls(copy.at("/config/content"));
    return copy;
  }

  private static void removeNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().removeIf(member -> member.getValue().isNull());
      object.forEach(DescribedRequestsTest::removeNulls);
    }
  }

  /** Adds bodies that are changed in one place each. */
  private static void change(JsonNode schema, JsonNode body, List<JsonNode> bodies) {
    for (Place place : places(schema, body, List.of())) {
      for (JsonNode value : values(place.schema())) {
        bodies.add(with(body, place.path(), value));
      }
      bodies.add(with(body, place.path(), null));
    }
  }

  private record Place(List<Object> path, JsonNode schema) {}

  /** Returns the places of a body by its schema, also those of absent members. */
  private static List<Place> places(JsonNode schema, JsonNode body, List<Object> path) {
    List<Place> places = new ArrayList<>();
    if (!path.isEmpty()) {
      places.add(new Place(path, schema));
    }
    if (body.isObject()) {
      schema
          .path("properties")
          .properties()
          .forEach(
              member ->
                  places.addAll(
                      places(
                          member.getValue(),
                          body.path(member.getKey()),
                          plus(path, member.getKey()))));
      if (schema.path("additionalProperties").isObject()) {
        body.properties()
            .forEach(
                member ->
                    places.addAll(
                        places(
                            schema.path("additionalProperties"),
                            member.getValue(),
                            plus(path, member.getKey()))));
      } else if (schema.has("properties")) {
        places.add(new Place(plus(path, "colour"), JSON.objectNode()));
      }
    }
    for (int i = 0; i < body.size() && body.isArray(); i++) {
      places.addAll(places(schema.path("items"), body.path(i), plus(path, i)));
    }
    return places;
  }

  private static List<Object> plus(List<Object> path, Object step) {
    List<Object> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }

  private static JsonNode with(JsonNode body, List<Object> path, @Nullable JsonNode value) {
    JsonNode copy = body.deepCopy();
    JsonNode parent = copy;
    for (Object step : path.subList(0, path.size() - 1)) {
      parent = step instanceof Integer index ? parent.path(index) : parent.path(step.toString());
    }
    Object last = path.getLast();
    if (parent instanceof ArrayNode list && last instanceof Integer index) {
      if (value == null) {
        list.remove(index);
      } else {
        list.set(index, value);
      }
    } else if (parent instanceof ObjectNode object) {
      if (value == null) {
        object.remove(last.toString());
      } else {
        object.set(last.toString(), value);
      }
    }
    return copy;
  }

  /** Returns values at the bounds of a schema, and of other kinds. */
  private static List<JsonNode> values(JsonNode schema) {
    List<JsonNode> values = new ArrayList<>();
    for (String text : List.of("", " ", "a", "7", "a b", "a:b", "ä", "-", "2026-01-01T00:00:00Z")) {
      values.add(JSON.textNode(text));
    }
    if (schema.has("maxLength")) {
      int max = schema.path("maxLength").intValue();
      // A text of a megabyte is longer than a body may be.
      if (max < 100_000) {
        values.add(JSON.textNode("x".repeat(max)));
        values.add(JSON.textNode("x".repeat(max + 1)));
      }
    }
    schema.path("enum").forEach(values::add);
    for (String bound : List.of("minimum", "maximum")) {
      if (schema.has(bound)) {
        int at = schema.path(bound).intValue();
        values.add(JSON.numberNode(at));
        values.add(JSON.numberNode(at - 1));
        values.add(JSON.numberNode(at + 1));
      }
    }
    values.add(JSON.nullNode());
    values.add(JSON.numberNode(7));
    values.add(JSON.numberNode(7.5));
    values.add(JSON.booleanNode(true));
    values.add(JSON.booleanNode(false));
    values.add(JSON.arrayNode());
    values.add(JSON.arrayNode().add("a"));
    values.add(JSON.arrayNode().addNull());
    values.add(JSON.arrayNode().add(JSON.objectNode()));
    for (String count : List.of("maxItems", "minItems")) {
      for (int more = 0; more < 2 && schema.has(count); more++) {
        ArrayNode list = JSON.arrayNode();
        for (int i = 0; i < schema.path(count).intValue() + more; i++) {
          JsonNode first = schema.at("/items/enum/0");
          list.add(first.isMissingNode() ? JSON.textNode("a") : first);
        }
        values.add(list);
      }
    }
    values.add(JSON.objectNode());
    values.add(JSON.objectNode().put("a", "b"));
    values.add(JSON.objectNode().putNull("a"));
    values.add(JSON.objectNode().set("a", JSON.objectNode()));
    return values;
  }

  // ------------------------------------------------------------------------------- the world

  private static String pem() {
    try {
      var keys = KeyPairGenerator.getInstance("RSA");
      keys.initialize(2048);
      return "-----BEGIN PUBLIC KEY-----\\n"
          + Base64.getEncoder().encodeToString(keys.generateKeyPair().getPublic().getEncoded())
          + "\\n-----END PUBLIC KEY-----";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Assembly assembly() {
    return new Assembly(
        new InMemoryPorts(new VirtualThreadTasks(Clock.systemUTC())) {
          @Override
          public HttpTransport pinterest() {
            return call ->
                new HttpAnswer(
                    call.method().equals("POST") ? 201 : 200,
                    Map.of("content-type", List.of("application/json")),
                    "{\"id\":\"7\",\"username\":\"u\",\"items\":[],\"bookmark\":null}"
                        .getBytes(StandardCharsets.UTF_8),
                    false);
          }
        },
        new FixedSettings() {
          @Override
          public String adminKeySha256() {
            return Digest.sha256Hex(KEY);
          }
        });
  }

  /** Makes a new world with one thing of each kind. */
  private void seed() {
    assembly = assembly();
    known.clear();
    known.put("project", made("/v1/projects", "{'name':'shop','appName':'Shop'}", "id"));
    known.put("apiKey", made(P + "/api-keys", "{'label':'k'}", "id"));
    known.put(
        "jwtKey",
        made(
            P + "/jwt-keys",
            "{'label':'k','algorithm':'RS256','publicKeyPem':'" + PEM + "'}",
            "kid"));
    known.put(
        "providerApp",
        made(
            P + "/provider-apps",
            "{'provider':'pinterest','clientId':'1','clientSecret':'s','scopes':['boards:read','boards:write']}",
            "id"));
    known.put(
        "destination",
        made(
            P + "/destinations",
            "{'name':'hook','type':'webhook','metadata':{'url':'https://hooks.example.com/'}}",
            "name"));
    known.put("topic", made(P + "/topics", "{'name':'alerts'}", "id"));
    known.put("integration", "sync");
    made(
        P + "/integrations",
        "{'name':'sync','provider':'pinterest','latestRevision':{'specVersion':'1.0.0','content':{"
            + "'name':'sync','provider':'pinterest','read':{'objects':[{'objectName':'boards',"
            + "'destination':'hook','schedule':'0 3 * * *','requiredFields':[{'fieldName':'id'}],"
            + "'optionalFields':[{'fieldName':'description'}]}]},'write':{'objects':["
            + "{'objectName':'boards'}]},'proxy':{'enabled':true}}}}",
        null);
    known.put("connection", connected("org_7"));
    connected("fresh");
    known.put(
        "installation",
        made(
            I + "/installations",
            "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':{"
                + "'boards':{'objectName':'boards','selectedFields':{},"
                + "'selectedFieldMappings':{}}}},'write':{'objects':{'boards':{'objectName':"
                + "'boards'}}}}}}",
            "id"));
  }

  private String connected(String group) {
    return made(
        P + "/connections:generate",
        "{'provider':'pinterest','groupRef':'"
            + group
            + "','consumerRef':'c','oauth2AuthorizationCode':{'accessToken':{'token':'a'},"
            + "'refreshToken':{'token':'r'}}}",
        "id");
  }

  private String made(String path, String body, @Nullable String member) {
    JsonNode answer = send(Door.API, "POST", path, body.replace('\'', '"'));
    assertThat(answer.path("statusCode").asInt()).as(path + " " + answer).isLessThan(300);
    return member == null ? "" : HttpEvents.bodyOf(answer).path(member).asText();
  }

  private JsonNode send(Door door, String method, String path, String body) {
    Endpoint endpoint =
        switch (door) {
          case API -> assembly.managementDoor();
          case READ -> assembly.readDoor();
          case WRITE -> assembly.writeDoor();
          case PROXY -> assembly.proxyDoor();
        };
    return HttpEvents.request(method, filled(path)).key(KEY).body(body).sendTo(endpoint);
  }

  private String filled(String text) {
    String filled = text;
    for (Map.Entry<String, String> one : known.entrySet()) {
      filled = filled.replace("{" + one.getKey() + "}", Objects.requireNonNull(one.getValue()));
    }
    return filled;
  }
}
