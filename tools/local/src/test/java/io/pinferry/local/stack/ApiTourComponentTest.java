package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.http.Door;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Every route of every door is asked at least once, well and badly, on a whole stack. Each answer
 * is held against the document that Pinferry itself shows, and against the contract's where that is
 * at hand.
 */
final class ApiTourComponentTest {
  private static final String PROJECT = "/v1/projects/{project}";
  private static final String INTEGRATION = PROJECT + "/integrations/{integration}";
  private static final String INSTALLATION = INTEGRATION + "/installations/{installation}";
  private static final String NOWHERE = "00000000-0000-4000-8000-000000000000";

  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: tour
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: hook
                schedule: "0 0 29 2 *"
                requiredFields:
                  - fieldName: id
                optionalFields:
                  - fieldName: description
                  - mapToName: boardTitle
                    default: name
                backfill:
                  defaultPeriod:
                    fullHistory: true
              - objectName: pins
                destination: hook
                schedule: "0 0 29 2 *"
                optionalFieldsAuto: all
          write:
            objects:
              - objectName: boards
              - objectName: pins
          proxy:
            enabled: true
      """;

  private static final String CHOICE =
      "{'provider':'pinterest','read':{'objects':{'boards':{'objectName':'boards',"
          + "'selectedFields':{'description':true},'selectedFieldMappings':{'boardTitle':'name'}}}},"
          + "'write':{'objects':{'boards':{'objectName':'boards','deletionSettings':{'enabled':true}}}}}";

  @Test
  void everyAnswerIsAsTheDocumentsSayAndNoRoleLacksAPermission() throws Exception {
    try (var permissions = new Permissions()) {
      ApiTour tour;
      try (LocalStack stack = permissions.start(Customer.stack(20, 2), Map.of())) {
        tour = tour(stack);
      }

      assertThat(tour.failures()).isEmpty();
      assertThat(tour.neverAsked()).isEmpty();
      assertThat(tour.neverAskedOfTheContract()).isEmpty();
      assertThat(tour.count()).isGreaterThanOrEqualTo(120);
      permissions.assertNoneIsMissing(
          "ManagementFunction", "ReadFunction", "WriteFunction", "ProxyFunction");
    }
  }

  /** Asks a stack everything that its doors take, and removes its project at the end. */
  private static ApiTour tour(LocalStack stack) throws Exception {
    try (var http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
        var webhook = RecordingWebhook.start(_ -> 204)) {
      var tour =
          new ApiTour(
              http,
              Map.of(
                  Door.API, stack.api(),
                  Door.READ, stack.read(),
                  Door.WRITE, stack.write(),
                  Door.PROXY, stack.proxy()));
      tour.know("project", stack.project());
      open(tour);
      tour.as(stack.adminKey());
      projects(tour);
      tour.as(stack.apiKey());
      keys(tour);
      providerApps(tour);
      destinations(tour, webhook.url());
      notifications(tour);
      deploy(tour);
      connect(tour, stack);
      install(tour);
      read(tour);
      write(tour);
      proxy(tour);
      metadata(tour);
      absent(tour);
      remove(tour);
      tour.as(stack.adminKey());
      removeProject(tour);
      return tour;
    }
  }

  private static void open(ApiTour tour) {
    for (Door door : Door.values()) {
      tour.api(200, "GET", "/v1/openapi.json?door=" + door.text());
    }
    tour.api(400, "GET", "/v1/openapi.json?door=back");
    tour.api(200, "GET", "/console");
    tour.api(200, "GET", "/console/{file=main.js}");
    tour.api(404, "GET", "/console/{file=pom.xml}");
    tour.api(200, "GET", "/v1/providers");
    tour.api(200, "GET", "/v1/providers/{provider=pinterest}");
    tour.api(404, "GET", "/v1/providers/{provider=myspace}");
    tour.api(401, "GET", "/v1/projects");
    tour.as("no-such-key");
    tour.api(401, "GET", PROJECT);
    tour.header("Authorization", "Bearer a.b.c");
    tour.as(null);
    tour.api(401, "GET", PROJECT);
    tour.api(404, "GET", "/v1/nothing");
    tour.api(405, "DELETE", "/v1/providers");
  }

  private static void projects(ApiTour tour) {
    // This stack has one store of tokens; TokenStoreComponentTest has two.
    tour.api(409, "POST", "/v1/token-moves");
    tour.api(200, "GET", "/v1/projects");
    JsonNode made =
        tour.api(201, "POST", "/v1/projects", "{'name':'tour','appName':'Tour','orgId':'org_1'}");
    tour.know("other", made.path("id").asText());
    tour.api(409, "POST", "/v1/projects", "{'name':'tour','appName':'Tour','orgId':'org_1'}");
    tour.api(422, "POST", "/v1/projects", "{'name':'x','appName':'Tour'}");
    tour.api(400, "POST", "/v1/projects", "{'name':");
    tour.api(200, "GET", "/v1/projects/{project=tour}");
    tour.api(200, "GET", PROJECT + "?includeEntitlements=true");
    tour.api(400, "GET", PROJECT + "?includeEntitlements=maybe");
    tour.api(404, "GET", "/v1/projects/{project=nobody}");
    tour.api(
        200,
        "PATCH",
        "/v1/projects/{project=tour}",
        "{'updateMask':['appName','requireJwt'],'project':{'appName':'Toured','requireJwt':true}}");
    tour.api(400, "PATCH", "/v1/projects/{project=tour}", "{'updateMask':['orgId'],'project':{}}");
    tour.api(200, "GET", "/v1/my-info");
    tour.api(201, "POST", PROJECT + "/groups", "{'groupRef':'org_9','groupName':'Nine'}");
    tour.api(400, "POST", PROJECT + "/groups", "{}");
    tour.api(201, "POST", PROJECT + "/consumers", "{'consumerRef':'u_9','consumerName':'Nina'}");
    tour.api(400, "POST", PROJECT + "/consumers", "{'consumerRef':7}");
  }

  private static void keys(ApiTour tour) throws NoSuchAlgorithmException {
    String all = PROJECT + "/api-keys";
    String one = all + "/{apiKey}";
    JsonNode key = tour.api(201, "POST", all, "{'label':'tour','scopes':['frontend']}");
    tour.know("apiKey", key.path("id").asText());
    tour.api(400, "POST", all, "{'label':'tour','scopes':['root']}");
    tour.api(200, "GET", all);
    tour.api(200, "GET", all + "?active=true");
    tour.api(200, "GET", one);
    tour.api(404, "GET", all + "/{apiKey=" + NOWHERE + "}");
    tour.api(200, "PATCH", one, "{'updateMask':['active'],'apiKey':{'active':false}}");
    tour.api(400, "PATCH", one, "{'updateMask':['key'],'apiKey':{'key':'x'}}");
    tour.api(204, "DELETE", one);

    String jwtKeys = PROJECT + "/jwt-keys";
    JsonNode jwtKey =
        tour.api(
            201,
            "POST",
            jwtKeys,
            "{'label':'tour','algorithm':'RS256','publicKeyPem':'" + publicKeyPem() + "'}");
    tour.know("jwtKey", jwtKey.path("kid").asText());
    tour.api(
        400, "POST", jwtKeys, "{'label':'tour','algorithm':'HS256','publicKeyPem':'not a key'}");
    tour.api(200, "GET", jwtKeys);
    tour.api(200, "GET", jwtKeys + "/{jwtKey}");
    tour.api(404, "GET", jwtKeys + "/{jwtKey=" + NOWHERE + "}");
    tour.api(
        200, "PATCH", jwtKeys + "/{jwtKey}", "{'updateMask':['active'],'jwtKey':{'active':false}}");
    tour.api(204, "DELETE", jwtKeys + "/{jwtKey}");
  }

  private static String publicKeyPem() throws NoSuchAlgorithmException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return "-----BEGIN PUBLIC KEY-----\\n"
        + Base64.getEncoder().encodeToString(generator.generateKeyPair().getPublic().getEncoded())
        + "\\n-----END PUBLIC KEY-----\\n";
  }

  private static void providerApps(ApiTour tour) {
    String all = PROJECT + "/provider-apps";
    tour.api(200, "GET", all);
    JsonNode app =
        tour.api(
            200,
            "POST",
            all,
            "{'provider':'pinterest','clientId':'1500000','clientSecret':'simulated-app-secret','externalRef':'two',"
                + "'scopes':['boards:read']}");
    tour.know("providerApp", app.path("id").asText());
    tour.api(400, "POST", all, "{'provider':'pinterest','clientId':'1500001'}");
    tour.api(422, "POST", all, "{'provider':'pinterest','clientId':'1500001','clientSecret':'s'}");
    tour.api(
        200,
        "PATCH",
        all + "/{providerApp}",
        "{'updateMask':['externalRef'],'providerApp':{'externalRef':'three'}}");
    tour.api(
        404,
        "PATCH",
        all + "/{providerApp=" + NOWHERE + "}",
        "{'updateMask':['externalRef'],'providerApp':{'externalRef':'three'}}");
    tour.api(204, "DELETE", all + "/{providerApp}");
  }

  private static void destinations(ApiTour tour, URI url) {
    String all = PROJECT + "/destinations";
    String hook = "{'name':'hook','type':'webhook','metadata':{'url':'" + url + "'}}";
    JsonNode made = tour.api(201, "POST", all, hook);
    tour.know("destination", made.path("id").asText());
    tour.api(409, "POST", all, hook);
    tour.api(
        422,
        "POST",
        all,
        "{'name':'meta','type':'webhook','metadata':{'url':'ftp://169.254.1.1'}}");
    tour.api(200, "GET", all);
    tour.api(200, "GET", all + "/{destination=hook}?includeSecrets=true");
    tour.api(200, "GET", all + "/{destination}");
    tour.api(404, "GET", all + "/{destination=nothing}");
    tour.api(
        200,
        "PATCH",
        all + "/{destination}",
        "{'updateMask':['metadata.url'],'destination':{'metadata':{'url':'" + url + "'}}}");
    tour.api(
        400, "PATCH", all + "/{destination}", "{'updateMask':['id'],'destination':{'id':'x'}}");
    tour.api(
        201, "POST", all, "{'name':'spare','type':'webhook','metadata':{'url':'" + url + "'}}");
  }

  private static void notifications(ApiTour tour) {
    String topics = PROJECT + "/topics";
    JsonNode topic = tour.api(201, "POST", topics, "{'name':'alerts'}");
    tour.know("topic", topic.path("id").asText());
    tour.api(409, "POST", topics, "{'name':'alerts'}");
    tour.api(422, "POST", topics, "{'name':'no spaces please'}");
    tour.api(200, "GET", topics);
    tour.api(200, "PATCH", topics + "/{topic}", "{'name':'alarms'}");
    tour.api(404, "PATCH", topics + "/{topic=" + NOWHERE + "}", "{'name':'alarms'}");

    String events = PROJECT + "/notification-event-topic-routes";
    JsonNode route =
        tour.api(201, "POST", events, "{'eventType':'connection.error','topicId':'{topic}'}");
    tour.know("route", route.path("id").asText());
    tour.api(422, "POST", events, "{'eventType':'sunrise','topicId':'{topic}'}");
    tour.api(200, "GET", events + "?eventType=connection.error");
    tour.api(204, "DELETE", events + "/{route}");

    String routes = PROJECT + "/topic-destination-routes";
    JsonNode other =
        tour.api(201, "POST", routes, "{'topicId':'{topic}','destinationId':'{destination}'}");
    tour.know("route", other.path("id").asText());
    tour.api(200, "GET", routes);
    tour.api(204, "DELETE", routes + "/{route}");
    tour.api(204, "DELETE", topics + "/{topic}");
  }

  private static void deploy(ApiTour tour) throws IOException, NoSuchAlgorithmException {
    byte[] zip = zip(MANIFEST);
    String md5 = Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(zip));
    tour.know("digest", java.net.URLEncoder.encode(md5, UTF_8));
    JsonNode upload = tour.api(200, "GET", "/v1/generate-upload-url?md5={digest}");
    tour.api(422, "GET", "/v1/generate-upload-url?md5=short");
    URI address = URI.create(upload.path("url").asText());
    String path = address.getPath();
    tour.know("upload", path.substring(path.lastIndexOf('/') + 1));
    tour.know("uploadQuery", address.getRawQuery());
    tour.header("Content-MD5", md5)
        .send(
            Door.API,
            200,
            "PUT",
            "/v1/pinferry-uploads/{upload}?{uploadQuery}",
            BodyPublishers.ofByteArray(zip),
            "application/octet-stream");
    tour.know("gs", "gs://" + upload.path("bucket").asText() + "/" + upload.path("path").asText());
    String batch = PROJECT + "/integrations:batch";
    JsonNode deployed = tour.api(200, "PUT", batch, "{'sourceZipUrl':'{gs}'}");
    tour.know("integration", deployed.at("/0/id").asText());
    tour.know("revision", deployed.at("/0/latestRevision/id").asText());
    tour.api(422, "PUT", batch, "{'sourceZipUrl':'gs://elsewhere/amp.zip'}");
    tour.api(422, "PUT", batch, "{'sourceYaml':'specVersion: 9.9.9'}");
    String all = PROJECT + "/integrations";
    tour.api(200, "GET", all);
    tour.api(200, "GET", all + "/{integration=tour}");
    tour.api(404, "GET", all + "/{integration=nothing}");
    tour.api(
        201,
        "POST",
        all,
        "{'name':'more','provider':'pinterest','latestRevision':{'specVersion':'1.0.0','content':"
            + "{'name':'more','provider':'pinterest','proxy':{'enabled':true}}}}");
    tour.api(
        422,
        "POST",
        all,
        "{'name':'odd','provider':'myspace','latestRevision':{"
            + "'specVersion':'1.0.0','content':{'name':'odd','provider':'myspace'}}}");
    tour.api(
        201,
        "POST",
        all + "/{integration=more}/revisions",
        "{'sourceYaml':'specVersion: 1.0.0\\nintegrations:\\n  - name: more\\n"
            + "    provider: pinterest\\n    proxy:\\n      enabled: true\\n'}");
    tour.api(400, "POST", all + "/{integration=more}/revisions", "{}");
    tour.api(204, "DELETE", all + "/{integration=more}");
  }

  private static byte[] zip(String manifest) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("amp.yaml"));
      zip.write(manifest.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void connect(ApiTour tour, LocalStack stack) throws Exception {
    String start =
        "{'projectIdOrName':'{project}','provider':'pinterest','groupRef':'org_7',"
            + "'groupName':'Blue Shop','consumerRef':'u_42','consumerName':'Ana',"
            + "'providerMetadata':{},'enableCSRFProtection':false}";
    JsonNode address = tour.api(200, "POST", "/v1/oauth-connect", start);
    JsonNode page =
        tour.api(
            200, "POST", "/v1/oauth-connect", start.replaceFirst("\\{", "{'connectPage':true,"));
    tour.api(200, "GET", "/v1/oauth-connect?" + URI.create(page.asText()).getRawQuery());
    tour.api(400, "GET", "/v1/oauth-connect?state=nobodys");
    tour.api(400, "POST", "/v1/oauth-connect", "{'projectIdOrName':'{project}'}");
    tour.api(404, "POST", "/v1/oauth-connect", start.replace("{project}", "nobody"));
    try (var client = HttpClient.newHttpClient()) {
      URI back =
          new StackClient(client, stack.api(), stack.project(), stack.apiKey())
              .decide(URI.create(address.asText()), "decision=approve");
      tour.api(200, "GET", "/callbacks/v1/oauth?" + back.getRawQuery());
      // The same return again gives the same page.
      tour.api(200, "GET", "/callbacks/v1/oauth?" + back.getRawQuery());
      tour.api(400, "GET", "/callbacks/v1/oauth?code=c&state=nobodys");
    }
    String all = PROJECT + "/connections";
    String one = all + "/{connection}";
    JsonNode connections = tour.api(200, "GET", all + "?groupRef=org_7&provider=pinterest");
    tour.know("connection", connections.at("/0/id").asText());
    tour.api(200, "GET", one);
    tour.api(200, "GET", one + "?includeCreds=true");
    tour.api(404, "GET", all + "/{connection=" + NOWHERE + "}");
    tour.api(400, "GET", one + "?refresh=now");
    tour.api(
        200,
        "PATCH",
        one,
        "{'updateMask':['providerWorkspaceRef'],'connection':{'providerWorkspaceRef':'blue'}}");
    tour.api(400, "PATCH", one, "{'updateMask':['apiKey'],'connection':{'apiKey':'x'}}");
    JsonNode again = tour.api(200, "PATCH", one + ":oauth-update");
    assertThat(again.asText()).startsWith("http");
    String token =
        tour.api(200, "GET", one + "?includeCreds=true")
            .at("/oauth2AuthorizationCode/accessToken/token")
            .asText();
    tour.api(
        201,
        "POST",
        all + ":generate",
        "{'provider':'pinterest','groupRef':'org_8','consumerRef':'u_8',"
            + "'oauth2AuthorizationCode':{'accessToken':{'token':'"
            + token
            + "'}}}");
    tour.api(400, "POST", all + ":generate", "{'provider':'pinterest','groupRef':'org_8'}");
  }

  private static void install(ApiTour tour) {
    String all = INTEGRATION + "/installations";
    tour.api(200, "GET", INTEGRATION + "/revisions");
    tour.api(200, "GET", INTEGRATION + "/revisions/{revision}:compare?before={revision}");
    tour.api(404, "GET", INTEGRATION + "/revisions/{revision=" + NOWHERE + "}:compare");
    tour.api(200, "GET", INTEGRATION + "/revisions/{revision}:hydrate?connectionId={connection}");
    tour.api(400, "GET", INTEGRATION + "/revisions/{revision}:hydrate");
    tour.api(
        404,
        "GET",
        INTEGRATION + "/revisions/{revision=" + NOWHERE + "}:hydrate?connectionId={connection}");
    JsonNode installed =
        tour.api(
            201,
            "POST",
            all,
            "{'groupRef':'org_7','connectionId':'{connection}','config':{'content':"
                + CHOICE
                + "}}");
    tour.know("installation", installed.path("id").asText());
    tour.api(409, "POST", all, "{'groupRef':'org_7','config':{'content':" + CHOICE + "}}");
    tour.api(400, "POST", all, "{'groupRef':'org_7'}");
    tour.api(
        422,
        "POST",
        all,
        "{'groupRef':'org_8','config':{'content':{'provider':'pinterest','read':{'objects':"
            + "{'boats':{'objectName':'boats','selectedFields':{},'selectedFieldMappings':{}}}}}}}");
    tour.api(409, "POST", all + ":import", installed.toString().replace('"', '\''));
    tour.api(400, "POST", all + ":import", "{'config':{'content':" + CHOICE + "}}");
    tour.api(200, "GET", all + "?groupRef=org_7");
    tour.api(200, "GET", PROJECT + "/installations");
    tour.api(200, "GET", PROJECT + "/installations?groupRef=nobody");
    tour.api(200, "GET", PROJECT + "/installations?pageSize=1");
    tour.api(400, "GET", PROJECT + "/installations?pageToken=made-up");
    tour.api(200, "GET", INSTALLATION);
    tour.api(404, "GET", all + "/{installation=" + NOWHERE + "}");
    tour.api(
        200,
        "PATCH",
        INSTALLATION,
        "{'updateMask':['config.content.read.objects.boards.disabled'],'installation':{'config':"
            + "{'content':{'read':{'objects':{'boards':{'disabled':true}}}}}}}");
    tour.api(
        200,
        "PATCH",
        INSTALLATION,
        "{'updateMask':['config.content.read.objects.boards.disabled'],'installation':{'config':"
            + "{'content':{'read':{'objects':{'boards':{'disabled':false}}}}}}}");
    tour.api(200, "PATCH", INSTALLATION, "{'updateMask':[],'installation':{}}");
    tour.api(400, "PATCH", INSTALLATION, "{'updateMask':['group'],'installation':{'group':1}}");
    String content = INTEGRATION + "/objects/{object=boards}/config-content";
    tour.api(
        200,
        "PATCH",
        content,
        "{'groupRef':'org_7','action':'read','changes':[{'op':'replace','path':'/schedule',"
            + "'value':'*/30 * * * *'}]}");
    tour.api(
        422,
        "PATCH",
        content,
        "{'groupRef':'org_7','action':'read','changes':[{'op':'replace','path':'/schedule',"
            + "'value':'* * * * *'}]}");
    tour.api(
        404,
        "PATCH",
        content,
        "{'groupRef':'nobody','action':'read','changes':[{'op':'remove',"
            + "'path':'/schedule'}]}");
    tour.api(400, "PATCH", content, "{'groupRef':'org_7','action':'read','changes':7}");
  }

  private static void read(ApiTour tour) {
    JsonNode page = tour.api(200, "GET", INSTALLATION + "/operations?pageSize=1");
    tour.know("operation", page.at("/results/0/id").asText());
    tour.api(400, "GET", INSTALLATION + "/operations?pageSize=0");
    tour.api(400, "GET", INSTALLATION + "/operations?pageToken=made-up");
    tour.api(200, "GET", PROJECT + "/operations?pageSize=1&status=success&groupRef=org_7");
    tour.api(400, "GET", PROJECT + "/operations?status=ended");
    tour.api(200, "GET", PROJECT + "/operations/{operation}");
    tour.api(404, "GET", PROJECT + "/operations/{operation=" + NOWHERE + "}");
    tour.api(200, "GET", PROJECT + "/operations/{operation}/logs");
    tour.api(200, "GET", INSTALLATION + "/budgets");
    tour.api(200, "GET", INSTALLATION + "/objects/{object=boards}/backfill-progress");
    tour.api(404, "GET", INSTALLATION + "/objects/{object=media}/backfill-progress");
    tour.api(
        403,
        "GET",
        INSTALLATION + "/results/{message=msg_1}?destination=hook&expires=1&signature=00");
    tour.api(200, "GET", PROJECT + "/dead-letters?pageSize=1");
    tour.api(400, "GET", PROJECT + "/dead-letters?operationId=" + NOWHERE);
    tour.api(400, "GET", PROJECT + "/dead-letters?pageToken=made-up");
    tour.api(200, "POST", PROJECT + "/dead-letters:redrive", "{'messageIds':['msg_1']}");
    tour.api(400, "POST", PROJECT + "/dead-letters:redrive", "{}");
    tour.api(200, "GET", PROJECT + "/deliveries?pageSize=1&status=failed");
    tour.api(400, "GET", PROJECT + "/deliveries?status=500");
    tour.api(200, "POST", PROJECT + "/deliveries:replay", "{'messageIds':['msg_1']}");
    tour.api(400, "POST", PROJECT + "/deliveries:replay", "{}");
    tour.api(201, "POST", INSTALLATION + "/objects/{object=boards}:read");
    tour.api(400, "POST", INSTALLATION + "/objects/{object=boats}:read");
    String trigger = INTEGRATION + "/objects/{object=boards}";
    tour.json(Door.READ, 201, "POST", trigger, "{'groupRef':'org_7','mode':'async'}");
    tour.json(Door.READ, 400, "POST", trigger, "{'groupRef':'org_7','mode':'sync'}");
    tour.json(Door.READ, 400, "POST", trigger, "{'groupRef':'nobody','mode':'async'}");
    tour.json(Door.READ, 204, "POST", INSTALLATION + ":pause", "{'objects':['boards'],'note':'n'}");
    tour.json(Door.READ, 204, "POST", INSTALLATION + ":pause", "{}");
    tour.json(Door.READ, 422, "POST", INSTALLATION + ":pause", "{'objects':['boats']}");
    tour.json(Door.READ, 204, "POST", INSTALLATION + ":unpause", "{}");
    tour.json(
        Door.READ, 422, "POST", trigger + ":deliverResults", "{'groupRef':'org_7','pages':1}");
    tour.json(
        Door.READ,
        422,
        "POST",
        INTEGRATION + "?groupRef=org_7",
        "{'objectName':'boards','fieldFilters':[]}");
  }

  private static void write(ApiTour tour) {
    String boards = INTEGRATION + "/objects/{object=boards}";
    JsonNode made =
        tour.header("Idempotency-Key", "tour 1")
            .json(
                Door.WRITE,
                200,
                "POST",
                boards,
                "{'groupRef':'org_7','type':'create','record':{'name':'Lamps','privacy':'PUBLIC'}}");
    tour.know("board", made.at("/result/recordId").asText());
    tour.json(
        Door.WRITE,
        422,
        "POST",
        boards,
        "{'groupRef':'org_7','type':'create','record':{'privacy':'PUBLIC'}}");
    tour.json(Door.WRITE, 400, "POST", boards, "{'groupRef':'org_7','type':'upsert','record':{}}");
    tour.json(
        Door.WRITE,
        200,
        "POST",
        boards,
        "{'groupRef':'org_7','type':'update','batch':[{'record':{'id':'{board}','name':'Lights'}},"
            + "{'record':{'id':'999999999','name':'Nothing'}}]}");
    tour.json(
        Door.WRITE,
        200,
        "POST",
        boards,
        "{'groupRef':'org_7','type':'create','mode':'asynchronous','record':{'name':'Later'}}");
    tour.json(
        Door.WRITE,
        200,
        "POST",
        boards,
        "{'groupRef':'org_7','type':'delete','record':{'id':'{board}'}}");
  }

  private static void proxy(ApiTour tour) {
    for (String method : List.of("GET", "PATCH", "DELETE", "PUT", "POST")) {
      tour.header("x-amp-proxy-version", "1")
          .header("x-amp-project-id", tour.known("project"))
          .header("x-amp-installation-id", tour.known("installation"))
          .send(
              Door.PROXY,
              switch (method) {
                case "GET" -> 200;
                case "POST" -> 400;
                default -> 405;
              },
              method,
              "/v5/{path=boards}",
              BodyPublishers.ofString(method.equals("GET") ? "" : "{}"),
              "application/json");
    }
    tour.send(Door.PROXY, 400, "GET", "/v5/{path=boards}", BodyPublishers.noBody(), null);
  }

  private static void metadata(ApiTour tour) {
    String object = "/objects/{object=boards}/metadata";
    tour.api(200, "GET", INTEGRATION + object + "?groupRef=org_7");
    tour.api(200, "GET", PROJECT + "/providers/{provider=pinterest}" + object + "?groupRef=org_7");
    tour.api(404, "GET", INTEGRATION + "/objects/{object=boats}/metadata?groupRef=org_7");
    tour.api(400, "GET", INTEGRATION + object + "?groupRef=org_7&excludeReadOnly=perhaps");
    String fields = "{'groupRef':'org_7','fields':{}}";
    tour.api(422, "PUT", INTEGRATION + "/object-metadata", fields);
    tour.api(422, "PUT", PROJECT + "/providers/{provider=pinterest}/object-metadata", fields);
  }

  /** Paths that only the hosted service needs, for its own customers. */
  private static void absent(ApiTour tour) {
    tour.api(404, "POST", "/v1/orgs", "{}");
    tour.api(404, "GET", "/v1/orgs/{org=o}");
    tour.api(404, "PATCH", "/v1/orgs/{org=o}", "{}");
    tour.api(404, "GET", "/v1/orgs/{org=o}/builders");
    tour.api(404, "GET", "/v1/orgs/{org=o}/invites");
    tour.api(404, "POST", "/v1/orgs/{org=o}/invites", "{}");
    tour.api(404, "GET", "/v1/orgs/{org=o}/invites/{invite=i}");
    tour.api(404, "DELETE", "/v1/orgs/{org=o}/invites/{invite=i}");
    tour.api(404, "POST", "/v1/orgs/{org=o}/memberships", "{}");
    tour.api(404, "POST", "/v1/invites:accept", "{}");
    tour.api(404, "GET", "/v1/orgs/{org=o}/billingAccount");
    tour.api(404, "POST", "/v1/billingAccounts/{billingAccount=b}/portalSession", "{}");
    tour.api(404, "GET", "/v1/claimed-domains");
    tour.api(404, "POST", "/v1/claimed-domains", "{}");
    tour.api(404, "GET", "/v1/orgs/{org=o}/claimed-domains");
    tour.api(404, "POST", "/v1/custom-auth/connect", "{}");
  }

  private static void remove(ApiTour tour) {
    tour.api(409, "DELETE", PROJECT + "/connections/{connection}");
    tour.api(204, "DELETE", INSTALLATION);
    tour.api(404, "GET", INSTALLATION);
    tour.api(200, "GET", INTEGRATION + "/installations?groupRef=org_7");
    JsonNode rest = tour.api(200, "GET", PROJECT + "/connections?groupRef=org_8");
    tour.know("connection", rest.at("/0/id").asText());
    tour.api(204, "DELETE", PROJECT + "/connections/{connection}");
    tour.api(404, "POST", PROJECT + "/groups:remove", "{'groupRef':'nobody'}");
    tour.api(400, "POST", PROJECT + "/groups:remove", "{}");
    tour.api(204, "DELETE", INTEGRATION);
    tour.api(200, "POST", PROJECT + "/destinations/{destination}:rotateKey");
    tour.api(404, "POST", PROJECT + "/destinations/{destination=nobodys}:rotateKey");
    tour.api(204, "DELETE", PROJECT + "/destinations/{destination}");
    tour.api(204, "DELETE", PROJECT + "/destinations/{destination=spare}");
  }

  private static void removeProject(ApiTour tour) {
    tour.know("project", tour.known("other"));
    tour.api(204, "DELETE", PROJECT);
    tour.api(404, "GET", PROJECT);
  }
}
