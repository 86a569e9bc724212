package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.local.RepositoryRoot;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rotations of docs/operations.md, while reads, writes, deliveries and calls of the proxy run.
 * A deployment is another stack on the same data.
 */
final class RotationDrillComponentTest {
  private static final String GROUP = "group-a";
  private static final String SIGNING_KEY = "/secrets/webhookSigningKey";
  private static final String NEW_ADMIN_KEY = "the-operator's-new-key";
  private static final String NEW_APP_SECRET = "the-new-secret-of-the-app";
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: drill
          provider: pinterest
          read:
            objects:
              - objectName: pins
                destination: hook
                requiredFields:
                  - fieldName: id
                backfill:
                  defaultPeriod:
                    fullHistory: true
          write:
            objects:
              - objectName: boards
          proxy:
            enabled: true
      """;

  /** The pause of a product between two requests, so that others get the processor. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  @TempDir private Path data;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> written = Collections.synchronizedList(new ArrayList<>());

  /** A step of an operator, on a stack of its own. */
  private interface Step {
    void run(LocalStack stack, StackClient client) throws Exception;
  }

  private void run(Map<String, String> parameters, Step step) throws Exception {
    var settings = new LocalStackSettings(RepositoryRoot.find(), 2_000, 3, 1L, null, data);
    try (LocalStack stack =
        LocalStack.start(
            settings,
            simulated -> simulated.withRateLimits(false),
            cloud -> cloud.withMoreParameters(parameters),
            _ -> {})) {
      step.run(stack, new StackClient(http, stack.api(), stack.project(), stack.apiKey()));
    }
  }

  /** Requests of a product that go on all the time. None of them may fail. */
  private final class Traffic {
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    private final LocalStack stack;
    private final StackClient client;
    private final String installation;

    Traffic(LocalStack stack, StackClient client) throws Exception {
      this.stack = stack;
      this.client = client;
      String integration = "./integrations/drill/installations?groupRef=" + GROUP;
      this.installation = client.get(integration).at("/0/id").asText();
      repeat(this::write);
      repeat(this::proxied);
    }

    private void repeat(Step step) {
      Runnable once =
          () -> {
            try {
              step.run(stack, client);
            } catch (Exception | AssertionError e) {
              failures.add(e);
            }
          };
      var _ = executor.scheduleWithFixedDelay(once, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void write(LocalStack on, StackClient as) throws Exception {
      String board = "Drill " + written.size();
      ObjectNode body = Json.object().put("groupRef", GROUP).put("type", "create");
      body.putObject("record").put("name", board);
      JsonNode answer = as.at(on.write()).done("POST", "./integrations/drill/objects/boards", body);
      assertThat(answer.at("/result/success").asBoolean()).as("%s", answer).isTrue();
      written.add(board);
    }

    private void proxied(LocalStack on, StackClient as) throws Exception {
      HttpRequest request =
          HttpRequest.newBuilder(on.proxy().resolve("/v5/user_account"))
              .timeout(Patience.LIMIT)
              .header("x-api-key", as.key())
              .header("x-amp-proxy-version", "1")
              .header("x-amp-project-id", on.project())
              .header("x-amp-installation-id", installation)
              .build();
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** Ends the requests; fails if one of them has failed. */
    void end() throws Exception {
      executor.shutdown();
      assertThat(executor.awaitTermination(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(failures).isEmpty();
    }
  }

  private static String signingKey(StackClient client) throws Exception {
    return client.get("./destinations/hook?includeSecrets=true").at(SIGNING_KEY).asText();
  }

  private int statusOfAdmin(LocalStack stack, String key) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(stack.api().resolve("/v1/projects"))
            .header("X-Api-Key", key)
            .build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private HttpResponse<String> refresh(StackClient client, String group) throws Exception {
    String connection = client.get("./connections?groupRef=" + group).at("/0/id").asText();
    return client.send(
        "GET", "./connections/" + connection + "?includeCreds=true&refresh=force", "");
  }

  private void replaceSecretAtPinterest(LocalStack stack) throws Exception {
    String form = "client_id=1500000&client_secret=" + NEW_APP_SECRET;
    HttpRequest request =
        HttpRequest.newBuilder(stack.pinterest().resolve("/_sim/app-secret"))
            .POST(BodyPublishers.ofString(form))
            .build();
    assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
  }

  private static HttpResponse<String> setAppSecret(StackClient client, String secret)
      throws Exception {
    String app = client.get("./provider-apps").at("/0/id").asText();
    ObjectNode body = Json.object();
    body.putArray("updateMask").add("clientSecret");
    body.putObject("providerApp").put("clientSecret", secret);
    return client.send("PATCH", "./provider-apps/" + app, Json.text(body));
  }

  @Test
  void keysAreRotatedWhileEverythingGoesOn() throws Exception {
    var oldSigningKey = new String[1];
    var newSigningKey = new String[1];
    try (var webhook = RecordingWebhook.start(_ -> 204)) {
      run(
          Map.of(),
          (stack, client) -> {
            client.createWebhook("hook", webhook.url());
            String integration = client.deploy(MANIFEST);
            client.connect(GROUP);
            client.connect("group-b");
            oldSigningKey[0] = signingKey(client);
            slowDown(stack);
            String installations = "./integrations/" + integration + "/installations";
            String id = client.done("POST", installations, installation()).path("id").asText();
            String read =
                client.get(installations + "/" + id + "/operations").at("/results/0/id").asText();
            var traffic = new Traffic(stack, client);
            webhook.awaitTaken(1);
            client.done("POST", "./destinations/hook:rotateKey", Json.object());
            newSigningKey[0] = signingKey(client);
            awaitSuccess(client, read);
            traffic.end();
            assertThat(newSigningKey[0]).isNotEqualTo(oldSigningKey[0]);
            // A receiver that knows the old key only takes every message.
            assertThat(webhook.countSignedWith(oldSigningKey[0])).isEqualTo(webhook.taken().size());
          });
      int before = webhook.taken().size();
      run(
          Map.of("AdminKeySha256", Digest.sha256Hex(NEW_ADMIN_KEY)),
          (stack, client) -> {
            assertThat(statusOfAdmin(stack, stack.adminKey())).isEqualTo(401);
            assertThat(statusOfAdmin(stack, NEW_ADMIN_KEY)).isEqualTo(200);
            slowDown(stack);
            var traffic = new Traffic(stack, client);
            ObjectNode trigger = Json.object().put("groupRef", GROUP).put("mode", "async");
            String again =
                client
                    .at(stack.read())
                    .done("POST", "./integrations/drill/objects/pins", trigger)
                    .path("operationId")
                    .asText();
            rotateAppSecret(stack, client);
            awaitSuccess(client, again);
            traffic.end();
            try (var customer = new Customer(stack, GROUP)) {
              assertThat(webhook.takenRecordIds()).containsAll(customer.truth("pins"));
              assertThat(boardNames(customer)).containsAll(written).doesNotHaveDuplicates();
            }
          });
      int all = webhook.taken().size();
      assertThat(all).isGreaterThan(before);
      assertThat(webhook.countSignedWith(oldSigningKey[0])).isEqualTo(all);
      assertThat(webhook.countSignedWith(newSigningKey[0])).isGreaterThanOrEqualTo(all - before);
    }
    http.close();
  }

  private void rotateAppSecret(LocalStack stack, StackClient client) throws Exception {
    replaceSecretAtPinterest(stack);
    // The docs name these failures: until the new secret is set, no refresh and no new customer.
    assertThat(refresh(client, "group-b").statusCode()).isEqualTo(422);
    URI back = client.decide(client.authorizeUrl("group-c"), "decision=approve");
    assertThat(client.open(back).body()).doesNotContain("AUTHORIZATION_SUCCEEDED");
    assertThat(setAppSecret(client, "a-mistyped-secret").statusCode()).isEqualTo(422);

    assertThat(setAppSecret(client, NEW_APP_SECRET).statusCode()).isEqualTo(200);

    assertThat(refresh(client, GROUP).statusCode()).isEqualTo(200);
    client.connect("group-c");
    for (JsonNode connection : client.get("./connections")) {
      assertThat(connection.path("status").asText()).isNotEqualTo("bad_credentials");
    }
  }

  private static ObjectNode installation() {
    var installation = (ObjectNode) Json.trusted(StackClient.installation(GROUP, "pins"));
    ObjectNode content = installation.withObject("/config/content");
    content.withObject("/write/objects/boards").put("objectName", "boards");
    content.putObject("proxy").put("enabled", true);
    return installation;
  }

  /** Makes reads last longer than a rotation. */
  private static void slowDown(LocalStack stack) throws Exception {
    try (var customer = new Customer(stack, GROUP)) {
      customer.fault(
          Json.object().put("kind", "latency").put("latencyMillis", 200).put("path", "/v5/pins"));
    }
  }

  private static void awaitSuccess(StackClient client, String operation) throws Exception {
    JsonNode read =
        Patience.until(
            "a read that began before the rotation",
            () -> client.get("./operations/" + operation),
            found -> !found.path("status").asText().equals("in_progress"));
    assertThat(read.path("status").asText()).as("%s", read).isEqualTo("success");
  }

  private static List<String> boardNames(Customer customer) throws Exception {
    return customer.simulator("/_sim/truth/boards").stream()
        .map(line -> Json.trusted(line).path("name").asText())
        .toList();
  }
}
