package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.cli.Main;
import io.pinferry.local.loopback.Loopback;
import io.pinferry.local.simulator.FaultClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pinferry up --data} in a process of its own that is killed while it reads. */
final class KilledStackProcessTest {
  private static final int RECORDS = 3_000;

  /** Requests for pins before the kill: enough for a message, too few for all pins. */
  private static final int ANSWERED = 6;

  private static final String[] OBJECTS = {"pins", "boards"};

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Set<String>> deliveredByObject = new ConcurrentHashMap<>();
  private final CountDownLatch firstPins = new CountDownLatch(1);
  private HttpServer webhook;
  private @Nullable Process process;

  @BeforeEach
  void listen() throws IOException {
    for (String object : OBJECTS) {
      deliveredByObject.put(object, ConcurrentHashMap.newKeySet());
    }
    webhook = Loopback.bind(0);
    webhook.setExecutor(threads);
    webhook.createContext("/", this::receive);
    webhook.start();
  }

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      kill();
    }
    webhook.stop(0);
    threads.shutdownNow();
    http.close();
  }

  @Test
  void aReadGoesOnAfterAKillAndLosesNothing() throws Exception {
    JsonNode before = up("before.json");
    StackClient client = client(before);
    client.createWebhook(
        "pinterestWebhook", URI.create("http://127.0.0.1:" + webhook.getAddress().getPort() + "/"));
    String integration = client.deploy(ExampleManifest.read());
    client.connect("group");
    holdPages(before);
    String installation =
        client
            .done(
                "POST",
                "./integrations/" + integration + "/installations",
                Json.parse(StackClient.installation("group", OBJECTS).getBytes(UTF_8)))
            .path("id")
            .asText();
    assertThat(firstPins.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
        .as("a message of pins arrives")
        .isTrue();
    kill();
    assertThat(delivered("pins").size())
        .as("pins that were delivered before the kill")
        .isPositive()
        .isLessThan(RECORDS);

    JsonNode after = up("after.json");

    String list =
        "./integrations/" + integration + "/installations/" + installation + "/operations";
    JsonNode operations = ended(client(after), list);
    assertThat(operations).hasSize(OBJECTS.length);
    assertThat(operations)
        .allSatisfy(
            operation ->
                assertThat(operation.path("status").asText())
                    .as(operation.toString())
                    .isEqualTo("success"));
    for (String object : OBJECTS) {
      assertThat(new TreeSet<>(delivered(object)))
          .as(object)
          .isEqualTo(truth(after, object))
          .isNotEmpty();
    }
  }

  /** Starts the command as the launcher does, and returns what it writes when it is ready. */
  private JsonNode up(String file) throws Exception {
    Path ready = folder.resolve(file);
    Path output = folder.resolve(file + ".log");
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Dpinferry.home=" + RepositoryRoot.find(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "up",
                "--no-receiver",
                "--data",
                folder.resolve("data").toString(),
                "--json",
                ready.toString(),
                "--records",
                Integer.toString(RECORDS))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process = started;
    Patience.until("a stack that is ready", () -> Files.exists(ready) || !started.isAlive());
    assertThat(ready).as(Files.readString(output)).exists();
    return Json.parse(Files.readAllBytes(ready));
  }

  private void kill() throws InterruptedException {
    Process running = Objects.requireNonNull(process);
    running.destroyForcibly();
    assertThat(running.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private Set<String> delivered(String object) {
    return Objects.requireNonNull(deliveredByObject.get(object));
  }

  private StackClient client(JsonNode ready) {
    return new StackClient(
        http,
        URI.create(ready.path("api").asText()),
        ready.path("project").asText(),
        ready.path("apiKey").asText());
  }

  /** Lets Pinterest answer some requests for pins, and no other before the kill. */
  private void holdPages(JsonNode ready) throws IOException, InterruptedException {
    new FaultClient(http, URI.create(ready.path("pinterest").asText()))
        .add(
            Json.object()
                .put("kind", "latency")
                .put("latencyMillis", 600_000)
                .put("object", "pins")
                .put("skip", ANSWERED));
  }

  private static JsonNode ended(StackClient client, String list) throws Exception {
    return Patience.until(
        "the end of all reads",
        () -> client.get(list).path("results"),
        reads -> !reads.findValuesAsText("status").contains("in_progress"));
  }

  private Set<String> truth(JsonNode ready, String object)
      throws IOException, InterruptedException {
    List<String> lines =
        http.send(
                HttpRequest.newBuilder(
                        URI.create(ready.path("pinterest").asText() + "/_sim/truth/" + object))
                    .build(),
                BodyHandlers.ofString())
            .body()
            .lines()
            .toList();
    Set<String> ids = new TreeSet<>();
    for (String line : lines) {
      ids.add(Json.parse(line.getBytes(UTF_8)).path("id").asText());
    }
    return ids;
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode message = Json.parse(exchange.getRequestBody().readAllBytes());
      String object = message.path("objectName").asText();
      for (JsonNode record : message.path("result")) {
        delivered(object).add(record.at("/raw/id").asText());
      }
      exchange.sendResponseHeaders(204, -1);
      if (object.equals("pins")) {
        firstPins.countDown();
      }
    }
  }
}
