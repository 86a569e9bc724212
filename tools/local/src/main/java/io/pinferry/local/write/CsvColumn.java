package io.pinferry.local.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * A column of CSV.
 *
 * @param path the names of the member, from the outermost
 * @param type how its cells are read
 */
record CsvColumn(List<String> path, Type type) {
  /** How a cell is read. */
  enum Type {
    TEXT,
    NUMBER,
    BOOLEAN,
    JSON
  }

  CsvColumn {
    path = List.copyOf(path);
  }

  /**
   * Reads a cell of the header, for example {@code media_source.url} or {@code budget:number}.
   *
   * @throws IllegalArgumentException if it is no name
   */
  static CsvColumn of(String cell) {
    String text = cell.strip();
    int colon = text.lastIndexOf(':');
    List<String> path =
        List.of(text.substring(0, colon < 0 ? text.length() : colon).split("\\.", -1));
    if (path.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("has an empty name");
    }
    return new CsvColumn(path, colon < 0 ? Type.TEXT : type(text.substring(colon + 1)));
  }

  private static Type type(String name) {
    for (Type type : Type.values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "has the type %s: write text, number, boolean or json behind the colon".formatted(name));
  }

  /**
   * Puts a cell into a record. An empty cell leaves the member out.
   *
   * @throws IllegalArgumentException if the cell does not have the type
   */
  void put(ObjectNode record, String cell) {
    if (cell.isEmpty()) {
      return;
    }
    ObjectNode parent = record;
    for (String name : path.subList(0, path.size() - 1)) {
      JsonNode inner = parent.has(name) ? parent.path(name) : parent.putObject(name);
      if (!(inner instanceof ObjectNode object)) {
        throw new IllegalArgumentException(
            "has a value at %s, and members of it in other columns".formatted(name));
      }
      parent = object;
    }
    String name = path.getLast();
    if (parent.has(name)) {
      throw new IllegalArgumentException(
          "has a value at %s, and members of it in other columns".formatted(name));
    }
    parent.set(name, value(record, cell));
  }

  private JsonNode value(ObjectNode record, String cell) {
    if (type == Type.TEXT) {
      return record.textNode(cell);
    }
    JsonNode value;
    try {
      value = RecordFile.value(cell.strip());
    } catch (IllegalArgumentException e) {
      throw unreadable(cell);
    }
    boolean good =
        switch (type) {
          case NUMBER -> value.isNumber();
          case BOOLEAN -> value.isBoolean();
          case JSON -> !value.isMissingNode();
          case TEXT -> true;
        };
    if (!good) {
      throw unreadable(cell);
    }
    return value;
  }

  private IllegalArgumentException unreadable(String cell) {
    return new IllegalArgumentException(
        "has no %s at %s: %s"
            .formatted(type.name().toLowerCase(Locale.ROOT), String.join(".", path), cell));
  }
}
