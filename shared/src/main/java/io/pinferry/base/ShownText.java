package io.pinferry.base;

/**
 * Texts of others as people see them on a page. An invisible character can hide a part of a name,
 * or turn the rest of the sentence round it, so that the sentence seems to say something else.
 */
public final class ShownText {
  private static final int REPLACEMENT = 0xFFFD;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  /** The last code point of the scripts that join no letters. */
  private static final int LATIN_MAX = 0xFF;

  private ShownText() {}

  /**
   * Returns a text whose invisible characters are visible: they become replacement characters, and
   * separators of lines become spaces. Joiners inside other scripts and emoji stay.
   */
  public static String visible(String text) {
    int[] points = text.codePoints().toArray();
    var shown = new StringBuilder(text.length());
    for (int i = 0; i < points.length; i++) {
      shown.appendCodePoint(
          isJoiner(points[i]) && joins(points, i) ? points[i] : visible(points[i]));
    }
    return shown.toString();
  }

  /**
   * Returns a visible name for a sentence. A name with letters that run from right to left is
   * isolated, so that it leaves the order of the words around it.
   */
  public static String isolated(String name) {
    String visible = visible(name);
    return visible.codePoints().anyMatch(ShownText::runsFromRightToLeft)
        ? "\u2068" + visible + "\u2069"
        : visible;
  }

  private static int visible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL -> point == '\t' || point == '\n' || point == '\r' ? ' ' : REPLACEMENT;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> ' ';
      case Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
          REPLACEMENT;
      default -> isBlankLetter(point) ? REPLACEMENT : point;
    };
  }

  /** Returns whether Unicode calls this a letter or a mark, but fonts show nothing. */
  private static boolean isBlankLetter(int point) {
    return switch (point) {
      case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
      default -> false;
    };
  }

  private static boolean isJoiner(int point) {
    return point == ZERO_WIDTH_JOINER || point == ZERO_WIDTH_NON_JOINER;
  }

  private static boolean joins(int[] points, int at) {
    return at > 0 && at + 1 < points.length && isJoined(points[at - 1]) && isJoined(points[at + 1]);
  }

  private static boolean isJoined(int point) {
    return point > LATIN_MAX && visible(point) == point;
  }

  private static boolean runsFromRightToLeft(int point) {
    return switch (Character.getDirectionality(point)) {
      case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
          Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
          Character.DIRECTIONALITY_ARABIC_NUMBER ->
          true;
      default -> false;
    };
  }
}
