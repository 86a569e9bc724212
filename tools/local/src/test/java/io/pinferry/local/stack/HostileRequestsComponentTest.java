package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.http.TestJwts;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.loopback.Loopback;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hostile requests against the running stack: each is refused with a 4xx that is a problem
 * document, and no answer holds a secret, or what belongs to another tenant and the request did not
 * name.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileRequestsComponentTest {
  private static final String NOBODYS = "5b0b6c1e-8f3a-4a51-9d43-000000000000";
  private static final String WEBHOOK = "http://127.0.0.1:9/webhook";
  private static final String HEADER_SECRET = "canary-of-a-destination-header";

  /** Requests that pages and back ends of other projects may not make; %I, %N, %C are ids. */
  private static final List<String> BACK_END =
      List.of(
          "GET ./api-keys",
          "POST ./api-keys",
          "GET ./jwt-keys",
          "POST ./jwt-keys",
          "GET ./destinations",
          "GET ./destinations/pinterestWebhook?includeSecrets=true",
          "POST ./destinations/pinterestWebhook:rotateKey",
          "POST ./destinations",
          "DELETE ./destinations/pinterestWebhook",
          "GET ./provider-apps",
          "POST ./provider-apps",
          "GET ./topics",
          "GET ./installations",
          "GET ./installations?groupRef=own",
          "GET ./connections/%C",
          "GET ./connections/%C?includeCreds=true",
          "GET ./connections/%C?includeRefreshToken=true",
          "POST ./connections:generate",
          "GET ./integrations/%I",
          "DELETE ./integrations/%I",
          "PUT ./integrations:batch",
          "GET ./integrations/%I/revisions",
          "POST ./integrations/%I/revisions",
          "GET ./integrations/%I/installations/%N",
          "GET ./integrations/%I/installations/%N/operations",
          "GET ./integrations/%I/installations/%N/budgets",
          "GET ./integrations/%I/installations/%N/objects/boards/backfill-progress",
          "GET ./operations/" + NOBODYS,
          "GET ./operations/" + NOBODYS + "/logs",
          "PATCH .",
          "DELETE .",
          "POST /v1/projects");

  /** Names that lead where nothing may be called, by where they lead. */
  private static final Map<String, List<String>> HOME_NAMES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("ten.hostile.example", List.of("10.0.0.1")),
              Map.entry("seventeen.hostile.example", List.of("172.16.0.1")),
              Map.entry("nineteen.hostile.example", List.of("192.168.0.1")),
              Map.entry("carrier.hostile.example", List.of("100.64.0.1")),
              Map.entry("metadata.hostile.example", List.of("169.254.169.254")),
              Map.entry("metadata6.hostile.example", List.of("fd00:ec2::254")),
              Map.entry("link6.hostile.example", List.of("fe80::1")),
              Map.entry("nothing.hostile.example", List.of("0.0.0.0")),
              Map.entry("nothing6.hostile.example", List.of("::")),
              Map.entry("many.hostile.example", List.of("224.0.0.1")),
              Map.entry("reserved.hostile.example", List.of("240.0.0.1")),
              Map.entry("mapped.hostile.example", List.of("::ffff:10.0.0.1")),
              Map.entry("translated.hostile.example", List.of("64:ff9b::a00:1")),
              Map.entry("sixtofour.hostile.example", List.of("2002:a00:1::")),
              Map.entry("teredo.hostile.example", List.of("2001:0:a00:1::")),
              Map.entry("dotted.hostile.example.", List.of("10.0.0.1")),
              Map.entry("mixed.hostile.example", List.of("93.184.215.14", "10.0.0.1")),
              Map.entry("mixed6.hostile.example", List.of("93.184.215.14", "fd00::1"))));

  private static final String REBOUND = "rebound.hostile.example";

  private static final String MEDIA = "{\"media_type\":\"video\",\"url\":\"%s\"}";
  private static final String VIDEO_PIN =
      "{\"board_id\":\"1\",\"media_source\":{\"source_type\":\"video_url\",\"url\":\"%s\","
          + "\"cover_image_url\":\"https://hooks.example.com/a.jpg\"}}";

  private static final String MANIFEST_OF_REBOUND =
      """
      specVersion: 1.0.0
      integrations:
        - name: rebound
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: rebound
                optionalFieldsAuto: all
                backfill: {defaultPeriod: {fullHistory: true}}
              - objectName: ad_accounts
                destination: redirecting
                optionalFieldsAuto: all
                backfill: {defaultPeriod: {fullHistory: true}}
          write:
            objects:
              - objectName: media
              - objectName: pins
      """;

  @TempDir private static Path data;
  private final HttpClient http = HttpClient.newHttpClient();
  private LocalStack stack;
  private StackClient owner;
  private StackClient operator;
  private StackClient otherOwner;
  private String otherProject;
  private String frontend;
  private String kid;
  private String integration;
  private String own;
  private String ownConnection;
  private String foreign;
  private String foreignConnection;
  private final List<String> canaries = new ArrayList<>();

  /** One hostile request. */
  private record Hostile(
      String what, URI door, String method, String path, Map<String, String> headers, byte[] body) {
    @Override
    public String toString() {
      return what + ": " + method + " " + path;
    }

    String text() {
      return path + headers + new String(body, UTF_8);
    }
  }

  @BeforeAll
  void aStackWithTwoTenantsAndTwoProjects() throws Exception {
    stack =
        LocalStack.start(new LocalStackSettings(RepositoryRoot.find(), 20, null, 1L, null, data));
    owner = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
    StackState state = Objects.requireNonNull(StackState.load(data));
    operator = owner.withKey(state.adminKey());
    ObjectNode destination = Json.object().put("name", "pinterestWebhook").put("type", "webhook");
    destination
        .putObject("metadata")
        .put("url", WEBHOOK)
        .putObject("headers")
        .put("x-secret", HEADER_SECRET);
    owner.done("POST", "./destinations", destination);
    String manifest = ExampleManifest.read();
    integration = owner.deploy(manifest);
    kid = registerKey(owner, TestJwts.pair());
    frontend = newKey(owner, "frontend");
    ownConnection = connect("own");
    foreignConnection = connect("foreign");
    own = install("own");
    foreign = install("foreign");
    otherProject =
        operator
            .done(
                "POST",
                "/v1/projects",
                Json.object()
                    .put("name", "canary-shop")
                    .put("appName", "Canary of another project")
                    .put("orgId", "local"))
            .path("id")
            .asText();
    otherOwner =
        owner.withProject(otherProject).withKey(newKey(operator.withProject(otherProject), "full"));
    JsonNode tokens =
        owner
            .get("./connections/" + foreignConnection + "?includeRefreshToken=true")
            .path("oauth2AuthorizationCode");
    canaries.addAll(
        List.of(
            HEADER_SECRET,
            owner
                .get("./destinations/pinterestWebhook?includeSecrets=true")
                .at("/secrets/webhookSigningKey")
                .asText(),
            tokens.at("/accessToken/token").asText(),
            tokens.at("/refreshToken/token").asText(),
            "Name of foreign",
            "consumer-of-foreign",
            foreign,
            foreignConnection,
            otherProject,
            "canary-shop",
            "Canary of another project",
            stack.apiKey(),
            frontend,
            state.adminKey()));
    assertThat(canaries).noneMatch(String::isBlank);
  }

  @AfterAll
  void stop() {
    http.close();
    stack.close();
  }

  @Test
  void everyHostileRequestIsRefusedAndNothingLeaks() throws Exception {
    List<Hostile> all = new ArrayList<>();
    forgedTokens(all);
    tenantCrossing(all);
    for (String request : BACK_END) {
      all.add(back("JWT for a back end", request, jwt("own", "consumer-of-own")));
      all.add(back("frontend key for a back end", request, Map.of("X-Api-Key", frontend)));
      if (!request.endsWith(" /v1/projects")) {
        all.add(back("key of another project", request, Map.of("X-Api-Key", otherOwner.key())));
      }
    }
    otherDoors(all);
    proxyEscapes(all);
    destinations(all);
    bodies(all);
    uploads(all);

    Map<String, String> wrong = new LinkedHashMap<>();
    for (Hostile hostile : all) {
      String problem = problemWith(send(hostile));
      if (!problem.isEmpty()) {
        wrong.put(hostile.toString(), problem);
      }
    }

    assertThat(wrong).as(wrong.size() + " of " + all.size()).isEmpty();
    assertThat(all).hasSizeGreaterThan(200);
    assertThat(owner.get("./connections?groupRef=foreign").at("/0/consumer/consumerRef").asText())
        .isEqualTo("consumer-of-foreign");
    assertThat(owner.get("./integrations/" + integration + "/installations")).hasSize(2);
    assertThat(owner.get("./destinations"))
        .noneMatch(destination -> destination.path("name").asText().startsWith("evil"));
    assertThat(owner.get("./destinations/pinterestWebhook").at("/metadata/url").asText())
        .isEqualTo(WEBHOOK);
  }

  /**
   * Names that were public when they were looked at and lead home when they are called, and servers
   * that send us elsewhere: nothing is sent, and whoever asked is told.
   */
  @Test
  void whatTurnsHomeAfterItWasLookedAtIsNotCalled() throws Exception {
    HostsFile.put(HOME_NAMES);
    HostsFile.put(Map.of(REBOUND, List.of("93.184.215.14")));
    var followed = new AtomicInteger();
    HttpServer redirecting = Loopback.bind(0);
    redirecting.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/inside");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    redirecting.createContext(
        "/inside",
        exchange -> {
          followed.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    redirecting.createContext(
        "/video",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "http://10.0.0.1/a.mp4");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    redirecting.start();
    try {
      String inward = "http://127.0.0.1:" + redirecting.getAddress().getPort() + "/video";
      String redirect = "http://127.0.0.1:" + redirecting.getAddress().getPort() + "/hook";
      owner.createWebhook("rebound", URI.create("https://" + REBOUND + "/hook"));
      owner.createWebhook("redirecting", URI.create(redirect));
      String rebound = owner.deploy(MANIFEST_OF_REBOUND);
      HostsFile.put(Map.of(REBOUND, List.of("10.0.0.1")));
      ObjectNode installation =
          (ObjectNode) Json.trusted(StackClient.installation("own", "boards", "ad_accounts"));
      ObjectNode writes = installation.at("/config/content").withObject("/write/objects");
      writes.putObject("media").put("objectName", "media");
      writes.putObject("pins").put("objectName", "pins");
      String id =
          owner
              .done("POST", "./integrations/" + rebound + "/installations", installation)
              .path("id")
              .asText();

      String operations = "./integrations/" + rebound + "/installations/" + id + "/operations";
      assertThat(
              Patience.until(
                  "the first attempt at each destination",
                  () -> logs(operations),
                  lines -> tellsOf(lines, "rebound") && tellsOf(lines, "redirecting")))
          .as("what is said of the first attempts")
          .anySatisfy(
              line ->
                  assertThat(line)
                      .contains("attempt 1 at rebound")
                      .contains("was not reached")
                      .contains("leads to a private"))
          .anySatisfy(
              line -> assertThat(line).contains("attempt 1 at redirecting").contains("302"));
      Map<String, String> sources = new TreeMap<>();
      HOME_NAMES.keySet().forEach(name -> sources.put("https://" + name + "/a.mp4", "private"));
      sources.put("https://" + REBOUND + "/a.mp4", "private");
      sources.put(inward, "private");
      for (String odd :
          List.of(
              "https://10.0.0.1/a.mp4",
              "https://167772161/a.mp4",
              "https://012.0.0.1/a.mp4",
              "https://0xa.0.0.1/a.mp4",
              "https://10.0.0.1./a.mp4",
              "https://[::ffff:10.0.0.1]/a.mp4",
              "https://user@hooks.example.com/a.mp4",
              "http://hooks.example.com/a.mp4",
              "file:///etc/passwd")) {
        sources.put(odd, "");
      }
      for (Map.Entry<String, String> source : sources.entrySet()) {
        assertNotFetched(rebound, "media", MEDIA, source.getKey(), source.getValue());
      }
      for (String url : List.of("https://" + REBOUND + "/a.mp4", inward, "https://10.0.0.1/")) {
        assertNotFetched(rebound, "pins", VIDEO_PIN, url, sources.getOrDefault(url, ""));
      }
      assertThat(followed).hasValue(0);
    } finally {
      redirecting.stop(0);
    }
  }

  /** Writes what names a video at an address, which is refused without a look at it. */
  private void assertNotFetched(
      String integration, String object, String record, String url, String why) throws Exception {
    HttpResponse<String> answer =
        owner
            .at(stack.write())
            .send(
                "POST",
                "./integrations/" + integration + "/objects/" + object,
                "{\"groupRef\":\"own\",\"type\":\"create\",\"record\":"
                    + record.formatted(url)
                    + "}");

    assertThat(answer.statusCode()).as(url + " " + answer.body()).isEqualTo(422);
    assertThat(Json.parse(answer.body().getBytes(UTF_8)).at("/errors/0/message").asText())
        .as(url)
        .isNotBlank()
        .contains(why);
  }

  /** Returns the log lines of all operations. */
  private List<String> logs(String operations) throws Exception {
    List<String> lines = new ArrayList<>();
    for (JsonNode operation : owner.get(operations).path("results")) {
      owner
          .get("./operations/" + operation.path("id").asText() + "/logs")
          .forEach(line -> lines.add(line.toString()));
    }
    return lines;
  }

  private static boolean tellsOf(List<String> lines, String destination) {
    return lines.stream().anyMatch(line -> line.contains("attempt 1 at " + destination));
  }

  private static String problemWith(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() < 400 || answer.statusCode() > 499) {
      return answer.statusCode() + " " + clipped(answer.body());
    }
    String type = answer.headers().firstValue("content-type").orElse("");
    if (!type.startsWith("application/problem+json")) {
      return answer.statusCode() + " as " + type + " " + clipped(answer.body());
    }
    JsonNode problem = Json.parse(answer.body().getBytes(UTF_8));
    if (problem.path("status").asInt() != answer.statusCode()
        || problem.path("detail").asText().isBlank()) {
      return "no good problem " + clipped(answer.body());
    }
    return "";
  }

  private static String clipped(String text) {
    return text.length() <= 300 ? text : text.substring(0, 300);
  }

  /** Sends a request and looks for canaries in the answer, its headers too. */
  private HttpResponse<String> send(Hostile hostile) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(hostile.door() + hostile.path()))
            .timeout(Patience.LIMIT)
            .method(hostile.method(), BodyPublishers.ofByteArray(hostile.body()));
    hostile.headers().forEach(request::header);
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    String said = answer.headers().map() + answer.body();
    for (String canary : canaries) {
      if (!hostile.text().contains(canary)) {
        assertThat(said).as(hostile.toString()).doesNotContain(canary);
      }
    }
    assertThat(answer.headers().map()).as(hostile.toString()).doesNotContainKey("x-injected");
    return answer;
  }

  private void forgedTokens(List<Hostile> all) {
    Instant now = Instant.now();
    KeyPair pair = TestJwts.pair();
    Map<String, String> forged = new LinkedHashMap<>();
    String good = TestJwts.of(kid, "own", "consumer-of-own", now);
    String[] parts = good.split("\\.", -1);
    ObjectNode claims = TestJwts.claims("own", "consumer-of-own", now);
    String foreignClaims = part(TestJwts.claims("foreign", "consumer-of-foreign", now));
    forged.put("none", part(TestJwts.header(kid).put("alg", "none")) + "." + parts[1] + ".");
    forged.put(
        "None with a signature",
        part(TestJwts.header(kid).put("alg", "None")) + "." + parts[1] + "." + parts[2]);
    forged.put("no signature", parts[0] + "." + parts[1] + ".");
    forged.put("other claims", parts[0] + "." + foreignClaims + "." + parts[2]);
    forged.put("two parts", parts[0] + "." + parts[1]);
    forged.put("five parts", good + ".a.b");
    forged.put("garbage", "not.a.jwt");
    forged.put("huge", good + "A".repeat(6_000));
    forged.put(
        "another key",
        TestJwts.signed(TestJwts.header(kid), claims, "SHA256withRSA", TestJwts.otherPair()));
    for (String algorithm : List.of("HS256", "RS384", "RS512", "PS256", "ES256", "")) {
      forged.put(
          "algorithm " + algorithm,
          TestJwts.signed(
              TestJwts.header(kid).put("alg", algorithm), claims, "SHA256withRSA", pair));
    }
    spoil(forged, "no kid", (header) -> header.remove("kid"), body -> {});
    spoil(forged, "unknown kid", header -> header.put("kid", NOBODYS), body -> {});
    spoil(forged, "kid as a path", header -> header.put("kid", "../" + kid), body -> {});
    spoil(forged, "crit", header -> header.put("x", 1).putArray("crit").add("x"), body -> {});
    spoil(
        forged,
        "key of its own",
        header -> header.put("kid", NOBODYS).put("jku", "https://evil.example/"),
        body -> {});
    long seconds = now.getEpochSecond();
    spoil(
        forged,
        "expired",
        header -> {},
        body -> body.put("iat", seconds - 400).put("exp", seconds - 1));
    spoil(forged, "long life", header -> {}, body -> body.put("exp", seconds + 3_600));
    spoil(forged, "from the future", header -> {}, body -> body.put("iat", seconds + 200));
    for (String claim : List.of("sub", "groupRef", "consumerRef", "iat", "exp")) {
      spoil(forged, "no " + claim, header -> {}, body -> body.remove(claim));
      spoil(forged, claim + " a list", header -> {}, body -> body.putArray(claim).add("own"));
    }
    forged.forEach(
        (what, token) -> all.add(api("forged: " + what, "GET ./connections", bearer(token), "")));
    Map<String, String> both = new TreeMap<>(bearer(good));
    both.put("X-Api-Key", stack.apiKey());
    all.add(api("two credentials", "GET ./connections", both, ""));
    all.add(api("no credential", "GET ./connections", Map.of(), ""));
    all.add(api("basic", "GET ./connections", Map.of("Authorization", "Basic YTpi"), ""));
    all.add(api("a JWT as a key", "GET ./connections", Map.of("X-Api-Key", good), ""));
    all.add(api("a long key", "GET .", Map.of("X-Api-Key", "k".repeat(5_000)), ""));
  }

  private void spoil(
      Map<String, String> forged,
      String what,
      Consumer<ObjectNode> header,
      Consumer<ObjectNode> body) {
    ObjectNode spoiltHeader = TestJwts.header(kid);
    ObjectNode claims = TestJwts.claims("own", "consumer-of-own", Instant.now());
    header.accept(spoiltHeader);
    body.accept(claims);
    forged.put(what, TestJwts.signed(spoiltHeader, claims, "SHA256withRSA", TestJwts.pair()));
  }

  private void tenantCrossing(List<Hostile> all) throws Exception {
    Map<String, String> jwt = jwt("own", "consumer-of-own");
    String mask =
        "{\"updateMask\":[\"config.content.read.objects.boards.disabled\"],\"installation\":"
            + "{\"config\":{\"content\":{\"read\":{\"objects\":{\"boards\":{\"disabled\":true}}}}}}}";
    String installations = "./integrations/" + integration + "/installations";
    String revision = owner.get("./integrations").at("/0/latestRevision/id").asText();
    for (String id : List.of(foreign, NOBODYS)) {
      all.add(api("another's", "PATCH " + installations + "/" + id, jwt, mask));
      all.add(api("another's", "DELETE " + installations + "/" + id, jwt, ""));
    }
    for (String id : List.of(foreignConnection, NOBODYS)) {
      all.add(api("another's", "DELETE ./connections/" + id, jwt, ""));
      all.add(api("another's", "PATCH ./connections/" + id + ":oauth-update", jwt, ""));
      all.add(
          api(
              "another's",
              "GET ./integrations/"
                  + integration
                  + "/revisions/"
                  + revision
                  + ":hydrate?connectionId="
                  + id,
              jwt,
              ""));
      ObjectNode body = (ObjectNode) Json.trusted(StackClient.installation("own", "boards"));
      all.add(
          api(
              "another's connection",
              "POST " + installations,
              jwt,
              Json.text(body.put("connectionId", id))));
      all.add(
          api(
              "another's connection",
              "PATCH " + installations + "/" + own,
              jwt,
              Json.text(
                  Json.object()
                      .<ObjectNode>set("updateMask", Json.object().arrayNode().add("connectionId"))
                      .set("installation", Json.object().put("connectionId", id)))));
    }
    for (String group : List.of("foreign", "nobody", "OWN", "own ")) {
      String query = "?groupRef=" + group.replace(" ", "%20");
      all.add(api("another group", "GET " + installations + query, jwt, ""));
      all.add(api("another group", "GET ./connections" + query, jwt, ""));
      all.add(
          api(
              "another group",
              "POST " + installations,
              jwt,
              StackClient.installation(group, "boards")));
      all.add(
          api(
              "another group",
              "POST /v1/oauth-connect",
              jwt,
              connectBody(stack.project(), group, "consumer-of-own")));
    }
    all.add(api("two groups", "GET ./connections?groupRef=foreign&groupRef=own", jwt, ""));
    all.add(api("another consumer", "GET ./connections?consumerRef=consumer-of-foreign", jwt, ""));
    all.add(
        api(
            "another consumer",
            "POST /v1/oauth-connect",
            jwt,
            connectBody(stack.project(), "own", "consumer-of-foreign")));
    all.add(
        api(
            "another project",
            "POST /v1/oauth-connect",
            jwt,
            connectBody("canary-shop", "own", "consumer-of-own")));
    all.add(api("another project", "GET /v1/projects/canary-shop", jwt, ""));
    all.add(api("another project", "GET /v1/projects/" + otherProject + "/integrations", jwt, ""));
    Map<String, String> colleague = jwt("own", "colleague");
    all.add(api("a colleague's", "DELETE " + installations + "/" + own, colleague, ""));
    all.add(api("a colleague's", "PATCH " + installations + "/" + own, colleague, mask));
    all.add(api("a colleague's", "DELETE ./connections/" + ownConnection, colleague, ""));
    all.add(
        api(
            "a colleague's",
            "PATCH ./connections/" + ownConnection + ":oauth-update",
            colleague,
            ""));
    all.add(
        api(
            "over a colleague's",
            "POST /v1/oauth-connect",
            colleague,
            connectBody(stack.project(), "own", "colleague")));
    Map<String, String> page = Map.of("X-Api-Key", frontend);
    all.add(api("all groups", "GET " + installations, page, ""));
    all.add(api("all groups", "GET ./connections", page, ""));
    all.add(api("all groups", "GET ./connections?provider=pinterest&groupRef=", page, ""));
    all.add(api("as a builder", "POST " + installations, page, createdBy("builder:me")));
    Map<String, String> other = Map.of("X-Api-Key", otherOwner.key());
    all.add(
        api(
            "another project's body",
            "POST /v1/oauth-connect",
            other,
            connectBody(stack.project(), "own", "c")));
    for (String path :
        List.of(
            "/connections/" + foreignConnection,
            "/integrations/" + integration,
            "/operations/" + NOBODYS)) {
      all.add(
          api(
              "another's id in the own project",
              "GET /v1/projects/" + otherProject + path,
              other,
              ""));
    }
    String shut = newKey(operator.withProject(otherProject), "frontend");
    operator.done(
        "PATCH",
        "/v1/projects/" + otherProject,
        Json.trusted("{\"updateMask\":[\"requireJwt\"],\"project\":{\"requireJwt\":true}}"));
    for (String path : List.of("", "/integrations", "/connections?groupRef=own")) {
      all.add(
          api(
              "key of a shut page",
              "GET /v1/projects/" + otherProject + path,
              Map.of("X-Api-Key", shut),
              ""));
    }
    String revoked = newKey(owner, "frontend");
    String revokedId = idOfNewestKey();
    owner.done(
        "PATCH",
        "./api-keys/" + revokedId,
        Json.trusted("{\"updateMask\":[\"active\"],\"apiKey\":{\"active\":false}}"));
    all.add(api("a revoked key", "GET .", Map.of("X-Api-Key", revoked), ""));
    String revokedKid = registerKey(owner, TestJwts.otherPair());
    owner.done(
        "PATCH",
        "./jwt-keys/" + revokedKid,
        Json.trusted("{\"updateMask\":[\"active\"],\"jwtKey\":{\"active\":false}}"));
    all.add(
        api(
            "a revoked JWT key",
            "GET .",
            bearer(
                TestJwts.signed(
                    TestJwts.header(revokedKid),
                    TestJwts.claims("own", "consumer-of-own", Instant.now()),
                    "SHA256withRSA",
                    TestJwts.otherPair())),
            ""));
    // A key vouches for its own project: the own key's kid on another's signature and vice versa.
    String otherKid = registerKey(operator.withProject(otherProject), TestJwts.otherPair());
    all.add(
        api(
            "another project's signer",
            "GET ./connections",
            bearer(
                TestJwts.signed(
                    TestJwts.header(otherKid),
                    TestJwts.claims("own", "consumer-of-own", Instant.now()),
                    "SHA256withRSA",
                    TestJwts.otherPair())),
            ""));
  }

  private void otherDoors(List<Hostile> all) {
    String object = "./integrations/" + integration + "/objects/boards";
    String installation = "./integrations/" + integration + "/installations/" + own;
    String read = "{\"groupRef\":\"own\",\"mode\":\"async\"}";
    String write = "{\"groupRef\":\"own\",\"type\":\"create\",\"record\":{\"name\":\"x\"}}";
    for (Map<String, String> credential :
        List.of(
            jwt("own", "consumer-of-own"),
            Map.of("X-Api-Key", frontend),
            Map.of("X-Api-Key", otherOwner.key()),
            Map.<String, String>of())) {
      all.add(at(stack.read(), "read door", "POST " + object, credential, read));
      all.add(at(stack.read(), "read door", "POST " + installation + ":pause", credential, "{}"));
      all.add(at(stack.write(), "write door", "POST " + object, credential, write));
      Map<String, String> proxied = new TreeMap<>(proxyHeaders());
      proxied.remove("X-Api-Key");
      proxied.putAll(credential);
      all.add(at(stack.proxy(), "proxy door", "GET /v5/user_account", proxied, ""));
    }
    for (String header : List.of("x-amp-installation-id", "x-amp-project-id")) {
      for (String value : List.of(NOBODYS, otherProject, "../" + own, "*")) {
        Map<String, String> headers = new TreeMap<>(proxyHeaders());
        headers.put(header, value);
        all.add(at(stack.proxy(), header, "GET /v5/user_account", headers, ""));
      }
    }
  }

  private void proxyEscapes(List<Hostile> all) {
    for (String path :
        List.of(
            "/v5",
            "/v3/users/me",
            "//evil.example/v5/pins",
            "/v5//evil.example/pins",
            "/v5/../_sim/state",
            "/v5/%2e%2e/_sim/state",
            "/v5/%252e%252e/_sim/state",
            "/v5/..%2f..%2f_sim/state",
            "/v5/pins%00",
            "/v5/pins%0d%0aX-Injected:%201",
            "/v5/pins%5c..%5cadmin",
            "/_sim/state",
            "/oauth/",
            "/v5/..;/admin",
            "/v5/pins/.",
            "/%5cevil.example/v5/pins",
            "/v5/%ef%bc%8e%ef%bc%8e/admin")) {
      all.add(at(stack.proxy(), "escape", "GET " + path, proxyHeaders(), ""));
    }
  }

  private void destinations(List<Hostile> all) throws IOException {
    HostsFile.put(HOME_NAMES);
    for (String host : HOME_NAMES.keySet()) {
      String metadata = "\"metadata\":{\"url\":\"https://" + host + "/hook\"}";
      all.add(
          owned(
              "a name that leads home, " + host,
              "POST ./destinations",
              "{\"name\":\"evil-" + all.size() + "\",\"type\":\"webhook\"," + metadata + "}"));
      all.add(
          owned(
              "a name that leads home, " + host,
              "PATCH ./destinations/pinterestWebhook",
              "{\"updateMask\":[\"metadata.url\"],\"destination\":{" + metadata + "}}"));
    }
    for (String url :
        List.of(
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "javascript:alert(1)",
            "//hooks.example.com/",
            "https://",
            "https://user:secret@hooks.example.com/",
            "https://10.0.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://100.64.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://167772161/",
            "https://0x0a000001/",
            "https://012.0.0.1/",
            "https://10.1/",
            "https://10.0.0.1./",
            "https://2130706433/",
            "https://0177.0.0.01/",
            "https://127.1/",
            "https://10.0.0.1@hooks.example.com/",
            "https://hooks.example.com@10.0.0.1/",
            "https://10.0.0.1\\@hooks.example.com/",
            "https://0xa.0.0.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::ffff:a9fe:a9fe]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "https://[2001:0:a00:1::]/",
            "https://[fd00:ec2::254]/",
            "https://[fe80::1]/",
            "https://[fe80::1%25eth0]/",
            "https://[fc00::1]/",
            "https://[ff02::1]/",
            "https://[::]/",
            "https://metadata.google.internal/",
            "https://instance-data/",
            "https://printer.local/",
            "https://localhost.localdomain/",
            "https://hooks.example.com:0/",
            "https://hooks.example.com:99999/",
            "https://hooks.example.com\r\nX-Injected: 1/",
            "https://hooks.example.com/\u0000",
            "https://ho oks.example.com/",
            "https://①②⑦.0.0.1/",
            "https://hooks.example.com/" + "a".repeat(9_000))) {
      ObjectNode body = Json.object().put("name", "evil-" + all.size()).put("type", "webhook");
      body.putObject("metadata").put("url", url);
      all.add(owned("SSRF " + clipped(url), "POST ./destinations", Json.text(body)));
    }
    for (String header : List.of("a\r\nX-Injected: 1", "a\nb", "a\u0000", "é")) {
      ObjectNode body = Json.object().put("name", "evil-" + all.size()).put("type", "webhook");
      body.putObject("metadata")
          .put("url", "https://hooks.example.com/")
          .putObject("headers")
          .put("x-custom", header);
      all.add(owned("header with control characters", "POST ./destinations", Json.text(body)));
    }
    ObjectNode name = Json.object().put("type", "webhook").put("name", "a\r\nb");
    name.putObject("metadata").put("url", "https://hooks.example.com/");
    all.add(owned("name with control characters", "POST ./destinations", Json.text(name)));
  }

  private void bodies(List<Hostile> all) {
    for (String body :
        List.of(
            "",
            "null",
            "[]",
            "{",
            "{}{}",
            "{\"label\":\"a\",\"label\":\"b\"}",
            "{\"label\":" + "[".repeat(100) + "]".repeat(100) + "}",
            "[".repeat(100_000),
            "{\"a\":".repeat(50_000),
            "{\"label\":" + "9".repeat(10_000) + "}",
            "{\"label\":\"" + "x".repeat(1_100_000) + "\"}",
            "{\"label\":\"k\",\"scopes\":[" + "\"full\",".repeat(1_000) + "\"full\"]}",
            "{\"label\":{\"$ne\":null}}",
            "{\"label\":\"k\",\"scopes\":[\"admin\"]}",
            "{\"__proto__\":{\"scopes\":[\"full\"]}}")) {
      all.add(owned("body " + clipped(body), "POST ./api-keys", body));
    }
    all.add(
        new Hostile(
            "broken UTF-8",
            stack.api(),
            "POST",
            "/v1/projects/" + stack.project() + "/api-keys",
            Map.of("X-Api-Key", stack.apiKey()),
            new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', '}'}));
    for (String path :
        List.of(
            "./integrations/a%0d%0aX-Injected:%201",
            "./integrations/%00",
            "./integrations/..%2f..%2fapi-keys",
            "./integrations/" + "a".repeat(300),
            "./connections/%27%20OR%201=1",
            "./../../v1/my-inf0",
            "./api-keys/" + frontend,
            "./api-keys/%2e%2e/jwt-keys2")) {
      all.add(owned("path", "GET " + path, ""));
    }
    String yaml = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c, *c]\n";
    for (String source :
        List.of(yaml, "!!javax.script.ScriptEngineManager []", "- ".repeat(5_000), "\u0000")) {
      all.add(
          owned(
              "manifest",
              "PUT ./integrations:batch",
              Json.text(Json.object().put("sourceYaml", source))));
    }
  }

  private void uploads(List<Hostile> all) throws Exception {
    for (String url :
        List.of(
            "https://evil.example/a.zip",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "gs://pinferry-uploads/../../etc/passwd",
            "gs://pinferry-uploads/" + NOBODYS,
            "s3://evil/a.zip")) {
      all.add(
          owned(
              "a zip from elsewhere",
              "PUT ./integrations:batch",
              Json.text(Json.object().put("sourceZipUrl", url))));
    }
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("amp.yaml"));
      zip.write(new byte[50_000_000]);
    }
    assertThat(bytes.size()).as("a bomb is small").isLessThan(200_000);
    JsonNode place = owner.get("/v1/generate-upload-url");
    HttpResponse<String> sent =
        http.send(
            HttpRequest.newBuilder(URI.create(place.path("url").asText()))
                .PUT(BodyPublishers.ofByteArray(bytes.toByteArray()))
                .build(),
            BodyHandlers.ofString());
    assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
    String source = "gs://" + place.path("bucket").asText() + "/" + place.path("path").asText();
    all.add(
        owned(
            "zip bomb",
            "PUT ./integrations:batch",
            Json.text(Json.object().put("sourceZipUrl", source))));
    String upload = URI.create(place.path("url").asText()).getPath();
    all.add(api("upload without a signature", "PUT " + upload, Map.of(), "x"));
    all.add(api("upload with a wrong signature", "PUT " + upload + "?signature=x", Map.of(), "x"));
  }

  private Hostile back(String what, String request, Map<String, String> credential) {
    return api(
        what,
        request.replace("%I", integration).replace("%N", own).replace("%C", ownConnection),
        credential,
        request.startsWith("GET") || request.startsWith("DELETE") ? "" : "{}");
  }

  private Hostile owned(String what, String request, String body) {
    return api(what, request, Map.of("X-Api-Key", stack.apiKey()), body);
  }

  private Hostile api(String what, String request, Map<String, String> credential, String body) {
    return at(stack.api(), what, request, credential, body);
  }

  /** The request is a method and a path, which begins with a dot if the project's goes before. */
  private Hostile at(
      URI door, String what, String request, Map<String, String> headers, String body) {
    int space = request.indexOf(' ');
    String path = request.substring(space + 1);
    String target =
        path.startsWith(".") ? "/v1/projects/" + stack.project() + path.substring(1) : path;
    return new Hostile(
        what, door, request.substring(0, space), target, headers, body.getBytes(UTF_8));
  }

  private Map<String, String> proxyHeaders() {
    return Map.of(
        "X-Api-Key",
        stack.apiKey(),
        "x-amp-proxy-version",
        "1",
        "x-amp-project-id",
        stack.project(),
        "x-amp-installation-id",
        own);
  }

  private Map<String, String> jwt(String group, String consumer) {
    return bearer(TestJwts.of(kid, group, consumer, Instant.now()));
  }

  private static Map<String, String> bearer(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  private static String part(ObjectNode node) {
    return TestJwts.part(Json.bytes(node));
  }

  private static String connectBody(String project, String group, String consumer) {
    return Json.text(
        Json.object()
            .put("projectIdOrName", project)
            .put("provider", "pinterest")
            .put("groupRef", group)
            .put("groupName", "Name of " + group)
            .put("consumerRef", consumer));
  }

  private static String createdBy(String who) {
    ObjectNode body = (ObjectNode) Json.trusted(StackClient.installation("own", "boards"));
    body.withObject("/config").put("createdBy", who);
    return Json.text(body);
  }

  private String connect(String group) throws Exception {
    HttpResponse<String> answer =
        owner.send(
            "POST",
            "/v1/oauth-connect",
            connectBody(stack.project(), group, "consumer-of-" + group));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    URI back = owner.decide(URI.create(answer.body()), "decision=approve");
    assertThat(owner.open(back).body()).contains("AUTHORIZATION_SUCCEEDED");
    return owner.get("./connections?groupRef=" + group).at("/0/id").asText();
  }

  private String install(String group) throws Exception {
    return owner
        .done(
            "POST",
            "./integrations/" + integration + "/installations",
            Json.trusted(StackClient.installation(group, "boards")))
        .path("id")
        .asText();
  }

  private String idOfNewestKey() throws Exception {
    JsonNode keys = owner.get("./api-keys");
    return keys.path(keys.size() - 1).path("key").asText();
  }

  private static String registerKey(StackClient owner, KeyPair pair) throws Exception {
    return owner
        .done(
            "POST",
            "./jwt-keys",
            Json.object()
                .put("label", "of the test")
                .put("algorithm", "RS256")
                .put("publicKeyPem", TestJwts.pem(pair)))
        .path("kid")
        .asText();
  }

  private static String newKey(StackClient owner, String scope) throws Exception {
    ObjectNode request = Json.object().put("label", scope + " of the test");
    request.putArray("scopes").add(scope);
    return owner.done("POST", "./api-keys", request).path("key").asText();
  }
}
