package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.local.RepositoryRoot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packages of the functions, through Lambda's real runtime client. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client has native code for Linux only")
final class PackagedFunctionsProcessTest {
  @TempDir private Path folder;
  private static LocalCloud cloud;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @BeforeAll
  static void start() {
    cloud =
        LocalCloud.start(
            LocalCloud.Settings.of(
                    RepositoryRoot.file("template.yaml"), OutputStream.nullOutputStream())
                .withTick(Duration.ZERO)
                .withParameters(Map.of("AdminKeySha256", "0".repeat(64))));
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  @ParameterizedTest
  @CsvSource({
    "OauthFunction, oauth/connect.json",
    "ManagementFunction, management/manage.json",
    "ReadFunction, read/trigger.json",
    "WriteFunction, write/write.json",
    "ProxyFunction, proxy/proxy.json"
  })
  void theSnapshotHasTheClassesOfARequestAndNothingIsToldOfThePriming(String id, String event)
      throws Exception {
    try (var relay = new Relay();
        ProcessEnvironment environment = start(id, relay)) {
      String told = log.toString(StandardCharsets.UTF_8);
      int primed = loaded().size();
      // The connections of the snapshot are dead when it is restored.
      relay.hang(false);

      String answer = invoke(environment, event);

      assertThat(told).isEqualTo("Picked up JAVA_TOOL_OPTIONS: " + options() + "\n");
      assertThat(answer).contains("\"statusCode\":401");
      assertThat(primed).isGreaterThan(5_000);
      assertThat(loaded().subList(primed, loaded().size())).hasSizeLessThan(60);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ScheduleFunction, schedule/every-minute.json, fired",
    "SyncFunction, sync/read-queue.json, batchItemFailures",
    "DeliverFunction, deliver/delivery-queue.json, batchItemFailures",
    "WriteWorkerFunction, write-worker/write-queue.json, batchItemFailures"
  })
  void aFunctionBehindAQueueOrATimerAnswersItsSample(String id, String event, String answer)
      throws Exception {
    try (var relay = new Relay();
        ProcessEnvironment environment = start(id, relay)) {
      assertThat(invoke(environment, event)).contains(answer);
    }
  }

  private ProcessEnvironment start(String id, Relay dynamoDb) throws FunctionFailure {
    Stack.Function function = Objects.requireNonNull(cloud.stack().functions().get(id));
    dynamoDb.to(cloud.dynamoDb());
    return ProcessEnvironment.start(
        function,
        function.code().resolveSibling("function"),
        ProcessEnvironment.client(RepositoryRoot.file("tools/local/target")),
        variables(function, dynamoDb.address()),
        new FunctionLog(log, InstantSource.system()),
        InstantSource.system());
  }

  private static String invoke(ProcessEnvironment environment, String event) throws IOException {
    InvocationResult result =
        environment.invoke(
            new Invocation(
                "request-1",
                Files.readAllBytes(RepositoryRoot.file("events/" + event)),
                Instant.now().plusSeconds(120)));
    assertThat(result).isInstanceOf(InvocationResult.Answer.class);
    return new String(((InvocationResult.Answer) result).payload(), StandardCharsets.UTF_8);
  }

  private String options() {
    return "-Xlog:class+load=info:file=" + folder.resolve("classes");
  }

  private List<String> loaded() throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("classes"))) {
      return lines.filter(line -> line.contains("source:")).toList();
    }
  }

  private Map<String, String> variables(Stack.Function function, URI dynamoDb) {
    var variables = new HashMap<>(cloud.environment(function));
    variables.put("AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.toString());
    variables.put("JAVA_TOOL_OPTIONS", options());
    return variables;
  }
}
