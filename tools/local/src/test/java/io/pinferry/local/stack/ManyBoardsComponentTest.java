package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A read that fans out over many boards reaches each of them: its boards come on several pages, and
 * those of a page are more than one transaction and one batch can hold. Thousands, and a million
 * pins, are for the benchmarks.
 */
final class ManyBoardsComponentTest {
  private static final int BOARDS = 120;

  /** A transaction of DynamoDB holds 100. */
  private static final int BOARDS_OF_A_PAGE = 110;

  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: manyBoards
          provider: pinterest
          read:
            objects:
              - objectName: pins
                destination: webhookOfBoards
                schedule: "0 0 29 2 *"
                x-pinferry-plan: boards
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  @Test
  void everyPinOfManyBoardsArrives() throws Exception {
    // With its limits on, Pinterest would make this many requests last minutes.
    try (LocalStack stack =
            LocalStack.start(Customer.stack(300, BOARDS), sim -> sim.withRateLimits(false));
        var customer = new Customer(stack, "Boards");
        var webhook = RecordingWebhook.start(_ -> 204)) {
      customer.fault(
          Json.object()
              .put("kind", "shortPages")
              .put("object", "boards")
              .put("size", BOARDS_OF_A_PAGE));
      ObjectNode chosen = Json.object();
      ObjectNode pins = chosen.putObject("pins").put("objectName", "pins");
      pins.putObject("selectedFields");
      pins.putObject("selectedFieldMappings");

      JsonNode operation = customer.read(webhook, MANIFEST, chosen).values().iterator().next();

      Set<String> truth = Set.copyOf(customer.truth("pins?plan=boards"));
      assertThat(customer.truth("boards")).hasSizeGreaterThanOrEqualTo(BOARDS);
      assertThat(
              Json.trusted(String.join("", customer.simulator("/_sim/requests?limit=20000")))
                  .path("requests")
                  .findValuesAsText("path"))
          .as("pages of boards")
          .filteredOn("/v5/boards"::equals)
          .hasSizeGreaterThan(1);
      assertThat(truth).isNotEmpty();
      assertThat(webhook.takenRecordIds()).isEqualTo(truth);
      assertThat(operation.path("status").asText()).as("%s", operation).isEqualTo("success");
    }
  }
}
