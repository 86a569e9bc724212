package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.local.demo.WebhookReceiver;
import java.io.PrintWriter;

/** Prints a line for each message that a developer's webhook gets. */
final class PrintedMessages implements WebhookReceiver.Messages {
  private static final int RECORD_LENGTH_MAX = 100;

  private final PrintWriter out;

  PrintedMessages(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void take(String messageId, JsonNode message) {
    out.println("received " + text(message) + "; signature valid, " + messageId);
    out.flush();
  }

  private static String text(JsonNode message) {
    String action = message.path("action").asText();
    if (!action.equals("read")) {
      return message.path("notificationType").asText(action);
    }
    JsonNode records = message.path("result");
    String first = records.path(0).toString();
    return "%s %s of %s, the first is %s"
        .formatted(
            records.size(),
            message.path("objectName").asText(),
            message.path("groupRef").asText(),
            first.length() > RECORD_LENGTH_MAX
                ? first.substring(0, RECORD_LENGTH_MAX) + "..."
                : first);
  }
}
