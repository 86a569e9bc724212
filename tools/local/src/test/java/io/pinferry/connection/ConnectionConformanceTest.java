package io.pinferry.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Digest;
import io.pinferry.directory.Connection;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Router;
import io.pinferry.local.contract.AmpersandOracle;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every JSON answer of the connection routes is one that the contract describes. */
final class ConnectionConformanceTest {
  private static final String CONNECTIONS = "/v1/projects/shop-prod/connections";
  private static final String PATH = "/projects/{projectIdOrName}/connections";

  private final ConnectionWorld world = new ConnectionWorld();
  private final Endpoint endpoint =
      new Endpoint(
          Door.API,
          new Router(
              ConnectionRoutes.of(
                  new ConnectionRoutes.Parts(
                      world.store,
                      world.secrets,
                      world.timers,
                      world.accessTokens(),
                      world.pinterest.client(),
                      "https://amp.example.com",
                      world.ids,
                      world.clock))),
          new Guard(
              hash -> Optional.empty(), Digest.sha256Hex("operator"), Duration.ZERO, world.clock),
          world.log,
          world.clock);
  private AmpersandOracle oracle;

  @BeforeEach
  void readOracle() {
    oracle = AmpersandOracle.orSkip("ampersand-api.json");
  }

  @Test
  void providersConform() {
    conforming("GET", "/providers", send("GET", "/v1/providers", ""));
    conforming("GET", "/providers/{provider}", send("GET", "/v1/providers/pinterest", ""));
  }

  @Test
  void connectionsConform() {
    world.connected("org_7", "42");
    world.clock.advance(Duration.ofMillis(1_234));
    Connection connection = world.connected("org_7", "42");
    String one = CONNECTIONS + "/" + connection.id();

    assertThat(conforming("GET", PATH, send("GET", CONNECTIONS, ""))).hasSize(1);
    conforming("GET", PATH + "/{connectionId}", send("GET", one, ""));
    conforming(
        "PATCH",
        PATH + "/{connectionId}",
        send(
            "PATCH",
            one,
            "{'updateMask':['providerWorkspaceRef','providerMetadata'],'connection':"
                + "{'providerWorkspaceRef':'w','providerMetadata':{'a':{'value':'b',"
                + "'source':'input'}}}}"));
    JsonNode shown =
        conforming(
            "GET",
            PATH + "/{connectionId}",
            send("GET", one + "?includeRefreshToken=true&refresh=force", ""));
    assertThat(shown.path("updateTime").isTextual()).isTrue();
  }

  @Test
  void anImportConforms() {
    world.pinterest.issued("pina_imported1", "42");
    conforming(
        "POST",
        PATH + ":generate",
        send(
            "POST",
            CONNECTIONS + ":generate",
            "{'provider':'pinterest','groupRef':'g','consumerRef':'c',"
                + "'oauth2AuthorizationCode':{'accessToken':{'token':'pina_imported1'}}}"));
  }

  private JsonNode send(String method, String path, String body) {
    HttpEvents event = HttpEvents.request(method, path).key("operator");
    return (body.isEmpty() ? event : event.body(body.replace('\'', '"'))).sendTo(endpoint);
  }

  private JsonNode conforming(String method, String path, JsonNode answer) {
    JsonNode body = HttpEvents.bodyOf(answer);
    int status = answer.path("statusCode").asInt();
    assertThat(status).as(body.toString()).isBetween(200, 299);
    assertThat(body.toString()).doesNotContain(":null");
    assertThat(oracle.validateAnswer(method, path, status, body))
        .as(method + " " + path + ": " + body)
        .isEmpty();
    return body;
  }
}
