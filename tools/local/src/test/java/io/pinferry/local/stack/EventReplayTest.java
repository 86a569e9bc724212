package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.aws.InvocationContext;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.cloud.LocalCloud;
import io.pinferry.local.cloud.Stack;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each sample in events/ goes through its function's handler, built with the settings that
 * template.yaml gives it. The key in the samples is the operator's, and their project exists.
 */
final class EventReplayTest {
  private static final Path EVENTS = RepositoryRoot.file("events");

  private static LocalCloud cloud;

  /** Checks the answer to a sample. */
  private interface Expectation {
    void check(JsonNode answer) throws IOException;
  }

  private static final Map<String, Expectation> EXPECTED =
      Map.ofEntries(
          Map.entry(
              "management/manage.json",
              answer -> {
                assertAnswer(answer, 200, "application/json");
                assertThat(answer.path("body").asText()).isEqualTo("[]");
              }),
          Map.entry("oauth/stay-active.json", answer -> assertProblem(answer, 404, "at /")),
          Map.entry("management/stay-active.json", answer -> assertProblem(answer, 404, "at /")),
          Map.entry("read/stay-active.json", answer -> assertProblem(answer, 404, "at /")),
          Map.entry("write/stay-active.json", answer -> assertProblem(answer, 404, "at /")),
          Map.entry(
              "proxy/stay-active.json", answer -> assertProblem(answer, 401, "no credential")),
          Map.entry(
              "management/other.json",
              answer -> assertProblem(answer, 404, "nothing at //v1/projects")),
          Map.entry(
              "read/other.json", answer -> assertProblem(answer, 404, "nothing at //v1/projects")),
          Map.entry(
              "write/other.json", answer -> assertProblem(answer, 404, "nothing at //v1/projects")),
          Map.entry(
              "proxy/other.json", answer -> assertProblem(answer, 400, "must begin with /v5/")),
          Map.entry(
              "management/manage.upload-url.json",
              answer -> {
                assertAnswer(answer, 200, "application/json");
                assertThat(answer.path("body").asText())
                    .contains("https://amp.example.com/v1/pinferry-uploads/", "signature=");
              }),
          Map.entry(
              "management/manage.upload.json",
              answer -> assertProblem(answer, 403, "no address for")),
          Map.entry(
              "oauth/connect.json",
              answer -> {
                assertAnswer(answer, 200, "text/plain");
                assertThat(answer.path("body").asText())
                    .startsWith("https://www.pinterest.com/oauth/?")
                    .contains("client_id=1489000", "state=");
              }),
          Map.entry("oauth/connect-page.json", answer -> assertAnswer(answer, 400, "text/html")),
          Map.entry("oauth/callback.json", answer -> assertAnswer(answer, 400, "text/html")),
          Map.entry(
              "oauth/callback.declined.json", answer -> assertAnswer(answer, 400, "text/html")),
          Map.entry("read/trigger.json", answer -> assertProblem(answer, 404, "pinterest-read")),
          Map.entry("write/write.json", answer -> assertProblem(answer, 404, "pinterest-write")),
          Map.entry(
              "proxy/proxy.json", answer -> assertProblem(answer, 400, "x-amp-installation-id")),
          Map.entry(
              "schedule/every-minute.json",
              answer ->
                  assertThat(Json.text(answer)).isEqualTo("{\"fired\":0,\"notifications\":0}")),
          // The operations of the samples do not exist: nothing is left to do.
          Map.entry("sync/read-queue.json", answer -> assertFailures(answer)),
          Map.entry("deliver/delivery-queue.json", answer -> assertFailures(answer)),
          Map.entry("write-worker/write-queue.json", answer -> assertFailures(answer)));

  @BeforeAll
  static void start() throws Exception {
    cloud =
        LocalCloud.start(
            LocalCloud.Settings.of(
                    RepositoryRoot.file("template.yaml"), OutputStream.nullOutputStream())
                .withParameters(
                    Map.of(
                        "AdminKeySha256",
                        Digest.sha256Hex("EXAMPLEKEY"),
                        "PublicApiUrl",
                        "https://amp.example.com"))
                .withTick(Duration.ZERO));
    try (HttpClient http = HttpClient.newHttpClient()) {
      var operator = new StackClient(http, cloud.api("Api"), "blue-shop", "EXAMPLEKEY");
      operator.done(
          "POST",
          "/v1/projects",
          Json.object().put("name", "blue-shop").put("appName", "Blue Shop").put("orgId", "o"));
      ObjectNode app =
          Json.object()
              .put("provider", "pinterest")
              .put("clientId", "1489000")
              .put("clientSecret", "app-secret");
      app.putArray("scopes").add("boards:read").add("user_accounts:read");
      operator.done("POST", "./provider-apps", app);
    }
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  @Test
  void everySampleIsReplayedAndEveryFunctionHasOne() throws IOException {
    assertThat(samples()).isEqualTo(new TreeSet<>(EXPECTED.keySet()));
    assertThat(samples().stream().map(EventReplayTest::function).collect(Collectors.toSet()))
        .isEqualTo(functions().keySet());
  }

  @TestFactory
  Stream<DynamicTest> replays() throws IOException {
    return samples().stream().map(sample -> DynamicTest.dynamicTest(sample, () -> replay(sample)));
  }

  private static void replay(String sample) throws Exception {
    Stack.Function function = Objects.requireNonNull(functions().get(function(sample)));
    RequestStreamHandler handler =
        Class.forName(function.handler().split("::", 2)[0])
            .asSubclass(RequestStreamHandler.class)
            .getConstructor(Map.class)
            .newInstance(cloud.environment(function));
    var answer = new ByteArrayOutputStream();

    handler.handleRequest(
        new ByteArrayInputStream(Files.readAllBytes(EVENTS.resolve(sample))), answer, context());

    Objects.requireNonNull(EXPECTED.get(sample)).check(Json.parse(answer.toByteArray()));
  }

  private static Set<String> samples() throws IOException {
    try (Stream<Path> files = Files.walk(EVENTS)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> EVENTS.relativize(file).toString().replace('\\', '/'))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String function(String sample) {
    return sample.substring(0, sample.indexOf('/'));
  }

  /** Returns the functions of the template by their module: a sample's folder is named so. */
  private static Map<String, Stack.Function> functions() {
    Map<String, Stack.Function> functions = new TreeMap<>();
    Path modules = RepositoryRoot.file("functions");
    for (Stack.Function function : cloud.stack().functions().values()) {
      functions.put(modules.relativize(function.code()).getName(0).toString(), function);
    }
    return functions;
  }

  private static Context context() {
    return new InvocationContext("8f5a2a3e-7f7d-4c0b-9a57-1f2f3e4d5c6b");
  }

  private static void assertAnswer(JsonNode answer, int status, String type) {
    assertThat(answer.path("statusCode").asInt()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.at("/headers/content-type").asText()).startsWith(type);
  }

  private static void assertProblem(JsonNode answer, int status, String says) throws IOException {
    assertAnswer(answer, status, "application/problem+json");
    JsonNode problem = Json.parse(answer.path("body").asText().getBytes(UTF_8));
    assertThat(problem.path("detail").asText()).contains(says);
  }

  private static void assertFailures(JsonNode answer, String... messages) {
    assertThat(answer.path("batchItemFailures").isArray()).as(answer.toString()).isTrue();
    assertThat(answer.path("batchItemFailures").findValuesAsText("itemIdentifier"))
        .containsExactly(messages);
  }
}
