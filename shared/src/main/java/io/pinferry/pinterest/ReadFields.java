package io.pinferry.pinterest;

import static io.pinferry.pinterest.ObjectField.choice;
import static io.pinferry.pinterest.ObjectField.choices;
import static io.pinferry.pinterest.ObjectField.decimal;
import static io.pinferry.pinterest.ObjectField.flag;
import static io.pinferry.pinterest.ObjectField.list;
import static io.pinferry.pinterest.ObjectField.object;
import static io.pinferry.pinterest.ObjectField.reference;
import static io.pinferry.pinterest.ObjectField.text;
import static io.pinferry.pinterest.ObjectField.time;
import static io.pinferry.pinterest.ObjectField.whole;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The documented fields of the records that can be read, as data. A read does not load them.
 *
 * @see <a href="https://developers.pinterest.com/docs/api/v5/">Pinterest API v5</a>
 */
final class ReadFields {
  private static final Map<String, List<ObjectField>> FIELDS = new LinkedHashMap<>();

  static {
    put(
        "pins",
        text("id"),
        text("alt_text"),
        reference("board_id", "boards"),
        object("board_owner", text("username")),
        reference("board_section_id", "board_sections"),
        time("created_at"),
        choice(
            "creative_type",
            """
            REGULAR VIDEO SHOPPING CAROUSEL MAX_VIDEO SHOP_THE_PIN COLLECTION IDEA SHOWCASE
            QUIZ COLLAGE MAX_WIDTH_REGULAR_COLLECTION MAX_WIDTH_VIDEO_COLLECTION
            """),
        text("description"),
        text("dominant_color"),
        flag("has_been_promoted"),
        flag("is_owner"),
        flag("is_standard"),
        text("link"),
        object(
            "media",
            text("cover_image_url"),
            decimal("duration"),
            whole("height"),
            object(
                "images",
                object("1200x", whole("height"), text("url"), whole("width")),
                object("150x150", whole("height"), text("url"), whole("width")),
                object("400x300", whole("height"), text("url"), whole("width")),
                object("600x", whole("height"), text("url"), whole("width"))),
            list("items"),
            choice("media_type", "image video multiple_images multiple_videos multiple_mixed"),
            text("video_url"),
            whole("width")),
        reference("parent_pin_id", "pins"),
        object("pin_metrics"),
        text("title"));
    put(
        "boards",
        text("id"),
        time("board_pins_modified_at"),
        whole("collaborator_count"),
        time("created_at"),
        text("description"),
        whole("follower_count"),
        flag("is_ads_only"),
        object("media", text("image_cover_url"), list("pin_thumbnail_urls")),
        text("name"),
        object("owner", text("username")),
        whole("pin_count"),
        choice("privacy", "PUBLIC PROTECTED SECRET"));
    put(
        "media",
        text("media_id"),
        choice("media_type", "video"),
        choice("status", "registered processing succeeded failed"));
    put(
        "ad_accounts",
        text("id"),
        choice("country", Vocabulary.COUNTRIES),
        whole("created_time"),
        choice(
            "currency",
            """
            UNK USD GBP CAD EUR AUD NZD SEK ILS CHF HKD JPY SGD KRW NOK DKK PLN RON HUF CZK
            BRL MXN ARS CLP COP INR TRY
            """),
        text("name"),
        object("owner", text("id"), text("username")),
        choices(
            "permissions",
            """
            OWNER ADMIN ANALYST SOS_READER FINANCE_MANAGER FINANCE_VIEW FINANCE_EDIT
            AUDIENCE_MANAGER CAMPAIGN_MANAGER CATALOGS_MANAGER RESTRICTED_OWNER
            PROFILE_MANAGER PROFILE_PUBLISHER RESOURCE_PINNER_LIST_OWNER
            RESOURCE_PINNER_LIST_READER BIZ_PINNER_LIST_SHARER
            RESOURCE_CONVERSION_TAGS_READER
            """),
        whole("updated_time"));
    put(
        "catalogs",
        text("id"),
        choice("catalog_type", "RETAIL HOTEL CREATIVE_ASSETS"),
        time("created_at"),
        text("name"),
        time("updated_at"));
    put(
        "employers",
        text("id"),
        object("assets_summary", list("ad_accounts"), list("profiles")),
        list("business_roles"),
        object("created_by_business", text("email"), text("id"), text("username")),
        object("created_by_user", text("email"), text("id"), text("username")),
        whole("created_time"),
        flag("is_shared_partner"),
        object("user", text("email"), text("id"), text("username")));
    put(
        "feeds",
        text("id"),
        reference("catalog_id", "catalogs"),
        choice("catalog_type", "RETAIL HOTEL CREATIVE_ASSETS"),
        time("created_at"),
        object("credentials", text("password"), text("username")),
        choice("default_availability", "IN_STOCK OUT_OF_STOCK PREORDER"),
        choice("default_country", Vocabulary.COUNTRIES),
        choice("default_currency", Vocabulary.CURRENCIES),
        text("default_locale"),
        choice("format", "TSV CSV XML"),
        text("location"),
        text("name"),
        object(
            "preferred_processing_schedule",
            text("time"),
            choice("timezone", Vocabulary.TIME_ZONES)),
        choice("status", "ACTIVE INACTIVE"),
        time("updated_at"));
    put(
        "product_groups",
        text("id"),
        reference("catalog_id", "catalogs"),
        choice("catalog_type", "RETAIL HOTEL CREATIVE_ASSETS"),
        text("country"),
        whole("created_at"),
        text("description"),
        reference("feed_id", "feeds"),
        object("filters"),
        flag("is_featured"),
        text("locale"),
        text("name"),
        choice("status", "ACTIVE INACTIVE"),
        choice(
            "type",
            """
            MERCHANT_CREATED ALL_PRODUCTS BEST_DEALS PINNER_FAVORITES TOP_SELLERS
            BACK_IN_STOCK NEW_ARRIVALS SHOPIFY_COLLECTIONS I2PC ALL_LISTINGS
            """),
        whole("updated_at"));
    put(
        "integrations",
        text("id"),
        text("additional_id_1"),
        reference("connected_advertiser_id", "ad_accounts"),
        text("connected_lba_id"),
        text("connected_merchant_id"),
        text("connected_tag_id"),
        text("connected_user_id"),
        whole("created_time"),
        text("external_business_id"),
        text("partner_access_token"),
        whole("partner_access_token_expiry"),
        text("partner_metadata"),
        text("partner_primary_email"),
        text("partner_refresh_token"),
        whole("partner_refresh_token_expiry"),
        text("scopes"),
        whole("updated_time"));
    put(
        "stats",
        reference("catalog_id", "catalogs"),
        whole("code"),
        text("code_label"),
        flag("ineligible_for_ads"),
        flag("ineligible_for_organic"),
        text("message"),
        whole("occurrences"),
        choice("report_type", "FEED_INGESTION_ISSUES DISTRIBUTION_ISSUES"),
        choice("severity", "WARN ERROR"));
  }

  /** Fields that Pinterest sends, but does not document. */
  private static final Map<String, List<ObjectField>> OBSERVED =
      Map.of(
          "pins",
          List.of(flag("is_product"), flag("is_removable"), list("product_tags"), text("note")));

  private ReadFields() {}

  /** Returns the documented fields of an object; none if it cannot be read. */
  static List<ObjectField> of(String objectName) {
    return FIELDS.getOrDefault(objectName, List.of());
  }

  /** Returns the fields of an object that Pinterest does not document. */
  static List<ObjectField> observed(String objectName) {
    return OBSERVED.getOrDefault(objectName, List.of());
  }

  private static void put(String objectName, ObjectField... fields) {
    FIELDS.put(objectName, List.of(fields));
  }
}
