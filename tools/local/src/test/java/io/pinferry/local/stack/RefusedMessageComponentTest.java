package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * One message of a page that its destination does not take is told, costs no other message, and can
 * be sent again once the destination takes it.
 */
final class RefusedMessageComponentTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: refused
          provider: pinterest
          read:
            objects:
              - objectName: pins
                destination: webhookOfRefusing
                schedule: "0 0 29 2 *"
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  @Test
  void aReadWhoseSecondMessageOfAPageIsRefusedFailsAndSaysWhy() throws Exception {
    try (LocalStack stack = LocalStack.start(Customer.stack(250, 0));
        var customer = new Customer(stack, "Refusing")) {
      // All pins are on one page. Its first pin grows, so that the page needs three messages, of
      // which the second has the pin in the middle.
      customer.fault(
          Json.object()
              .put("kind", "hugeRecord")
              .put("object", "pins")
              .put("chars", 60_000)
              .put("count", 1));
      List<String> pinsInOrder = customer.truth("pins");
      String refusedPin = pinsInOrder.get(125);
      var refuses = new AtomicBoolean(true);
      try (var webhook =
          RecordingWebhook.start(
              message ->
                  refuses.get() && RecordingWebhook.recordIds(message).contains(refusedPin)
                      ? 422
                      : 204)) {
        ObjectNode chosen = Json.object();
        ObjectNode pins = chosen.putObject("pins").put("objectName", "pins");
        pins.putObject("selectedFields");
        pins.putObject("selectedFieldMappings");
        pins.put("selectedFieldsAuto", "all");

        JsonNode operation = customer.read(webhook, MANIFEST, chosen).values().iterator().next();

        assertThat(operation.path("status").asText()).as("%s", operation).isEqualTo("failure");
        String reason = "message 2 of page 1 was not delivered: .* answered 422.*";
        assertThat(operation.path("result").asText()).containsPattern(reason);
        List<String> log = customer.log(operation);
        assertThat(log).anySatisfy(line -> assertThat(line).containsPattern(reason));
        assertThat(log)
            .anySatisfy(line -> assertThat(line).contains("422").contains("next attempt at"));
        // One attempt and three more, after 1, 5 and 15 seconds; never a second message.
        assertThat(webhook.refused().values()).containsExactly(4);
        assertThat(webhook.taken()).hasSize(2);
        assertThat(webhook.takenRecordIds())
            .hasSizeBetween(2, 249)
            .contains(pinsInOrder.getFirst(), pinsInOrder.getLast())
            .doesNotContain(refusedPin);

        refuses.set(false);
        assertThat(customer.deadLetters(operation))
            .singleElement()
            .satisfies(
                letter -> assertThat(letter.path("reason").asText()).contains("answered 422"));
        assertThat(customer.sendAgain(operation)).isEqualTo(1);
        webhook.awaitTaken(3);

        assertThat(webhook.takenRecordIds()).hasSize(250).contains(refusedPin);
        assertThat(webhook.refused().values()).containsExactly(4);
        assertThat(customer.deadLetters(operation)).isEmpty();
        assertThat(customer.sendAgain(operation)).isZero();
        assertThat(customer.operation(operation).path("status").asText()).isEqualTo("failure");
      }
    }
  }
}
