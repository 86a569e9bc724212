package io.pinferry.base;

import static io.pinferry.base.Field.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogTest {
  private static final ObjectMapper STRICT =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private final List<String> lines = new ArrayList<>();
  private final Log log =
      JsonLines.log(lines::add, new ManualClock(Instant.parse("2026-09-01T08:00:00Z")));

  private JsonNode line() throws IOException {
    return STRICT.readTree(lines.getLast());
  }

  @Test
  void noNameOccursTwiceInALine() throws IOException {
    log.with(field("requestId", "1"), field("route", "-"))
        .with(field("route", "/v1/projects"))
        .info("request answered", field("requestId", "2"), field("status", 200));

    assertThat(line().toString())
        .isEqualTo(
            "{\"timestamp\":\"2026-09-01T08:00:00Z\",\"level\":\"INFO\",\"message\":"
                + "\"request answered\",\"requestId\":\"2\",\"route\":\"/v1/projects\","
                + "\"status\":200}");
  }

  @Test
  void aFieldDoesNotReplaceAPartOfTheLine() throws IOException {
    log.warn(
        "message not delivered",
        new IllegalStateException("no"),
        field("message", "msg_1"),
        field("error", "text"),
        field("level", 3),
        field("timestamp", "then"));

    assertThat(line().path("message").asText()).isEqualTo("message not delivered");
    assertThat(line().path("messageValue").asText()).isEqualTo("msg_1");
    assertThat(line().path("level").asText()).isEqualTo("WARN");
    assertThat(line().path("error").asText()).contains("IllegalStateException");
  }

  @Test
  void aLineIsBounded() throws IOException {
    log.info("too much", field("reason", "y".repeat(900_000)));

    assertThat(lines.getLast().length()).isLessThan(50_000);
    assertThat(line().path("reason").asText()).endsWith("... (900000 characters)");
  }
}
