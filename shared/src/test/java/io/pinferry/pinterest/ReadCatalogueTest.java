package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.pinterest.ReadPlan.Child;
import io.pinferry.pinterest.ReadPlan.Condition;
import io.pinferry.pinterest.ReadPlan.Root;
import io.pinferry.pinterest.ReadPlan.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ReadCatalogueTest {
  static Stream<ReadPlan> plans() {
    return ReadCatalogue.names().stream().flatMap(name -> ReadCatalogue.get(name).plans().stream());
  }

  static Stream<ReadableObject> objects() {
    return ReadCatalogue.names().stream().map(ReadCatalogue::get);
  }

  @Test
  void theObjectsAreInTheOrderOfTheDocumentation() {
    assertThat(ReadCatalogue.names())
        .containsExactly(
            "pins",
            "boards",
            "media",
            "ad_accounts",
            "catalogs",
            "employers",
            "feeds",
            "product_groups",
            "integrations",
            "stats");
  }

  @Test
  void anUnknownObjectIsNotFound() {
    assertThat(ReadCatalogue.find("websites")).isEmpty();
    assertThatThrownBy(() -> ReadCatalogue.get("websites"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("websites");
    assertThatThrownBy(() -> ReadCatalogue.get("pins").plan("union"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pins has no plan named union");
  }

  @Test
  void changingTheListOfNamesChangesNothingElse() {
    ReadCatalogue.names().clear();

    assertThat(ReadCatalogue.names()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("plans")
  void everyStepThatIsNamedExistsAndEveryStepIsReached(ReadPlan plan) {
    Set<String> reached = new HashSet<>();
    assertThat(plan.roots()).isNotEmpty();
    for (Root root : plan.roots()) {
      reach(plan, plan.step(root.step()), new ArrayList<>(), reached);
    }

    assertThat(reached).isEqualTo(plan.steps().keySet());
    assertThat(plan.steps()).allSatisfy((name, step) -> assertThat(step.name()).isEqualTo(name));
  }

  /** Goes down every way; one that comes back to where it was would never end. */
  private static void reach(ReadPlan plan, Step step, List<String> way, Set<String> reached) {
    assertThat(way).doesNotContain(step.name());
    reached.add(step.name());
    way.add(step.name());
    for (Child child : step.children()) {
      reach(plan, plan.step(child.step()), way, reached);
    }
    way.removeLast();
  }

  @ParameterizedTest
  @MethodSource("plans")
  void everyWayEndsAtRecordsOfTheObject(ReadPlan plan) {
    assertThat(plan.steps().values())
        .allSatisfy(step -> assertThat(step.delivers()).isEqualTo(step.children().isEmpty()));
  }

  @ParameterizedTest
  @MethodSource("plans")
  void aChildIsGivenWhatItsPathNeeds(ReadPlan plan) {
    for (Root root : plan.roots()) {
      assertThat(pathParameters(plan.step(root.step()))).isEmpty();
      assertGiven(plan, plan.step(root.step()), Set.of());
    }
  }

  private static void assertGiven(ReadPlan plan, Step step, Set<String> given) {
    assertThat(given).containsAll(pathParameters(step));
    for (Child child : step.children()) {
      Set<String> handedOn = new HashSet<>(given);
      handedOn.removeIf(name -> !plan.takes(plan.step(child.step()), name));
      handedOn.addAll(child.parameters().keySet());
      assertThat(child.parameters().keySet())
          .as("each parameter is of use to the child or to one below it")
          .allMatch(name -> plan.takes(plan.step(child.step()), name));
      assertGiven(plan, plan.step(child.step()), handedOn);
    }
  }

  private static Set<String> pathParameters(Step step) {
    Set<String> names = new HashSet<>();
    for (String part : step.call().path().split("/", -1)) {
      if (part.startsWith("{")) {
        names.add(part.substring(1, part.length() - 1));
      }
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("plans")
  void everyEndpointIsAListOfVersion5(ReadPlan plan) {
    for (Step step : plan.steps().values()) {
      assertThat(step.call().path()).startsWith("/v5/");
      assertThat(step.call().scopes()).isNotEmpty();
      assertThat(step.call().scopes()).allMatch(scope -> scope.endsWith(":read"));
    }
  }

  @ParameterizedTest
  @MethodSource("objects")
  void everyObjectHasAKeyAndAPlan(ReadableObject object) {
    assertThat(object.key()).isNotEmpty();
    assertThat(object.displayName()).isNotBlank();
    assertThat(object.defaultPlan()).isSameAs(object.plans().getFirst());
    assertThat(object.plans()).extracting(ReadPlan::name).doesNotHaveDuplicates();
    for (ReadPlan plan : object.plans()) {
      assertThat(object.plan(plan.name())).isSameAs(plan);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pins, owned, pins, boards:read pins:read",
    "pins, boards, boards, boards:read pins:read",
    "boards, owners, boards, boards:read",
    "media, owned, media, pins:read",
    "ad_accounts, shared, ad_accounts, ads:read",
    "catalogs, owners, catalogs, catalogs:read",
    "employers, shared, employers, biz_access:read",
    "feeds, catalogs, catalogs, catalogs:read",
    "product_groups, catalogs, catalogs, catalogs:read",
    "integrations, owned, integrations, ads:read",
    "stats, reports, catalogs, catalogs:read"
  })
  void anObjectNeedsItsOwnScopesOnly(String name, String plan, String root, String scopes) {
    ReadPlan read = ReadCatalogue.get(name).plan(plan);

    assertThat(read.roots().stream().filter(Root::required).map(Root::step)).containsExactly(root);
    assertThat(read.requiredScopes()).containsExactlyInAnyOrder(scopes.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "pins, pins, /v5/pins, org_read",
    "boards, boards, /v5/boards, org_read",
    "media, media, /v5/media, org_read",
    "ad_accounts, ad_accounts, /v5/ad_accounts, ads_read",
    "catalogs, catalogs, /v5/catalogs, catalogs_read",
    "employers, employers, /v5/businesses/employers, ads_read",
    "feeds, feeds, /v5/catalogs/feeds, catalogs_read",
    "product_groups, product_groups, /v5/catalogs/product_groups, catalogs_read",
    "integrations, integrations, /v5/integrations, ads_read",
    "stats, distribution_stats, /v5/catalogs/reports/stats, catalogs_read",
    "stats, ingestion_stats, /v5/catalogs/reports/stats, catalogs_read"
  })
  void callsAreThoseOfTheReference(String name, String step, String path, String category) {
    ListCall call = ReadCatalogue.get(name).defaultPlan().step(step).call();

    assertThat(call.path()).isEqualTo(path);
    assertThat(call.category().text()).isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource({
    "pins, id, created_at",
    "boards, id, board_pins_modified_at created_at",
    "media, media_id, ''",
    "ad_accounts, id, updated_time created_time",
    "catalogs, id, updated_at created_at",
    "employers, id, created_time",
    "feeds, id, updated_at created_at",
    "product_groups, id, updated_at created_at",
    "integrations, id, updated_time created_time",
    "'stats', "
        + "report_type catalog_id _source.feed_id _source.processing_result_id code severity, ''"
  })
  void keysAndTimesAreThoseOfTheReference(String name, String key, String times) {
    ReadableObject object = ReadCatalogue.get(name);

    assertThat(object.key()).containsExactly(key.split(" ", -1));
    assertThat(object.hasOwnId()).isEqualTo(key.equals("id"));
    assertThat(object.timeFields().stream().map(TimeField::name))
        .containsExactly(times.isEmpty() ? new String[0] : times.split(" ", -1));
  }

  @Test
  void membersThatHoldSecretsAreKnown() {
    assertThat(ReadCatalogue.get("feeds").secretFields())
        .containsExactlyInAnyOrder("credentials.username", "credentials.password");
    assertThat(ReadCatalogue.get("integrations").secretFields())
        .containsExactlyInAnyOrder(
            "partner_access_token", "partner_refresh_token", "partner_primary_email");
  }

  @Test
  void pinsOnProtectedBoardsAreAskedFor() {
    assertThat(
            ReadCatalogue.get("pins")
                .defaultPlan()
                .step("pins")
                .call()
                .pathAndQuery(Map.of(), null, 250))
        .contains("include_protected_pins=true");
  }

  @Test
  void adAccountsOfOthersAreAskedFor() {
    assertThat(
            ReadCatalogue.get("ad_accounts")
                .defaultPlan()
                .step("ad_accounts")
                .call()
                .pathAndQuery(Map.of(), null, 250))
        .contains("include_shared_accounts=true");
  }

  @Test
  void pinsCanBeReadPerBoardAndSection() {
    ReadPlan plan = ReadCatalogue.get("pins").plan("boards");

    assertThat(children(plan, "boards"))
        .containsExactlyInAnyOrder(
            new Child("board_pins", Map.of("board_id", "id"), Condition.ALWAYS),
            new Child("board_sections", Map.of("board_id", "id"), Condition.ALWAYS));
    assertThat(children(plan, "board_sections"))
        .containsExactly(new Child("section_pins", Map.of("section_id", "id"), Condition.ALWAYS));
    assertThat(plan.steps()).doesNotContainKey("pins");
  }

  @ParameterizedTest
  @CsvSource({"boards, boards", "catalogs, catalogs", "feeds, catalogs", "stats, catalogs"})
  void whatOthersOwnIsReadThroughTheirAdAccounts(String name, String step) {
    ReadPlan plan = ReadCatalogue.get(name).defaultPlan();

    assertThat(plan.roots()).contains(new Root("ad_accounts", false));
    assertThat(children(plan, "ad_accounts"))
        .containsExactly(new Child(step, Map.of("ad_account_id", "id"), Condition.OTHER_OWNER));
  }

  @ParameterizedTest
  @CsvSource({"feeds", "product_groups"})
  void partsOfCatalogsAreReadPerCatalog(String name) {
    ReadPlan plan = ReadCatalogue.get(name).defaultPlan();

    assertThat(children(plan, "catalogs"))
        .containsExactly(new Child(name, Map.of("catalog_id", "id"), Condition.ALWAYS));
  }

  @Test
  void statsAreReadPerCatalogAndPerFeed() {
    ReadPlan plan = ReadCatalogue.get("stats").defaultPlan();

    assertThat(children(plan, "catalogs").stream().map(Child::step))
        .containsExactlyInAnyOrder("distribution_stats", "feeds");
    assertThat(children(plan, "catalogs").stream().map(Child::condition))
        .containsOnly(Condition.REPORTED_CATALOG_TYPE);
    assertThat(children(plan, "feeds"))
        .containsExactly(new Child("ingestion_stats", Map.of("feed_id", "id"), Condition.ALWAYS));
  }

  private static List<Child> children(ReadPlan plan, String step) {
    return plan.step(step).children();
  }
}
