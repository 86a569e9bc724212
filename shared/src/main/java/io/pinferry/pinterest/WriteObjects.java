package io.pinferry.pinterest;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of the objects that can be written. A function that writes nothing does not load {@link
 * WriteCatalogue}.
 */
public final class WriteObjects {
  private static final List<String> NAMES =
      List.of(
          "pins",
          "boards",
          "board_sections",
          "media",
          "ad_accounts",
          "catalogs",
          "feeds",
          "product_groups",
          "websites",
          "commerce",
          "logs",
          "reports");

  private WriteObjects() {}

  /** Returns their names, in the order of the documentation. */
  public static Set<String> names() {
    return new LinkedHashSet<>(NAMES);
  }
}
