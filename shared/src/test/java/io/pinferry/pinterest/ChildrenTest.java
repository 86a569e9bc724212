package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.pinterest.Children.ChildPartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ChildrenTest {
  private static final ReadPlan BOARDS = ReadCatalogue.get("boards").defaultPlan();
  private static final ReadPlan STATS = ReadCatalogue.get("stats").defaultPlan();
  private static final ReadPlan PINS = ReadCatalogue.get("pins").plan("boards");

  private static List<ChildPartition> of(
      ReadPlan plan,
      String step,
      Map<String, String> parameters,
      Map<String, String> record,
      @Nullable String userId) {
    return Children.of(
        plan,
        plan.step(step),
        parameters,
        member -> Optional.ofNullable(record.get(member)),
        userId);
  }

  @Test
  void aBoardLeadsToItsPinsAndItsSections() {
    assertThat(of(PINS, "boards", Map.of(), Map.of("id", "7"), null))
        .containsExactly(
            new ChildPartition("board_pins", Map.of("board_id", "7")),
            new ChildPartition("board_sections", Map.of("board_id", "7")));
  }

  @Test
  void aSectionsPinsKeepTheBoard() {
    assertThat(of(PINS, "board_sections", Map.of("board_id", "7"), Map.of("id", "9"), null))
        .containsExactly(
            new ChildPartition("section_pins", Map.of("board_id", "7", "section_id", "9")));
  }

  @Test
  void anAdAccountOfAnotherOwnerIsFollowed() {
    assertThat(
            of(
                BOARDS,
                "ad_accounts",
                Map.of(),
                Map.of("id", "3", "owner.id", "u2", "permissions", "[\"OWNER\"]"),
                "u1"))
        .containsExactly(new ChildPartition("boards", Map.of("ad_account_id", "3")));
  }

  @Test
  void onesOwnAdAccountIsNot() {
    assertThat(of(BOARDS, "ad_accounts", Map.of(), Map.of("id", "3", "owner.id", "u1"), "u1"))
        .isEmpty();
  }

  @Test
  void anAdAccountWithoutOwnerIsFollowed() {
    assertThat(of(BOARDS, "ad_accounts", Map.of(), Map.of("id", "3"), "u1")).hasSize(1);
  }

  @Test
  void whereTheUserIsUnknownTheRoleTells() {
    assertThat(
            of(
                BOARDS,
                "ad_accounts",
                Map.of(),
                Map.of("id", "3", "permissions", "[\"ADMIN\",\"OWNER\"]"),
                null))
        .isEmpty();
    assertThat(
            of(
                BOARDS,
                "ad_accounts",
                Map.of(),
                Map.of("id", "3", "permissions", "[\"CATALOGS_MANAGER\"]"),
                null))
        .hasSize(1);
    assertThat(of(BOARDS, "ad_accounts", Map.of(), Map.of("id", "3"), null)).hasSize(1);
  }

  @Test
  void onlyCatalogsWithReportsLeadToStats() {
    assertThat(
            of(
                STATS,
                "catalogs",
                Map.of("ad_account_id", "3"),
                Map.of("id", "12", "catalog_type", "HOTEL"),
                null))
        .containsExactly(
            new ChildPartition(
                "distribution_stats",
                Map.of("ad_account_id", "3", "catalog_id", "12", "catalog_type", "HOTEL")),
            new ChildPartition(
                "feeds",
                Map.of("ad_account_id", "3", "catalog_id", "12", "catalog_type", "HOTEL")));
    assertThat(
            of(
                STATS,
                "catalogs",
                Map.of(),
                Map.of("id", "12", "catalog_type", "CREATIVE_ASSETS"),
                null))
        .isEmpty();
    assertThat(of(STATS, "catalogs", Map.of(), Map.of("id", "12"), null)).isEmpty();
  }

  @Test
  void aFeedsStatsKeepTypeAndAccount() {
    assertThat(
            of(
                STATS,
                "feeds",
                Map.of("ad_account_id", "3", "catalog_id", "12", "catalog_type", "RETAIL"),
                Map.of("id", "4"),
                null))
        .singleElement()
        .extracting(ChildPartition::parameters)
        .satisfies(
            parameters ->
                assertThat(parameters)
                    .containsEntry("feed_id", "4")
                    .containsEntry("catalog_type", "RETAIL")
                    .containsEntry("ad_account_id", "3"));
  }

  @Test
  void aRecordWithoutTheMemberThatIsNeededStopsTheRead() {
    assertThatThrownBy(() -> of(PINS, "boards", Map.of(), Map.of(), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a record of boards has no id");
  }

  @Test
  void whatIsNeededOfARecordIsKnownBefore() {
    assertThat(Children.membersNeeded(PINS.step("boards"))).containsExactly("id");
    assertThat(Children.membersNeeded(PINS.step("board_pins"))).isEmpty();
    assertThat(Children.membersNeeded(BOARDS.step("ad_accounts")))
        .containsExactly("id", "owner.id", "permissions");
    assertThat(Children.membersNeeded(STATS.step("catalogs")))
        .containsExactly("catalog_type", "id");
  }
}
