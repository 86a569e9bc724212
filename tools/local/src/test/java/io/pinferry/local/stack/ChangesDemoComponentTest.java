package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.demo.ChangesDemo;
import io.pinferry.local.demo.ChangesReport;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** A whole stack reads an account, and after changes delivers only these. */
final class ChangesDemoComponentTest {
  @Test
  void aSecondReadDeliversChangesAndHoldsALargeDrop() throws Exception {
    try (LocalStack stack = LocalStack.start(Customer.stack(160, 3))) {
      ChangesReport report =
          new ChangesDemo(
                  stack.api(),
                  stack.read(),
                  stack.project(),
                  stack.apiKey(),
                  stack.pinterest(),
                  Files.readString(RepositoryRoot.find().resolve("examples/amp.yaml")),
                  true,
                  new PrintStream(OutputStream.nullOutputStream()))
              .run();

      assertThat(report.ok()).as(report.toJson()).isTrue();
      JsonNode json = Json.trusted(report.toJson());
      JsonNode pins = json.path("objects").path(0);
      assertThat(pins.at("/told/held").asInt()).isEqualTo(64);
      assertThat(pins.at("/told/changed").asInt()).isPositive();
      assertThat(pins.at("/delivered/deletions").asInt()).isZero();
      assertThat(json.at("/released/delivered/deletions").asInt()).isEqualTo(64);
      JsonNode media = json.path("objects").path(2);
      assertThat(media.path("object").asText()).isEqualTo("media");
      assertThat(media.at("/delivered/deletions").asInt()).isEqualTo(2);
    }
  }
}
