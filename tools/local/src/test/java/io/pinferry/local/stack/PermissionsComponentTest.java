package io.pinferry.local.stack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * No role lacks a permission that its function needs in trouble. The tests of a whole account, of
 * writes and of every request show it for their work.
 */
final class PermissionsComponentTest {
  @Test
  void noRoleLacksAPermissionInTrouble() throws Exception {
    try (var permissions = new Permissions()) {
      try (LocalStack stack = permissions.start(Customer.stack(200, 0), Map.of())) {
        trouble(stack);
      }
      permissions.assertNoneIsMissing(
          "ManagementFunction", "ScheduleFunction", "SyncFunction", "DeliverFunction");
    }
  }

  /** A webhook that refuses, tokens that end, a page that fails, a customer that goes. */
  private static void trouble(LocalStack stack) throws Exception {
    var answers = new AtomicInteger();
    try (var customer = new Customer(stack, "Trouble");
        var webhook = RecordingWebhook.start(_ -> answers.incrementAndGet() % 3 == 0 ? 503 : 204)) {
      customer.fault(Json.object().put("kind", "revokeTokens").put("count", 1));
      ObjectNode chosen = Json.object();
      for (String object : List.of("boards", "pins")) {
        ObjectNode choice = chosen.putObject(object).put("objectName", object);
        choice.putObject("selectedFields");
        choice.putObject("selectedFieldMappings");
      }
      customer.read(
          webhook, ExampleManifest.read().replace("pinterestWebhook", "webhookOfTrouble"), chosen);
    }
  }
}
