package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.local.simulator.Fault.BodyForm;
import io.pinferry.local.simulator.Fault.EdgeForm;
import io.pinferry.local.simulator.Fault.Effect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes faults as the JSON of {@code /_sim/faults}; what it does not know it refuses.
 */
final class FaultJson {
  private static final Set<String> CONDITIONS =
      Set.of("kind", "path", "object", "adAccountId", "skip", "count");

  /** HTTP ends at 599, but a broken gateway does not keep to it. */
  private static final int EDGE_STATUS_MAX = 999;

  private static final int HUGE_CHARS = 310_000;
  private static final int HUGE_CHARS_MAX = 20_000_000;
  private static final int CHANGED_RECORDS_MAX = 100_000;

  private FaultJson() {}

  static Fault read(JsonNode json) {
    if (!json.isObject()) {
      throw ApiFailure.invalid("A fault must be a JSON object, not " + json.getNodeType());
    }
    var known = new HashSet<>(CONDITIONS);
    Effect effect = effect(json, known);
    for (var member : json.properties()) {
      if (!known.contains(member.getKey())) {
        throw ApiFailure.invalid("Unknown member '" + member.getKey() + "' of a fault");
      }
    }
    int count =
        json.path("count").asText("forever").equals("forever")
            ? Fault.FOREVER
            : number(json, "count", 1, Integer.MAX_VALUE, 1);
    return new Fault(
        text(json, "path"),
        text(json, "object"),
        text(json, "adAccountId"),
        number(json, "skip", 0, Integer.MAX_VALUE, 0),
        count,
        effect);
  }

  private static Effect effect(JsonNode json, Set<String> known) {
    String kind = json.path("kind").asText("");
    return switch (kind) {
      case "latency" -> {
        known.add("latencyMillis");
        yield new Fault.Latency(
            Duration.ofMillis(number(json, "latencyMillis", 0, 600_000, 1_000)));
      }
      case "status" -> {
        known.addAll(List.of("status", "code", "message", "form"));
        int status = number(json, "status", 400, 599, 500);
        yield new Fault.Status(
            status,
            number(json, "code", 0, Integer.MAX_VALUE, status == 429 ? 8 : 12),
            json.path("message").asText("Something went wrong on our end"),
            form(json.path("form").asText("json")));
      }
      case "edge" -> {
        known.addAll(List.of("status", "form", "headers"));
        yield new Fault.Edge(
            number(json, "status", 200, EDGE_STATUS_MAX, 502),
            edgeForm(json.path("form").asText("html")),
            headers(json.path("headers")));
      }
      case "refuseApp" -> new Fault.RefuseApp();
      case "forbid" -> new Fault.Forbid();
      case "drop" -> {
        known.add("applied");
        yield new Fault.Drop(json.path("applied").asBoolean(false));
      }
      case "without" -> {
        known.add("members");
        var members = new ArrayList<String>();
        json.path("members").forEach(name -> members.add(name.asText()));
        yield new Fault.Without(members);
      }
      case "shortPages" -> {
        known.add("size");
        yield new Fault.ShortPages(number(json, "size", 1, Parameter.PageSize.MAX, 1));
      }
      case "emptyPages" -> new Fault.EmptyPages();
      case "expireBookmarks" -> new Fault.ExpireBookmarks();
      case "repeatBookmark" -> new Fault.RepeatBookmark();
      case "revokeTokens" -> {
        known.add("refreshTokenToo");
        yield new Fault.RevokeTokens(json.path("refreshTokenToo").asBoolean(false));
      }
      case "insert" -> {
        known.addAll(List.of("changes", "number"));
        yield new Fault.Insert(
            changed(json, WorldChanges.OBJECTS), number(json, "number", 1, CHANGED_RECORDS_MAX, 1));
      }
      case "delete", "edit" -> {
        known.addAll(List.of("changes", "number", "ids"));
        var ids = new ArrayList<String>();
        json.path("ids").forEach(id -> ids.add(id.asText()));
        ids.forEach(id -> Parameter.checkId("ids", id));
        int number = number(json, "number", 1, CHANGED_RECORDS_MAX, 1);
        yield kind.equals("delete")
            ? new Fault.Delete(changed(json, WorldChanges.OBJECTS), number, ids)
            : new Fault.Edit(changed(json, WorldChanges.EDITABLE_OBJECTS), number, ids);
      }
      case "hugeRecord" -> {
        known.add("chars");
        yield new Fault.HugeRecord(number(json, "chars", 1, HUGE_CHARS_MAX, HUGE_CHARS));
      }
      default ->
          throw ApiFailure.invalid(
              "Unknown kind '"
                  + kind
                  + "' of a fault; the kinds are latency, status, edge, refuseApp, forbid, drop,"
                  + " without,"
                  + " shortPages, emptyPages, expireBookmarks, repeatBookmark, revokeTokens,"
                  + " insert, delete, edit, hugeRecord");
    };
  }

  private static BodyForm form(String text) {
    return switch (text) {
      case "json" -> BodyForm.JSON;
      case "html" -> BodyForm.HTML;
      case "spam" -> BodyForm.SPAM;
      default -> throw ApiFailure.invalid("Unknown form '" + text + "': json, html or spam");
    };
  }

  private static EdgeForm edgeForm(String text) {
    return switch (text) {
      case "html" -> EdgeForm.HTML;
      case "empty" -> EdgeForm.EMPTY;
      case "json" -> EdgeForm.JSON;
      default -> throw ApiFailure.invalid("Unknown form '" + text + "': html, empty or json");
    };
  }

  private static Map<String, String> headers(JsonNode json) {
    var headers = new TreeMap<String, String>();
    json.properties()
        .forEach(
            header ->
                headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue().asText()));
    return headers;
  }

  private static String changed(JsonNode json, List<String> objects) {
    String object = json.path("changes").asText("");
    if (!objects.contains(object)) {
      throw ApiFailure.invalid(
          "changes '" + object + "' must be one of " + String.join(", ", objects));
    }
    return object;
  }

  static ObjectNode write(Fault fault) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    switch (fault.effect()) {
      case Fault.Latency latency ->
          json.put("kind", "latency").put("latencyMillis", latency.length().toMillis());
      case Fault.Status status ->
          json.put("kind", "status")
              .put("status", status.status())
              .put("code", status.code())
              .put("message", status.message())
              .put("form", status.form().name().toLowerCase(Locale.ROOT));
      case Fault.Edge edge -> {
        json.put("kind", "edge")
            .put("status", edge.status())
            .put("form", edge.form().name().toLowerCase(Locale.ROOT));
        edge.headers().forEach(json.putObject("headers")::put);
      }
      case Fault.RefuseApp _ -> json.put("kind", "refuseApp");
      case Fault.Forbid _ -> json.put("kind", "forbid");
      case Fault.Drop drop -> json.put("kind", "drop").put("applied", drop.applied());
      case Fault.Without without -> {
        var members = json.put("kind", "without").putArray("members");
        without.members().forEach(members::add);
      }
      case Fault.ShortPages pages -> json.put("kind", "shortPages").put("size", pages.size());
      case Fault.EmptyPages _ -> json.put("kind", "emptyPages");
      case Fault.ExpireBookmarks _ -> json.put("kind", "expireBookmarks");
      case Fault.RepeatBookmark _ -> json.put("kind", "repeatBookmark");
      case Fault.RevokeTokens revoke ->
          json.put("kind", "revokeTokens").put("refreshTokenToo", revoke.refreshTokenToo());
      case Fault.Insert insert ->
          json.put("kind", "insert").put("changes", insert.object()).put("number", insert.number());
      case Fault.Delete delete ->
          change(json, "delete", delete.object(), delete.number(), delete.ids());
      case Fault.Edit edit -> change(json, "edit", edit.object(), edit.number(), edit.ids());
      case Fault.HugeRecord huge -> json.put("kind", "hugeRecord").put("chars", huge.chars());
    }
    if (fault.path() != null) {
      json.put("path", fault.path());
    }
    if (fault.object() != null) {
      json.put("object", fault.object());
    }
    if (fault.adAccountId() != null) {
      json.put("adAccountId", fault.adAccountId());
    }
    json.put("skip", fault.skip());
    if (fault.count() == Fault.FOREVER) {
      json.put("count", "forever");
    } else {
      json.put("count", fault.count());
    }
    return json;
  }

  private static void change(
      ObjectNode json, String kind, String object, int number, List<String> ids) {
    json.put("kind", kind).put("changes", object).put("number", number);
    if (!ids.isEmpty()) {
      ids.forEach(json.putArray("ids")::add);
    }
  }

  private static @Nullable String text(JsonNode json, String name) {
    JsonNode value = json.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw ApiFailure.invalid("Member '" + name + "' of a fault must be a text");
    }
    return value.asText();
  }

  private static int number(JsonNode json, String name, int min, int max, int absent) {
    JsonNode value = json.get(name);
    if (value == null) {
      return absent;
    }
    if (!value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
      throw ApiFailure.invalid(
          "Member '" + name + "' of a fault is " + value + ", not from " + min + " to " + max);
    }
    return value.intValue();
  }
}
