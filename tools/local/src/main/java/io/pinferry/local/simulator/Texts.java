package io.pinferry.local.simulator;

import java.util.List;

/**
 * Makes names and texts of the kinds that break careless clients: long, empty, escaped, not Latin.
 */
final class Texts {
  private static final List<String> WORDS =
      List.of(
          "autumn",
          "linen",
          "kitchen",
          "ideas",
          "wooden",
          "shelf",
          "small",
          "garden",
          "recipe",
          "lemon",
          "winter",
          "outfit",
          "paint",
          "blue",
          "ceramic",
          "travel",
          "Lisbon",
          "braid",
          "wedding",
          "table",
          "cabin",
          "light",
          "vintage",
          "poster",
          "knit",
          "sofa",
          "easy",
          "dinner",
          "bread",
          "plants",
          "mirror",
          "studio",
          "crème brûlée",
          "Küche",
          "jardín",
          "diseño",
          "décor",
          "smörgås",
          "整理",
          "収納",
          "夏の",
          "подарок",
          "украшение",
          "تصميم",
          "सजावट",
          "한옥");

  private static final List<String> TAILS =
      List.of(
          "",
          "",
          "",
          " \u2728",
          " \uD83C\uDF3F\uD83E\uDDF6",
          " \uD83D\uDC69\u200D\uD83C\uDF73",
          " \"as seen\"",
          " \\o/",
          " <b>& co</b>",
          "\nnew line\tand tab",
          " #diy #home",
          " 50% off!",
          " \u2028separated",
          " cafe\u0301");

  private Texts() {}

  static String title(long hash) {
    return words(hash, 2 + Mix.below(Mix.draw(hash, 1), 5)) + tail(Mix.draw(hash, 2));
  }

  static String description(long hash) {
    return words(hash, 6 + Mix.below(Mix.draw(hash, 1), 18)) + tail(Mix.draw(hash, 2));
  }

  /** A short plain name, for things whose names go into addresses. */
  static String plain(long hash) {
    return WORDS.get(Mix.below(hash, 28)) + "-" + WORDS.get(Mix.below(Mix.draw(hash, 3), 28));
  }

  private static String words(long hash, int number) {
    var text = new StringBuilder();
    long next = hash;
    for (int i = 0; i < number; i++) {
      next = Mix.mix(next);
      if (i > 0) {
        text.append(' ');
      }
      text.append(WORDS.get(Mix.below(next, WORDS.size())));
    }
    return text.toString();
  }

  private static String tail(long hash) {
    return TAILS.get(Mix.below(hash, TAILS.size()));
  }
}
