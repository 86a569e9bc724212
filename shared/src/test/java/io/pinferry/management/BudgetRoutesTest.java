package io.pinferry.management;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.directory.Connection;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore.SlotRequest;
import io.pinferry.limit.BudgetWindow;
import io.pinferry.limit.Priority;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.pinterest.RateCategory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The budgets of an installation. */
final class BudgetRoutesTest {
  private final ManagementWorld world = new ManagementWorld();
  private BudgetOwner owner = new BudgetOwner("", "");
  private String path = "";

  @BeforeEach
  void anInstallation() {
    String project = world.project("shop");
    world.destination("hook");
    world.deploy(
        """
        specVersion: 1.0.0
        integrations:
          - name: sync
            provider: pinterest
            read:
              objects:
                - {objectName: boards, destination: hook, optionalFieldsAuto: all}
        """,
        "");
    Connection connection = world.connect(project, "org_1", "boards:read");
    // Its tokens were imported without an app.
    owner = new BudgetOwner("unknown", "connection:" + connection.id());
    Answer installed =
        world.post(
            "/v1/projects/shop/integrations/sync/installations",
            "{'groupRef':'org_1','config':{'content':{'provider':'pinterest','read':{'objects':{"
                + "'boards':{'objectName':'boards','selectedFieldsAuto':'all'}}}}}}");
    path = "/v1/projects/shop/integrations/sync/installations/" + installed.text("id") + "/budgets";
  }

  private JsonNode budget(RateCategory category) {
    return world
        .get(path)
        .body()
        .path("budgets")
        .valueStream()
        .filter(one -> one.path("category").asText().equals(category.text()))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode json(String text) {
    return Json.trusted(text.replace('\'', '"'));
  }

  private void take(RateCategory category, int slots) {
    Instant now = world.clock.instant();
    world.budgets.take(
        category.budgetOf(owner),
        new SlotRequest(
            slots,
            0,
            Duration.ofSeconds(1),
            List.of(),
            category.assumed(),
            Priority.BULK,
            now,
            now.plusSeconds(5)));
  }

  @Test
  void anUnusedBudgetIsWholeUnderTheAssumedLimits() {
    assertThat(
            world
                .get(path)
                .body()
                .path("budgets")
                .valueStream()
                .map(one -> one.path("category").asText()))
        .containsExactly(
            "org_read",
            "org_write",
            "org_analytics",
            "ads_read",
            "ads_write",
            "ads_analytics",
            "ads_conversions",
            "catalogs_read",
            "catalogs_write",
            "trends_read");
    assertThat(budget(RateCategory.ORG_READ))
        .isEqualTo(
            json(
                "{'category':'org_read','learned':false,'windows':["
                    + "{'limit':100,'seconds':1,'shared':true,'used':0,'left':100},"
                    + "{'limit':1000,'seconds':60,'shared':false,'used':0,'left':1000}]}"));
  }

  @Test
  void aUsedBudgetTellsTheRestAndWhenItIsWholeAgain() {
    take(RateCategory.ORG_READ, 3);
    world.clock.advance(Duration.ofSeconds(10));

    assertThat(budget(RateCategory.ORG_READ).path("windows"))
        .isEqualTo(
            json(
                "[{'limit':100,'seconds':1,'shared':true,'used':0,'left':100},"
                    + "{'limit':1000,'seconds':60,'shared':false,'used':3,'left':997,"
                    + "'fullAt':'2026-09-01T08:01:01Z'}]"));
    assertThat(budget(RateCategory.ADS_READ).at("/windows/1/left").asInt()).isEqualTo(1000);
  }

  @Test
  void learnedLimitsAndAQuotaAreShown() {
    world.budgets.learn(
        RateCategory.ORG_READ.budgetOf(owner),
        List.of(
            new BudgetWindow(300, Duration.ofMinutes(1)),
            new BudgetWindow(1000, Duration.ofDays(1))),
        world.clock.instant());
    take(RateCategory.ORG_READ, 1);

    assertThat(budget(RateCategory.ORG_READ))
        .isEqualTo(
            json(
                "{'category':'org_read','learned':true,'windows':["
                    + "{'limit':300,'seconds':60,'shared':false,'used':1,'left':299,"
                    + "'fullAt':'2026-09-01T08:01:01Z'},"
                    + "{'limit':1000,'seconds':86400,'shared':false}]}"));
  }

  @Test
  void aPauseIsShownUntilItsEnd() {
    world.budgets.pause(
        RateCategory.ORG_READ.budgetOf(owner), world.clock.instant().plusSeconds(30));

    assertThat(budget(RateCategory.ORG_READ).path("pausedUntil").asText())
        .isEqualTo("2026-09-01T08:00:30Z");
    assertThat(budget(RateCategory.ADS_READ).has("pausedUntil")).isFalse();

    world.clock.advance(Duration.ofSeconds(30));
    assertThat(budget(RateCategory.ORG_READ).has("pausedUntil")).isFalse();
  }

  @Test
  void whereAnswersTellNoLimitThereIsNone() {
    // The client learns this window from a success without any header about limits.
    world.budgets.learn(
        RateCategory.TRENDS_READ.budgetOf(owner),
        List.of(new BudgetWindow(4_000, Duration.ofSeconds(1))),
        world.clock.instant());

    assertThat(budget(RateCategory.TRENDS_READ))
        .isEqualTo(json("{'category':'trends_read','learned':true,'windows':[]}"));
  }

  @Test
  void budgetsOfOthersDoNotShow() {
    world.budgets.pause(
        new BudgetKey(new BudgetOwner("unknown", "connection:other"), "org_read"),
        world.clock.instant().plusSeconds(30));

    assertThat(budget(RateCategory.ORG_READ).has("pausedUntil")).isFalse();
  }

  @Test
  void anUnknownInstallationHasNone() {
    assertThat(world.get(path.replace("/budgets", "x/budgets")).status()).isEqualTo(404);
  }
}
