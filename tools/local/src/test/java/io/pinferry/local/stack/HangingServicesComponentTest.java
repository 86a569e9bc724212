package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.cloud.Relay;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A service of AWS accepts requests and never answers: every door that needs it answers with a
 * problem document before API Gateway gives up, and says so in its log.
 */
final class HangingServicesComponentTest {
  /** API Gateway gives up after 30 s. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(29);

  private static final Map<String, Relay> RELAYS = new LinkedHashMap<>();
  private static LocalStack stack;
  private static StackClient client;
  private static String integration;
  private static JsonNode installation;

  @BeforeAll
  static void start() throws Exception {
    var environment = new LinkedHashMap<String, String>();
    for (String service : List.of("DYNAMODB", "SQS", "SECRETS_MANAGER", "KMS")) {
      var relay = new Relay();
      RELAYS.put(service, relay);
      environment.put("AWS_ENDPOINT_URL_" + service, relay.address().toString());
    }
    // The first requests of the functions come with the seeding of the stack.
    stack =
        LocalStack.start(
            new LocalStackSettings(RepositoryRoot.find(), 20, null, 1L, null, null),
            UnaryOperator.identity(),
            embedded ->
                embedded
                    .withEnvironment(environment)
                    .withMoreParameters(Map.of("TokenStore", "dynamodb", "MoveTokens", "true")),
            cloud -> {
              relay("DYNAMODB").to(cloud.dynamoDb());
              relay("SQS").to(cloud.sqs());
              relay("SECRETS_MANAGER").to(cloud.secrets());
              relay("KMS").to(cloud.kms());
            });
    client =
        new StackClient(HttpClient.newHttpClient(), stack.api(), stack.project(), stack.apiKey());
    client.createWebhook("pinterestWebhook", URI.create("http://127.0.0.1:9/webhook"));
    integration = client.deploy(Files.readString(RepositoryRoot.file("examples/amp.yaml")));
    client.connect("group-a");
    installation =
        client.done(
            "POST",
            "./integrations/" + integration + "/installations",
            Json.parse(StackClient.installation("group-a", "boards").getBytes(UTF_8)));
  }

  private static Relay relay(String service) {
    return Objects.requireNonNull(RELAYS.get(service));
  }

  @AfterAll
  static void stop() throws Exception {
    for (Relay relay : RELAYS.values()) {
      relay.hang(false);
    }
    client.http().close();
    stack.close();
    for (Relay relay : RELAYS.values()) {
      relay.close();
    }
  }

  private record Asked(String what, URI door, String method, String path, String body) {}

  @Test
  void everyDoorAnswersInTimeWhateverHangs() throws Exception {
    String project = "/v1/projects/" + stack.project();
    String object = project + "/integrations/" + integration + "/objects/boards";
    String group = "\"groupRef\":\"group-a\"";
    var manage = new Asked("management", stack.api(), "GET", project + "/destinations", "");
    var secret =
        new Asked(
            "secrets",
            stack.api(),
            "GET",
            project + "/destinations/pinterestWebhook?includeSecrets=true",
            "");
    var connect =
        new Asked(
            "oauth",
            stack.api(),
            "POST",
            "/v1/oauth-connect",
            "{\"projectIdOrName\":\""
                + stack.project()
                + "\",\"provider\":\"pinterest\","
                + group
                + ",\"consumerRef\":\"c\"}");
    var read =
        new Asked("read", stack.read(), "POST", object, "{" + group + ",\"mode\":\"async\"}");
    String record = ",\"type\":\"create\",\"record\":{\"name\":\"Hanging\"}";
    var write = new Asked("write", stack.write(), "POST", object, "{" + group + record + "}");
    var later =
        new Asked(
            "asynchronous write",
            stack.write(),
            "POST",
            object,
            "{" + group + record + ",\"mode\":\"asynchronous\"}");
    var proxy = new Asked("proxy", stack.proxy(), "GET", "/v5/user_account", "");

    // No function that answers here has unwrapped a data key yet.
    hanging("KMS", List.of(write, proxy));
    hanging("DYNAMODB", List.of(manage, connect, read, write, later, proxy));
    // The next tick sends a read that is stored, and a process may still know a token.
    hanging("SQS", List.of(read, later));
    hanging("SECRETS_MANAGER", List.of(secret, write, proxy));
  }

  private static void hanging(String service, List<Asked> all) throws Exception {
    relay(service).hang(true);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> wrong = new ArrayList<>();
      for (Asked one : all) {
        wrong.add(threads.submit(() -> wrong(service, one)));
      }
      for (Future<String> each : wrong) {
        assertThat(each.get()).isEmpty();
      }
    } finally {
      relay(service).hang(false);
    }
  }

  private static String wrong(String service, Asked one) throws Exception {
    long start = System.nanoTime();
    HttpResponse<String> answer =
        client
            .http()
            .send(
                HttpRequest.newBuilder(URI.create(one.door() + one.path()))
                    .timeout(Duration.ofMinutes(1))
                    .header("X-Api-Key", stack.apiKey())
                    .header("Content-Type", "application/json")
                    .header("x-amp-project-id", stack.project())
                    .header("x-amp-proxy-version", "1")
                    .header("x-amp-installation-id", installation.path("id").asText())
                    .method(one.method(), HttpRequest.BodyPublishers.ofString(one.body()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    String type = answer.headers().firstValue("content-type").orElse("");
    boolean ownAnswer = !answer.body().startsWith("{\"message\":");
    boolean refused = answer.statusCode() >= 400;
    boolean problem = type.startsWith("application/problem+json") || one.what().contains("write");
    return ownAnswer
            && (refused ? problem : !service.equals("DYNAMODB") && !one.what().equals("secrets"))
            && time.compareTo(ANSWER_MAX) < 0
        ? ""
        : "%s, %s: %s %s after %s: %s"
            .formatted(service, one.what(), answer.statusCode(), type, time, answer.body());
  }
}
