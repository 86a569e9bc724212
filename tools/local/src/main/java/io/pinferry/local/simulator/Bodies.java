package io.pinferry.local.simulator;

import static io.pinferry.local.simulator.Shape.choice;
import static io.pinferry.local.simulator.Shape.flag;
import static io.pinferry.local.simulator.Shape.id;
import static io.pinferry.local.simulator.Shape.integer;
import static io.pinferry.local.simulator.Shape.list;
import static io.pinferry.local.simulator.Shape.matching;
import static io.pinferry.local.simulator.Shape.nullable;
import static io.pinferry.local.simulator.Shape.number;
import static io.pinferry.local.simulator.Shape.object;
import static io.pinferry.local.simulator.Shape.oneOf;
import static io.pinferry.local.simulator.Shape.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The shapes of the bodies that writing operations take. */
final class Bodies {
  /** The limit if the specification names none; no honest value is longer. */
  private static final int CHARS_MAX = 100_000;

  private static final int ERROR_CHARS_MAX = 100_000;
  static final int LOGS_MAX = 250;
  static final int PRODUCT_GROUPS_MAX = 1_000;

  private static final Rule WEB_ADDRESS = matching("(?i)https?://[^\\s/]+\\S*", "an http address");
  private static final Rule COUNTRY =
      (where, value) -> {
        if (!value.isTextual() || !List.of(Locale.getISOCountries()).contains(value.asText())) {
          throw ApiFailure.invalid("Invalid " + where + ": it must be a country such as US");
        }
      };
  private static final Rule LOCALE = text(CHARS_MAX);
  private static final Rule CURRENCY = matching("[A-Z]{3}", "a currency such as USD");
  private static final Rule IMAGE_TYPE = choice("image/jpeg", "image/png");
  private static final Rule IMAGE_DATA = matching("[a-zA-Z0-9+/=]+", "an image as base64");
  private static final Rule CATALOG_TYPE = choice("RETAIL", "HOTEL", "CREATIVE_ASSETS");

  private static final Shape CAROUSEL_TEXTS =
      Shape.empty()
          .opened()
          .with("title", text(CHARS_MAX))
          .with("description", text(CHARS_MAX))
          .with("link", text(CHARS_MAX));

  private static final Rule MEDIA_SOURCE =
      oneOf(
          "source_type",
          Map.of(
              "image_base64",
              source().needs("content_type", IMAGE_TYPE).needs("data", IMAGE_DATA),
              "image_url",
              source().needs("url", WEB_ADDRESS),
              "video_id",
              source()
                  .needs("media_id", id())
                  .with("cover_image_url", WEB_ADDRESS)
                  .with("cover_image_data", IMAGE_DATA)
                  .with("cover_image_content_type", IMAGE_TYPE)
                  .with("cover_image_key_frame_time", integer(0)),
              "multiple_image_base64",
              several(CAROUSEL_TEXTS.needs("content_type", IMAGE_TYPE).needs("data", IMAGE_DATA)),
              "multiple_image_urls",
              several(CAROUSEL_TEXTS.needs("url", WEB_ADDRESS)),
              "pin_url",
              Shape.empty()
                  .opened()
                  .needs("source_type", text(40))
                  .with("is_affiliate_link", flag())));

  static final Shape PIN_CREATE =
      pinTexts()
          .needs("board_id", id())
          .with("board_section_id", nullable(id()))
          .with("dominant_color", nullable(text(CHARS_MAX)))
          .with("parent_pin_id", nullable(id()))
          .with("sponsor_id", nullable(id()))
          .needs("media_source", MEDIA_SOURCE);

  static final Shape PIN_UPDATE =
      pinTexts()
          .with("board_id", id())
          .with("board_section_id", nullable(id()))
          .with("carousel_slots", list(0, Integer.MAX_VALUE, CAROUSEL_TEXTS));

  static final Shape PIN_SAVE =
      Shape.empty()
          .opened()
          .with("board_id", nullable(id()))
          .with("board_section_id", nullable(id()));

  static final Shape BOARD_CREATE =
      Shape.empty()
          .opened()
          .needs("name", text(1, CHARS_MAX))
          .with("description", nullable(text(CHARS_MAX)))
          .with("is_ads_only", flag())
          .with("privacy", choice("PUBLIC", "PROTECTED", "SECRET"));

  static final Shape BOARD_UPDATE =
      Shape.empty()
          .opened()
          .with("name", text(1, CHARS_MAX))
          .with("description", nullable(text(CHARS_MAX)))
          .with("privacy", choice("PUBLIC", "SECRET"));

  static final Shape SECTION = Shape.empty().opened().needs("name", text(1, 180));

  static final Shape MEDIA = Shape.empty().opened().needs("media_type", choice("video"));

  static final Shape AD_ACCOUNT =
      Shape.empty()
          .opened()
          .with("country", COUNTRY)
          .with("currency", CURRENCY)
          .with("name", text(1, 256))
          .with("owner_user_id", id());

  static final Shape CATALOG =
      Shape.empty().needs("catalog_type", CATALOG_TYPE).needs("name", text(1, CHARS_MAX));

  /** The form of before there were types of catalogs, for retail only. */
  private static final Shape LEGACY_FEED_CREATE =
      feedTexts(true)
          .with("default_availability", availability())
          .with("default_country", COUNTRY)
          .with("default_locale", LOCALE);

  private static final Shape TYPED_FEED_CREATE =
      feedTexts(true)
          .needs("catalog_type", CATALOG_TYPE)
          .needs("default_locale", LOCALE)
          .with("catalog_id", id());

  private static final Map<String, Shape> FEED_CREATE =
      Map.of(
          "RETAIL",
          TYPED_FEED_CREATE
              .needs("default_country", COUNTRY)
              .with("default_availability", availability()),
          "HOTEL",
          TYPED_FEED_CREATE,
          "CREATIVE_ASSETS",
          TYPED_FEED_CREATE.needs("default_country", COUNTRY));

  private static final Map<String, Shape> FEED_UPDATE =
      Map.of(
          "RETAIL",
          feedTexts(false)
              .needs("catalog_type", CATALOG_TYPE)
              .with("default_availability", availability()),
          "HOTEL",
          feedTexts(false).needs("catalog_type", CATALOG_TYPE),
          "CREATIVE_ASSETS",
          feedTexts(false).needs("catalog_type", CATALOG_TYPE));

  private static final Set<String> RETAIL_FILTERS =
      Set.of(
          "MIN_PRICE",
          "MAX_PRICE",
          "CURRENCY",
          "ITEM_ID",
          "AVAILABILITY",
          "BRAND",
          "CONDITION",
          "ITEM_GROUP_ID",
          "GENDER",
          "MEDIA_TYPE",
          "PRODUCT_GROUP",
          "TITLE_KEYWORDS",
          "CUSTOM_LABEL_",
          "PRODUCT_TYPE_",
          "GOOGLE_PRODUCT_CATEGORY_",
          "CUSTOM_NUMBER_");
  private static final Set<String> HOTEL_FILTERS =
      Set.of("PRICE", "HOTEL_ID", "BRAND", "COUNTRY", "TITLE_KEYWORDS", "CUSTOM_LABEL_");
  private static final Set<String> CREATIVE_FILTERS =
      Set.of(
          "CREATIVE_ASSETS_ID",
          "MEDIA_TYPE",
          "TITLE_KEYWORDS",
          "CUSTOM_LABEL_",
          "GOOGLE_PRODUCT_CATEGORY_");

  private static final Shape FEED_GROUP_CREATE =
      groupTexts()
          .opened()
          .needs("name", text(1, CHARS_MAX))
          .needs("feed_id", id())
          .needs("filters", filters(RETAIL_FILTERS))
          .with("is_featured", flag());

  private static final Map<String, Shape> GROUP_CREATE =
      Map.of(
          "RETAIL",
          catalogGroup(RETAIL_FILTERS).with("country", COUNTRY).with("locale", LOCALE),
          "HOTEL",
          catalogGroup(HOTEL_FILTERS),
          "CREATIVE_ASSETS",
          catalogGroup(CREATIVE_FILTERS));

  static final Map<String, Shape> GROUP_UPDATE =
      Map.of(
          "RETAIL",
          groupTexts()
              .with("catalog_type", choice("RETAIL"))
              .with("filters", filters(RETAIL_FILTERS))
              .with("is_featured", flag())
              .with("country", COUNTRY)
              .with("locale", LOCALE),
          "HOTEL",
          groupTexts()
              .with("catalog_type", choice("HOTEL"))
              .with("filters", filters(HOTEL_FILTERS)),
          "CREATIVE_ASSETS",
          groupTexts()
              .with("catalog_type", choice("CREATIVE_ASSETS"))
              .with("filters", filters(CREATIVE_FILTERS)));

  static final Shape WEBSITE =
      Shape.empty()
          .opened()
          .needs(
              "website",
              matching(
                  "(https?://)?([a-zA-Z0-9-]+\\.)+[a-zA-Z]{2,}(/\\S*)?",
                  "a domain, with a path or without"))
          .with("verification_method", choice("METATAG", "FILENAME", "DNSTXT"));

  static final Shape COMMERCE_UPDATE = commerce();
  static final Shape COMMERCE_CREATE = commerce().needs("external_business_id", text(1, CHARS_MAX));

  static final Shape LOGS =
      Shape.empty()
          .needs(
              "logs",
              list(
                  1,
                  LOGS_MAX,
                  Shape.empty()
                      .needs("client_timestamp", integer())
                      .needs("event_type", choice("APP", "API"))
                      .needs("log_level", choice("INFO", "WARN", "ERROR"))
                      .with("message", text(8_192))
                      .with("external_business_id", nullable(text(2_048)))
                      .with("advertiser_id", nullable(text(128)))
                      .with("merchant_id", nullable(text(128)))
                      .with("tag_id", nullable(text(128)))
                      .with("feed_profile_id", nullable(text(128)))
                      .with("app_version_number", text(20))
                      .with("platform_version_number", text(20))
                      .with(
                          "error",
                          Shape.empty()
                              .with("cause", text(512))
                              .with("column_number", integer())
                              .with("file_name", text(256))
                              .with("line_number", integer())
                              .with("message", text(8_192))
                              .with("message_detail", text(1_024))
                              .with("name", text(256))
                              .with("number", integer())
                              .with("stack_trace", text(ERROR_CHARS_MAX)))
                      .with(
                          "request",
                          Shape.empty()
                              .needs("host", text(CHARS_MAX))
                              .needs(
                                  "method",
                                  choice(
                                      "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS",
                                      "TRACE", "PATCH"))
                              .needs("path", text(CHARS_MAX))
                              .with("request_headers", object())
                              .with("response_headers", object())
                              .with("response_status_code", integer()))));

  static final Shape REPORT =
      Shape.empty()
          .opened()
          .needs("catalog_type", choice("RETAIL", "HOTEL"))
          .needs(
              "report",
              oneOf(
                  "report_type",
                  Map.of(
                      "FEED_INGESTION_ISSUES",
                      Shape.empty()
                          .needs("report_type", text(40))
                          .needs("feed_id", id())
                          .with("processing_result_id", id()),
                      "DISTRIBUTION_ISSUES",
                      Shape.empty().needs("report_type", text(40)).with("catalog_id", id()),
                      "ALL_ITEMS",
                      Shape.empty().needs("report_type", text(40)).with("catalog_id", id()))));

  private Bodies() {}

  static void checkFeedCreate(JsonNode body) {
    if (body.isObject() && !body.has("catalog_type")) {
      LEGACY_FEED_CREATE.check("body", body);
      if (!body.has("default_country") || !body.has("default_locale")) {
        throw new ApiFailure(
            501, 4181, "A feed without default_country and default_locale is not implemented");
      }
    } else {
      byCatalogType(FEED_CREATE, body);
    }
  }

  static void checkFeedUpdate(JsonNode body) {
    if (body.isObject() && !body.has("catalog_type")) {
      feedTexts(false).with("default_availability", availability()).check("body", body);
    } else {
      byCatalogType(FEED_UPDATE, body);
    }
  }

  static void checkGroupCreate(String where, JsonNode body) {
    if (body.isObject() && !body.has("catalog_type")) {
      FEED_GROUP_CREATE.check(where, body);
      return;
    }
    byCatalogType(GROUP_CREATE, where, body);
    if (body.has("country") && !body.has("locale")) {
      throw new ApiFailure(400, 6136, "A product group with a country needs a locale too");
    }
    if (body.has("locale") && !body.has("country")) {
      throw new ApiFailure(400, 6137, "A product group with a locale needs a country too");
    }
  }

  private static void byCatalogType(Map<String, Shape> shapes, JsonNode body) {
    byCatalogType(shapes, "body", body);
  }

  private static void byCatalogType(Map<String, Shape> shapes, String where, JsonNode body) {
    if (!body.isObject()) {
      throw ApiFailure.invalid("Invalid " + where + ": it must be an object");
    }
    CATALOG_TYPE.check("catalog_type", body.path("catalog_type"));
    oneOf("catalog_type", shapes).check(where, body);
  }

  private static Shape source() {
    return Shape.empty().opened().needs("source_type", text(40)).with("is_standard", flag());
  }

  private static Shape several(Shape item) {
    return Shape.empty()
        .opened()
        .needs("source_type", text(40))
        .needs("items", list(2, 5, item))
        .with("index", integer(0));
  }

  private static Shape pinTexts() {
    return Shape.empty()
        .opened()
        .with("title", nullable(text(100)))
        .with("description", nullable(text(800)))
        .with("alt_text", nullable(text(500)))
        .with("link", nullable(text(2_048)));
  }

  private static Rule availability() {
    return nullable(choice("IN_STOCK", "OUT_OF_STOCK", "PREORDER"));
  }

  private static Shape feedTexts(boolean create) {
    Shape shape =
        Shape.empty()
            .with(
                "credentials",
                nullable(
                    Shape.empty()
                        .opened()
                        .needs("username", text(1, CHARS_MAX))
                        .needs("password", text(1, CHARS_MAX))))
            .with("default_currency", nullable(CURRENCY))
            .with(
                "preferred_processing_schedule",
                nullable(
                    Shape.empty()
                        .opened()
                        .needs(
                            "time",
                            matching("([01][0-9]|2[0-3]):[0-5][0-9]", "a time such as 02:59"))
                        .needs("timezone", nullable(text(1, 100)))))
            .with("status", choice("ACTIVE", "INACTIVE"));
    Rule format = choice("TSV", "CSV", "XML");
    Rule location = matching("(https?|s?ftp)://.+", "an http, https, ftp or sftp address");
    Rule name = text(1, CHARS_MAX);
    return create
        ? shape.needs("format", format).needs("location", location).needs("name", name)
        : shape.with("format", format).with("location", location).with("name", name);
  }

  private static Shape groupTexts() {
    return Shape.empty()
        .with("name", text(1, CHARS_MAX))
        .with("description", nullable(text(CHARS_MAX)));
  }

  private static Shape catalogGroup(Set<String> keys) {
    return groupTexts()
        .needs("name", text(1, CHARS_MAX))
        .needs("catalog_type", CATALOG_TYPE)
        .needs("catalog_id", id())
        .needs("filters", filters(keys));
  }

  /** Either any_of or all_of, with conditions of one key each; numbered keys end with a digit. */
  private static Rule filters(Set<String> keys) {
    Rule condition =
        (where, value) -> {
          if (!value.isObject() || value.size() != 1) {
            throw ApiFailure.invalid("Invalid " + where + ": it must have exactly one key");
          }
          String key = value.fieldNames().next();
          String stem = key.replaceAll("[0-6]$", "");
          if (!keys.contains(key) && !(keys.contains(stem) && !stem.equals(key))) {
            throw ApiFailure.invalid(
                "Invalid "
                    + where
                    + ": there is no filter "
                    + key
                    + " but "
                    + String.join(", ", new TreeSet<>(keys)));
          }
          object().check(where + "." + key, value.get(key));
        };
    return (where, value) -> {
      if (!value.isObject() || value.size() != 1) {
        throw ApiFailure.invalid("Invalid " + where + ": it must have either any_of or all_of");
      }
      Rule conditions = list(1, PRODUCT_GROUPS_MAX, condition);
      Shape.empty().with("any_of", conditions).with("all_of", conditions).check(where, value);
    };
  }

  private static Shape commerce() {
    Shape shape = Shape.empty().opened();
    for (String name :
        List.of(
            "additional_id_1",
            "connected_advertiser_id",
            "connected_lba_id",
            "connected_merchant_id",
            "connected_tag_id",
            "partner_access_token",
            "partner_metadata",
            "partner_primary_email",
            "partner_refresh_token",
            "scopes")) {
      shape = shape.with(name, text(CHARS_MAX));
    }
    return shape
        .with("partner_access_token_expiry", number())
        .with("partner_refresh_token_expiry", number());
  }
}
