package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.http.JsonBody;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes of single places in a JSON object by RFC 6902: {@code add}, {@code replace} and {@code
 * remove}. A place exists if the shown object has it, which is completed from the manifest. The
 * change is made in the chosen object, so that values of the manifest do not become choices.
 */
record ObjectPatch(List<Operation> operations) {
  private static final String CHANGES = "changes";
  private static final List<String> OPS = List.of("add", "remove", "replace");
  private static final int CHANGES_MAX = 100;

  /** A change. The value is null for a removal. */
  record Operation(String op, JsonPointer path, @Nullable JsonNode value) {}

  /** Reads {@code changes}. A wrong change adds an issue. */
  static ObjectPatch read(JsonBody body) {
    List<Operation> operations = new ArrayList<>();
    JsonNode changes = body.tree(CHANGES).orElse(null);
    if (changes == null) {
      body.issue(CHANGES, "is missing");
    } else if (!changes.isArray() || changes.isEmpty() || changes.size() > CHANGES_MAX) {
      body.issue(CHANGES, "must be a list of 1 to " + CHANGES_MAX + " changes");
    } else {
      for (int i = 0; i < changes.size(); i++) {
        read(body, CHANGES + "[" + i + "]", changes.path(i), operations);
      }
    }
    return new ObjectPatch(operations);
  }

  private static void read(
      JsonBody body, String place, JsonNode change, List<Operation> operations) {
    String op = change.path("op").asText();
    if (!OPS.contains(op)) {
      body.issue(place + ".op", clipped(op), "must be one of " + String.join(", ", OPS));
      return;
    }
    JsonNode path = change.path("path");
    if (!path.isTextual() || !path.textValue().startsWith("/")) {
      body.issue(
          place + ".path",
          "must be a JSON Pointer into the object's config, like /selectedFields/title");
      return;
    }
    JsonNode value = change.get("value");
    boolean removal = op.equals("remove");
    if (!removal && value == null) {
      body.issue(place + ".value", "is missing");
      return;
    }
    operations.add(
        new Operation(op, JsonPointer.compile(path.textValue()), removal ? null : value));
  }

  /**
   * Applies the changes.
   *
   * @param chosen the object as it was chosen; this method changes it
   * @param shown the same object, completed from the manifest; this method changes it
   * @throws InvalidRequest if a place does not exist
   */
  void apply(ObjectNode chosen, ObjectNode shown) {
    for (int i = 0; i < operations.size(); i++) {
      Operation operation = operations.get(i);
      String place = CHANGES + "[" + i + "].path";
      if (!operation.op().equals("add") && shown.at(operation.path()).isMissingNode()) {
        throw refused(place, operation, "there is nothing at this place of the object's config");
      }
      if (!set(shown, operation) || !set(chosen, operation)) {
        throw refused(place, operation, "leads through something that has no members");
      }
    }
  }

  private static InvalidRequest refused(String place, Operation operation, String detail) {
    return Issue.body(place, clipped(operation.path().toString()), detail).unprocessable();
  }

  /** Returns false if the path leads through a value without members. */
  private static boolean set(ObjectNode root, Operation operation) {
    JsonNode parent = root;
    JsonPointer way = operation.path();
    while (!way.tail().matches()) {
      JsonNode next = member(parent, way);
      if (next == null && parent instanceof ObjectNode object) {
        if (operation.value() == null) {
          // Only the manifest has it, so the choice does not change.
          return true;
        }
        next = object.putObject(way.getMatchingProperty());
      }
      if (next == null) {
        return false;
      }
      parent = next;
      way = way.tail();
    }
    return switch (parent) {
      case ObjectNode object -> setMember(object, way.getMatchingProperty(), operation.value());
      case ArrayNode array -> setEntry(array, way, operation);
      default -> false;
    };
  }

  private static @Nullable JsonNode member(JsonNode parent, JsonPointer way) {
    return parent.isArray()
        ? parent.get(way.getMatchingIndex())
        : parent.get(way.getMatchingProperty());
  }

  private static boolean setMember(ObjectNode object, String name, @Nullable JsonNode value) {
    if (value == null) {
      object.remove(name);
    } else {
      object.set(name, value.deepCopy());
    }
    return true;
  }

  private static boolean setEntry(ArrayNode array, JsonPointer way, Operation operation) {
    JsonNode value = operation.value();
    if (operation.op().equals("add") && way.getMatchingProperty().equals("-")) {
      array.add(value == null ? null : value.deepCopy());
      return true;
    }
    int index = way.getMatchingIndex();
    boolean there = index >= 0 && index < array.size();
    if (value == null) {
      array.remove(index);
    } else if (operation.op().equals("replace") && there) {
      array.set(index, value.deepCopy());
    } else if (index >= 0 && index <= array.size()) {
      array.insert(index, value.deepCopy());
    } else {
      return false;
    }
    return true;
  }
}
