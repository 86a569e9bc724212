package io.pinferry.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * The rest of Pinterest's limits for an installation.
 *
 * @param json the answer of the API
 */
public record RateLimits(JsonNode json) {
  private static final Map<Integer, String> PERIODS =
      Map.of(1, "second", 60, "minute", 3600, "hour", 86_400, "day");

  public static RateLimits of(Doors doors, Installations.Found installation) {
    String integration = installation.json().path("integrationId").asText();
    return new RateLimits(
        doors.get(
            doors.path(
                "/integrations/%s/installations/%s/budgets"
                    .formatted(integration, installation.id()))));
  }

  /** Returns a line for each limit. A limit that all categories share comes once. */
  public List<String> lines() {
    var table = new Table("CATEGORY", "LIMIT", "USED", "LEFT", "FULL AT", "PAUSED UNTIL");
    JsonNode budgets = json.path("budgets");
    budgets
        .valueStream()
        .flatMap(one -> one.path("windows").valueStream())
        .filter(window -> window.path("shared").booleanValue())
        .findFirst()
        .ifPresent(window -> row(table, "all together", window, ""));
    for (JsonNode budget : budgets) {
      String category = budget.path("category").asText();
      String pausedUntil = budget.path("pausedUntil").asText();
      List<JsonNode> own =
          budget
              .path("windows")
              .valueStream()
              .filter(window -> !window.path("shared").booleanValue())
              .toList();
      if (own.isEmpty()) {
        table.row(category, "none told", "", "", "", pausedUntil);
      }
      own.forEach(window -> row(table, category, window, pausedUntil));
    }
    return table.lines();
  }

  private static void row(Table table, String category, JsonNode window, String pausedUntil) {
    int seconds = window.path("seconds").intValue();
    table.row(
        category,
        window.path("limit").asText() + "/" + PERIODS.getOrDefault(seconds, seconds + "s"),
        window.path("used").asText(),
        window.path("left").asText(),
        window.path("fullAt").asText(),
        pausedUntil);
  }
}
