package io.pinferry.directory;

import java.util.regex.Pattern;

/** The form of our ids. A path with any other text names nothing, so nothing is looked up. */
public final class Ids {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private Ids() {}

  /** Returns whether the text is a UUID in the form that we make: lower case, with hyphens. */
  public static boolean isUuid(String text) {
    return UUID.matcher(text).matches();
  }
}
