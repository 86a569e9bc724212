package io.pinferry.pinterest;

import java.util.List;
import java.util.Locale;

/**
 * Refusals that pass by themselves, as data. Pinterest answers them as errors of the request, with
 * a code that most other refusals have too, so only the words tell them apart.
 *
 * @see <a href="https://github.com/gitroomhq/postiz-app/pull/1931">A pin that failed, and succeeded
 *     25 minutes later</a>
 */
final class PassingRefusals {
  /**
   * A refusal that passes.
   *
   * @param words a part of the message, in small letters
   */
  private record Passing(int status, int code, String words) {
    boolean is(int otherStatus, int otherCode, String message) {
      return status == otherStatus && code == otherCode && message.contains(words);
    }
  }

  private static final List<Passing> ALL =
      List.of(
          // The image's own server was slow, or Pinterest's fetcher was busy.
          new Passing(400, 1, "unable to reach the url"),
          new Passing(400, 1, "could not fetch the image"),
          new Passing(400, 1, "try again later"));

  private PassingRefusals() {}

  static boolean contain(int status, int code, String message) {
    String words = message.toLowerCase(Locale.ROOT);
    return ALL.stream().anyMatch(passing -> passing.is(status, code, words));
  }
}
