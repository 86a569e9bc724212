package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.RepositoryRoot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The running stack answers a mistake with a message that names it. */
final class BadInputComponentTest {
  private static final URI WEBHOOK = URI.create("http://127.0.0.1:9/webhook");

  @TempDir private static Path data;
  private static LocalStack stack;
  private static StackClient client;
  private static String manifest;
  private static String integration;

  @BeforeAll
  static void start() throws Exception {
    stack =
        LocalStack.start(new LocalStackSettings(RepositoryRoot.find(), 20, null, 1L, null, data));
    client =
        new StackClient(HttpClient.newHttpClient(), stack.api(), stack.project(), stack.apiKey());
    manifest = Files.readString(RepositoryRoot.file("examples/amp.yaml"));
    client.createWebhook("pinterestWebhook", WEBHOOK);
    integration = client.deploy(manifest);
    client.connect("group-a");
    client.done(
        "POST",
        "./integrations/" + integration + "/installations",
        Json.parse(StackClient.installation("group-a", "boards").getBytes(UTF_8)));
  }

  @AfterAll
  static void stop() {
    client.http().close();
    stack.close();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "objectName: boards, objectName: unicorns, objectName",
        "0 3 * * *, 0 3 * *, schedule",
        "0 3 * * *, 61 3 * * *, schedule",
        "0 3 * * *, */5 * * * *, schedule",
        "destination: pinterestWebhook, destination: nowhere, destination",
        "provider: pinterest, provider: faxmachine, provider"
      })
  void aManifestsMistakeIsNamedByItsPath(String right, String wrong, String field)
      throws Exception {
    String source = manifest.replaceFirst(java.util.regex.Pattern.quote(right), wrong);
    assertThat(source).isNotEqualTo(manifest);

    JsonNode problem =
        problem(
            client.send(
                "PUT", "./integrations:batch", Json.text(Json.object().put("sourceYaml", source))));

    assertThat(problem.path("issues"))
        .as(problem.toString())
        .anySatisfy(issue -> assertThat(issue.path("name").asText()).contains(field));
    assertThat(problem.toString())
        .contains(
            wrong.startsWith("d") || wrong.startsWith("p") || wrong.startsWith("o")
                ? wrong.substring(wrong.indexOf(' ') + 1)
                : wrong);
  }

  @Test
  void aBaseUrlThatEndsInASlashWorksAtEveryDoor() throws Exception {
    String read = "//v1/projects/" + stack.project() + "/integrations/nothing-here/objects/pins";
    String trigger = "{\"groupRef\":\"group-a\",\"mode\":\"async\"}";
    String write =
        "{\"groupRef\":\"group-a\",\"type\":\"create\",\"mode\":\"synchronous\",\"record\":{}}";
    String connect =
        "{\"projectIdOrName\":\"%s\",\"provider\":\"pinterest\",\"groupRef\":\"slash\",\"consumerRef\":\"c\"}"
            .formatted(stack.project());

    assertThat(at(stack.api(), "GET", "//v1/projects/" + stack.project(), "").statusCode())
        .isEqualTo(200);
    assertThat(at(stack.api(), "POST", "//v1/oauth-connect", connect).body())
        .startsWith(stack.pinterest().toString());
    assertThat(at(stack.api(), "GET", "///callbacks/v1/oauth?state=x", "").body())
        .contains("Not connected");
    assertThat(detail(404, at(stack.read(), "POST", read, trigger))).contains("nothing-here");
    assertThat(detail(404, at(stack.write(), "POST", read, write))).contains("nothing-here");
    assertThat(detail(400, at(stack.proxy(), "GET", "//v5/user_account", "")))
        .contains("x-amp-installation-id");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/projects/,leave out the slash at the end",
    "/v1/oauth-connect/,leave out the slash at the end",
    "/v1/projects//integrations,a part between two slashes is empty",
    "/,check the path",
    "/v2/projects,check the path",
    "/%20,check the path"
  })
  void anAddressWithASlashTooManyIsExplainedAtEveryDoor(String path, String remedy)
      throws Exception {
    for (URI door : List.of(stack.api(), stack.read(), stack.write())) {
      for (String method : List.of("GET", "POST", "DELETE")) {
        HttpResponse<String> answer = at(door, method, path, "");

        assertThat(answer.statusCode())
            .as(method + " " + path + " " + answer.body())
            .isEqualTo(404);
        assertThat(Json.parse(answer.body().getBytes(UTF_8)).path("remedy").asText())
            .contains(remedy);
      }
    }
    assertThat(problem(at(stack.proxy(), "GET", path, "")).path("subsystem").asText())
        .isEqualTo("proxy");
  }

  private static HttpResponse<String> at(URI door, String method, String path, String body)
      throws Exception {
    return client
        .http()
        .send(
            HttpRequest.newBuilder(URI.create(door + path))
                .header("X-Api-Key", stack.apiKey())
                .header("Content-Type", "application/json")
                .header("x-amp-project-id", stack.project())
                .header("x-amp-proxy-version", "1")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anUnknownObjectOfATriggerIsNamed() throws Exception {
    assertThat(
            problem(
                    client
                        .at(stack.read())
                        .send(
                            "POST",
                            "./integrations/pinterestSync/objects/unicorns",
                            "{\"groupRef\":\"group-a\",\"mode\":\"async\"}"))
                .toString())
        .contains("unicorns");
  }

  @Test
  void anUnknownIntegrationIsNamed() throws Exception {
    assertThat(detail(404, client.send("GET", "./integrations/nothing-here", "")))
        .contains("nothing-here");
    assertThat(
            detail(
                404,
                client
                    .at(stack.read())
                    .send(
                        "POST",
                        "./integrations/nothing-here/objects/pins",
                        "{\"groupRef\":\"group-a\",\"mode\":\"async\"}")))
        .contains("nothing-here");
  }

  @Test
  void aMissingFieldOfADestinationIsNamed() throws Exception {
    JsonNode problem =
        problem(client.send("POST", "./destinations", "{\"name\":\"x\",\"type\":\"webhook\"}"));

    assertThat(problem.path("issues").toString()).contains("metadata");
  }

  @Test
  void malformedJsonIsSaidToBeSo() throws Exception {
    assertThat(detail(400, client.send("POST", "./destinations", "{\"name\": ")))
        .containsIgnoringCase("JSON");
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    String body = Json.text(Json.object().put("name", "x".repeat(1_200_000)));

    assertThat(detail(413, client.send("POST", "./destinations", body))).contains("body");
  }

  @Test
  void aReturnWithAStateThatNobodyHasIsRefusedOnAReadablePage() throws Exception {
    URI used = client.decide(client.authorizeUrl("group-b"), "decision=approve");
    assertThat(client.open(used).statusCode()).isEqualTo(200);

    assertThat(client.open(used).statusCode()).as("the page that is loaded again").isEqualTo(200);
    assertFailurePage(
        client.open(stack.api().resolve("/callbacks/v1/oauth?code=c&state=nobodys")),
        "expired or was completed before");
  }

  @Test
  void aDeclinedConsentIsAReadablePage() throws Exception {
    URI declined = client.decide(client.authorizeUrl("group-c"), "decision=decline");

    assertFailurePage(client.open(declined), "declined");
    assertThat(client.get("./connections?groupRef=group-c")).isEmpty();
  }

  @Test
  void aMissingScopeIsNamedWithItsObject() throws Exception {
    client.connect("group-d", "grant=user_accounts:read", "grant=boards:read");

    JsonNode problem =
        problem(
            client.send(
                "POST",
                "./integrations/" + integration + "/installations",
                StackClient.installation("group-d", "boards", "pins")));

    assertThat(problem.toString()).contains("pins:read").contains("pins");
  }

  @Test
  void aKeyThatNobodyHasIsRefused() throws Exception {
    for (URI door : new URI[] {stack.api(), stack.read(), stack.write()}) {
      String path =
          door.equals(stack.api()) ? "./integrations" : "./integrations/pinterestSync/objects/pins";
      String method = door.equals(stack.api()) ? "GET" : "POST";
      assertThat(
              detail(
                  401,
                  client
                      .withKey("pfk_nobodys")
                      .at(door)
                      .send(method, path, method.equals("GET") ? "" : "{}")))
          .containsIgnoringCase("key");
    }
  }

  @Test
  void aRevokedKeyIsRefused() throws Exception {
    StackClient revoked = client.withKey(newKey(client));
    JsonNode keys = client.get("./api-keys");
    JsonNode last =
        java.util.stream.StreamSupport.stream(keys.spliterator(), false)
            .filter(key -> key.path("label").asText().equals("to be revoked"))
            .findFirst()
            .orElseThrow();
    client.done("DELETE", "./api-keys/" + last.path("key").asText(), Json.object());

    assertThat(detail(401, revoked.send("GET", "./integrations", ""))).containsIgnoringCase("key");
  }

  @Test
  void aKeyOfAnotherProjectIsRefused() throws Exception {
    StackState state = java.util.Objects.requireNonNull(StackState.load(data));
    StackClient operator = client.withKey(state.adminKey());
    String other =
        operator
            .done(
                "POST",
                "/v1/projects",
                Json.object().put("name", "other").put("appName", "Other").put("orgId", "local"))
            .path("id")
            .asText();
    String foreign = newKey(new StackClient(client.http(), stack.api(), other, state.adminKey()));

    HttpResponse<String> answer = client.withKey(foreign).send("GET", "./integrations", "");

    assertThat(answer.statusCode()).as(answer.body()).isIn(403, 404);
    assertThat(problem(answer).path("detail").asText()).contains(stack.project());
  }

  private static String newKey(StackClient owner) throws IOException, InterruptedException {
    var request = Json.object().put("label", "to be revoked");
    request.putArray("scopes").add("full");
    return owner.done("POST", "./api-keys", request).path("key").asText();
  }

  private static void assertFailurePage(HttpResponse<String> page, String says) {
    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(page.headers().firstValue("content-type").orElse("")).startsWith("text/html");
    assertThat(page.body()).contains("AUTHORIZATION_FAILED").contains(says);
  }

  private static String detail(int status, HttpResponse<String> answer) throws IOException {
    JsonNode problem = problem(answer);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return problem.path("detail").asText();
  }

  private static JsonNode problem(HttpResponse<String> answer) throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 499);
    assertThat(answer.headers().firstValue("content-type"))
        .as(answer.body())
        .contains("application/problem+json");
    JsonNode problem = Json.parse(answer.body().getBytes(UTF_8));
    assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
    assertThat(problem.path("detail").asText()).isNotBlank();
    return problem;
  }
}
