package io.pinferry.operation;

import java.util.List;
import java.util.Map;

/**
 * What is delivered of each record beside the whole record ({@code raw}).
 *
 * @param fields members that are delivered under their own names
 * @param mapped members that are delivered under other names
 * @param all whether every member of the record's first level that is not mapped is delivered, too
 * @param values for a field, by its name or the name it is mapped to: the value that is delivered
 *     for each value of Pinterest's
 */
public record Selection(
    List<Path> fields, List<Mapping> mapped, boolean all, Map<String, Map<String, String>> values) {

  public Selection {
    fields = List.copyOf(fields);
    mapped = List.copyOf(mapped);
    values = Map.copyOf(values);
  }

  /** A member of a record: the names from the record down. */
  public record Path(List<String> names) {
    public Path {
      names = List.copyOf(names);
    }

    /** Returns the names joined by dots, for people and as a key of value mappings. */
    public String text() {
      return String.join(".", names);
    }
  }

  /** A member that is delivered under another name, possibly inside new objects. */
  public record Mapping(Path source, Path target) {}
}
