package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The lines that the functions write through Lambda's real runtime client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FunctionLogsComponentTest {
  private List<JsonNode> lines = List.of();

  @Test
  void oneCorrelationIdFollowsARequestToTheWebhook() {
    JsonNode delivered = line("deliver", "message delivered");
    String correlation = delivered.path("correlation_id").asText();
    assertThat(line("management", "installed").path("correlation_id").asText())
        .isEqualTo(correlation);
    assertThat(line("sync", "partition ended").path("correlation_id").asText())
        .isEqualTo(correlation);
  }

  @Test
  void everyEnvironmentThatStartsOnDemandCountsItsColdStart() {
    assertThat(lines)
        .filteredOn(line -> line.path("ColdStart").asInt() == 1)
        .hasSizeGreaterThanOrEqualTo(3);
    assertThat(line("deliver", "message delivered").path("cold_start").asBoolean()).isTrue();
  }

  private JsonNode line(String function, String message) {
    return lines.stream()
        .filter(line -> line.path("function").asText().equals(function))
        .filter(line -> line.path("message").asText().equals(message))
        .findFirst()
        .orElseThrow(() -> new AssertionError(function + " did not say " + message));
  }

  @BeforeAll
  void readPins() throws Exception {
    try (LocalStack stack =
            LocalStack.start(
                Customer.stack(20, 2).inProcesses(), simulator -> simulator.withRateLimits(false));
        var customer = new Customer(stack, "Logs");
        var webhook = RecordingWebhook.start(_ -> 204)) {
      ObjectNode chosen = Json.object();
      ObjectNode pins = chosen.putObject("pins").put("objectName", "pins");
      pins.putObject("selectedFields");
      pins.putObject("selectedFieldMappings");
      String manifest =
          ExampleManifest.read()
              .replace("name: pinterestSync", "name: syncLogs")
              .replace("pinterestWebhook", "webhookOfLogs");
      customer.read(webhook, manifest, chosen);
      lines = Files.readAllLines(stack.logFile()).stream().map(Json::trusted).toList();
    }
  }
}
