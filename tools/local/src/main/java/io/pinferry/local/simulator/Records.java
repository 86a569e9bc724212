package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the records of everything but pins, with the units, nulls and odd members of the live API.
 */
final class Records {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final long YEAR_2020 = 1_577_836_800L;
  private static final int FIVE_YEARS = 157_680_000;

  private Records() {}

  static long created(long hash) {
    return YEAR_2020 + Mix.below(hash, FIVE_YEARS);
  }

  static ObjectNode board(Board board, long pinCount, Optional<Pin> newest) {
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(board.id));
    json.put("name", board.name);
    json.put("description", board.description);
    long created = board.createdSeconds;
    json.put("created_at", Times.zoneless(created, board.hash));
    json.put(
        "board_pins_modified_at",
        board.pinsModifiedSeconds > 0
            ? Times.zoneless(board.pinsModifiedSeconds, 0)
            : newest
                .map(pin -> Times.zoneless(pin.createdSeconds(), pin.hash()))
                .orElseGet(() -> Times.zoneless(created, board.hash)));
    json.putObject("owner").put("username", board.owner.username);
    ObjectNode media = json.putObject("media");
    media.put(
        "image_cover_url",
        newest.isEmpty() ? null : "https://i.pinimg.com/400x300/" + board.id + ".jpg");
    var thumbnails = media.putArray("pin_thumbnail_urls");
    newest.ifPresent(pin -> thumbnails.add("https://i.pinimg.com/150x150/" + pin.id() + ".jpg"));
    json.put("collaborator_count", board.collaborators);
    json.put("follower_count", Mix.below(Mix.draw(board.hash, 1), 5_000));
    json.put("pin_count", pinCount);
    json.put("is_ads_only", board.privacy == Board.Privacy.PROTECTED);
    json.put("privacy", board.privacy.name());
    return json;
  }

  static ObjectNode section(Board.Section section) {
    return JSON.objectNode().put("id", Long.toString(section.id())).put("name", section.name());
  }

  static ObjectNode media(long id, String status) {
    return JSON.objectNode()
        .put("media_id", Long.toString(id))
        .put("media_type", "video")
        .put("status", status);
  }

  static ObjectNode adAccount(long id, Person owner, Set<String> permissions, long hash) {
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(id));
    json.put("name", Texts.title(hash));
    json.putObject("owner").put("username", owner.username).put("id", Long.toString(owner.id));
    json.put("country", List.of("US", "DE", "FR", "BR", "JP").get(Mix.below(hash, 5)));
    json.put("currency", List.of("USD", "EUR", "EUR", "BRL", "JPY").get(Mix.below(hash, 5)));
    var list = json.putArray("permissions");
    permissions.stream().sorted().forEach(list::add);
    long created = YEAR_2020 + Mix.below(hash, FIVE_YEARS);
    json.put("created_time", created);
    if (Mix.below(Mix.draw(hash, 2), 4) == 0) {
      json.putNull("updated_time");
    } else {
      json.put("updated_time", created + Mix.below(hash >>> 3, 9_000_000));
    }
    return json;
  }

  static ObjectNode catalog(long id, Person.CatalogType type, long hash) {
    ObjectNode json = JSON.objectNode();
    long created = YEAR_2020 + Mix.below(hash, FIVE_YEARS);
    json.put("id", Long.toString(id));
    json.put("created_at", Times.zoneless(created, hash));
    json.put("updated_at", Times.zoneless(created + Mix.below(hash >>> 3, 9_000_000), hash >>> 1));
    json.put("name", Mix.below(hash, 5) == 0 ? null : Texts.title(hash));
    json.put("catalog_type", type.name());
    return json;
  }

  static ObjectNode feed(long id, long catalogId, Person.CatalogType type, int number, long hash) {
    ObjectNode json = JSON.objectNode();
    long created = YEAR_2020 + Mix.below(hash, FIVE_YEARS);
    json.put("id", Long.toString(id));
    json.put("created_at", Times.zoneless(created, hash));
    json.put("updated_at", Times.zoneless(created + Mix.below(hash >>> 3, 9_000_000), hash >>> 1));
    json.put("catalog_type", type.name());
    json.put("name", Mix.below(hash, 4) == 0 ? null : "Feed " + number + " " + Texts.title(hash));
    json.put("format", List.of("TSV", "CSV", "XML").get(Mix.below(hash, 3)));
    json.put("location", "https://shop.example.com/feeds/" + Texts.plain(hash) + ".xml");
    if (number % 2 == 0) {
      json.putObject("credentials")
          .put("username", "feed-user-" + number)
          .put("password", "canary-feed-password-" + Long.toHexString(hash));
    } else {
      json.putNull("credentials");
    }
    json.put("default_locale", "en-US");
    json.put("default_currency", Mix.below(hash, 3) == 0 ? null : "USD");
    if (Mix.below(hash >>> 4, 2) == 0) {
      json.putNull("preferred_processing_schedule");
    } else {
      json.putObject("preferred_processing_schedule")
          .put("time", "02:59")
          .put("timezone", "America/New_York");
    }
    json.put("status", Mix.below(hash, 6) == 0 ? "INACTIVE" : "ACTIVE");
    switch (type) {
      case RETAIL -> {
        // The live API does not say which catalog a retail feed belongs to.
        json.put("default_country", "US");
        json.put("default_availability", Mix.below(hash, 2) == 0 ? null : "IN_STOCK");
      }
      case HOTEL -> json.put("catalog_id", Long.toString(catalogId));
      case CREATIVE_ASSETS -> {
        json.put("default_country", "US");
        json.put("catalog_id", Long.toString(catalogId));
      }
    }
    return json;
  }

  static ObjectNode productGroup(
      long id, long catalogId, long feedId, Person.CatalogType type, long hash) {
    ObjectNode json = JSON.objectNode();
    long created = (YEAR_2020 + Mix.below(hash, FIVE_YEARS)) * 1_000 + Mix.below(hash, 1_000);
    json.put("id", Long.toString(id));
    json.put("catalog_id", Long.toString(catalogId));
    json.put("catalog_type", type.name());
    json.put("name", Texts.title(hash));
    json.put("description", Mix.below(hash, 2) == 0 ? null : Texts.description(hash));
    // Documented as seconds, sent as milliseconds.
    json.put("created_at", created);
    json.put("updated_at", created + Mix.below(hash >>> 3, 900_000_000));
    ObjectNode filter =
        json.putObject("filters")
            .putArray(Mix.below(hash, 2) == 0 ? "any_of" : "all_of")
            .addObject();
    switch (type) {
      case RETAIL -> {
        json.put("feed_id", feedId == 0 ? null : Long.toString(feedId));
        json.put("country", Mix.below(hash, 3) == 0 ? null : "US");
        json.put("locale", Mix.below(hash, 3) == 0 ? null : "en-US");
        json.put("status", Mix.below(hash, 6) == 0 ? "INACTIVE" : "ACTIVE");
        json.put("is_featured", Mix.below(hash, 7) == 0);
        json.put(
            "type",
            List.of("MERCHANT_CREATED", "ALL_PRODUCTS", "BEST_DEALS", "TOP_SELLERS", "I2PC")
                .get(Mix.below(hash, 5)));
        switch (Mix.below(hash >>> 5, 3)) {
          case 0 -> filter.putObject("BRAND").put("negated", false).putArray("values").add("Acme");
          case 1 -> filter.putObject("MIN_PRICE").put("inclusion", true).put("values", 9.99);
          case 2 ->
              filter
                  .putObject("CUSTOM_NUMBER_0")
                  .put("operator", "GREATER_THAN")
                  .put("value", Mix.below(hash, 100));
          default -> throw new IllegalStateException("three kinds of filters");
        }
      }
      case HOTEL -> {
        json.put("type", Mix.below(hash, 2) == 0 ? "MERCHANT_CREATED" : "ALL_LISTINGS");
        filter.putObject("HOTEL_ID").putArray("values").add("h-" + Mix.below(hash, 1_000));
      }
      case CREATIVE_ASSETS ->
          filter
              .putObject("CREATIVE_ASSETS_ID")
              .putArray("values")
              .add("c-" + Mix.below(hash, 1_000));
    }
    return json;
  }

  static ObjectNode ingestionIssue(long catalogId, int number, long hash) {
    return JSON.objectNode()
        .put("report_type", "FEED_INGESTION_ISSUES")
        .put("catalog_id", Long.toString(catalogId))
        .put("code", 100 + number)
        .put("code_label", "INGESTION_ISSUE_" + (100 + number))
        .put("message", Texts.description(hash))
        .put("occurrences", 1 + Mix.below(hash, 10_000))
        .put("severity", Mix.below(hash, 3) == 0 ? "ERROR" : "WARN");
  }

  static ObjectNode distributionIssue(long catalogId, int number, long hash) {
    return JSON.objectNode()
        .put("report_type", "DISTRIBUTION_ISSUES")
        .put("catalog_id", Long.toString(catalogId))
        .put("code", 200 + number)
        .put("code_label", "DISTRIBUTION_ISSUE_" + (200 + number))
        .put("message", Texts.description(hash))
        .put("occurrences", 1 + Mix.below(hash, 10_000))
        .put("ineligible_for_ads", Mix.below(hash, 2) == 0)
        .put("ineligible_for_organic", Mix.below(hash >>> 1, 2) == 0);
  }

  static ObjectNode integration(long id, Person user, long hash) {
    boolean connected = Mix.below(hash, 3) != 0;
    String hex = Long.toHexString(hash);
    long created = YEAR_2020 + Mix.below(hash, FIVE_YEARS);
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(id));
    json.put("external_business_id", "shop-" + hex);
    json.put("connected_merchant_id", connected ? Long.toString(hash >>> 12) : null);
    json.put("connected_user_id", Long.toString(user.id));
    json.put("connected_advertiser_id", connected ? Long.toString(hash >>> 20) : null);
    json.putNull("connected_lba_id");
    json.put("connected_tag_id", connected ? Long.toString(hash >>> 16) : null);
    json.put("partner_access_token", "canary-partner-access-" + hex);
    json.put("partner_refresh_token", connected ? "canary-partner-refresh-" + hex : null);
    json.put("partner_primary_email", "canary-" + hex + "@example.com");
    if (connected) {
      json.put("partner_access_token_expiry", created + 2_592_000);
    } else {
      json.putNull("partner_access_token_expiry");
    }
    json.putNull("partner_refresh_token_expiry");
    json.put("scopes", connected ? "read_products,write_products" : null);
    json.put("created_time", created);
    json.put("updated_time", created + Mix.below(hash >>> 3, 9_000_000));
    json.putNull("additional_id_1");
    json.put("partner_metadata", connected ? "{\"plan\":\"pro\"}" : null);
    return json;
  }

  static ObjectNode employer(long id, int number, long hash) {
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(id));
    json.putObject("user")
        .put("id", Long.toString(id))
        .put("username", Texts.plain(hash))
        .put("email", number % 2 == 0 ? null : "hello@example.com");
    json.putArray("business_roles")
        .add(List.of("EMPLOYEE", "BIZ_ADMIN", "PARTNER").get(Mix.below(hash, 3)));
    json.putNull("created_by_user");
    json.putObject("created_by_business")
        .put("id", Long.toString(hash >>> 6))
        .put("username", Texts.plain(hash + 1))
        .putNull("email");
    if (number % 5 == 4) {
      json.putNull("created_time");
    } else {
      json.put("created_time", (YEAR_2020 + Mix.below(hash, FIVE_YEARS)) * 1_000);
    }
    json.put("is_shared_partner", Mix.below(hash, 4) == 0);
    if (number % 3 == 2) {
      json.putNull("assets_summary");
    } else {
      ObjectNode assets = json.putObject("assets_summary");
      ObjectNode account = assets.putArray("ad_accounts").addObject();
      account.put("id", Long.toString(549_000_000_000L + Mix.below(hash, 1_000_000)));
      account.putArray("permissions").add("ANALYST").add("CATALOGS_MANAGER");
      assets.putArray("profiles");
    }
    return json;
  }

  static ObjectNode website(String website, String status, long verifiedSeconds) {
    return JSON.objectNode()
        .put("website", website)
        .put("status", status)
        .put("verified_at", Times.zoneless(verifiedSeconds, 0));
  }

  static ObjectNode websiteVerification(Person user) {
    String code = Long.toHexString(Mix.mix(user.id) | Long.MIN_VALUE);
    return JSON.objectNode()
        .put("verification_code", code)
        .put("metatag", "<meta name=\"p:domain_verify\" content=\"" + code + "\"/>")
        .put("filename", "pinterest-" + code.substring(0, 5) + ".html")
        .put("file_content", "<!DOCTYPE html><title>" + code + "</title>")
        .put("dns_txt_record", "pinterest-site-verification=" + code);
  }

  /** An integration as the operations of commerce answer it: without its tokens, other times. */
  static ObjectNode commerce(ObjectNode integration) {
    ObjectNode json = JSON.objectNode();
    for (var member : integration.properties()) {
      String name = member.getKey();
      boolean told =
          switch (name) {
            case "partner_access_token",
                "partner_refresh_token",
                "partner_primary_email",
                "created_time",
                "updated_time" ->
                false;
            default -> !member.getValue().isNull();
          };
      if (told) {
        json.set(name, member.getValue());
      }
    }
    json.put("created_timestamp", integration.path("created_time").asLong());
    json.put("updated_timestamp", integration.path("updated_time").asLong());
    return json;
  }

  static ObjectNode userAccount(Person user, long boardCount, long pinCount) {
    return JSON.objectNode()
        .put("id", Long.toString(user.id))
        .put("username", user.username)
        .put("account_type", "BUSINESS")
        .put("about", "Things worth keeping \u2728")
        .put("business_name", user.username)
        .put("profile_image", "https://i.pinimg.com/280x280_RS/" + user.id + ".jpg")
        .put("website_url", "https://www.example.com")
        .put("board_count", boardCount)
        .put("pin_count", pinCount)
        .put("follower_count", 1_234)
        .put("following_count", 56)
        .put("monthly_views", 7_890);
  }
}
