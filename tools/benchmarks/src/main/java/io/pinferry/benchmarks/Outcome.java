package io.pinferry.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The result of a benchmark.
 *
 * @param goals at least one
 * @param rows what was measured one by one
 */
record Outcome(String name, List<Goal> goals, List<ObjectNode> rows) {
  Outcome {
    goals = List.copyOf(goals);
    rows = List.copyOf(rows);
  }

  boolean holds() {
    return worst().holds();
  }

  /** Returns the goal that is furthest from being held. */
  private Goal worst() {
    return goals.stream().min(Comparator.comparingDouble(Goal::reached)).orElseThrow();
  }

  String toJson() {
    ObjectNode json = Json.object();
    json.put("name", name);
    json.put("ratio", worst().ratio());
    json.put("goal", worst().goal());
    json.put("holds", holds());
    json.put("detail", goals.stream().map(Goal::text).collect(Collectors.joining("; ")));
    if (!rows.isEmpty()) {
      rows.forEach(json.putArray("rows")::add);
    }
    return Json.text(json);
  }
}
