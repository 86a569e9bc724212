package io.pinferry.pinterest;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The objects that can be written. Apart from {@link WriteCatalogue}, which a function that writes
 * nothing need not load.
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
