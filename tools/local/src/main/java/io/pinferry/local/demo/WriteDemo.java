package io.pinferry.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.pinferry.base.Json;
import io.pinferry.local.demo.WriteReport.Effect;
import io.pinferry.local.demo.WriteReport.Verb;
import io.pinferry.local.loopback.Loopback;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WriteCatalogue;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes as a product would, through the public interfaces only: every verb of every object once,
 * then a full read that must find what was written, as it was written last.
 */
public final class WriteDemo {
  private static final int VIDEO_BYTES = 1_000_000;
  private static final List<String> READ =
      List.of("pins", "boards", "media", "ad_accounts", "catalogs", "feeds", "product_groups");

  private final URI writeDoor;
  private final String apiKey;
  private final Product writer;
  private final Product reader;
  private final String manifest;
  private final PrintStream out;
  private final List<Verb> verbs = new ArrayList<>();

  /** Records as they were delivered, by object and key. */
  private final Map<String, Map<String, JsonNode>> delivered = new ConcurrentHashMap<>();

  /**
   * @param write the write door
   * @param pinterest the simulator's address
   * @param manifest the text of an amp.yaml with one integration that reads and writes all objects
   */
  public WriteDemo(
      URI api,
      URI write,
      String project,
      String apiKey,
      URI pinterest,
      String manifest,
      PrintStream out) {
    this.writeDoor = write;
    this.apiKey = apiKey;
    this.writer = new Product(api, project, apiKey, pinterest, "demo-writer");
    this.reader = new Product(api, project, apiKey, pinterest, "demo-reader");
    this.manifest = manifest;
    this.out = out;
  }

  /** Runs from the webhook to the last record of the read. */
  public WriteReport run() throws IOException, InterruptedException {
    HttpServer shop = shop();
    try (WebhookReceiver receiver = WebhookReceiver.start((_, message) -> take(message));
        HttpClient http = HttpClient.newHttpClient()) {
      writer.register(receiver);
      String integration = writer.deploy(manifest).path("id").asText();
      writer.connect();
      writer.installForWriting(
          integration, WriteCatalogue.all().stream().map(WritableObject::name).toList());
      out.println("- integration deployed, account connected, writing and deleting permitted");
      List<Effect> effects = new ArrayList<>();
      var client = new PinferryClient(http, writeDoor, apiKey);
      writeAll(new Writer(client, integration), shop, effects);
      out.println("- " + verbs.size() + " writes answered; now everything is read");
      reader.connect();
      reader.awaitReads(integration, reader.install(integration, READ), READ.size());
      return new WriteReport(verbs, effects.stream().map(this::seen).toList());
    } finally {
      shop.stop(0);
    }
  }

  /** Serves the video of the product's shop. */
  private static HttpServer shop() {
    HttpServer shop = Loopback.bind(0);
    var video = new byte[VIDEO_BYTES];
    Arrays.fill(video, (byte) 'v');
    shop.createContext(
        "/lamp.mp4",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, video.length);
            exchange.getResponseBody().write(video);
          }
        });
    shop.start();
    return shop;
  }

  /** Writes one record after the other, and notes what became of each. */
  private final class Writer {
    private final PinferryClient client;
    private final String integration;

    Writer(PinferryClient client, String integration) {
      this.client = client;
      this.integration = integration;
    }

    /** Returns the record's id; empty if it was not written. */
    String write(String object, String verb, String record)
        throws IOException, InterruptedException {
      return write(object, verb, record, "");
    }

    String write(String object, String verb, String record, String detail)
        throws IOException, InterruptedException {
      try {
        JsonNode result =
            writer
                .write(client, integration, object, verb, Json.trusted(record.replace('\'', '"')))
                .path("result");
        boolean whole = detail.isEmpty() || Json.text(result).contains(detail);
        verbs.add(
            new Verb(
                object,
                verb,
                result.path("success").asBoolean() && whole,
                result.path("recordId").asText(""),
                whole ? detail : "the answer lacks " + detail));
        return result.path("recordId").asText("");
      } catch (PinferryClient.RefusedRequest refused) {
        verbs.add(new Verb(object, verb, false, "", String.valueOf(refused.getMessage())));
        return "";
      }
    }
  }

  private void writeAll(Writer to, HttpServer shop, List<Effect> effects)
      throws IOException, InterruptedException {
    organic(to, shop, effects);
    catalogs(to, effects);
    String account =
        to.write(
            "ad_accounts", "create", "{'name':'Pinferry demo','country':'DE','currency':'EUR'}");
    effects.add(Effect.there("ad_accounts", account, "name", "Pinferry demo"));
    to.write("websites", "create", "{'website':'pinferry-demo.test'}");
    to.write("websites", "delete", "{'website':'pinferry-demo.test'}");
    to.write("commerce", "create", "{'external_business_id':'pinferry demo'}");
    to.write(
        "commerce", "update", "{'external_business_id':'pinferry demo','connected_tag_id':'7'}");
    to.write("commerce", "delete", "{'external_business_id':'pinferry demo'}");
    to.write(
        "logs",
        "create",
        "{'client_timestamp':1,'event_type':'APP','log_level':'INFO','message':'Hello'}");
  }

  private void organic(Writer to, HttpServer shop, List<Effect> effects)
      throws IOException, InterruptedException {
    String board = to.write("boards", "create", "{'name':'Pinferry demo','privacy':'PUBLIC'}");
    to.write("boards", "update", "{'id':'" + board + "','name':'Pinferry demo, renamed'}");
    effects.add(Effect.there("boards", board, "name", "Pinferry demo, renamed"));
    String other = to.write("boards", "create", "{'name':'Pinferry demo, to be deleted'}");
    to.write("boards", "delete", "{'id':'" + other + "'}");
    effects.add(Effect.gone("boards", other));
    String on = "'board_id':'" + board + "'";
    String section = to.write("board_sections", "create", "{" + on + ",'name':'Lamps'}");
    to.write("board_sections", "update", "{" + on + ",'id':'" + section + "','name':'Lights'}");
    to.write("board_sections", "delete", "{" + on + ",'id':'" + section + "'}");
    String image = "'source_type':'image_url','url':'https://shop.example/lamp.jpg'";
    String pin =
        to.write("pins", "create", "{" + on + ",'title':'Lamp','media_source':{" + image + "}}");
    to.write("pins", "update", "{'id':'" + pin + "','title':'Light'}");
    effects.add(Effect.there("pins", pin, "title", "Light"));
    String saved = to.write("pins", "create", "{" + on + ",'save_pin_id':'" + pin + "'}");
    effects.add(Effect.there("pins", saved, "parent_pin_id", pin));
    String second = to.write("pins", "create", "{" + on + ",'media_source':{" + image + "}}");
    to.write("pins", "delete", "{'id':'" + second + "'}");
    effects.add(Effect.gone("pins", second));
    String url = "http://127.0.0.1:" + shop.getAddress().getPort() + "/lamp.mp4";
    String media =
        to.write("media", "create", "{'media_type':'video','url':'" + url + "'}", "\"succeeded\"");
    effects.add(Effect.there("media", media, "status", "succeeded"));
    String video =
        to.write(
            "pins",
            "create",
            "{"
                + on
                + ",'title':'Lamp, moving','media_source':{'source_type':'video_url','url':'"
                + url
                + "','cover_image_url':'https://shop.example/lamp.jpg'}}",
            "\"VIDEO\"");
    effects.add(Effect.there("pins", video, "title", "Lamp, moving"));
  }

  private void catalogs(Writer to, List<Effect> effects) throws IOException, InterruptedException {
    String catalog =
        to.write("catalogs", "create", "{'name':'Pinferry demo','catalog_type':'RETAIL'}");
    effects.add(Effect.there("catalogs", catalog, "name", "Pinferry demo"));
    String feed = to.write("feeds", "create", feed("Pinferry demo"));
    to.write(
        "feeds", "update", "{'id':'" + feed + "','catalog_type':'RETAIL','status':'INACTIVE'}");
    effects.add(Effect.there("feeds", feed, "status", "INACTIVE"));
    String other = to.write("feeds", "create", feed("Pinferry demo, to be deleted"));
    to.write("feeds", "delete", "{'id':'" + other + "'}");
    effects.add(Effect.gone("feeds", other));
    String group = to.write("product_groups", "create", group(feed, "Lamps"));
    to.write("product_groups", "update", "{'id':'" + group + "','name':'Lights'}");
    effects.add(Effect.there("product_groups", group, "name", "Lights"));
    String second = to.write("product_groups", "create", group(feed, "Chairs"));
    to.write("product_groups", "delete", "{'id':'" + second + "'}");
    effects.add(Effect.gone("product_groups", second));
    to.write(
        "reports",
        "create",
        "{'catalog_type':'RETAIL','report':{'report_type':'DISTRIBUTION_ISSUES','catalog_id':'"
            + catalog
            + "'}}",
        "\"FINISHED\"");
  }

  private static String feed(String name) {
    return "{'name':'"
        + name
        + "','format':'CSV','location':'https://shop.example/feed.csv','catalog_type':'RETAIL',"
        + "'default_country':'US','default_locale':'en-US'}";
  }

  private static String group(String feed, String name) {
    return "{'feed_id':'"
        + feed
        + "','name':'"
        + name
        + "','filters':{'any_of':[{'BRAND':{'values':['"
        + name
        + "']}}]}}";
  }

  private void take(JsonNode message) {
    String object = message.path("rawObjectName").asText();
    for (JsonNode entry : message.path("result")) {
      JsonNode raw = entry.path("raw");
      if (raw instanceof ObjectNode record) {
        delivered
            .computeIfAbsent(object, _ -> new ConcurrentHashMap<>())
            .put(RecordFingerprint.of(ReadCatalogue.get(object), record).key(), record);
      }
    }
  }

  private Effect seen(Effect expected) {
    return expected.seenIn(delivered.getOrDefault(expected.object(), Map.of()));
  }
}
