package io.pinferry.local.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Describes one operation of the API as far as it can be checked without knowing the data.
 *
 * @param name what the handler is chosen by
 * @param object what the operation returns records of, as faults name it
 * @param path segments, those in braces being ids
 * @param scopes all of which the token needs; empty for operations without a token
 */
record Operation(
    Name name,
    String object,
    String method,
    List<String> path,
    Category category,
    Set<String> scopes,
    List<Parameter> parameters) {

  enum Name {
    PINS,
    PIN,
    BOARDS,
    BOARD,
    BOARD_PINS,
    SECTIONS,
    SECTION_PINS,
    MEDIA_LIST,
    MEDIA,
    AD_ACCOUNTS,
    AD_ACCOUNT,
    CATALOGS,
    FEEDS,
    FEED,
    PRODUCT_GROUPS,
    PRODUCT_GROUP,
    STATS,
    PLAIN_LIST,
    INTEGRATIONS,
    INTEGRATION,
    USER_ACCOUNT,
    WEBSITES,
    WEBSITE_VERIFICATION,
    COMMERCE,
    REPORT,
    REPORT_FILE,
    UPLOAD,
    PIN_CREATE,
    PIN_UPDATE,
    PIN_DELETE,
    PIN_SAVE,
    BOARD_CREATE,
    BOARD_UPDATE,
    BOARD_DELETE,
    SECTION_CREATE,
    SECTION_UPDATE,
    SECTION_DELETE,
    MEDIA_CREATE,
    AD_ACCOUNT_CREATE,
    CATALOG_CREATE,
    FEED_CREATE,
    FEED_UPDATE,
    FEED_DELETE,
    PRODUCT_GROUP_CREATE,
    PRODUCT_GROUP_CREATE_MANY,
    PRODUCT_GROUP_UPDATE,
    PRODUCT_GROUP_DELETE,
    PRODUCT_GROUP_DELETE_MANY,
    WEBSITE_CREATE,
    WEBSITE_DELETE,
    COMMERCE_CREATE,
    COMMERCE_UPDATE,
    COMMERCE_DELETE,
    LOGS_CREATE,
    REPORT_CREATE,
    TOKEN
  }

  private static final Set<String> CREATIVE_TYPES =
      Set.of(
          "REGULAR",
          "VIDEO",
          "SHOPPING",
          "CAROUSEL",
          "MAX_VIDEO",
          "SHOP_THE_PIN",
          "COLLECTION",
          "IDEA",
          "SHOWCASE",
          "QUIZ",
          "COLLAGE",
          "MAX_WIDTH_REGULAR_COLLECTION",
          "MAX_WIDTH_VIDEO_COLLECTION");
  private static final Parameter AD_ACCOUNT = new Parameter.Id("ad_account_id");
  private static final Parameter METRICS = new Parameter.Flag("pin_metrics");
  private static final Parameter CREATIVE = new Parameter.Choices("creative_types", CREATIVE_TYPES);
  private static final Set<String> PINS_SCOPES = Set.of("boards:read", "pins:read");
  private static final Set<String> BOARDS_SCOPES = Set.of("boards:read");
  private static final Set<String> ADS_SCOPES = Set.of("ads:read");
  private static final Set<String> CATALOGS_SCOPES = Set.of("catalogs:read");

  /** Returns every operation the simulator answers. */
  static List<Operation> all() {
    var all = new ArrayList<Operation>();
    all.add(
        list(
            Name.PINS,
            "pins",
            "pins",
            Category.ORG_READ,
            PINS_SCOPES,
            new Parameter.Choice(
                "pin_filter", Set.of("exclude_native", "exclude_repins", "has_been_promoted")),
            METRICS,
            new Parameter.Flag("include_protected_pins"),
            new Parameter.Choice("pin_type", Set.of("PRIVATE")),
            CREATIVE,
            AD_ACCOUNT));
    all.add(
        one(
            Name.PIN,
            "pins",
            "pins/{pin_id}",
            Category.ORG_READ,
            PINS_SCOPES,
            METRICS,
            AD_ACCOUNT));
    all.add(
        list(
            Name.BOARDS,
            "boards",
            "boards",
            Category.ORG_READ,
            BOARDS_SCOPES,
            new Parameter.Choice(
                "privacy", Set.of("ALL", "PUBLIC", "PROTECTED", "SECRET", "PUBLIC_AND_SECRET")),
            AD_ACCOUNT));
    all.add(
        one(
            Name.BOARD,
            "boards",
            "boards/{board_id}",
            Category.ORG_READ,
            BOARDS_SCOPES,
            AD_ACCOUNT));
    all.add(
        list(
            Name.BOARD_PINS,
            "pins",
            "boards/{board_id}/pins",
            Category.ORG_READ,
            PINS_SCOPES,
            CREATIVE,
            METRICS,
            AD_ACCOUNT));
    all.add(
        list(
            Name.SECTIONS,
            "board_sections",
            "boards/{board_id}/sections",
            Category.ORG_READ,
            BOARDS_SCOPES,
            AD_ACCOUNT));
    all.add(
        list(
            Name.SECTION_PINS,
            "pins",
            "boards/{board_id}/sections/{section_id}/pins",
            Category.ORG_READ,
            PINS_SCOPES,
            AD_ACCOUNT));
    all.add(list(Name.MEDIA_LIST, "media", "media", Category.ORG_READ, Set.of("pins:read")));
    all.add(one(Name.MEDIA, "media", "media/{media_id}", Category.ORG_READ, Set.of("pins:read")));
    all.add(
        list(
            Name.AD_ACCOUNTS,
            "ad_accounts",
            "ad_accounts",
            Category.ADS_READ,
            ADS_SCOPES,
            new Parameter.Flag("include_shared_accounts")));
    all.add(
        one(
            Name.AD_ACCOUNT,
            "ad_accounts",
            "ad_accounts/{ad_account_id}",
            Category.ADS_READ,
            ADS_SCOPES));
    all.add(
        list(
            Name.CATALOGS,
            "catalogs",
            "catalogs",
            Category.CATALOGS_READ,
            CATALOGS_SCOPES,
            AD_ACCOUNT));
    all.add(
        list(
            Name.FEEDS,
            "feeds",
            "catalogs/feeds",
            Category.CATALOGS_READ,
            CATALOGS_SCOPES,
            new Parameter.Id("catalog_id"),
            AD_ACCOUNT));
    all.add(
        one(
            Name.FEED,
            "feeds",
            "catalogs/feeds/{feed_id}",
            Category.CATALOGS_READ,
            CATALOGS_SCOPES,
            AD_ACCOUNT));
    all.add(
        list(
            Name.PRODUCT_GROUPS,
            "product_groups",
            "catalogs/product_groups",
            Category.CATALOGS_READ,
            CATALOGS_SCOPES,
            new Parameter.Ids("id"),
            new Parameter.Id("feed_id"),
            new Parameter.Id("catalog_id"),
            AD_ACCOUNT));
    all.add(
        one(
            Name.PRODUCT_GROUP,
            "product_groups",
            "catalogs/product_groups/{product_group_id}",
            Category.CATALOGS_READ,
            CATALOGS_SCOPES,
            AD_ACCOUNT));
    all.add(
        list(
            Name.STATS,
            "stats",
            "catalogs/reports/stats",
            Category.CATALOGS_READ,
            CATALOGS_SCOPES,
            new Parameter.StatsParameters(),
            AD_ACCOUNT));
    PlainObject.ALL.forEach(object -> all.add(object.operation()));
    all.add(list(Name.INTEGRATIONS, "integrations", "integrations", Category.ADS_READ, ADS_SCOPES));
    all.add(
        one(Name.INTEGRATION, "integrations", "integrations/{id}", Category.ADS_READ, ADS_SCOPES));
    all.add(
        one(
            Name.USER_ACCOUNT,
            "user_account",
            "user_account",
            Category.ORG_READ,
            Set.of("user_accounts:read"),
            AD_ACCOUNT));
    all.add(
        list(
            Name.WEBSITES,
            "websites",
            "user_account/websites",
            Category.ORG_READ,
            Set.of("user_accounts:read")));
    all.add(
        one(
            Name.WEBSITE_VERIFICATION,
            "websites",
            "user_account/websites/verification",
            Category.ORG_READ,
            Set.of("user_accounts:read"),
            AD_ACCOUNT));
    all.add(
        one(
            Name.COMMERCE,
            "commerce",
            "integrations/commerce/{external_business_id}",
            Category.ADS_READ,
            ADS_SCOPES));
    all.add(
        one(
            Name.REPORT,
            "reports",
            "catalogs/reports",
            Category.CATALOGS_READ,
            CATALOGS_SCOPES,
            new Parameter.Text("token"),
            AD_ACCOUNT));
    all.addAll(organicWrites());
    all.addAll(businessWrites());
    all.addAll(catalogWrites());
    all.add(
        new Operation(
            Name.TOKEN,
            "oauth",
            "POST",
            List.of("oauth", "token"),
            Category.ORG_READ,
            Set.of(),
            List.of()));
    return all;
  }

  /** The address that a medium is posted to, which is no part of the API: it takes no token. */
  static final Operation UPLOAD =
      new Operation(
          Name.UPLOAD,
          "uploads",
          "POST",
          List.of("_media", "uploads"),
          Category.ORG_WRITE,
          Set.of(),
          List.of());

  /** The address of a finished report, which takes no token either: the address is the right. */
  static final Operation REPORT_FILE =
      new Operation(
          Name.REPORT_FILE,
          "report_files",
          "GET",
          List.of("_reports"),
          Category.CATALOGS_READ,
          Set.of(),
          List.of(new Parameter.Text("sealed")));

  private static List<Operation> organicWrites() {
    Set<String> boards = Set.of("boards:read", "boards:write");
    Set<String> pins = Set.of("boards:read", "boards:write", "pins:read", "pins:write");
    Category org = Category.ORG_WRITE;
    return List.of(
        write(Name.PIN_CREATE, "pins", "POST", "pins", org, pins, AD_ACCOUNT),
        write(Name.PIN_UPDATE, "pins", "PATCH", "pins/{pin_id}", org, pins, AD_ACCOUNT),
        write(Name.PIN_DELETE, "pins", "DELETE", "pins/{pin_id}", org, pins, AD_ACCOUNT),
        write(Name.PIN_SAVE, "pins", "POST", "pins/{pin_id}/save", org, pins, AD_ACCOUNT),
        write(Name.BOARD_CREATE, "boards", "POST", "boards", org, boards, AD_ACCOUNT),
        write(Name.BOARD_UPDATE, "boards", "PATCH", "boards/{board_id}", org, boards, AD_ACCOUNT),
        write(Name.BOARD_DELETE, "boards", "DELETE", "boards/{board_id}", org, boards, AD_ACCOUNT),
        write(
            Name.SECTION_CREATE,
            "board_sections",
            "POST",
            "boards/{board_id}/sections",
            org,
            boards,
            AD_ACCOUNT),
        write(
            Name.SECTION_UPDATE,
            "board_sections",
            "PATCH",
            "boards/{board_id}/sections/{section_id}",
            org,
            boards,
            AD_ACCOUNT),
        write(
            Name.SECTION_DELETE,
            "board_sections",
            "DELETE",
            "boards/{board_id}/sections/{section_id}",
            org,
            boards,
            AD_ACCOUNT),
        write(Name.MEDIA_CREATE, "media", "POST", "media", org, Set.of("pins:read", "pins:write")));
  }

  private static List<Operation> businessWrites() {
    Set<String> ads = Set.of("ads:write");
    Set<String> users = Set.of("user_accounts:write");
    String commerce = "integrations/commerce/{external_business_id}";
    Category category = Category.ADS_WRITE;
    return List.of(
        write(Name.AD_ACCOUNT_CREATE, "ad_accounts", "POST", "ad_accounts", category, ads),
        write(
            Name.WEBSITE_CREATE,
            "websites",
            "POST",
            "user_account/websites",
            Category.ORG_WRITE,
            users,
            AD_ACCOUNT),
        write(
            Name.WEBSITE_DELETE,
            "websites",
            "DELETE",
            "user_account/websites",
            Category.ORG_WRITE,
            users,
            new Parameter.Text("website")),
        write(Name.COMMERCE_CREATE, "commerce", "POST", "integrations/commerce", category, ads),
        write(Name.COMMERCE_UPDATE, "commerce", "PATCH", commerce, category, ads),
        write(Name.COMMERCE_DELETE, "commerce", "DELETE", commerce, category, ads),
        write(Name.LOGS_CREATE, "logs", "POST", "integrations/logs", category, ads));
  }

  private static List<Operation> catalogWrites() {
    Category category = Category.CATALOGS_WRITE;
    Set<String> scopes = Set.of("catalogs:write");
    Set<String> feeds = Set.of("catalogs:read", "catalogs:write");
    String feed = "catalogs/feeds/{feed_id}";
    String groups = "catalogs/product_groups";
    String group = groups + "/{product_group_id}";
    String many = groups + "/multiple";
    return List.of(
        write(Name.CATALOG_CREATE, "catalogs", "POST", "catalogs", category, scopes, AD_ACCOUNT),
        write(Name.FEED_CREATE, "feeds", "POST", "catalogs/feeds", category, feeds, AD_ACCOUNT),
        write(Name.FEED_UPDATE, "feeds", "PATCH", feed, category, feeds, AD_ACCOUNT),
        write(Name.FEED_DELETE, "feeds", "DELETE", feed, category, feeds, AD_ACCOUNT),
        write(
            Name.PRODUCT_GROUP_CREATE,
            "product_groups",
            "POST",
            groups,
            category,
            scopes,
            AD_ACCOUNT),
        write(
            Name.PRODUCT_GROUP_CREATE_MANY,
            "product_groups",
            "POST",
            many,
            category,
            scopes,
            AD_ACCOUNT),
        write(
            Name.PRODUCT_GROUP_UPDATE,
            "product_groups",
            "PATCH",
            group,
            category,
            scopes,
            AD_ACCOUNT),
        write(
            Name.PRODUCT_GROUP_DELETE,
            "product_groups",
            "DELETE",
            group,
            category,
            scopes,
            AD_ACCOUNT),
        write(
            Name.PRODUCT_GROUP_DELETE_MANY,
            "product_groups",
            "DELETE",
            many,
            category,
            scopes,
            new Parameter.Ids("id"),
            AD_ACCOUNT),
        // A report only reads, and takes from the reads although it is posted.
        write(
            Name.REPORT_CREATE,
            "reports",
            "POST",
            "catalogs/reports",
            Category.CATALOGS_READ,
            CATALOGS_SCOPES,
            AD_ACCOUNT));
  }

  private static Operation write(
      Name name,
      String object,
      String method,
      String path,
      Category category,
      Set<String> scopes,
      Parameter... parameters) {
    return new Operation(
        name, object, method, segments(path), category, scopes, List.of(parameters));
  }

  /** Whether the operation is answered under the lock, with the whole request at hand. */
  boolean isWrite() {
    return !method.equals("GET") || name == Name.REPORT;
  }

  static Operation list(
      Name name,
      String object,
      String path,
      Category category,
      Set<String> scopes,
      Parameter... more) {
    var parameters = new ArrayList<Parameter>(List.of(more));
    parameters.add(new Parameter.Bookmark());
    parameters.add(new Parameter.PageSize());
    return new Operation(name, object, "GET", segments(path), category, scopes, parameters);
  }

  private static Operation one(
      Name name,
      String object,
      String path,
      Category category,
      Set<String> scopes,
      Parameter... parameters) {
    return new Operation(
        name, object, "GET", segments(path), category, scopes, List.of(parameters));
  }

  static List<String> segments(String path) {
    return List.of(path.split("/", -1));
  }

  /** How well a path fits: no value if it does not, otherwise the number of ids in it. */
  Optional<Integer> idsIn(List<String> segments) {
    if (segments.size() != path.size()) {
      return Optional.empty();
    }
    int ids = 0;
    for (int i = 0; i < segments.size(); i++) {
      boolean id = path.get(i).startsWith("{");
      if (!id && !path.get(i).equals(segments.get(i))) {
        return Optional.empty();
      }
      ids += id ? 1 : 0;
    }
    return Optional.of(ids);
  }
}
