package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the reports about catalogs: a token at once, the file after a while, at an address of this
 * simulator that holds for a few minutes.
 */
final class Reports {
  private static final Duration MAKING = Duration.ofSeconds(10);
  private static final Duration KEPT = Duration.ofDays(1);
  private static final Duration ADDRESS_HOLDS = Duration.ofMinutes(5);

  private final World world;
  private final ReadApi reading;
  private final WorldChanges changes;
  private final Signer signer;

  Reports(World world, ReadApi reading, WorldChanges changes, Signer signer) {
    this.world = world;
    this.reading = reading;
    this.changes = changes;
    this.signer = signer;
  }

  /** The same question on the same day gets the same report. */
  SimulatedResponse create(WriteCall write) {
    JsonNode body = write.body(Bodies.REPORT);
    Person owner = reading.catalogUser(write.call(), write.user());
    ReadApi.requireCatalogs(owner);
    JsonNode report = body.get("report");
    if (report.path("report_type").asText().equals("ALL_ITEMS")) {
      throw new ApiFailure(403, 29, "You are not permitted to access that resource");
    }
    check(owner, body);
    String day = write.now().atZone(ZoneOffset.UTC).toLocalDate().toString();
    // Members in a fixed order, so that theirs in the request does not matter.
    String asked =
        String.join(
            "|",
            List.of(
                "report",
                day,
                Long.toString(owner.id),
                body.path("catalog_type").asText(),
                report.path("report_type").asText(),
                report.path("feed_id").asText(),
                report.path("processing_result_id").asText(),
                report.path("catalog_id").asText()));
    String token = signer.seal(asked);
    if (!world.reports.containsKey(token)) {
      ObjectNode change = write.change("report", owner).put("token", token);
      change.put("at", write.now().toEpochMilli());
      change.set("json", body);
      changes.write(change, write.now());
    }
    return WriteCall.json(200, JsonNodeFactory.instance.objectNode().put("token", token));
  }

  private static void check(Person owner, JsonNode body) {
    JsonNode report = body.get("report");
    Person.CatalogType type;
    if (report.has("feed_id")) {
      Person.Feed feed = ReadApi.feed(owner, report.get("feed_id").asLong());
      type = feed.type();
      if (report.has("processing_result_id")
          && report.get("processing_result_id").asLong() != feed.processingResultId()) {
        throw new ApiFailure(404, 4184, "Processing result not found");
      }
    } else if (report.has("catalog_id")) {
      type = ReadApi.catalog(owner, report.get("catalog_id").asLong()).type();
    } else {
      type = owner.catalogs.firstEntry().getValue().type();
    }
    if (!type.name().equals(body.path("catalog_type").asText())) {
      throw ApiFailure.invalid("Invalid catalog_type: the catalog is " + type);
    }
  }

  SimulatedResponse status(WriteCall write) {
    String token = write.call().need("token");
    Person owner = reading.catalogUser(write.call(), write.user());
    World.Report report = world.reports.get(token);
    if (report == null || report.owner() != owner || age(report, write.now()).compareTo(KEPT) > 0) {
      throw new ApiFailure(400, 1104, "The token you provided is not valid or has expired");
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (age(report, write.now()).compareTo(MAKING) < 0) {
      json.put("report_status", "IN_PROGRESS").putNull("url").putNull("size");
    } else {
      Instant end = write.now().plus(ADDRESS_HOLDS);
      String sealed = signer.seal("file|" + end.getEpochSecond() + "|" + token);
      json.put("report_status", "FINISHED");
      json.put("url", write.address() + "/_reports?sealed=" + sealed);
      json.put("size", file(report).length);
    }
    return WriteCall.json(200, json);
  }

  private static Duration age(World.Report report, Instant now) {
    return Duration.between(Instant.ofEpochMilli(report.askedMillis()), now);
  }

  /** Serves the file of a report; whoever has the address may read it. */
  SimulatedResponse file(ApiCall call, Instant now) {
    List<String> parts = List.of(signer.open(call.need("sealed")).orElse("").split("\\|", 3));
    World.Report report = parts.size() == 3 ? world.reports.get(parts.get(2)) : null;
    if (report == null || !parts.getFirst().equals("file")) {
      return Uploads.refusal(403, "SignatureDoesNotMatch", "The address was not made here");
    }
    if (now.getEpochSecond() > Long.parseLong(parts.get(1))) {
      return Uploads.refusal(403, "AccessDenied", "Request has expired");
    }
    return SimulatedResponse.of(200, Map.of("content-type", "text/csv"), file(report));
  }

  private static byte[] file(World.Report report) {
    var text = new StringBuilder("code,code_label,message,occurrences\n");
    for (ObjectNode row : rows(report)) {
      text.append(row.path("code").asInt())
          .append(',')
          .append(row.path("code_label").asText())
          .append(",\"")
          .append(row.path("message").asText().replace("\"", "\"\""))
          .append("\",")
          .append(row.path("occurrences").asInt())
          .append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Collection<ObjectNode> rows(World.Report report) {
    JsonNode asked = report.parameters().path("report");
    if (asked.has("feed_id")) {
      Person.@Nullable Feed feed = report.owner().feeds.get(asked.get("feed_id").asLong());
      return feed == null ? List.of() : feed.ingestion().values();
    }
    Person.@Nullable Catalog catalog =
        asked.has("catalog_id")
            ? report.owner().catalogs.get(asked.get("catalog_id").asLong())
            : report.owner().catalogs.firstEntry().getValue();
    return catalog == null ? List.of() : catalog.distribution().values();
  }
}
