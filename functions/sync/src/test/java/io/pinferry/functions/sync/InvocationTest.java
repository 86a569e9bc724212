package io.pinferry.functions.sync;

import static io.pinferry.base.Field.field;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.aws.AwsFunction;
import io.pinferry.aws.InvocationContext;
import io.pinferry.base.Json;
import io.pinferry.base.Metric;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The lines of an invocation, with the settings of the log that are deployed. */
final class InvocationTest {
  /** Lambda's runtime sets it for each invocation. */
  private static final String TRACE = "com.amazonaws.xray.traceHeader";

  private final AwsFunction function =
      AwsFunction.build("sync", Map.of("AWS_REGION", "eu-central-1"), built -> built);
  private final PrintStream before = System.out;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setProperty(TRACE, "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0");
    System.setOut(new PrintStream(written, true, UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(before);
    System.clearProperty(TRACE);
  }

  private List<JsonNode> lines() {
    return written.toString(UTF_8).lines().map(Json::trusted).toList();
  }

  private List<String> messages() {
    return lines().stream().map(line -> line.path("message").asText()).toList();
  }

  @Test
  void debugLinesAreWrittenOnlyIfTheInvocationFails() throws IOException {
    function.run(
        new InvocationContext("request-1"), () -> function.log().debug("a page was stored"));
    assertThat(messages()).isEmpty();

    assertThatThrownBy(
            () ->
                function.run(
                    new InvocationContext("request-2"),
                    () -> {
                      function.log().debug("another page was stored");
                      throw new IllegalStateException("no room");
                    }))
        .hasMessage("no room");
    assertThat(messages())
        .containsExactlyInAnyOrder("another page was stored", "invocation failed");
    assertThat(lines())
        .allSatisfy(
            line -> assertThat(line.path("function_request_id").asText()).isEqualTo("request-2"));
  }

  @Test
  void aLineOfAnotherThreadNamesTheInvocation() throws IOException {
    Callable<Integer> task =
        () -> {
          function.log().info("said beside", field("page", 3));
          return 3;
        };
    function.run(new InvocationContext("request-3"), () -> function.tasks().all(List.of(task)));

    JsonNode line = lines().getFirst();
    assertThat(line.path("function_request_id").asText()).isEqualTo("request-3");
    assertThat(line.path("correlation_id").asText()).isEqualTo("request-3");
    assertThat(line.path("xray_trace_id").asText()).startsWith("1-5bef4de7");
    assertThat(line.path("function").asText()).isEqualTo("sync");
    assertThat(line.path("page").asInt()).isEqualTo(3);
  }

  @Test
  void aSecretIsMaskedInLinesOfLibrariesToo() throws IOException {
    function.run(
        new InvocationContext("request-4"),
        () -> {
          function.log().info("refused", field("answer", "token pina_ABCDEFGH12345678"));
          LoggerFactory.getLogger("a.library")
              .warn("sent", new IOException("Authorization: Bearer ABCDEFGH12345678"));
        });

    assertThat(lines()).hasSize(2);
    assertThat(written.toString(UTF_8)).doesNotContain("ABCDEFGH12345678").contains("[redacted]");
  }

  @Test
  void aTextOfALineIsNotLookedUpAndStaysAsItIs() throws IOException {
    String hostile = "${java:version} ${jndi:ldap://127.0.0.1/a} {} \" \\ \n \u0001 \uD83D\uDE00";
    function.run(
        new InvocationContext("request-5"),
        () -> function.log().info("taken", field("answer", hostile)));

    assertThat(lines().getFirst().path("answer").asText()).isEqualTo(hostile);
  }

  @Test
  void aLineIsBounded() throws IOException {
    function.run(
        new InvocationContext("request-7"),
        () ->
            function
                .log()
                .error(
                    "too much",
                    new IllegalStateException("x".repeat(900_000)),
                    field("reason", "y".repeat(900_000))));

    assertThat(written.toString(UTF_8).length()).isLessThan(100_000);
    assertThat(lines().getFirst().path("reason").asText()).endsWith("... (900000 characters)");
    assertThat(lines().getFirst().path("error").path("name").asText())
        .isEqualTo("java.lang.IllegalStateException");
  }

  @Test
  void theMetricsOfAnInvocationAreOneLine() throws IOException {
    function.run(
        new InvocationContext("request-6"),
        () -> {
          function.log().add(Metric.RECORDS_READ, 250);
          function.log().add(Metric.RECORDS_READ, 50);
          function.log().add(Metric.WEBHOOK_LATENCY, 80);
          function.log().add(Metric.WEBHOOK_LATENCY, 120);
        });

    assertThat(lines()).hasSize(1);
    JsonNode line = lines().getFirst();
    assertThat(line.path("RecordsRead").asInt()).isEqualTo(300);
    assertThat(line.path("WebhookLatency")).hasSize(2);
    JsonNode declared = line.path("_aws").path("CloudWatchMetrics").path(0);
    assertThat(declared.path("Namespace").asText()).isEqualTo("Pinferry");
    assertThat(declared.path("Metrics").findValuesAsText("Unit"))
        .containsExactlyInAnyOrder("Count", "Milliseconds");
    assertThat(line.path("function_request_id").asText()).isEqualTo("request-6");
  }
}
