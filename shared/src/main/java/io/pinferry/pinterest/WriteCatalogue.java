package io.pinferry.pinterest;

import io.pinferry.pinterest.Shape.Address;
import io.pinferry.pinterest.Shape.Choice;
import io.pinferry.pinterest.Shape.Entries;
import io.pinferry.pinterest.Shape.Filters;
import io.pinferry.pinterest.Shape.Flag;
import io.pinferry.pinterest.Shape.ListOf;
import io.pinferry.pinterest.Shape.Members;
import io.pinferry.pinterest.Shape.Numeric;
import io.pinferry.pinterest.Shape.Text;
import io.pinferry.pinterest.Shape.Variants;
import io.pinferry.pinterest.WritableObject.Completion;
import io.pinferry.pinterest.WritableObject.NaturalKey;
import io.pinferry.pinterest.WritableObject.OtherCreate;
import io.pinferry.pinterest.WritableObject.Together;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The objects that can be written, as data: the verbs that Pinterest has for them, the place of the
 * id, and the shape of a record.
 *
 * @see <a href="https://developers.pinterest.com/docs/api/v5/">Pinterest API v5</a>
 */
public final class WriteCatalogue {
  private static final int ANY_LENGTH = 10_000_000;
  private static final int LOGS_MAX = 250;
  private static final int PRODUCT_GROUPS_MAX = 1_000;
  private static final Shape ID = Text.ID;
  private static final Shape TEXT = new Text(0, ANY_LENGTH, null, "");
  private static final Shape NAME = new Text(1, ANY_LENGTH, null, "");
  private static final Shape FLAG = new Flag();
  private static final Shape COUNTRY = matching("[A-Z]{2}", 2, "a country's two capital letters");
  private static final Shape CURRENCY =
      matching("[A-Z]{3}", 3, "a currency's three capital letters");
  private static final Shape WEB_URL = new Address(List.of("https", "http"));
  private static final Shape NUMBER = new Numeric(false, Long.MIN_VALUE, Long.MAX_VALUE);
  private static final Shape WHOLE = new Numeric(true, Long.MIN_VALUE, Long.MAX_VALUE);
  private static final Shape NATURAL = new Numeric(true, 0, Long.MAX_VALUE);

  /** The texts of one image of a carousel. */
  private static final Members SLOT =
      Members.open().may("title", TEXT).may("description", TEXT).may("link", TEXT);

  private static final Set<String> PINS_SCOPES =
      Set.of("boards:read", "boards:write", "pins:read", "pins:write");
  private static final Set<String> MEDIA_SCOPES = Set.of("pins:read", "pins:write");
  private static final Set<String> BOARDS_SCOPES = Set.of("boards:read", "boards:write");
  private static final Set<String> ADS_SCOPES = Set.of("ads:write");
  private static final Set<String> CATALOGS_SCOPES = Set.of("catalogs:write");
  private static final Set<String> FEEDS_SCOPES = Set.of("catalogs:read", "catalogs:write");

  private static final Map<String, WritableObject> OBJECTS = objects();

  private WriteCatalogue() {}

  public static Optional<WritableObject> find(String name) {
    return Optional.ofNullable(OBJECTS.get(name));
  }

  /** Returns all objects, in the order of the documentation. */
  public static Collection<WritableObject> all() {
    return OBJECTS.values();
  }

  private static Map<String, WritableObject> objects() {
    var all = new LinkedHashMap<String, WritableObject>();
    for (WritableObject object :
        List.of(
            pins(),
            boards(),
            boardSections(),
            media(),
            adAccounts(),
            catalogs(),
            feeds(),
            productGroups(),
            websites(),
            commerce(),
            logs(),
            reports())) {
      all.put(object.name(), object);
    }
    return Collections.unmodifiableMap(all);
  }

  private static WritableObject pins() {
    Members shared =
        Members.open()
            .mayBeNull("title", text(100))
            .mayBeNull("description", text(800))
            .mayBeNull("alt_text", text(500))
            .mayBeNull("link", text(2048))
            .mayBeNull("board_section_id", ID);
    return WritableObject.of(
        "pins",
        "id",
        post(
            "/v5/pins",
            PINS_SCOPES,
            Members.open()
                .and(shared)
                .need("board_id", ID)
                .need("media_source", mediaSource())
                .mayBeNull("parent_pin_id", ID)
                .mayBeNull("sponsor_id", ID)
                .mayBeNull("dominant_color", TEXT)),
        patch(
            "/v5/pins/{id}",
            PINS_SCOPES,
            Members.open()
                .and(shared)
                .may("board_id", ID)
                .may("carousel_slots", new ListOf(SLOT, 0, Integer.MAX_VALUE))),
        delete("/v5/pins/{id}", PINS_SCOPES),
        new OtherCreate(
            "save_pin_id",
            // Pinterest ignores other members: the new pin has those of the saved pin.
            post(
                "/v5/pins/{save_pin_id}/save",
                PINS_SCOPES,
                Members.closed().mayBeNull("board_id", ID).mayBeNull("board_section_id", ID))));
  }

  private static Shape mediaSource() {
    Shape imageType = choice("image/jpeg", "image/png");
    Shape base64 = matching("[a-zA-Z0-9+/=]+", ANY_LENGTH, "base64 without line breaks");
    var variants = new LinkedHashMap<String, Members>();
    variants.put("image_url", Members.open().need("url", WEB_URL).may("is_standard", FLAG));
    variants.put(
        "image_base64",
        Members.open()
            .need("content_type", imageType)
            .need("data", base64)
            .may("is_standard", FLAG));
    variants.put(
        "multiple_image_urls",
        Members.open()
            .need("items", new ListOf(Members.open().and(SLOT).need("url", WEB_URL), 2, 5))
            .may("index", NATURAL));
    variants.put(
        "multiple_image_base64",
        Members.open()
            .need(
                "items",
                new ListOf(
                    Members.open().and(SLOT).need("content_type", imageType).need("data", base64),
                    2,
                    5))
            .may("index", NATURAL));
    variants.put(
        "video_id",
        Members.open()
            .need("media_id", ID)
            .may("cover_image_url", WEB_URL)
            .may("cover_image_data", base64)
            .may("cover_image_content_type", imageType)
            .may("cover_image_key_frame_time", NATURAL)
            .may("is_standard", FLAG));
    variants.put("pin_url", Members.open().may("is_affiliate_link", FLAG));
    return new Variants("source_type", null, variants);
  }

  private static WritableObject boards() {
    return WritableObject.of(
        "boards",
        "id",
        post(
            "/v5/boards",
            BOARDS_SCOPES,
            Members.open()
                .need("name", NAME)
                .mayBeNull("description", TEXT)
                .may("is_ads_only", FLAG)
                .may("privacy", choice("PUBLIC", "PROTECTED", "SECRET"))),
        patch(
            "/v5/boards/{id}",
            BOARDS_SCOPES,
            Members.open()
                .may("name", NAME)
                .mayBeNull("description", TEXT)
                .may("privacy", choice("PUBLIC", "SECRET"))),
        delete("/v5/boards/{id}", BOARDS_SCOPES),
        new NaturalKey("/v5/boards", "name", List.of(), true));
  }

  private static WritableObject boardSections() {
    Members section = Members.open().need("name", new Text(1, 180, null, ""));
    return WritableObject.of(
        "board_sections",
        "id",
        post("/v5/boards/{board_id}/sections", BOARDS_SCOPES, section),
        patch("/v5/boards/{board_id}/sections/{id}", BOARDS_SCOPES, section),
        delete("/v5/boards/{board_id}/sections/{id}", BOARDS_SCOPES),
        new NaturalKey("/v5/boards/{board_id}/sections", "name", List.of(), true));
  }

  /** Pinterest takes only the kind of media. Pinferry fetches and uploads the bytes. */
  private static WritableObject media() {
    return WritableObject.of(
        "media",
        "media_id",
        new WriteCall(
            "POST",
            "/v5/media",
            null,
            false,
            MEDIA_SCOPES,
            Members.closed().need("media_type", choice("video"))),
        new Completion(
            new WriteCall("GET", "/v5/media/{media_id}", null, false, MEDIA_SCOPES, null),
            "media_id",
            "status",
            Set.of("registered", "processing"),
            "succeeded",
            null));
  }

  private static WritableObject adAccounts() {
    return WritableObject.of(
        "ad_accounts",
        "id",
        new WriteCall(
            "POST",
            "/v5/ad_accounts",
            null,
            false,
            ADS_SCOPES,
            Members.open()
                .may("country", COUNTRY)
                .may("currency", CURRENCY)
                .may("name", text(256))
                .may("owner_user_id", ID)));
  }

  private static WritableObject catalogs() {
    return WritableObject.of(
        "catalogs",
        "id",
        post(
            "/v5/catalogs",
            CATALOGS_SCOPES,
            Members.closed()
                .need("catalog_type", choice("RETAIL", "HOTEL", "CREATIVE_ASSETS"))
                .need("name", NAME)));
  }

  private static WritableObject feeds() {
    Shape address = new Address(List.of("https", "http", "ftp", "sftp"));
    Members common =
        Members.closed()
            .mayBeNull("credentials", Members.open().need("username", NAME).need("password", NAME))
            .mayBeNull("default_currency", CURRENCY)
            .mayBeNull(
                "preferred_processing_schedule",
                Members.open()
                    .need(
                        "time",
                        matching("([01]\\d|2[0-3]):[0-5]\\d", 5, "a time of day like 02:59"))
                    .needOrNull("timezone", NAME))
            .may("status", choice("ACTIVE", "INACTIVE"));
    Shape format = choice("TSV", "CSV", "XML");
    Members created =
        Members.closed()
            .and(common)
            .need("format", format)
            .need("location", address)
            .need("name", NAME);
    Members placed = Members.closed().and(created).need("default_locale", NAME);
    Members changed =
        Members.closed()
            .and(common)
            .may("format", format)
            .may("location", address)
            .may("name", NAME);
    Shape availability = choice("IN_STOCK", "OUT_OF_STOCK", "PREORDER");
    return WritableObject.of(
        "feeds",
        "id",
        post(
            "/v5/catalogs/feeds",
            FEEDS_SCOPES,
            byCatalogType(
                Members.closed()
                    .and(created)
                    .may("default_locale", NAME)
                    .may("default_country", COUNTRY)
                    .mayBeNull("default_availability", availability),
                Members.closed()
                    .and(placed)
                    .need("default_country", COUNTRY)
                    .mayBeNull("default_availability", availability)
                    .may("catalog_id", ID),
                Members.closed().and(placed).may("catalog_id", ID),
                Members.closed()
                    .and(placed)
                    .need("default_country", COUNTRY)
                    .may("catalog_id", ID))),
        patch(
            "/v5/catalogs/feeds/{id}",
            FEEDS_SCOPES,
            byCatalogType(
                Members.closed().and(changed).mayBeNull("default_availability", availability),
                Members.closed().and(changed).mayBeNull("default_availability", availability),
                changed,
                changed)),
        delete("/v5/catalogs/feeds/{id}", FEEDS_SCOPES),
        new NaturalKey("/v5/catalogs/feeds", "name", List.of("catalog_id"), true));
  }

  private static WritableObject productGroups() {
    Shape filters = new Filters();
    Members vertical =
        Members.closed()
            .need("catalog_id", ID)
            .need("name", NAME)
            .need("filters", filters)
            .mayBeNull("description", TEXT);
    Shape created =
        byCatalogType(
            Members.open()
                .need("name", NAME)
                .need("feed_id", ID)
                .need("filters", filters)
                .mayBeNull("description", TEXT)
                .may("is_featured", FLAG),
            // Without both it is for all countries. Pinterest refuses one without the other.
            Members.closed().and(vertical).may("country", COUNTRY).may("locale", NAME),
            vertical,
            vertical);
    Members changed =
        Members.closed().may("name", NAME).mayBeNull("description", TEXT).may("filters", filters);
    Members placed = Members.closed().and(changed).may("country", COUNTRY).may("locale", NAME);
    return WritableObject.of(
        "product_groups",
        "id",
        post("/v5/catalogs/product_groups", CATALOGS_SCOPES, created),
        patch(
            "/v5/catalogs/product_groups/{id}",
            CATALOGS_SCOPES,
            byCatalogType(
                Members.closed().and(placed).may("is_featured", FLAG), placed, changed, changed)),
        delete("/v5/catalogs/product_groups/{id}", CATALOGS_SCOPES),
        new Together(
            post("/v5/catalogs/product_groups/multiple", CATALOGS_SCOPES, null),
            null,
            PRODUCT_GROUPS_MAX,
            true,
            true),
        new NaturalKey(
            "/v5/catalogs/product_groups", "name", List.of("feed_id", "catalog_id"), true));
  }

  private static WritableObject websites() {
    Set<String> scopes = Set.of("user_accounts:write");
    return WritableObject.of(
        "websites",
        "website",
        post(
            "/v5/user_account/websites",
            scopes,
            Members.open()
                .need("website", NAME)
                .may("verification_method", choice("METATAG", "FILENAME", "DNSTXT"))),
        new WriteCall("DELETE", "/v5/user_account/websites", "website", false, scopes, null),
        new NaturalKey("/v5/user_account/websites", "website", List.of(), false));
  }

  private static WritableObject commerce() {
    Members shared =
        Members.open()
            .may("connected_merchant_id", TEXT)
            .may("connected_advertiser_id", TEXT)
            .may("connected_lba_id", TEXT)
            .may("connected_tag_id", TEXT)
            .may("partner_access_token", TEXT)
            .may("partner_refresh_token", TEXT)
            .may("partner_primary_email", TEXT)
            .may("scopes", TEXT)
            .may("additional_id_1", TEXT)
            .may("partner_metadata", TEXT);
    String one = "/v5/integrations/commerce/{external_business_id}";
    return WritableObject.of(
        "commerce",
        "external_business_id",
        new WriteCall(
            "POST",
            "/v5/integrations/commerce",
            null,
            false,
            ADS_SCOPES,
            Members.open().and(expiring(shared, WHOLE)).need("external_business_id", NAME)),
        new WriteCall("PATCH", one, null, false, ADS_SCOPES, expiring(shared, NUMBER)),
        new WriteCall("DELETE", one, null, false, ADS_SCOPES, null),
        new NaturalKey(one, "external_business_id", List.of(), false));
  }

  private static Members expiring(Members shared, Shape time) {
    return Members.open()
        .and(shared)
        .may("partner_access_token_expiry", time)
        .may("partner_refresh_token_expiry", time);
  }

  private static WritableObject logs() {
    Members error =
        Members.closed()
            .may("cause", text(512))
            .may("column_number", WHOLE)
            .may("file_name", text(256))
            .may("line_number", WHOLE)
            .may("message", text(8192))
            .may("message_detail", text(1024))
            .may("name", text(256))
            .may("number", WHOLE)
            .may("stack_trace", TEXT);
    Members request =
        Members.closed()
            .need(
                "method",
                choice(
                    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"))
            .need("host", TEXT)
            .need("path", TEXT)
            .may("request_headers", new Entries(TEXT))
            .may("response_headers", new Entries(TEXT))
            .may("response_status_code", WHOLE);
    Members entry =
        Members.closed()
            .need("client_timestamp", WHOLE)
            .need("event_type", choice("APP", "API"))
            .need("log_level", choice("INFO", "WARN", "ERROR"))
            .may("message", text(8192))
            .mayBeNull("external_business_id", text(2048))
            .mayBeNull("advertiser_id", text(128))
            .mayBeNull("merchant_id", text(128))
            .mayBeNull("tag_id", text(128))
            .mayBeNull("feed_profile_id", text(128))
            .may("app_version_number", text(20))
            .may("platform_version_number", text(20))
            .may("error", error)
            .may("request", request);
    var create =
        new WriteCall(
            "POST",
            "/v5/integrations/logs",
            null,
            false,
            ADS_SCOPES,
            Members.closed().need("logs", new ListOf(entry, 1, LOGS_MAX)));
    return WritableObject.of(
        "logs", "", create, new Together(create, "logs", LOGS_MAX, false, false));
  }

  private static WritableObject reports() {
    var kinds = new LinkedHashMap<String, Members>();
    kinds.put(
        "FEED_INGESTION_ISSUES",
        Members.closed()
            .need("report_type", TEXT)
            .need("feed_id", ID)
            .may("processing_result_id", ID));
    Members ofCatalog = Members.closed().need("report_type", TEXT).may("catalog_id", ID);
    kinds.put("DISTRIBUTION_ISSUES", ofCatalog);
    kinds.put("ALL_ITEMS", ofCatalog);
    Set<String> scopes = Set.of("catalogs:read");
    return WritableObject.of(
        "reports",
        "token",
        post(
            "/v5/catalogs/reports",
            scopes,
            Members.open()
                .need("catalog_type", choice("RETAIL", "HOTEL"))
                .need("report", new Variants("report_type", null, kinds))),
        new Completion(
            new WriteCall("GET", "/v5/catalogs/reports", "token", true, scopes, null),
            "token",
            "report_status",
            Set.of("IN_PROGRESS"),
            "FINISHED",
            "url"));
  }

  private static Shape byCatalogType(
      Members absent, Members retail, Members hotel, Members creativeAssets) {
    var variants = new LinkedHashMap<String, Members>();
    variants.put("RETAIL", typed(retail));
    variants.put("HOTEL", typed(hotel));
    variants.put("CREATIVE_ASSETS", typed(creativeAssets));
    return new Variants("catalog_type", absent, variants);
  }

  private static Members typed(Members members) {
    return new Members(
        Members.closed().and(members).need("catalog_type", TEXT).members(), members.exact());
  }

  private static WriteCall post(String path, Set<String> scopes, @Nullable Shape shape) {
    return new WriteCall("POST", path, null, true, scopes, shape);
  }

  private static WriteCall patch(String path, Set<String> scopes, Shape shape) {
    return new WriteCall("PATCH", path, null, true, scopes, shape);
  }

  private static WriteCall delete(String path, Set<String> scopes) {
    return new WriteCall("DELETE", path, null, true, scopes, null);
  }

  private static Choice choice(String... words) {
    return new Choice(List.of(words));
  }

  private static Shape text(int lengthMax) {
    return new Text(0, lengthMax, null, "");
  }

  private static Shape matching(String pattern, int lengthMax, String meaning) {
    return new Text(1, lengthMax, Pattern.compile(pattern), meaning);
  }
}
