package io.pinferry.operation;

import java.util.List;
import java.util.Map;

/**
 * The members of a record to deliver, in addition to the whole record ({@code raw}).
 *
 * @param fields members to deliver under their own names
 * @param mapped members to deliver under other names
 * @param all whether to deliver all unmapped members of the first level, too
 * @param values for a delivered name of a field: the delivered value for each value of Pinterest
 */
public record Selection(
    List<Path> fields, List<Mapping> mapped, boolean all, Map<String, Map<String, String>> values) {

  public Selection {
    fields = List.copyOf(fields);
    mapped = List.copyOf(mapped);
    values = Map.copyOf(values);
  }

  /** The path of a member: the names from the record down. */
  public record Path(List<String> names) {
    public Path {
      names = List.copyOf(names);
    }

    /** Returns the names joined by dots, for people and as a key of value mappings. */
    public String text() {
      return String.join(".", names);
    }
  }

  /** A member to deliver under another path, possibly inside new objects. */
  public record Mapping(Path source, Path target) {}
}
