package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.http.TestJwts;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.contract.AmpersandOracle;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.pinterest.ReadCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every answer of the management and read routes is one that the contract describes. */
final class ManagementConformanceTest {
  private static final String P = "/projects/{projectIdOrName}";
  private static final String I = P + "/integrations/{integrationId}";
  private static final String SHOP = "/v1/projects/shop";

  private final ManagementWorld world = new ManagementWorld();
  private AmpersandOracle oracle;
  private String project;

  @BeforeEach
  void aProject() {
    oracle = AmpersandOracle.orSkip("ampersand-api.json");
    project = world.project("shop");
  }

  /** Returns the answer's body if it conforms. */
  private JsonNode conforming(String method, String path, Answer answer) {
    assertThat(answer.body().toString()).doesNotContain(":null");
    assertThat(oracle.validateAnswer(method, path, answer.status(), answer.body()))
        .as(method + " " + path + " " + answer.status() + ": " + answer.body())
        .isEmpty();
    return answer.body();
  }

  @Test
  void projectsConform() {
    conforming(
        "POST",
        "/projects",
        world.post("/v1/projects", "{'name':'more','appName':'More','orgId':'o'}"));
    world.clock.advance(Duration.ofMillis(1_234));
    conforming(
        "PATCH", P, world.patch(SHOP, "{'updateMask':['appName'],'project':{'appName':'B'}}"));
    conforming("GET", P, world.get(SHOP + "?includeEntitlements=true"));
    assertThat(conforming("GET", "/projects", world.get("/v1/projects"))).hasSize(2);
  }

  @Test
  void apiKeysConform() {
    String keys = P + "/api-keys";
    JsonNode key = conforming("POST", keys, world.post(SHOP + "/api-keys", "{'label':'k'}"));
    String one = SHOP + "/api-keys/" + key.path("id").asText();
    assertThat(conforming("GET", keys, world.get(SHOP + "/api-keys"))).hasSize(1);
    conforming("GET", keys + "/{apiKey}", world.get(one));
    conforming(
        "PATCH",
        keys + "/{apiKey}",
        world.patch(one, "{'updateMask':['active'],'apiKey':{'active':false}}"));
    conforming("DELETE", keys + "/{apiKey}", world.delete(one));
  }

  @Test
  void jwtKeysConform() {
    String keys = P + "/jwt-keys";
    String body =
        Json.text(
            Json.object()
                .put("label", "k")
                .put("algorithm", "RS256")
                .put("publicKeyPem", TestJwts.pem(TestJwts.pair())));
    JsonNode key = conforming("POST", keys, world.post(SHOP + "/jwt-keys", body));
    String one = SHOP + "/jwt-keys/" + key.path("kid").asText();
    assertThat(conforming("GET", keys, world.get(SHOP + "/jwt-keys"))).hasSize(1);
    conforming("GET", keys + "/{keyId}", world.get(one));
    conforming(
        "PATCH",
        keys + "/{keyId}",
        world.patch(one, "{'updateMask':['active'],'jwtKey':{'active':false}}"));
    conforming("DELETE", keys + "/{keyId}", world.delete(one));
  }

  @Test
  void destinationsConform() {
    String all = P + "/destinations";
    String one = all + "/{destination}";
    conforming(
        "POST",
        all,
        world.post(
            SHOP + "/destinations",
            "{'name':'hook','type':'webhook','metadata':{'url':'https://hooks.example.com/',"
                + "'headers':{'x-key':'k'}}}"));
    assertThat(conforming("GET", all, world.get(SHOP + "/destinations"))).hasSize(1);
    conforming("GET", one, world.get(SHOP + "/destinations/hook"));
    conforming("GET", one, world.get(SHOP + "/destinations/hook?includeSecrets=true&rotate=false"));
    conforming(
        "PATCH",
        one,
        world.patch(
            SHOP + "/destinations/hook", "{'updateMask':['name'],'destination':{'name':'other'}}"));
    conforming("DELETE", one, world.delete(SHOP + "/destinations/other"));
  }

  @Test
  void topicsAndRoutesConform() {
    world.destination("hook");
    String topics = P + "/topics";
    String events = P + "/notification-event-topic-routes";
    String destinations = P + "/topic-destination-routes";
    String topic =
        conforming("POST", topics, world.post(SHOP + "/topics", "{'name':'alerts'}"))
            .path("id")
            .asText();
    String renamed = SHOP + "/topics/" + topic;
    conforming("PATCH", topics + "/{topicId}", world.patch(renamed, "{'name':'all-alerts'}"));
    assertThat(conforming("GET", topics, world.get(SHOP + "/topics"))).hasSize(1);
    String event =
        conforming(
                "POST",
                events,
                world.post(
                    SHOP + "/notification-event-topic-routes",
                    "{'eventType':'read.backfill.done','topicId':'" + topic + "'}"))
            .path("id")
            .asText();
    String route =
        conforming(
                "POST",
                destinations,
                world.post(
                    SHOP + "/topic-destination-routes",
                    "{'topicId':'"
                        + topic
                        + "','destinationId':'"
                        + world.get(SHOP + "/destinations/hook").text("id")
                        + "'}"))
            .path("id")
            .asText();
    String ofEvents = SHOP + "/notification-event-topic-routes";
    String toDestinations = SHOP + "/topic-destination-routes";
    assertThat(conforming("GET", events, world.get(ofEvents))).hasSize(1);
    assertThat(conforming("GET", destinations, world.get(toDestinations))).hasSize(1);
    conforming("DELETE", events + "/{routeId}", world.delete(ofEvents + "/" + event));
    conforming("DELETE", destinations + "/{routeId}", world.delete(toDestinations + "/" + route));
    conforming("DELETE", topics + "/{topicId}", world.delete(renamed));
  }

  @Test
  void integrationsInstallationsAndOperationsConform() throws IOException {
    world.destination("pinterestWebhook");
    String yaml = Files.readString(RepositoryRoot.file("examples/amp.yaml"));
    JsonNode deployed =
        conforming("PUT", P + "/integrations:batch", world.deploy(yaml, "?destructive=true"));
    String name = deployed.at("/0/name").asText();
    String integration = SHOP + "/integrations/" + name;
    conforming("GET", P + "/integrations", world.get(SHOP + "/integrations"));
    conforming("GET", P + "/integrations/{integrationIdOrName}", world.get(integration));

    String connection = world.connect(project, "org_7", "boards:read", "pins:read").id().value();
    JsonNode hydrated =
        conforming(
            "GET",
            I + "/revisions/{revisionId}:hydrate",
            world.get(
                integration
                    + "/revisions/"
                    + deployed.at("/0/latestRevision/id").asText()
                    + ":hydrate?connectionId="
                    + connection));
    assertThat(hydrated.at("/content/read/objects")).hasSameSizeAs(ReadCatalogue.names());
    assertThat(hydrated.at("/content/read/objects/0/allFieldsMetadata")).isNotEmpty();
    String body =
        "{'groupRef':'org_7','config':{'content':{'provider':'pinterest','read':{'objects':{"
            + "'boards':{'objectName':'boards','selectedFields':{},'selectedFieldMappings':{}}}}}}}";
    JsonNode installation =
        conforming("POST", I + "/installations", world.post(integration + "/installations", body));
    String one = integration + "/installations/" + installation.path("id").asText();
    conforming("GET", I + "/installations/{installationId}", world.get(one));
    JsonNode changed =
        conforming(
            "PATCH",
            I + "/installations/{installationId}",
            world.patch(
                one,
                "{'updateMask':['config.content.read.objects.pins'],'installation':{'config':"
                    + "{'content':{'read':{'objects':{'pins':{'objectName':'pins',"
                    + "'selectedFields':{'link':true},'selectedFieldMappings':{},"
                    + "'dynamicMappingsInput':[],'selectedValueMappings':{}}}}}}}}"));
    assertThat(changed.at("/config/content/read/objects/pins/selectedFields/link").booleanValue())
        .isTrue();
    assertThat(
            conforming(
                "GET",
                I + "/installations",
                world.get(integration + "/installations?groupRef=org_7")))
        .hasSize(1);
    assertThat(
            conforming(
                "GET", P + "/installations", world.get(SHOP + "/installations?groupRef=org_7")))
        .hasSize(1);

    conforming(
        "PATCH",
        I + "/objects/{objectName}/config-content",
        world.patch(
            integration + "/objects/boards/config-content",
            "{'groupRef':'org_7','action':'read','changes':[{'op':'replace','path':'/schedule',"
                + "'value':'*/15 * * * *'},{'op':'add','path':'/selectedFields/description',"
                + "'value':true}]}"));
    for (String object : ReadCatalogue.names()) {
      String asked = "/objects/" + object + "/metadata?groupRef=org_7";
      assertThat(
              conforming(
                      "GET", I + "/objects/{objectName}/metadata", world.get(integration + asked))
                  .path("fields"))
          .isNotEmpty();
      conforming(
          "GET",
          P + "/providers/{provider}/objects/{objectName}/metadata",
          world.get(SHOP + "/providers/pinterest" + asked + "&excludeReadOnly=true"));
    }

    String operations = I + "/installations/{installationId}/operations";
    JsonNode listed = conforming("GET", operations, world.get(one + "/operations?pageSize=1"));
    String operation = operation(integration, listed);
    world
        .cloud
        .operations()
        .log(
            new OperationId(operation),
            new LogLine(world.clock.instant(), "1", LogLine.Severity.INFO, "read", "{\"page\":7}"));
    world
        .cloud
        .operations()
        .finish(
            new OperationId(operation),
            OperationStatus.SUCCESS,
            "[boards] 7 records read",
            world.clock.instant());
    JsonNode ended =
        conforming(
            "GET", P + "/operations/{operationId}", world.get(SHOP + "/operations/" + operation));
    assertThat(ended.path("result").asText()).isEqualTo("[boards] 7 records read");
    assertThat(
            conforming(
                "GET",
                P + "/operations/{operationId}/logs",
                world.get(SHOP + "/operations/" + operation + "/logs")))
        .isNotEmpty();
    conforming(
        "GET",
        I + "/installations/{installationId}/objects/{objectName}/backfill-progress",
        world.get(one + "/objects/boards/backfill-progress"));
    conforming("DELETE", I + "/installations/{installationId}", world.delete(one));
    conforming("DELETE", P + "/integrations/{integrationIdOrName}", world.delete(integration));
  }

  /** The least that can be there conforms, too. */
  @Test
  void whatHasNoOptionalPartConforms() {
    world.destination("hook");
    String deployed =
        """
        specVersion: 1.0.0
        integrations:
          - name: reading
            provider: pinterest
            read: {objects: [{objectName: boards, destination: hook}]}
          - name: writing
            provider: pinterest
            write: {objects: [{objectName: boards}]}
          - name: passing
            provider: pinterest
            proxy: {enabled: true}
        """;
    conforming("PUT", P + "/integrations:batch", world.deploy(deployed, ""));
    JsonNode all = conforming("GET", P + "/integrations", world.get(SHOP + "/integrations"));
    assertThat(all.findValuesAsText("schedule")).containsExactly("");
    String connection = world.connect(project, "org_7").id().value();
    for (JsonNode integration : all) {
      String name = integration.path("name").asText();
      String one = SHOP + "/integrations/" + name;
      conforming("GET", P + "/integrations/{integrationIdOrName}", world.get(one));
      conforming(
          "GET",
          I + "/revisions/{revisionId}:hydrate",
          world.get(
              one
                  + "/revisions/"
                  + integration.at("/latestRevision/id").asText()
                  + ":hydrate?connectionId="
                  + connection));
      JsonNode installed =
          conforming(
              "POST",
              I + "/installations",
              world.post(
                  one + "/installations",
                  "{'groupRef':'org_7','config':{'content':{'provider':'pinterest'}}}"));
      String installation = one + "/installations/" + installed.path("id").asText();
      conforming("GET", I + "/installations/{installationId}", world.get(installation));
      conforming(
          "GET",
          I + "/installations/{installationId}/operations",
          world.get(installation + "/operations"));
      conforming("GET", I + "/installations", world.get(one + "/installations"));
    }
    String writing = SHOP + "/integrations/writing";
    JsonNode changed =
        conforming(
            "PATCH",
            I + "/installations/{installationId}",
            world.patch(
                writing
                    + "/installations/"
                    + world.get(writing + "/installations").body().at("/0/id").asText(),
                "{'updateMask':['config.content.write.objects.boards'],'installation':{'config':"
                    + "{'content':{'write':{'objects':{'boards':{}}}}}}}"));
    assertThat(changed.at("/config/content/write/objects/boards/objectName").asText())
        .isEqualTo("boards");
  }

  /** Returns the id of a read, of a new one if the manifest asks for no backfill. */
  private String operation(String integration, JsonNode listed) {
    Answer answer =
        world.trigger(integration + "/objects/boards", "{'groupRef':'org_7','mode':'async'}");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(
            AmpersandOracle.orSkip("ampersand-read.json")
                .validateAnswer(
                    "POST",
                    "/projects/{projectIdOrName}/integrations/{integrationId}/objects/{objectName}",
                    201,
                    answer.body()))
        .isEmpty();
    assertThat(listed.path("pagination").path("done").isBoolean()).isTrue();
    return answer.text("operationId");
  }

  @Test
  void theComparisonNoticesWhatDoesNotConform() {
    ObjectNode body = (ObjectNode) world.get(SHOP).body();
    body.remove("appName");
    body.putNull("updateTime");
    body.put("createTime", "yesterday");

    assertThat(oracle.validateAnswer("GET", P, 200, body)).hasSize(3);
  }
}
