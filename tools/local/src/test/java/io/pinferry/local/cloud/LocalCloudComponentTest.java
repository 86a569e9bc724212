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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** A whole template, run for real. */
class LocalCloudComponentTest {

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
            String what = exchange.getRequestURI().getPath().substring(1);
            TOLD.add(
                what
                    + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
          }
        });
    receiver.start();
    template = ProbeFunction.build(directory);
    cloud = LocalCloud.start(settings(template).withEnvironment(Map.of("EXTRA", "given")));
  }

  private static LocalCloud.Settings settings(Path template) {
    return LocalCloud.Settings.of(template, LOG)
        .withTick(Duration.ZERO)
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
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(cloud.api("Api") + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anHttpRequestReachesItsFunctionAndTheAnswerComesBack() throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(
                    URI.create(cloud.api("Api") + "/v1/things/a%20b?x=1&y=%C3%A4&x=2"))
                .header("X-Api-Key", "k")
                .header("Cookie", "one=1; two=2")
                .build(),
            HttpResponse.BodyHandlers.ofString());

    JsonNode event = JSON.readTree(answer.body());
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("x-exposed")).contains("Front 256");
    assertThat(answer.headers().allValues("set-cookie")).containsExactly("a=1", "b=2; Secure");
    assertThat(answer.headers().firstValueAsLong("x-remaining").orElseThrow())
        .isBetween(1L, 29_000L);
    assertThat(event.at("/routeKey").asText()).isEqualTo("GET /v1/things/{id}");
    assertThat(event.at("/rawPath").asText()).isEqualTo("/v1/things/a b");
    assertThat(event.at("/rawQueryString").asText()).isEqualTo("x=1&y=%C3%A4&x=2");
    assertThat(event.at("/queryStringParameters/x").asText()).isEqualTo("1,2");
    assertThat(event.at("/pathParameters/id").asText()).isEqualTo("a b");
    assertThat(event.at("/headers/x-api-key").asText()).isEqualTo("k");
    assertThat(event.at("/cookies")).hasSize(2);
    assertThat(event.at("/requestContext/http/method").asText()).isEqualTo("GET");
    assertThat(event.at("/headers").has("http2-settings")).isFalse();
  }

  @Test
  void theSettingsOfTheTemplateReachTheFunction() throws Exception {
    JsonNode environment = JSON.readTree(get("/v1/environment").body());

    assertThat(environment.at("/GREETING").asText()).isEqualTo("hello from eu-central-1");
    assertThat(environment.at("/TABLE").asText()).isEqualTo("Things");
    assertThat(environment.at("/QUEUE_ARN").asText())
        .isEqualTo("arn:aws:sqs:eu-central-1:000000000000:Work");
    assertThat(environment.at("/QUEUE_URL").asText()).isEqualTo(queueUrl("Work"));
    assertThat(environment.at("/OWN_ADDRESS").asText()).isEqualTo(cloud.api("Api") + "/v1");
    assertThat(environment.at("/EXTRA").asText()).isEqualTo("given");
    assertThat(environment.at("/AWS_ENDPOINT_URL_SQS").asText()).isEqualTo(cloud.sqs().toString());
    assertThat(environment.at("/AWS_ENDPOINT_URL_DYNAMODB").asText())
        .isEqualTo(cloud.dynamoDb().toString());
    assertThat(environment.at("/AWS_ENDPOINT_URL_SECRETS_MANAGER").asText())
        .isEqualTo(cloud.secrets().toString());
    assertThat(cloud.stack().outputs()).containsEntry("ApiUrl", cloud.api("Api").toString());
  }

  @Test
  void aFunctionSeesNothingOfTheEmbeddedCloud() throws Exception {
    assertThat(get("/v1/classes").body()).isEqualTo("---true");
    try (Stream<Path> packed = Files.list(template.resolveSibling("function").resolve("lib"))) {
      assertThat(packed.map(Path::getFileName))
          .doesNotContain(ProbeFunction.runtimeApi().getFileName());
    }
  }

  @Test
  void aFailedFunctionIsAnInternalErrorAndTheNextRequestWorks() throws Exception {
    HttpResponse<String> failed = get("/v1/fail");

    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(failed.body()).isEqualTo("{\"message\":\"Internal Server Error\"}");
    assertThat(LOG.toString(StandardCharsets.UTF_8))
        .contains("invocation failed")
        .contains("asked to fail");
    assertThat(get("/v1/things/1").statusCode()).isEqualTo(201);
  }

  @Test
  void aFunctionThatRunsOutOfTimeIsStopped() throws Exception {
    assertThat(get("/v1/brief/hang").statusCode()).isEqualTo(500);
    assertThat(LOG.toString(StandardCharsets.UTF_8)).contains("Task timed out after 5.00 seconds");
    assertThat(get("/v1/brief/things").statusCode()).isEqualTo(201);
  }

  @Test
  void whatAFunctionPrintsGoesToTheLog() throws Exception {
    get("/v1/log");

    Patience.until(
        "what a thread of its own says",
        () -> LOG.toString(StandardCharsets.UTF_8),
        log -> log.contains("said by a thread of its own"));
    assertThat(LOG.toString(StandardCharsets.UTF_8))
        .contains("said to stdout\n")
        .contains("said to the logger\n");
  }

  @Test
  void theApiAnswersPreflightsAndReplacesTheFunctionsCorsHeaders() throws Exception {
    var preflight =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(cloud.api("Api") + "/v1/x"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", "https://app.example")
                .header("Access-Control-Request-Method", "POST")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    HttpResponse<String> allowed = get("/v1/x", "Origin", "https://app.example");
    HttpResponse<String> foreign = get("/v1/x", "Origin", "https://other.example");

    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("access-control-allow-origin"))
        .contains("https://app.example");
    assertThat(preflight.headers().firstValue("access-control-allow-headers"))
        .contains("x-api-key,content-type");
    assertThat(preflight.headers().firstValue("access-control-max-age")).contains("300");
    assertThat(allowed.headers().allValues("access-control-allow-origin"))
        .containsExactly("https://app.example");
    assertThat(allowed.headers().firstValue("access-control-expose-headers")).contains("x-exposed");
    assertThat(foreign.statusCode()).isEqualTo(201);
    assertThat(foreign.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void aPathWithoutRouteIsNotFoundAndTheDefaultRouteTakesEverything() throws Exception {
    assertThat(get("/other").statusCode()).isEqualTo(404);
    assertThat(get("/other").body()).isEqualTo("{\"message\":\"Not Found\"}");

    HttpResponse<String> taken =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(cloud.api("ProxyApi") + "/any/thing"))
                .method("PATCH", HttpRequest.BodyPublishers.ofByteArray(new byte[] {0, -1}))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode event = JSON.readTree(taken.body());
    assertThat(event.at("/routeKey").asText()).isEqualTo("$default");
    assertThat(event.at("/isBase64Encoded").asBoolean()).isTrue();
    assertThat(event.at("/body").binaryValue()).containsExactly(0, -1);
    assertThat(event.has("pathParameters")).isFalse();
  }

  @Test
  void messagesReachTheirFunctionAsLambdaSendsThem() throws Exception {
    try (SqsClient sqs = EmbeddedParts.sqs(cloud.sqs())) {
      var sent =
          sqs.sendMessage(
              request ->
                  request
                      .queueUrl(queueUrl("Work"))
                      .messageBody("fine ä")
                      .messageAttributes(
                          Map.of(
                              "kind",
                              MessageAttributeValue.builder()
                                  .dataType("String")
                                  .stringValue("test")
                                  .build())));

      JsonNode record = JSON.readTree(told("message"));
      assertThat(record.at("/messageId").asText()).isEqualTo(sent.messageId());
      assertThat(record.at("/body").asText()).isEqualTo("fine ä");
      assertThat(record.at("/md5OfBody").asText()).isEqualTo(sent.md5OfMessageBody());
      assertThat(record.at("/attributes/ApproximateReceiveCount").asText()).isEqualTo("1");
      assertThat(record.at("/attributes/SentTimestamp").asText()).matches("\\d{13}");
      assertThat(record.at("/messageAttributes/kind/stringValue").asText()).isEqualTo("test");
      assertThat(record.at("/eventSource").asText()).isEqualTo("aws:sqs");
      assertThat(record.at("/eventSourceARN").asText())
          .isEqualTo("arn:aws:sqs:eu-central-1:000000000000:Work");
      assertThat(record.at("/awsRegion").asText()).isEqualTo("eu-central-1");
      assertThat(record.at("/receiptHandle").asText()).isNotEmpty();
    }
  }

  @Test
  void aMessageThatFailsComesAgainAndIsBuriedInTheEnd() throws Exception {
    try (SqsClient sqs = EmbeddedParts.sqs(cloud.sqs())) {
      sqs.sendMessage(request -> request.queueUrl(queueUrl("Again")).messageBody("fail"));

      assertThat(JSON.readTree(told("message")).at("/attributes/ApproximateReceiveCount").asText())
          .isEqualTo("1");
      assertThat(JSON.readTree(told("message")).at("/attributes/ApproximateReceiveCount").asText())
          .isEqualTo("2");
      List<Message> buried =
          Patience.until(
              "a message in the dead-letter queue",
              () ->
                  sqs.receiveMessage(
                          request -> request.queueUrl(queueUrl("buried")).waitTimeSeconds(1))
                      .messages(),
              messages -> !messages.isEmpty());
      assertThat(buried).extracting(Message::body).containsExactly("fail");
    }
  }

  @Test
  void aTickInvokesTheSchedule() throws Exception {
    cloud.tick();

    JsonNode event = JSON.readTree(told("schedule"));
    assertThat(event.at("/source").asText()).isEqualTo("aws.events");
    assertThat(event.at("/detail-type").asText()).isEqualTo("Schedule Event");
    assertThat(event.at("/time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(event.at("/detail").isObject()).isTrue();
  }

  @Test
  void theTableHasItsKeysIndexesAndExpiry() {
    try (var dynamoDb = EmbeddedParts.dynamoDb(cloud.dynamoDb())) {
      var table = dynamoDb.describeTable(request -> request.tableName("Things")).table();

      assertThat(table.keySchema()).hasSize(2);
      assertThat(table.localSecondaryIndexes().getFirst().indexName()).isEqualTo("marked");
      assertThat(table.globalSecondaryIndexes().getFirst().projection().nonKeyAttributes())
          .containsExactly("name");
      assertThat(
              dynamoDb
                  .describeTimeToLive(request -> request.tableName("Things"))
                  .timeToLiveDescription()
                  .attributeName())
          .isEqualTo("expiresAt");
    }
  }

  @Test
  void aFunctionThatIsNotBuiltIsNamedWithTheCommandThatBuildsIt(@TempDir Path empty)
      throws Exception {
    Path alone = Files.copy(template, empty.resolve("template.yaml"));

    assertThatThrownBy(() -> LocalCloud.start(settings(alone)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("function Front is not built")
        .hasMessageContaining("mvn -B -q package -DskipTests");
  }

  @Test
  void functionsPackagesCanBeInAnotherFolderThanTheTemplate(@TempDir Path empty) throws Exception {
    Path alone = Files.copy(template, empty.resolve("template.yaml"));
    Path packages = Objects.requireNonNull(template.getParent());

    try (var other = LocalCloud.start(settings(alone).withPackages(packages))) {
      var answer =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(other.api("Api") + "/v1/things/1")).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(201);
    }
  }

  @Test
  void aFunctionThatRefusesItsSettingsFailsItsRequestsAndSaysWhy() throws Exception {
    var log = new ByteArrayOutputStream();
    var settings =
        LocalCloud.Settings.of(template, log)
            .withTick(Duration.ZERO)
            .withParameters(Map.of("Receiver", "none"))
            .withEnvironment(Map.of("REFUSE", "wrong"));
    try (var refusing = LocalCloud.start(settings)) {
      var answer =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(refusing.api("Api") + "/v1/x")).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(log.toString(StandardCharsets.UTF_8)).contains("setting REFUSE is wrong");
    }
  }

  @Test
  void aDataDirectoryKeepsWhatWasThereAndTakesOneCloudAtATime(@TempDir Path data) throws Exception {
    var settings = settings(template).withDataDirectory(data);
    String id = "kept";
    try (var first = LocalCloud.start(settings)) {
      assertThatThrownBy(() -> LocalCloud.start(settings))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in use by another");
      try (var sqs = EmbeddedParts.sqs(first.sqs());
          var secrets = EmbeddedParts.secrets(first.secrets())) {
        String url = sqs.getQueueUrl(request -> request.queueName("buried")).queueUrl();
        sqs.sendMessage(request -> request.queueUrl(url).messageBody(id));
        secrets.createSecret(request -> request.name(id).secretString("value"));
      }
    }
    try (var second = LocalCloud.start(settings);
        var sqs = EmbeddedParts.sqs(second.sqs());
        var secrets = EmbeddedParts.secrets(second.secrets())) {
      String url = sqs.getQueueUrl(request -> request.queueName("buried")).queueUrl();
      assertThat(sqs.receiveMessage(request -> request.queueUrl(url)).messages())
          .extracting(Message::body)
          .containsExactly(id);
      assertThat(secrets.getSecretValue(request -> request.secretId(id)).secretString())
          .isEqualTo("value");
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    int taken = cloud.api("Api").getPort();

    assertThatThrownBy(() -> LocalCloud.start(settings(template).withPorts(Map.of("Api", taken))))
        .hasMessageContaining("port " + taken);
    assertThatThrownBy(() -> LocalCloud.start(settings(template).withPorts(Map.of("Nope", 1))))
        .hasMessageContaining("Nope");
    assertThatThrownBy(() -> cloud.api("Nope")).hasMessageContaining("Nope");
  }

  private static String queueUrl(String name) {
    return cloud.sqs() + "/000000000000/" + name;
  }

  private static String told(String what) throws InterruptedException {
    String told = TOLD.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(told).isNotNull().startsWith(what + " ");
    return told.substring(what.length() + 1);
  }
}
