package io.pinferry.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The doors in memory, with one thing of each kind, and a valid body for each of their requests.
 */
final class DoorWorld {
  private static final String P = "/v1/projects/{project}";
  private static final String I = P + "/integrations/{integration}";
  private static final String KEY = "operator";
  private static final String PEM = pem();

  private final Map<String, String> known = new HashMap<>();
  private Map<Door, Endpoint> doors = doors();

  /**
   * A request.
   *
   * @param path with the variables of the door's document, but for the object
   * @param body with single quotes for double ones
   */
  record Request(Door door, String method, String path, String body) {
    /** Returns its operation in the door's document. */
    String operation() {
      return method + " " + path.replace("/boards", "/{object}");
    }

    @Override
    public String toString() {
      return method + " " + path + " " + body;
    }
  }

  /** Returns requests with valid bodies. */
  static Stream<Request> bodies() {
    return Stream.of(
            "API|POST|/v1/projects|{'name':'other','appName':'Other','orgId':'o'}",
            "API|POST|" + P + "/groups|{'groupRef':'g','groupName':'G'}",
            "API|POST|" + P + "/consumers|{'consumerRef':'c','consumerName':'C'}",
            "API|POST|" + P + "/api-keys|{'label':'k','scopes':['full']}",
            "API|POST|"
                + P
                + "/jwt-keys|{'label':'k','algorithm':'RS256','publicKeyPem':'"
                + PEM
                + "'}",
            "API|POST|"
                + P
                + "/provider-apps|{'provider':'pinterest','clientId':'1','clientSecret':'s',"
                + "'externalRef':'e','scopes':['pins:read'],'metadata':{'authQueryParams':{'a':['b']},"
                + "'providerParams':{'c':'d'}}}",
            "API|POST|"
                + P
                + "/destinations|{'name':'dest','type':'webhook','metadata':{'url':"
                + "'https://hooks.example.com/','headers':{'x-key':'k'}}}",
            "API|POST|" + P + "/topics|{'name':'second'}",
            "API|POST|"
                + P
                + "/notification-event-topic-routes|{'eventType':'connection.error','topicId':"
                + "'{topic}'}",
            "API|POST|"
                + P
                + "/topic-destination-routes|{'topicId':'{topic}','destinationId':'{destinationId}'}",
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
            "API|PUT|"
                + P
                + "/integrations:batch|{'sourceYaml':'specVersion: 1.0.0\\n"
                + "integrations: [{name: sync, provider: pinterest, read: {objects: [{objectName:"
                + " boards, destination: hook, schedule: 0 3 * * *}]}}]'}",
            "API|POST|"
                + I
                + "/revisions|{'sourceYaml':'specVersion: 1.0.0\\n"
                + "integrations: [{name: sync, provider: pinterest, read: {objects: [{objectName:"
                + " boards, destination: hook, schedule: 0 3 * * *}]}}]'}",
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
            "READ|POST|"
                + I
                + "/installations/{installation}:pause|{'objects':['boards'],'note':'n'}",
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
                + "'retryDeadlineHours':3}}")
        .map(
            row -> {
              String[] parts = row.split("\\|", 4);
              return new Request(Door.valueOf(parts[0]), parts[1], parts[2], parts[3]);
            });
  }

  /** Returns the body of a request. */
  JsonNode body(Request request) {
    return Json.trusted(filled(request.body().replace('\'', '"')));
  }

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

  private static Map<Door, Endpoint> doors() {
    Assembly assembly = assembly();
    return Map.of(
        Door.API, assembly.managementDoor(),
        Door.READ, assembly.readDoor(),
        Door.WRITE, assembly.writeDoor(),
        Door.PROXY, assembly.proxyDoor());
  }

  /** Sets the value of a variable. */
  void know(String variable, String value) {
    known.put(variable, value);
  }

  /** Makes a new world with one thing of each kind. */
  void seed() {
    seedProject();
    seedInstallation();
  }

  /**
   * Makes a new world for a request. Most requests have nothing to do with an integration, and one
   * with its connections and its installation takes several times as long as all other things.
   */
  void seed(Request request) {
    seedProject();
    String text = request.path() + request.body();
    if (text.contains("integration") || text.contains("connection")) {
      seedInstallation();
    }
  }

  private void seedProject() {
    doors = doors();
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
    JsonNode hook = HttpEvents.bodyOf(send(Door.API, "GET", P + "/destinations/{destination}", ""));
    known.put("destinationId", hook.path("id").asText());
    known.put("topic", made(P + "/topics", "{'name':'alerts'}", "id"));
  }

  private void seedInstallation() {
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

  JsonNode send(Door door, String method, String path, String body) {
    Endpoint endpoint = Objects.requireNonNull(doors.get(door));
    return HttpEvents.request(method, filled(path)).key(KEY).body(filled(body)).sendTo(endpoint);
  }

  private String filled(String text) {
    String filled = text;
    for (Map.Entry<String, String> one : known.entrySet()) {
      filled = filled.replace("{" + one.getKey() + "}", Objects.requireNonNull(one.getValue()));
    }
    return filled;
  }
}
