package io.pinferry.pinterest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns the names of Pinterest's API into names for people. */
public final class DisplayNames {
  /** Words that are always written in capitals. */
  private static final Set<String> CAPITALS =
      Set.of("id", "url", "csv", "tsv", "xml", "api", "lba", "i2pc");

  private DisplayNames() {}

  /** Returns the name of an object or a field: {@code board_id} is "Board ID". */
  public static String of(String name) {
    List<String> words = Arrays.stream(name.split("_")).filter(word -> !word.isEmpty()).toList();
    if (words.isEmpty()) {
      return name;
    }
    String text = words.stream().map(DisplayNames::word).collect(Collectors.joining(" "));
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /** Returns the name of a field inside others, the outermost first. */
  public static String of(List<String> path) {
    return path.stream().map(DisplayNames::of).collect(Collectors.joining(": "));
  }

  /** Returns the name of a value of a choice: {@code IN_STOCK} is "In stock". */
  public static String ofWord(String fieldName, String word) {
    if (fieldName.endsWith("country")) {
      return Locale.of("", word).getDisplayCountry(Locale.ENGLISH);
    }
    boolean code = fieldName.endsWith("currency") || fieldName.equals("timezone");
    return code ? word : of(word);
  }

  private static String word(String word) {
    String small = word.toLowerCase(Locale.ROOT);
    return CAPITALS.contains(small) ? small.toUpperCase(Locale.ROOT) : small;
  }
}
