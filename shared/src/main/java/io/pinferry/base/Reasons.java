package io.pinferry.base;

import java.util.regex.Pattern;

/** Reasons of failures, in words for a person. */
public final class Reasons {
  /** Pinterest's id of one request, and a time. */
  private static final Pattern OF_ONE_REQUEST =
      Pattern.compile(" \\(request [^)]*\\)|\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");

  private Reasons() {}

  /** Returns what two reasons with the same cause have in common. */
  public static String cause(String reason) {
    return OF_ONE_REQUEST.matcher(reason).replaceAll("");
  }
}
