package io.pinferry.local.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** One request that fits an operation, its parameters checked. */
final class ApiCall {
  /** The only id in a path that need not be digits: the merchant's system made it. */
  private static final String TEXT_IN_PATH = "external_business_id";

  private final Operation operation;
  private final Map<String, Long> pathIds;
  private final Map<String, String> pathTexts;
  private final Map<String, List<String>> query;

  private ApiCall(
      Operation operation,
      Map<String, Long> pathIds,
      Map<String, String> pathTexts,
      Map<String, List<String>> query) {
    this.operation = operation;
    this.pathIds = pathIds;
    this.pathTexts = pathTexts;
    this.query = query;
  }

  /** Checks a request against an operation; the first thing that does not fit is an error. */
  static ApiCall of(Operation operation, List<String> segments, QueryText query) {
    var known = new HashMap<String, Parameter>();
    operation.parameters().forEach(parameter -> known.put(parameter.name(), parameter));
    var accepted = new TreeMap<String, List<String>>();
    query
        .values()
        .forEach(
            (name, values) -> {
              Parameter parameter = known.get(name);
              if (parameter != null) {
                parameter.check(values);
              } else if (!name.startsWith("parameters[") || !known.containsKey("parameters")) {
                throw ApiFailure.invalid("Unknown query parameter '" + name + "'");
              }
              accepted.put(name, values);
            });
    var ids = new HashMap<String, Long>();
    var texts = new HashMap<String, String>();
    for (int i = 0; i < segments.size(); i++) {
      String pattern = operation.path().get(i);
      if (pattern.startsWith("{")) {
        String name = pattern.substring(1, pattern.length() - 1);
        if (name.equals(TEXT_IN_PATH)) {
          texts.put(name, QueryText.decode(segments.get(i).replace("+", "%2B")));
        } else {
          Parameter.checkId(name, segments.get(i));
          ids.put(name, Long.parseLong(segments.get(i)));
        }
      }
    }
    return new ApiCall(operation, ids, texts, accepted);
  }

  Operation operation() {
    return operation;
  }

  long pathId(String name) {
    Long id = pathIds.get(name);
    if (id == null) {
      throw new IllegalStateException("no id " + name + " in the path of " + operation.name());
    }
    return id;
  }

  String pathText(String name) {
    String text = pathTexts.get(name);
    if (text == null) {
      throw new IllegalStateException("no text " + name + " in the path of " + operation.name());
    }
    return text;
  }

  /** Returns a parameter that has to be there. */
  String need(String name) {
    return text(name)
        .orElseThrow(() -> ApiFailure.invalid("Missing query parameter '" + name + "'"));
  }

  Optional<String> text(String name) {
    List<String> values = query.get(name);
    return values == null ? Optional.empty() : Optional.of(values.getFirst());
  }

  List<String> texts(String name) {
    return query.getOrDefault(name, List.of());
  }

  OptionalLong id(String name) {
    Optional<String> text = text(name);
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text.get()));
  }

  boolean flag(String name, boolean absent) {
    return text(name).map("true"::equalsIgnoreCase).orElse(absent);
  }

  int pageSize() {
    return text("page_size").map(Integer::parseInt).orElse(Parameter.PageSize.DEFAULT);
  }

  Optional<String> bookmark() {
    return text("bookmark").filter(value -> !value.isEmpty());
  }

  Map<String, List<String>> query() {
    return query;
  }

  /** Names the list a bookmark belongs to: everything that was asked but where and how much. */
  String listName(String user) {
    var parts = new ArrayList<String>();
    parts.add(user);
    parts.add(operation.name().name());
    parts.add(operation.object());
    pathIds.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(id -> parts.add(id.getKey() + "=" + id.getValue()));
    query.forEach(
        (name, values) -> {
          if (!name.equals("bookmark") && !name.equals("page_size")) {
            parts.add(name + "=" + values);
          }
        });
    return String.join("&", parts);
  }
}
