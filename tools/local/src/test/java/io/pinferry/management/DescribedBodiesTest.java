package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.http.Door;
import io.pinferry.local.contract.OwnDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The document of the api door allows a body exactly if the door takes it. */
final class DescribedBodiesTest {
  private static final String P = "/v1/projects/{project}";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final OwnDocument document = OwnDocument.of(Door.API);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/v1/projects           | {'name':'other','appName':'Other','orgId':'o'}",
        P + "/groups            | {'groupRef':'g','groupName':'G'}",
        P + "/consumers         | {'consumerRef':'c','consumerName':'C'}",
        P + "/api-keys          | {'label':'k','scopes':['full']}",
        P
            + "/provider-apps     | {'provider':'pinterest','clientId':'1','clientSecret':'s',"
            + "'externalRef':'e','scopes':['pins:read'],'metadata':{'authQueryParams':{'a':['b']},"
            + "'providerParams':{'c':'d'}}}",
        P
            + "/destinations      | {'name':'dest','type':'webhook','metadata':{'url':"
            + "'https://hooks.example.com/','headers':{'x-key':'k'}}}",
        P + "/topics            | {'name':'alerts'}"
      })
  void whatIsAllowedIsTakenAndNothingElse(String path, String valid) {
    String operation = "POST " + path;
    ObjectNode body = (ObjectNode) Json.trusted(valid.replace('\'', '"'));
    List<ObjectNode> bodies = new ArrayList<>(List.of(body));
    for (Map.Entry<String, JsonNode> member :
        document.bodyOf(operation).path("properties").properties()) {
      for (JsonNode value : values(member.getValue())) {
        ObjectNode changed = body.deepCopy();
        changed.set(member.getKey(), value);
        bodies.add(changed);
      }
      bodies.add(body.deepCopy().remove(List.of(member.getKey())));
    }
    bodies.add(body.deepCopy().put("colour", "red"));

    for (ObjectNode one : bodies) {
      var world = new ManagementWorld();
      world.project("shop");
      boolean taken = world.post(path.replace("{project}", "shop"), one.toString()).status() < 300;
      assertThat(taken)
          .as(operation + " " + Json.text(one).substring(0, Math.min(300, Json.text(one).length())))
          .isEqualTo(document.validateRequest(operation, one).isEmpty());
    }
  }

  /** Returns values at the bounds of a schema, and of other kinds. */
  private static List<JsonNode> values(JsonNode schema) {
    List<JsonNode> values = new ArrayList<>();
    for (String text : List.of("", " ", "a", "7", "a b", "a:b", "ä", "-", "x".repeat(5_000))) {
      values.add(JSON.textNode(text));
    }
    if (schema.has("maxLength")) {
      int max = schema.path("maxLength").intValue();
      values.add(JSON.textNode("x".repeat(max)));
      values.add(JSON.textNode("x".repeat(max + 1)));
    }
    values.add(JSON.nullNode());
    values.add(JSON.numberNode(7));
    values.add(JSON.booleanNode(true));
    values.add(JSON.arrayNode());
    values.add(JSON.objectNode());
    return values;
  }
}
