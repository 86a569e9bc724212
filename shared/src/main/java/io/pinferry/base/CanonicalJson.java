package io.pinferry.base;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** JSON in one form: equal values give equal texts, whatever the order of their members. */
public final class CanonicalJson {
  private CanonicalJson() {}

  /**
   * Returns the text of an object.
   *
   * @param leftOut names of members of the object that do not count
   */
  public static String of(JsonNode object, Set<String> leftOut) {
    var text = new StringBuilder();
    addObject(object, leftOut, text);
    return text.toString();
  }

  private static void add(JsonNode value, StringBuilder text) {
    if (value.isObject()) {
      addObject(value, Set.of(), text);
    } else if (value.isArray()) {
      text.append('[');
      for (JsonNode element : value) {
        add(element, text);
        text.append(',');
      }
      text.append(']');
    } else {
      text.append(Json.text(value));
    }
  }

  private static void addObject(JsonNode object, Set<String> leftOut, StringBuilder text) {
    Map<String, JsonNode> members = new TreeMap<>();
    object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
    members.keySet().removeAll(leftOut);
    text.append('{');
    members.forEach(
        (name, value) -> {
          text.append(Json.text(Json.object().textNode(name))).append(':');
          add(value, text);
          text.append(',');
        });
    text.append('}');
  }
}
