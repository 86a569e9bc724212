package io.pinferry.pinterest;

import io.pinferry.limit.BudgetWindow;
import io.pinferry.limit.Pace;
import io.pinferry.net.HttpAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request limits in the headers of an answer. Their form has changed without notice (plain
 * numbers, then lists of windows with and without names). So a header that cannot be read counts as
 * absent.
 *
 * @param windows the limits with their windows; may be empty
 * @param remaining requests left in the tightest window; null if unknown
 * @param reset time until the tightest window ends; null if unknown
 * @param quotaLow whether the tightest window lasts an hour or more and at most a tenth of its
 *     requests is left
 */
public record RateLimits(
    List<Window> windows, @Nullable Integer remaining, @Nullable Duration reset, boolean quotaLow) {

  /** The header with the seconds until the tightest window ends. */
  public static final String RESET_HEADER = "x-ratelimit-reset";

  private static final Pattern WINDOW =
      Pattern.compile(
          "(\\d{1,9})\\s*;\\s*w\\s*=\\s*(\\d{1,6})(?:\\s*;\\s*name=\"([^\"]{0,80})\")?");

  /** A thousand a second. */
  private static final BudgetWindow NOT_LIMITED = new BudgetWindow(4_000, Duration.ofSeconds(1));

  private static final Pattern NUMBER = Pattern.compile("\\s*(\\d{1,9})\\b.*");

  public RateLimits {
    windows = List.copyOf(windows);
  }

  /**
   * A limit over a sliding window.
   *
   * @param name Pinterest's name, for example {@code org_read_app_id_user_id}; null if unknown
   */
  public record Window(int limit, Duration length, @Nullable String name) {}

  /**
   * Returns the windows of a budget; may be empty. A success without any of these headers has no
   * limit to keep: then there is one window that never makes a request wait.
   *
   * @param success whether Pinterest itself sent a success. An edge can send a 200 too, and knows
   *     no limits
   */
  public List<BudgetWindow> budgetWindows(boolean success) {
    if (success && windows.isEmpty() && remaining == null && reset == null) {
      return List.of(NOT_LIMITED);
    }
    return windows.stream()
        .filter(window -> window.limit() > 0 && window.length().isPositive())
        .map(window -> new BudgetWindow(window.limit(), window.length()))
        .toList();
  }

  /** Returns whether these windows of a budget say that there is no limit to keep. */
  public static boolean isNotLimited(@Nullable List<BudgetWindow> windows) {
    return List.of(NOT_LIMITED).equals(windows);
  }

  /** Reads the headers of an answer. */
  public static RateLimits of(HttpAnswer answer) {
    List<Window> windows = new ArrayList<>();
    Matcher window = WINDOW.matcher(answer.header("x-ratelimit-limit").orElse(""));
    while (window.find()) {
      windows.add(
          new Window(
              Integer.parseInt(window.group(1)),
              Duration.ofSeconds(Long.parseLong(window.group(2))),
              window.group(3)));
    }
    Optional<Integer> reset = number(answer, RESET_HEADER);
    Optional<Integer> remaining = number(answer, "x-ratelimit-remaining");
    return new RateLimits(
        windows,
        remaining.orElse(null),
        reset.map(Duration::ofSeconds).orElse(null),
        remaining.isPresent()
            && number(answer, "x-ratelimit-limit")
                .filter(tightest -> quotaLow(windows, tightest, remaining.get()))
                .isPresent());
  }

  /** The header of the remaining requests is about the window whose limit comes first. */
  private static boolean quotaLow(List<Window> windows, int tightest, int remaining) {
    return remaining <= tightest / 10
        && windows.stream()
            .anyMatch(
                window ->
                    window.limit() == tightest
                        && window.length().compareTo(Pace.QUOTA_LENGTH_MIN) >= 0);
  }

  private static Optional<Integer> number(HttpAnswer answer, String header) {
    return answer
        .header(header)
        .map(NUMBER::matcher)
        .filter(Matcher::matches)
        .map(matcher -> Integer.parseInt(matcher.group(1)));
  }
}
