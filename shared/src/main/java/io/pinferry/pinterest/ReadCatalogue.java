package io.pinferry.pinterest;

import static io.pinferry.pinterest.RateCategory.ADS_READ;
import static io.pinferry.pinterest.RateCategory.CATALOGS_READ;
import static io.pinferry.pinterest.RateCategory.ORG_READ;
import static io.pinferry.pinterest.TimeField.Form.MILLISECONDS;
import static io.pinferry.pinterest.TimeField.Form.SECONDS;
import static io.pinferry.pinterest.TimeField.Form.SECONDS_OR_MILLISECONDS;
import static io.pinferry.pinterest.TimeField.Form.TEXT;
import static io.pinferry.pinterest.TimeField.Meaning.CREATED;
import static io.pinferry.pinterest.TimeField.Meaning.UPDATED;

import io.pinferry.pinterest.Endpoint.QueryParameter;
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

/**
 * The objects that can be read, as data. One entry is all an object needs.
 *
 * <p>Data of another owner (boards, catalogs, feeds, product groups, stats) shows only with that
 * owner's ad account as {@code ad_account_id}, so their plans go over the ad accounts too. That
 * part is left out where {@code ads:read} was not granted.
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

  private static final Endpoint PINS =
      new Endpoint(
          "pins",
          "/v5/pins",
          List.of(
              // Without it Pinterest leaves pins on protected boards out, and the read would call
              // itself complete.
              new QueryParameter("include_protected_pins", "true"), OF_AD_ACCOUNT),
          READ_PINS,
          ORG_READ,
          true);
  private static final Endpoint BOARDS =
      new Endpoint("boards", "/v5/boards", List.of(OF_AD_ACCOUNT), READ_BOARDS, ORG_READ, true);
  private static final Endpoint BOARD_PINS =
      new Endpoint(
          "board_pins",
          "/v5/boards/{board_id}/pins",
          List.of(OF_AD_ACCOUNT),
          READ_PINS,
          ORG_READ,
          true);
  private static final Endpoint BOARD_SECTIONS =
      new Endpoint(
          "board_sections",
          "/v5/boards/{board_id}/sections",
          List.of(OF_AD_ACCOUNT),
          READ_BOARDS,
          ORG_READ,
          true);
  private static final Endpoint SECTION_PINS =
      new Endpoint(
          "section_pins",
          "/v5/boards/{board_id}/sections/{section_id}/pins",
          List.of(OF_AD_ACCOUNT),
          READ_PINS,
          ORG_READ,
          true);
  private static final Endpoint MEDIA =
      new Endpoint("media", "/v5/media", List.of(), Set.of("pins:read"), ORG_READ, true);
  private static final Endpoint AD_ACCOUNTS =
      new Endpoint(
          "ad_accounts",
          "/v5/ad_accounts",
          List.of(new QueryParameter("include_shared_accounts", "true")),
          READ_ADS,
          ADS_READ,
          true);
  private static final Endpoint CATALOGS =
      new Endpoint(
          "catalogs", "/v5/catalogs", List.of(OF_AD_ACCOUNT), READ_CATALOGS, CATALOGS_READ, true);
  private static final Endpoint EMPLOYERS =
      new Endpoint(
          "employers",
          "/v5/businesses/employers",
          List.of(),
          Set.of("biz_access:read"),
          ADS_READ,
          true);
  private static final Endpoint FEEDS =
      new Endpoint(
          "feeds",
          "/v5/catalogs/feeds",
          List.of(OF_CATALOG, OF_AD_ACCOUNT),
          READ_CATALOGS,
          CATALOGS_READ,
          true);
  private static final Endpoint PRODUCT_GROUPS =
      new Endpoint(
          "product_groups",
          "/v5/catalogs/product_groups",
          List.of(OF_CATALOG, OF_AD_ACCOUNT),
          READ_CATALOGS,
          CATALOGS_READ,
          true);
  private static final Endpoint INTEGRATIONS =
      new Endpoint("integrations", "/v5/integrations", List.of(), READ_ADS, ADS_READ, false);
  private static final Endpoint DISTRIBUTION_STATS =
      stats("distribution_stats", "DISTRIBUTION_ISSUES", "catalog_id");
  private static final Endpoint INGESTION_STATS =
      stats("ingestion_stats", "FEED_INGESTION_ISSUES", "feed_id");

  private static final Child CATALOGS_OF_OTHER_OWNER =
      new Child("catalogs", Map.of("ad_account_id", "id"), Condition.OTHER_OWNER);
  private static final List<Root> CATALOGS_OF_ALL_OWNERS =
      List.of(new Root("catalogs", true), new Root("ad_accounts", false));

  private static final TimeField CREATED_AT = new TimeField("created_at", TEXT, CREATED);
  private static final TimeField UPDATED_AT = new TimeField("updated_at", TEXT, UPDATED);

  private static final Map<String, ReadObject> OBJECTS = new LinkedHashMap<>();

  static {
    add(
        new ReadObject(
            "pins",
            "Pins",
            List.of("id"),
            List.of(CREATED_AT),
            List.of(),
            List.of(
                single("owned", PINS),
                ReadPlan.of(
                    "boards",
                    List.of(new Root("boards", true)),
                    Step.leading(
                        BOARDS,
                        new Child("board_pins", Map.of("board_id", "id"), Condition.ALWAYS),
                        new Child("board_sections", Map.of("board_id", "id"), Condition.ALWAYS)),
                    Step.delivering(BOARD_PINS),
                    Step.leading(
                        BOARD_SECTIONS,
                        new Child("section_pins", Map.of("section_id", "id"), Condition.ALWAYS)),
                    Step.delivering(SECTION_PINS)))));
    add(
        new ReadObject(
            "boards",
            "Boards",
            List.of("id"),
            List.of(new TimeField("board_pins_modified_at", TEXT, UPDATED), CREATED_AT),
            List.of(),
            List.of(
                ReadPlan.of(
                    "owners",
                    List.of(new Root("boards", true), new Root("ad_accounts", false)),
                    Step.delivering(BOARDS),
                    Step.leading(
                        AD_ACCOUNTS,
                        new Child(
                            "boards", Map.of("ad_account_id", "id"), Condition.OTHER_OWNER))))));
    add(
        new ReadObject(
            "media",
            "Media",
            List.of("media_id"),
            List.of(),
            List.of(),
            List.of(single("owned", MEDIA))));
    add(
        new ReadObject(
            "ad_accounts",
            "Ad accounts",
            List.of("id"),
            List.of(
                new TimeField("updated_time", SECONDS, UPDATED),
                new TimeField("created_time", SECONDS, CREATED)),
            List.of(),
            List.of(single("shared", AD_ACCOUNTS))));
    add(
        new ReadObject(
            "catalogs",
            "Catalogs",
            List.of("id"),
            List.of(UPDATED_AT, CREATED_AT),
            List.of(),
            List.of(
                ReadPlan.of(
                    "owners",
                    CATALOGS_OF_ALL_OWNERS,
                    Step.delivering(CATALOGS),
                    Step.leading(AD_ACCOUNTS, CATALOGS_OF_OTHER_OWNER)))));
    add(
        new ReadObject(
            "employers",
            "Employers",
            List.of("id"),
            List.of(new TimeField("created_time", MILLISECONDS, CREATED)),
            List.of(),
            List.of(single("shared", EMPLOYERS))));
    add(
        new ReadObject(
            "feeds",
            "Feeds",
            List.of("id"),
            List.of(UPDATED_AT, CREATED_AT),
            List.of("credentials.username", "credentials.password"),
            List.of(perCatalog(FEEDS))));
    add(
        new ReadObject(
            "product_groups",
            "Product groups",
            List.of("id"),
            List.of(
                new TimeField("updated_at", SECONDS_OR_MILLISECONDS, UPDATED),
                new TimeField("created_at", SECONDS_OR_MILLISECONDS, CREATED)),
            List.of(),
            List.of(perCatalog(PRODUCT_GROUPS))));
    add(
        new ReadObject(
            "integrations",
            "Integrations",
            List.of("id"),
            List.of(
                new TimeField("updated_time", SECONDS_OR_MILLISECONDS, UPDATED),
                new TimeField("created_time", SECONDS_OR_MILLISECONDS, CREATED)),
            List.of("partner_access_token", "partner_refresh_token", "partner_primary_email"),
            List.of(single("owned", INTEGRATIONS))));
    add(
        new ReadObject(
            "stats",
            "Catalog stats",
            List.of(
                "report_type",
                "catalog_id",
                "_source.feed_id",
                "_source.processing_result_id",
                "code",
                "severity"),
            List.of(),
            List.of(),
            List.of(
                ReadPlan.of(
                    "reports",
                    CATALOGS_OF_ALL_OWNERS,
                    Step.leading(AD_ACCOUNTS, CATALOGS_OF_OTHER_OWNER),
                    Step.leading(
                        CATALOGS, reportedCatalog("distribution_stats"), reportedCatalog("feeds")),
                    Step.delivering(DISTRIBUTION_STATS),
                    Step.leading(
                        FEEDS,
                        new Child("ingestion_stats", Map.of("feed_id", "id"), Condition.ALWAYS)),
                    Step.delivering(INGESTION_STATS)))));
  }

  private ReadCatalogue() {}

  /** Returns the object of this name, if there is one. */
  public static Optional<ReadObject> find(String name) {
    return Optional.ofNullable(OBJECTS.get(name));
  }

  /**
   * Returns the object of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ReadObject get(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no read object " + name));
  }

  /** Returns the names of all objects, in the order of the documentation. */
  public static Set<String> names() {
    return new LinkedHashSet<>(OBJECTS.keySet());
  }

  private static void add(ReadObject object) {
    OBJECTS.put(object.name(), object);
  }

  private static ReadPlan single(String name, Endpoint endpoint) {
    return ReadPlan.of(name, List.of(new Root(endpoint.name(), true)), Step.delivering(endpoint));
  }

  /** A retail feed does not say which catalog it is in; asked per catalog, the answer is known. */
  private static ReadPlan perCatalog(Endpoint endpoint) {
    return ReadPlan.of(
        "catalogs",
        CATALOGS_OF_ALL_OWNERS,
        Step.leading(AD_ACCOUNTS, CATALOGS_OF_OTHER_OWNER),
        Step.leading(
            CATALOGS, new Child(endpoint.name(), Map.of("catalog_id", "id"), Condition.ALWAYS)),
        Step.delivering(endpoint));
  }

  private static Child reportedCatalog(String step) {
    return new Child(
        step,
        Map.of("catalog_id", "id", "catalog_type", "catalog_type"),
        Condition.REPORTED_CATALOG_TYPE);
  }

  /**
   * The one required parameter is an object in an object; OpenAPI leaves its encoding open, and
   * brackets are what its readers understand.
   */
  private static Endpoint stats(String name, String reportType, String subject) {
    return new Endpoint(
        name,
        "/v5/catalogs/reports/stats",
        List.of(
            new QueryParameter("parameters[catalog_type]", "{catalog_type}"),
            new QueryParameter("parameters[report][report_type]", reportType),
            new QueryParameter("parameters[report][" + subject + "]", "{" + subject + "}"),
            OF_AD_ACCOUNT),
        READ_CATALOGS,
        CATALOGS_READ,
        false);
  }
}
