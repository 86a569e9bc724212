package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Patience;
import io.pinferry.local.loopback.Loopback;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The same template, each environment a process with Lambda's real runtime client. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client has native code for Linux only")
class LocalCloudProcessTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final BlockingQueue<String> TOLD = new LinkedBlockingQueue<>();
  private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();

  private static HttpServer receiver;
  private static LocalCloud cloud;
  private static Path template;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    receiver = Loopback.bind(0);
    receiver.createContext(
        "/",
        exchange -> {
          try (exchange) {
            TOLD.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
          }
        });
    receiver.start();
    template = ProbeFunction.build(directory);
    cloud = LocalCloud.start(settings(LOG));
  }

  private static LocalCloud.Settings settings(ByteArrayOutputStream log) {
    return LocalCloud.Settings.of(template, log)
        .withTick(Duration.ZERO)
        .withIsolation(LocalCloud.Isolation.PROCESSES)
        .withParameters(Map.of("Receiver", "http://127.0.0.1:" + receiver.getAddress().getPort()));
  }

  @AfterAll
  static void stop() {
    cloud.close();
    receiver.stop(0);
  }

  @BeforeEach
  void forget() {
    TOLD.clear();
    LOG.reset();
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(cloud.api("Api") + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void kill(long process) throws Exception {
    ProcessHandle handle = ProcessHandle.of(process).orElseThrow();
    handle.destroyForcibly();
    handle.onExit().get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private static void awaitEnd(long process) throws Exception {
    Patience.until(
        "the end of process " + process,
        () -> !ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false));
  }

  private static void awaitLog(String text) throws Exception {
    Patience.until(text, () -> LOG.toString(StandardCharsets.UTF_8), log -> log.contains(text));
  }

  @Test
  void theRuntimeClientRunsTheFunctionWithItsSettings() throws Exception {
    HttpResponse<String> answer = get("/v1/things/a%20b");
    JsonNode environment = JSON.readTree(get("/v1/environment").body());

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("x-exposed")).contains("Front 256");
    assertThat(answer.headers().firstValueAsLong("x-remaining").orElseThrow())
        .isBetween(1L, 29_000L);
    assertThat(JSON.readTree(answer.body()).at("/pathParameters/id").asText()).isEqualTo("a b");
    assertThat(environment.at("/TABLE").asText()).isEqualTo("Things");
    assertThat(environment.at("/AWS_ENDPOINT_URL_SQS").asText()).isEqualTo(cloud.sqs().toString());
    assertThat(environment.has("JAVA_HOME")).isFalse();
    assertThat(get("/v1/classes").body()).startsWith("---");
    assertThat(cloud.processIds("Front")).hasSize(1);
  }

  @Test
  void aFailedFunctionKeepsItsProcessAndSaysWhy() throws Exception {
    get("/v1/things/1");
    var before = cloud.processIds("Front");

    assertThat(get("/v1/fail").statusCode()).isEqualTo(500);
    assertThat(LOG.toString(StandardCharsets.UTF_8)).contains("asked to fail");
    assertThat(cloud.processIds("Front")).isEqualTo(before);
  }

  @Test
  void aFunctionThatRunsOutOfTimeLosesItsProcess() throws Exception {
    get("/v1/brief/things");
    long before = cloud.processIds("Brief").getFirst();

    assertThat(get("/v1/brief/hang").statusCode()).isEqualTo(500);
    assertThat(LOG.toString(StandardCharsets.UTF_8)).contains("Task timed out after 5.00 seconds");
    awaitEnd(before);
    assertThat(get("/v1/brief/things").statusCode()).isEqualTo(201);
    assertThat(cloud.processIds("Brief")).hasSize(1).doesNotContain(before);
  }

  @Test
  void aProcessThatIsKilledWhileIdleIsReplacedUnnoticed() throws Exception {
    get("/v1/things/1");
    long before = cloud.processIds("Front").getFirst();
    kill(before);

    assertThat(get("/v1/things/1").statusCode()).isEqualTo(201);
    assertThat(cloud.processIds("Front")).doesNotContain(before);
  }

  @Test
  void aProcessThatIsKilledInTheMiddleFailsItsInvocation() throws Exception {
    get("/v1/things/1");
    long process = cloud.processIds("Front").getFirst();
    var request = HttpRequest.newBuilder(URI.create(cloud.api("Api") + "/v1/hang")).build();
    CompletableFuture<HttpResponse<String>> answer =
        HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    awaitLog("hanging");
    kill(process);

    assertThat(answer.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS).statusCode())
        .isEqualTo(500);
    awaitLog("exit status 137");
  }

  @Test
  void messagesAndTicksReachTheirProcesses() throws Exception {
    try (var sqs = EmbeddedParts.sqs(cloud.sqs())) {
      sqs.sendMessage(
          request -> request.queueUrl(cloud.sqs() + "/000000000000/Work").messageBody("fine"));
      assertThat(TOLD.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
          .contains("\"body\":\"fine\"");
    }
    cloud.tick();
    assertThat(TOLD.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).contains("aws.events");
    assertThat(cloud.processIds("Worker")).hasSize(1);
    assertThatThrownBy(() -> cloud.processIds("Nope")).hasMessageContaining("Nope");
  }

  @Test
  void aFunctionThatRefusesItsSettingsFailsItsRequestsAndSaysWhy() throws Exception {
    var log = new ByteArrayOutputStream();
    try (var refusing =
        LocalCloud.start(settings(log).withEnvironment(Map.of("REFUSE", "wrong")))) {
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(refusing.api("Api") + "/v1/x")).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(log.toString(StandardCharsets.UTF_8)).contains("setting REFUSE is wrong");
    }
  }

  @Test
  void closingLeavesNoProcess() throws Exception {
    long process;
    try (var other = LocalCloud.start(settings(new ByteArrayOutputStream()))) {
      other.tick();
      process = other.processIds("Clock").getFirst();
      assertThat(ProcessHandle.of(process)).isPresent();
    }
    awaitEnd(process);
  }
}
