package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The nested parameter of {@code GET /v5/catalogs/reports/stats}, read from either of the two
 * encodings clients can choose: names with brackets, or one JSON text.
 */
record StatsQuery(
    Person.CatalogType catalogType, Report report, OptionalLong target, OptionalLong processing) {

  enum Report {
    FEED_INGESTION_ISSUES,
    DISTRIBUTION_ISSUES;

    /** Says which members of a report of this type there are. */
    boolean knows(String member) {
      return member.equals("report_type")
          || switch (this) {
            case FEED_INGESTION_ISSUES ->
                member.equals("feed_id") || member.equals("processing_result_id");
            case DISTRIBUTION_ISSUES -> member.equals("catalog_id");
          };
    }
  }

  static StatsQuery of(ApiCall call, ObjectMapper mapper) {
    var flat = new HashMap<String, String>();
    for (Map.Entry<String, List<String>> entry : call.query().entrySet()) {
      String name = entry.getKey();
      if (name.startsWith("parameters[")) {
        if (entry.getValue().size() != 1) {
          throw ApiFailure.invalid("The parameter " + name + " was given more than once");
        }
        flat.put(name.substring("parameters".length()), entry.getValue().getFirst());
      }
    }
    if (call.text("parameters").isPresent()) {
      if (!flat.isEmpty()) {
        throw ApiFailure.invalid("parameters was given both as JSON and with brackets");
      }
      flatten(call.text("parameters").get(), mapper, flat);
    }
    if (flat.isEmpty()) {
      throw ApiFailure.invalid("Missing query parameter 'parameters'");
    }
    String type = take(flat, "[catalog_type]");
    if (!type.equals("RETAIL") && !type.equals("HOTEL")) {
      throw ApiFailure.invalid(
          "Invalid parameters[catalog_type] '" + type + "': it must be RETAIL or HOTEL");
    }
    Report report = report(take(flat, "[report][report_type]"));
    for (String name : flat.keySet()) {
      String prefix = "[report][";
      if (!name.startsWith(prefix)
          || !name.endsWith("]")
          || !report.knows(name.substring(prefix.length(), name.length() - 1))) {
        throw ApiFailure.invalid("Unknown query parameter 'parameters" + name + "'");
      }
    }
    OptionalLong target = id(flat, report == Report.DISTRIBUTION_ISSUES ? "catalog_id" : "feed_id");
    if (report == Report.FEED_INGESTION_ISSUES && target.isEmpty()) {
      throw ApiFailure.invalid("Missing query parameter 'parameters[report][feed_id]'");
    }
    return new StatsQuery(
        Person.CatalogType.valueOf(type), report, target, id(flat, "processing_result_id"));
  }

  private static Report report(String text) {
    for (Report report : Report.values()) {
      if (report.name().equals(text)) {
        return report;
      }
    }
    throw ApiFailure.invalid("Invalid parameters[report][report_type] '" + text + "'");
  }

  private static void flatten(String text, ObjectMapper mapper, Map<String, String> flat) {
    try {
      JsonNode json = mapper.readTree(text);
      for (var outer : json.properties()) {
        if (outer.getValue().isObject()) {
          for (var inner : outer.getValue().properties()) {
            flat.put("[" + outer.getKey() + "][" + inner.getKey() + "]", inner.getValue().asText());
          }
        } else {
          flat.put("[" + outer.getKey() + "]", outer.getValue().asText());
        }
      }
    } catch (JsonProcessingException e) {
      throw ApiFailure.invalid("Invalid parameters '" + text + "': it is not a JSON object");
    }
  }

  private static String take(Map<String, String> flat, String name) {
    String value = flat.remove(name);
    if (value == null) {
      throw ApiFailure.invalid("Missing query parameter 'parameters" + name + "'");
    }
    return value;
  }

  private static OptionalLong id(Map<String, String> flat, String member) {
    String value = flat.get("[report][" + member + "]");
    if (value == null) {
      return OptionalLong.empty();
    }
    Parameter.checkId("parameters[report][" + member + "]", value);
    return OptionalLong.of(Long.parseLong(value));
  }
}
