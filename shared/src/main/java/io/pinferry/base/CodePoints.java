package io.pinferry.base;

/**
 * Texts by their code points, as Pinterest and JSON Schema count them. Java keeps some, for example
 * each emoji, as two characters. Half of such a pair is no character, and cannot be sent as UTF-8.
 */
public final class CodePoints {
  private CodePoints() {}

  public static int count(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Returns a text, or its beginning and three dots if it has more than this many code points. */
  public static String clipped(String text, int countMax) {
    // No text has more code points than characters.
    return text.length() <= countMax || count(text) <= countMax
        ? text
        : text.substring(0, text.offsetByCodePoints(0, countMax)) + "...";
  }

  /** Returns whether a text has half of a pair without the other half. */
  public static boolean hasHalf(String text) {
    return halfAt(text, 0) >= 0;
  }

  private static int halfAt(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }

  /** Returns JSON with each half escaped, so that it survives as UTF-8. */
  static String halvesEscaped(String json) {
    int at = halfAt(json, 0);
    if (at < 0) {
      return json;
    }
    var escaped = new StringBuilder();
    int done = 0;
    for (; at >= 0; at = halfAt(json, done)) {
      escaped.append(json, done, at).append("\\u%04x".formatted((int) json.charAt(at)));
      done = at + 1;
    }
    return escaped.append(json, done, json.length()).toString();
  }
}
