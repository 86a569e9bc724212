package io.pinferry.local.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import org.junit.jupiter.api.Test;

final class RateLimitsTest {
  @Test
  void eachLimitIsALineAndASharedOneComesOnce() {
    String budgets =
        """
        {"budgets":[
          {"category":"org_read","learned":true,"pausedUntil":"2026-09-01T08:00:40Z","windows":[
            {"limit":100,"seconds":1,"shared":true,"used":0,"left":100},
            {"limit":1000,"seconds":60,"shared":false,"used":12,"left":988,
             "fullAt":"2026-09-01T08:01:00Z"},
            {"limit":1000,"seconds":86400,"shared":false}]},
          {"category":"ads_read","learned":false,"windows":[
            {"limit":100,"seconds":1,"shared":true,"used":0,"left":100},
            {"limit":50,"seconds":90,"shared":false,"used":0,"left":50}]},
          {"category":"trends_read","learned":true,"windows":[]}]}
        """;

    assertThat(new RateLimits(Json.trusted(budgets)).lines())
        .containsExactly(
            "CATEGORY      LIMIT        USED  LEFT  FULL AT               PAUSED UNTIL",
            "all together  100/second   0     100   -                     -",
            "org_read      1000/minute  12    988   2026-09-01T08:01:00Z  2026-09-01T08:00:40Z",
            "org_read      1000/day     -     -     -                     2026-09-01T08:00:40Z",
            "ads_read      50/90s       0     50    -                     -",
            "trends_read   none told    -     -     -                     -");
  }

  @Test
  void withoutAConnectionThereIsNoLimit() {
    assertThat(new RateLimits(Json.trusted("{\"budgets\":[]}")).lines()).hasSize(1);
  }
}
