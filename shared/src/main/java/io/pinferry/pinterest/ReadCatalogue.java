package io.pinferry.pinterest;

import static io.pinferry.pinterest.TimeField.Form.MILLISECONDS;
import static io.pinferry.pinterest.TimeField.Form.SECONDS;
import static io.pinferry.pinterest.TimeField.Form.SECONDS_OR_MILLISECONDS;
import static io.pinferry.pinterest.TimeField.Form.TEXT;
import static io.pinferry.pinterest.TimeField.Meaning.CREATED;
import static io.pinferry.pinterest.TimeField.Meaning.UPDATED;

import io.pinferry.pinterest.ListCall.QueryParameter;
import io.pinferry.pinterest.ReadPlan.Child;
import io.pinferry.pinterest.ReadPlan.Condition;
import io.pinferry.pinterest.ReadPlan.Root;
import io.pinferry.pinterest.ReadPlan.Step;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The objects that can be read, as data. An object needs one entry here and its fields in {@link
 * ReadFields}.
 *
 * <p>Pinterest shows the boards, catalogs, feeds, product groups and stats of another owner only
 * with that owner's ad account as {@code ad_account_id}. So their plans go over the ad accounts
 * too, if {@code ads:read} was granted.
 *
 * @see <a href="https://developers.pinterest.com/docs/api/v5/">Pinterest API v5</a>
 */
public final class ReadCatalogue {
  private static final QueryParameter OF_AD_ACCOUNT =
      new QueryParameter("ad_account_id", "{ad_account_id}");
  private static final QueryParameter OF_CATALOG = new QueryParameter("catalog_id", "{catalog_id}");

  private static final Set<String> READ_PINS = Set.of("boards:read", "pins:read");
  private static final Set<String> READ_BOARDS = Set.of("boards:read");
  private static final Set<String> READ_ADS = Set.of("ads:read");
  private static final Set<String> READ_CATALOGS = Set.of("catalogs:read");

  private static final ListCall PINS =
      new ListCall(
          "pins",
          "/v5/pins",
          READ_PINS,
          // Without it Pinterest leaves out the pins on protected boards.
          new QueryParameter("include_protected_pins", "true"),
          OF_AD_ACCOUNT);
  private static final ListCall BOARDS =
      new ListCall("boards", "/v5/boards", READ_BOARDS, OF_AD_ACCOUNT);
  private static final ListCall BOARD_PINS =
      new ListCall("board_pins", "/v5/boards/{board_id}/pins", READ_PINS, OF_AD_ACCOUNT);
  private static final ListCall BOARD_SECTIONS =
      new ListCall("board_sections", "/v5/boards/{board_id}/sections", READ_BOARDS, OF_AD_ACCOUNT);
  private static final ListCall SECTION_PINS =
      new ListCall(
          "section_pins",
          "/v5/boards/{board_id}/sections/{section_id}/pins",
          READ_PINS,
          OF_AD_ACCOUNT);
  private static final ListCall AD_ACCOUNTS =
      new ListCall(
          "ad_accounts",
          "/v5/ad_accounts",
          READ_ADS,
          new QueryParameter("include_shared_accounts", "true"));
  private static final ListCall CATALOGS =
      new ListCall("catalogs", "/v5/catalogs", READ_CATALOGS, OF_AD_ACCOUNT);
  private static final ListCall FEEDS =
      new ListCall("feeds", "/v5/catalogs/feeds", READ_CATALOGS, OF_CATALOG, OF_AD_ACCOUNT);

  private static final Child CATALOGS_OF_OTHER_OWNER =
      new Child("catalogs", Map.of("ad_account_id", "id"), Condition.OTHER_OWNER);
  private static final List<Root> CATALOGS_OF_ALL_OWNERS =
      List.of(new Root("catalogs", true), new Root("ad_accounts", false));

  private static final TimeField CREATED_AT = new TimeField("created_at", TEXT, CREATED);
  private static final TimeField UPDATED_AT = new TimeField("updated_at", TEXT, UPDATED);

  private static final Map<String, ReadableObject> OBJECTS =
      byName(
          ReadableObject.named("pins", "Pins")
              .times(CREATED_AT)
              .volatileMembers("pin_metrics")
              .lookup(new RecordCall("/v5/pins/{id}", true))
              .plans(
                  single("owned", PINS),
                  ReadPlan.of(
                      "boards",
                      List.of(new Root("boards", true)),
                      Step.parents(
                          BOARDS,
                          new Child("board_pins", Map.of("board_id", "id"), Condition.ALWAYS),
                          new Child("board_sections", Map.of("board_id", "id"), Condition.ALWAYS)),
                      Step.records(BOARD_PINS),
                      Step.parents(
                          BOARD_SECTIONS,
                          new Child("section_pins", Map.of("section_id", "id"), Condition.ALWAYS)),
                      Step.records(SECTION_PINS))),
          ReadableObject.named("boards", "Boards")
              .volatileMembers("pin_count", "follower_count", "collaborator_count")
              .lookup(new RecordCall("/v5/boards/{id}", true))
              .times(new TimeField("board_pins_modified_at", TEXT, UPDATED), CREATED_AT)
              .plans(
                  ReadPlan.of(
                      "owners",
                      List.of(new Root("boards", true), new Root("ad_accounts", false)),
                      Step.records(BOARDS),
                      Step.parents(
                          AD_ACCOUNTS,
                          new Child(
                              "boards", Map.of("ad_account_id", "id"), Condition.OTHER_OWNER)))),
          ReadableObject.named("media", "Media")
              .key("media_id")
              .lookup(new RecordCall("/v5/media/{id}", false))
              .plans(single("owned", new ListCall("media", "/v5/media", Set.of("pins:read")))),
          ReadableObject.named("ad_accounts", "Ad accounts")
              .lookup(new RecordCall("/v5/ad_accounts/{id}", false))
              .times(
                  new TimeField("updated_time", SECONDS, UPDATED),
                  new TimeField("created_time", SECONDS, CREATED))
              .plans(single("shared", AD_ACCOUNTS)),
          ReadableObject.named("catalogs", "Catalogs")
              .times(UPDATED_AT, CREATED_AT)
              .plans(
                  ReadPlan.of(
                      "owners",
                      CATALOGS_OF_ALL_OWNERS,
                      Step.records(CATALOGS),
                      Step.parents(AD_ACCOUNTS, CATALOGS_OF_OTHER_OWNER))),
          ReadableObject.named("employers", "Employers")
              .times(new TimeField("created_time", MILLISECONDS, CREATED))
              .plans(
                  single(
                      "shared",
                      new ListCall(
                          "employers", "/v5/businesses/employers", Set.of("biz_access:read")))),
          ReadableObject.named("feeds", "Feeds")
              .times(UPDATED_AT, CREATED_AT)
              .secrets("credentials.username", "credentials.password")
              .lookup(new RecordCall("/v5/catalogs/feeds/{id}", true))
              .plans(perCatalog(FEEDS)),
          ReadableObject.named("product_groups", "Product groups")
              .lookup(new RecordCall("/v5/catalogs/product_groups/{id}", true))
              .times(
                  new TimeField("updated_at", SECONDS_OR_MILLISECONDS, UPDATED),
                  new TimeField("created_at", SECONDS_OR_MILLISECONDS, CREATED))
              .plans(
                  perCatalog(
                      new ListCall(
                          "product_groups",
                          "/v5/catalogs/product_groups",
                          READ_CATALOGS,
                          OF_CATALOG,
                          OF_AD_ACCOUNT))),
          ReadableObject.named("integrations", "Integrations")
              .lookup(new RecordCall("/v5/integrations/{id}", false))
              .times(
                  new TimeField("updated_time", SECONDS_OR_MILLISECONDS, UPDATED),
                  new TimeField("created_time", SECONDS_OR_MILLISECONDS, CREATED))
              .secrets("partner_access_token", "partner_refresh_token", "partner_primary_email")
              .plans(single("owned", new ListCall("integrations", "/v5/integrations", READ_ADS))),
          ReadableObject.named("stats", "Catalog stats")
              .key(
                  "report_type",
                  "catalog_id",
                  "_source.feed_id",
                  "_source.processing_result_id",
                  "code",
                  "severity")
              .plans(
                  ReadPlan.of(
                      "reports",
                      CATALOGS_OF_ALL_OWNERS,
                      Step.parents(AD_ACCOUNTS, CATALOGS_OF_OTHER_OWNER),
                      Step.parents(
                          CATALOGS,
                          reportedCatalog("distribution_stats"),
                          reportedCatalog("feeds")),
                      Step.records(
                          stats("distribution_stats", "DISTRIBUTION_ISSUES", "catalog_id")),
                      Step.parents(
                          FEEDS,
                          new Child("ingestion_stats", Map.of("feed_id", "id"), Condition.ALWAYS)),
                      Step.records(stats("ingestion_stats", "FEED_INGESTION_ISSUES", "feed_id")))));

  private ReadCatalogue() {}

  /** Returns the object of this name, if there is one. */
  public static Optional<ReadableObject> find(String name) {
    return Optional.ofNullable(OBJECTS.get(name));
  }

  /**
   * Returns the object of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ReadableObject get(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no read object " + name));
  }

  /** Returns the names of all objects, in the order of the documentation. */
  public static Set<String> names() {
    return new LinkedHashSet<>(OBJECTS.keySet());
  }

  /** Returns the names of the objects whose records can be deleted. */
  public static Set<String> namesWithDeletions() {
    return OBJECTS.values().stream()
        .filter(ReadableObject::hasDeletions)
        .map(ReadableObject::name)
        .collect(Collectors.toSet());
  }

  private static Map<String, ReadableObject> byName(ReadableObject... objects) {
    Map<String, ReadableObject> byName = new LinkedHashMap<>();
    for (ReadableObject object : objects) {
      byName.put(object.name(), object);
    }
    return byName;
  }

  private static ReadPlan single(String name, ListCall call) {
    return ReadPlan.of(name, List.of(new Root(call.name(), true)), Step.records(call));
  }

  /** Asks per catalog, since a retail feed does not say which catalog it is in. */
  private static ReadPlan perCatalog(ListCall call) {
    return ReadPlan.of(
        "catalogs",
        CATALOGS_OF_ALL_OWNERS,
        Step.parents(AD_ACCOUNTS, CATALOGS_OF_OTHER_OWNER),
        Step.parents(
            CATALOGS, new Child(call.name(), Map.of("catalog_id", "id"), Condition.ALWAYS)),
        Step.records(call));
  }

  private static Child reportedCatalog(String step) {
    return new Child(
        step,
        Map.of("catalog_id", "id", "catalog_type", "catalog_type"),
        Condition.REPORTED_CATALOG_TYPE);
  }

  /**
   * The one required parameter is an object in an object. OpenAPI leaves its encoding open; readers
   * of OpenAPI use brackets.
   */
  private static ListCall stats(String name, String reportType, String subject) {
    return new ListCall(
        name,
        "/v5/catalogs/reports/stats",
        READ_CATALOGS,
        new QueryParameter("parameters[catalog_type]", "{catalog_type}"),
        new QueryParameter("parameters[report][report_type]", reportType),
        new QueryParameter("parameters[report][" + subject + "]", "{" + subject + "}"),
        OF_AD_ACCOUNT);
  }
}
