package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.limit.BudgetWindow;
import io.pinferry.limit.Pace;
import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.RateLimits.Window;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitsTest {
  private static RateLimits of(Map<String, String> headers) {
    Map<String, List<String>> lists = new HashMap<>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    return RateLimits.of(new HttpAnswer(200, lists, new byte[0], false));
  }

  @Test
  void theFormWithNamesIsRead() {
    RateLimits limits =
        of(
            Map.of(
                "x-ratelimit-limit",
                "100, 100;w=1;name=\"safety_net_app_id_user_id\","
                    + " 1000;w=60;name=\"org_read_app_id_user_id\"",
                "x-ratelimit-remaining",
                "97",
                "x-ratelimit-reset",
                "1"));

    assertThat(limits)
        .isEqualTo(
            new RateLimits(
                List.of(
                    new Window(100, Duration.ofSeconds(1), "safety_net_app_id_user_id"),
                    new Window(1000, Duration.ofSeconds(60), "org_read_app_id_user_id")),
                97,
                Duration.ofSeconds(1),
                false));
  }

  @Test
  void theFormWithoutNamesIsRead() {
    assertThat(of(Map.of("x-ratelimit-limit", "100, 100;w=1, 100;w=60")).windows())
        .containsExactly(
            new Window(100, Duration.ofSeconds(1), null),
            new Window(100, Duration.ofSeconds(60), null));
  }

  @Test
  void spacesDoNotMatter() {
    assertThat(of(Map.of("x-ratelimit-limit", "100 , 100 ; w = 1 ; name=\"a\"")).windows())
        .containsExactly(new Window(100, Duration.ofSeconds(1), "a"));
  }

  @Test
  void aPlainNumberNamesNoWindow() {
    RateLimits limits =
        of(
            Map.of(
                "x-ratelimit-limit", "1000",
                "x-ratelimit-remaining", "12",
                "x-ratelimit-reset", "30"));

    assertThat(limits).isEqualTo(new RateLimits(List.of(), 12, Duration.ofSeconds(30), false));
  }

  @Test
  void whatIsNotSentIsNotKnown() {
    assertThat(of(Map.of())).isEqualTo(new RateLimits(List.of(), null, null, false));
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "' 5', 5", "'5, 100;w=1', 5", "5.7, 5", "0, 0"})
  void anyFormOfANumberIsRead(String header, int expected) {
    RateLimits limits = of(Map.of("x-ratelimit-remaining", header, "x-ratelimit-reset", header));

    assertThat(limits.remaining()).isEqualTo(expected);
    assertThat(limits.reset()).isEqualTo(Duration.ofSeconds(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "1789372937293", "5x", "99999999999999999999"})
  void whatIsNoNumberIsNotKnown(String header) {
    RateLimits limits =
        of(
            Map.of(
                "x-ratelimit-limit", header,
                "x-ratelimit-remaining", header,
                "x-ratelimit-reset", header));

    assertThat(limits).isEqualTo(new RateLimits(List.of(), null, null, false));
  }

  @ParameterizedTest
  @CsvSource({"1000, 100, true", "1000, 0, true", "1000, 101, false", "100, 3, false"})
  void aQuotaIsLowWhenATenthOfTheTightestWindowIsLeft(String tightest, String left, boolean low) {
    RateLimits limits =
        of(
            Map.of(
                "x-ratelimit-limit",
                tightest + ", 100;w=1, 1000;w=86400;name=\"trial_app_id\"",
                "x-ratelimit-remaining",
                left));

    assertThat(limits.quotaLow()).isEqualTo(low);
  }

  @Test
  void budgetsAreMadeOfTheWindowsThatAreLimits() {
    RateLimits limits = of(Map.of("x-ratelimit-limit", "100, 100;w=1, 0;w=60, 1000;w=60"));

    assertThat(limits.budgetWindows(true))
        .containsExactly(
            new BudgetWindow(100, Duration.ofSeconds(1)),
            new BudgetWindow(1000, Duration.ofSeconds(60)));
  }

  @Test
  void onlyASuccessThatSaysNothingOfLimitsHasNone() {
    RateLimits silent = of(Map.of());

    assertThat(Pace.of(silent.budgetWindows(true)).orElseThrow().interval())
        .isLessThan(Duration.ofMillis(2));
    assertThat(silent.budgetWindows(false)).isEmpty();
    assertThat(of(Map.of("x-ratelimit-remaining", "7")).budgetWindows(true)).isEmpty();
  }
}
