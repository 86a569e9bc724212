package io.pinferry.directory;

import java.util.Optional;
import java.util.regex.Pattern;

/** The form of our ids. A path with any other text needs no look-up. */
public final class Ids {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private Ids() {}

  /** Returns whether the text is a UUID in our form: lower case, with hyphens. */
  public static boolean isUuid(String text) {
    return UUID.matcher(text).matches();
  }

  /** Returns the text if it is a UUID in our form. */
  public static Optional<String> find(String text) {
    return Optional.of(text).filter(Ids::isUuid);
  }
}
