package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A record that no message can hold comes by a link. */
final class LargeRecordComponentTest {
  private static final int BRANDS = 20_000;

  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: large
          provider: pinterest
          read:
            objects:
              - objectName: product_groups
                destination: hook
                optionalFieldsAuto: all
          write:
            objects:
              - objectName: websites
              - objectName: catalogs
              - objectName: feeds
              - objectName: product_groups
      """;

  @Test
  void aRecordThatFitsIntoNoMessageIsFetchedByItsLink() throws Exception {
    var arrived = new CompletableFuture<JsonNode>();
    try (var http = HttpClient.newHttpClient();
        var stack = LocalStack.start(Customer.stack(0, 0), sim -> sim.withRateLimits(false));
        var webhook = RecordingWebhook.start(message -> arrived.complete(message) ? 204 : 500)) {
      var client = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
      client.createWebhook("hook", webhook.url());
      String integration = "./integrations/" + client.deploy(MANIFEST);
      client.connect("org_7");
      ObjectNode installation = Json.object().put("groupRef", "org_7");
      ObjectNode content =
          installation.putObject("config").putObject("content").put("provider", "pinterest");
      ObjectNode read = content.putObject("read").putObject("objects").putObject("product_groups");
      read.put("objectName", "product_groups").putObject("selectedFields").put("id", true);
      read.putObject("selectedFieldMappings");
      ObjectNode write = content.putObject("write").putObject("objects");
      write.putObject("websites").put("objectName", "websites");
      write.putObject("catalogs").put("objectName", "catalogs");
      write.putObject("feeds").put("objectName", "feeds");
      write.putObject("product_groups").put("objectName", "product_groups");
      client.done("POST", integration + "/installations?skipSampling=true", installation);
      StackClient writer = client.at(stack.write());
      create(writer, integration + "/objects/websites", "{\"website\":\"shop.example\"}");
      create(
          writer,
          integration + "/objects/catalogs",
          "{\"name\":\"Lamps\",\"catalog_type\":\"RETAIL\"}");
      String feed =
          create(
              writer,
              integration + "/objects/feeds",
              "{\"name\":\"Lamps\",\"format\":\"CSV\",\"location\":\"https://shop.example/feed.csv\","
                  + "\"catalog_type\":\"RETAIL\",\"default_country\":\"US\",\"default_locale\":\"en-US\"}");
      String group =
          create(writer, integration + "/objects/product_groups", Json.text(largeGroup(feed)));

      client
          .at(stack.read())
          .done(
              "POST",
              integration + "/objects/product_groups",
              Json.object().put("groupRef", "org_7").put("mode", "async"));

      JsonNode message = arrived.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(message.has("result")).isFalse();
      assertThat(message.at("/resultInfo/type").asText()).isEqualTo("url");
      assertThat(message.at("/resultInfo/numRecords").asInt()).isEqualTo(1);
      var link = URI.create(message.at("/resultInfo/downloadUrl").asText());
      HttpResponse<String> result =
          http.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofString());
      assertThat(result.statusCode()).isEqualTo(200);
      assertThat(result.headers().firstValue("content-type")).contains("application/json");
      JsonNode records = Json.trusted(result.body());
      assertThat(records).hasSize(1);
      assertThat(records.at("/0/fields/id").asText()).isEqualTo(group);
      assertThat(records.at("/0/raw/filters/any_of/0/BRAND/values")).hasSize(BRANDS);
      HttpResponse<String> forged =
          http.send(
              HttpRequest.newBuilder(URI.create(link.toString().replaceFirst(".$", "x"))).build(),
              BodyHandlers.ofString());
      assertThat(forged.statusCode()).isEqualTo(403);
      assertThat(forged.body()).doesNotContain("BRAND");
    }
  }

  private static String create(StackClient writer, String path, String record) throws Exception {
    HttpResponse<String> answer =
        writer.send(
            "POST", path, "{\"groupRef\":\"org_7\",\"type\":\"create\",\"record\":" + record + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.trusted(answer.body()).at("/result/recordId").asText();
  }

  private static ObjectNode largeGroup(String feed) {
    ObjectNode group = Json.object().put("feed_id", feed).put("name", "Many");
    ArrayNode values =
        group
            .putObject("filters")
            .putArray("any_of")
            .addObject()
            .putObject("BRAND")
            .putArray("values");
    for (int brand = 0; brand < BRANDS; brand++) {
      values.add("A brand of lamps, " + brand);
    }
    return group;
  }
}
