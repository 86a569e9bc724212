package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.simulator.PinPlan;
import io.pinferry.local.simulator.PinterestSimulator;
import io.pinferry.simulation.invariant.SimulatedWrite;
import io.pinferry.simulation.invariant.SimulatedWrite.Item;
import io.pinferry.simulation.invariant.WriteLedger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Makes up the writes of products, from the records at Pinterest. */
final class WriteGenerator {
  private static final String PICTURE = "https://shop.invalid/lamp.jpg";

  /** Records that take several requests come in small batches. */
  private static final int SLOW_MAX = 4;

  private static final int FEW = 8;
  private static final int MANY = 100;

  private final PinterestSimulator simulator;
  private final WriteLedger ledger;
  private final RandomGenerator random;

  WriteGenerator(PinterestSimulator simulator, WriteLedger ledger, RandomGenerator random) {
    this.simulator = simulator;
    this.ledger = ledger;
    this.random = random;
  }

  /**
   * A kind of write.
   *
   * @param most records in a batch
   * @param make makes a record with a mark
   */
  private record Kind(String object, String verb, int most, Function<String, Item> make) {}

  /** Returns a write of one record or of several. */
  SimulatedWrite next(int number) {
    int many = random.nextInt(10) == 0 ? MANY : FEW;
    Kind kind = kind(many);
    boolean batch = random.nextInt(3) != 0;
    int count = batch ? 1 + random.nextInt(kind.most()) : 1;
    List<Item> records = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      records.add(kind.make().apply(SimulatedWrite.mark(number, index)));
    }
    return new SimulatedWrite(
        number,
        kind.object(),
        kind.verb(),
        batch,
        random.nextInt(3) == 0,
        random.nextBoolean() ? "key " + number : null,
        records);
  }

  private Kind kind(int many) {
    int roll = random.nextInt(100);
    List<JsonNode> boards = truth("boards");
    List<JsonNode> pins = truth("pins");
    List<JsonNode> feeds = retailFeeds();
    List<JsonNode> groups = ownGroups();
    if (roll < 26 && !boards.isEmpty()) {
      return new Kind("pins", "create", many, mark -> pin(boards, mark));
    }
    if (roll < 36 && !feeds.isEmpty()) {
      return new Kind("product_groups", "create", many, mark -> group(feeds, many, mark));
    }
    if (roll < 41) {
      return new Kind("feeds", "create", FEW, this::feed);
    }
    if (roll < 44) {
      return new Kind("catalogs", "create", FEW, WriteGenerator::catalog);
    }
    if (roll < 50 && !pins.isEmpty()) {
      return new Kind("pins", "update", many, mark -> update(pins, mark));
    }
    if (roll < 53 && !boards.isEmpty()) {
      return new Kind("boards", "update", FEW, mark -> update(boards, mark));
    }
    if (roll < 55 && !groups.isEmpty()) {
      return new Kind("product_groups", "update", FEW, mark -> update(groups, mark));
    }
    if (roll < 60 && !pins.isEmpty()) {
      return new Kind("pins", "delete", many, mark -> delete("/v5/pins/", pins));
    }
    if (roll < 62 && !groups.isEmpty()) {
      return new Kind(
          "product_groups", "delete", FEW, mark -> delete("/v5/catalogs/product_groups/", groups));
    }
    if (roll < 69) {
      return new Kind("media", "create", SLOW_MAX, this::media);
    }
    if (roll < 76 && !boards.isEmpty()) {
      return new Kind("pins", "create", SLOW_MAX, mark -> videoPin(boards, mark));
    }
    if (roll < 80 && !feeds.isEmpty()) {
      return new Kind("reports", "create", SLOW_MAX, mark -> report(feeds));
    }
    return new Kind("boards", "create", many, mark -> board(many, mark));
  }

  private List<JsonNode> truth(String object) {
    return simulator.truth(object, PinPlan.OWNED).map(Json::trusted).toList();
  }

  /** Returns the customer's own records. Others are reached through an ad account. */
  private List<JsonNode> own(String object) {
    return truth(object).stream()
        .filter(record -> !record.path("_source").has("ad_account_id"))
        .toList();
  }

  private List<JsonNode> retailFeeds() {
    return own("feeds").stream()
        .filter(feed -> feed.path("catalog_type").asText("RETAIL").equals("RETAIL"))
        .toList();
  }

  private List<JsonNode> ownGroups() {
    return own("product_groups").stream()
        .filter(group -> group.path("type").asText().equals("MERCHANT_CREATED"))
        .toList();
  }

  private String idOf(List<JsonNode> records) {
    return records.get(random.nextInt(records.size())).path("id").asText();
  }

  private Item pin(List<JsonNode> boards, String mark) {
    ObjectNode pin = Json.object().put("description", mark).put("board_id", idOf(boards));
    pin.putObject("media_source").put("source_type", "image_url").put("url", PICTURE);
    return new Item(pin, mark);
  }

  private Item board(int most, String mark) {
    // Pinterest takes each name only once, so it refuses some.
    String name = "Shelf " + random.nextInt(10 * most);
    return new Item(Json.object().put("description", mark).put("name", name), mark);
  }

  private Item group(List<JsonNode> feeds, int most, String mark) {
    // Pinterest takes each name and each filter only once.
    int number = random.nextInt(20 * most);
    ObjectNode group =
        Json.object()
            .put("description", mark)
            .put("name", "Group " + number)
            .put("feed_id", idOf(feeds.subList(0, 1 + random.nextInt(feeds.size()))));
    group
        .putObject("filters")
        .putArray("any_of")
        .addObject()
        .putObject("BRAND")
        .putArray("values")
        .add("Brand " + number);
    return new Item(group, mark);
  }

  private Item feed(String mark) {
    return new Item(
        Json.object()
            .put("name", "Feed " + random.nextInt(40))
            .put("format", "CSV")
            .put("location", "https://shop.invalid/feed?" + mark)
            .put("default_locale", "en-US")
            .put("default_country", "US"),
        mark);
  }

  private static Item catalog(String mark) {
    return new Item(
        Json.object().put("catalog_type", "RETAIL").put("name", "Catalog " + mark), mark);
  }

  private Item update(List<JsonNode> records, String mark) {
    return new Item(Json.object().put("id", idOf(records)).put("description", mark), mark);
  }

  /** Deletes a record, sometimes one that was deleted before. */
  private Item delete(String path, List<JsonNode> records) {
    List<String> deleted = ledger.deleted(path);
    String id =
        deleted.isEmpty() || random.nextInt(4) != 0
            ? idOf(records)
            : deleted.get(random.nextInt(deleted.size()));
    return new Item(Json.object().put("id", id), SimulatedWrite.deletion(path + id));
  }

  private Item media(String mark) {
    ObjectNode media = Json.object().put("media_type", "video");
    video(media, "url", "data", mark);
    return new Item(media, mark);
  }

  private Item videoPin(List<JsonNode> boards, String mark) {
    ObjectNode pin = Json.object().put("description", mark).put("board_id", idOf(boards));
    ObjectNode source = pin.putObject("media_source").put("cover_image_url", PICTURE);
    source.put("source_type", video(source, "url", "data", mark) ? "video_base64" : "video_url");
    return new Item(pin, mark);
  }

  /** Adds a video, or the URL of one; returns whether the video itself was added. */
  private boolean video(ObjectNode into, String url, String data, String mark) {
    boolean inline = random.nextBoolean();
    if (inline) {
      // Pinterest finds out that a picture is not a video when it has processed it.
      String bytes = (random.nextInt(6) == 0 ? "GIF8 " : "video ") + mark;
      into.put(data, Base64.getEncoder().encodeToString(bytes.getBytes(UTF_8)));
    } else {
      into.put(url, SimulatedFiles.url(mark).toString());
    }
    return inline;
  }

  private Item report(List<JsonNode> feeds) {
    String feed = idOf(feeds);
    ObjectNode report = Json.object().put("catalog_type", "RETAIL");
    report.putObject("report").put("report_type", "FEED_INGESTION_ISSUES").put("feed_id", feed);
    return new Item(report, SimulatedWrite.report(feed));
  }
}
