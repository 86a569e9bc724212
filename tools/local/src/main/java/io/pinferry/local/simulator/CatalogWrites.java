package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Writes catalogs, feeds and product groups. */
final class CatalogWrites {
  private static final long FIRST_CATALOG = 260_100_000_000_000_000L;
  private static final long FIRST_FEED = 2_690_000_000_000L;
  private static final long FIRST_PROCESSING = 5_226_000_000_000L;
  private static final long FIRST_GROUP = 443_800_000_000_000L;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ReadApi reading;
  private final WorldChanges changes;

  CatalogWrites(ReadApi reading, WorldChanges changes) {
    this.reading = reading;
    this.changes = changes;
  }

  SimulatedResponse createCatalog(WriteCall write) {
    JsonNode body = write.body(Bodies.CATALOG);
    Person owner = reading.catalogUser(write.call(), write.user());
    long id = changes.nextId(FIRST_CATALOG);
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(id));
    json.put("created_at", Times.zoneless(write.seconds(), 0));
    json.put("updated_at", Times.zoneless(write.seconds(), 0));
    json.set("name", body.get("name"));
    json.set("catalog_type", body.get("catalog_type"));
    changes.put("catalog", write, owner, id, json);
    return WriteCall.json(200, json);
  }

  SimulatedResponse createFeed(WriteCall write) {
    JsonNode body = write.body();
    Bodies.checkFeedCreate(body);
    Person owner = reading.catalogUser(write.call(), write.user());
    if (owner.websites.isEmpty()) {
      throw new ApiFailure(409, 4168, "The user has no website; claim one first");
    }
    refuseTakenFeedName(body, owner, 0);
    Person.CatalogType type =
        Person.CatalogType.valueOf(body.path("catalog_type").asText("RETAIL"));
    Person.Catalog catalog = catalogFor(body, owner, type);
    long id = changes.nextId(FIRST_FEED);
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(id));
    json.put("created_at", Times.zoneless(write.seconds(), 0));
    json.put("updated_at", Times.zoneless(write.seconds(), 0));
    json.put("catalog_type", type.name());
    for (String name :
        List.of(
            "name",
            "format",
            "location",
            "credentials",
            "default_locale",
            "default_currency",
            "preferred_processing_schedule")) {
      json.set(name, body.has(name) ? body.get(name) : json.nullNode());
    }
    json.put("status", body.path("status").asText("ACTIVE"));
    if (type == Person.CatalogType.RETAIL) {
      // As for those that were there before, a retail feed does not say which catalog it fills.
      json.set(
          "default_availability",
          body.path("default_availability").isMissingNode()
              ? json.nullNode()
              : body.get("default_availability"));
    } else {
      json.put("catalog_id", Long.toString(catalog.id()));
    }
    if (type != Person.CatalogType.HOTEL) {
      json.set("default_country", body.get("default_country"));
    }
    ObjectNode change =
        write
            .change("feed", owner)
            .put("id", id)
            .put("catalog", catalog.id())
            .put("processing", changes.nextId(FIRST_PROCESSING));
    change.set("json", json);
    changes.write(change, write.now());
    return WriteCall.json(201, json);
  }

  /** The catalog a feed names, or the oldest of its type. */
  private static Person.Catalog catalogFor(JsonNode body, Person owner, Person.CatalogType type) {
    if (body.has("catalog_id")) {
      Person.Catalog catalog = ReadApi.catalog(owner, body.get("catalog_id").asLong());
      requireType(catalog.type(), type);
      return catalog;
    }
    return owner.catalogs.values().stream()
        .filter(catalog -> catalog.type() == type)
        .findFirst()
        .orElseThrow(
            () -> new ApiFailure(409, 4182, "The user does not have a catalog of type " + type));
  }

  private static void requireType(Person.CatalogType actual, Person.CatalogType wanted) {
    if (actual != wanted) {
      throw ApiFailure.invalid("Invalid catalog_type " + wanted + ": it is " + actual);
    }
  }

  private static void refuseTakenFeedName(JsonNode body, Person owner, long except) {
    boolean taken =
        body.has("name")
            && owner.feeds.values().stream()
                .anyMatch(
                    feed ->
                        feed.id() != except && feed.json().path("name").equals(body.get("name")));
    if (taken) {
      throw new ApiFailure(422, 4170, "A feed with this name exists already");
    }
  }

  SimulatedResponse updateFeed(WriteCall write) {
    JsonNode body = write.body();
    Bodies.checkFeedUpdate(body);
    Person owner = reading.catalogUser(write.call(), write.user());
    Person.Feed feed = ReadApi.feed(owner, write.call().pathId("feed_id"));
    requireType(
        feed.type(), Person.CatalogType.valueOf(body.path("catalog_type").asText("RETAIL")));
    refuseTakenFeedName(body, owner, feed.id());
    ObjectNode json = feed.json().deepCopy();
    json.setAll((ObjectNode) body);
    json.put("updated_at", Times.zoneless(write.seconds(), 0));
    changes.put("feed", write, owner, feed.id(), json);
    return WriteCall.json(200, json);
  }

  SimulatedResponse deleteFeed(WriteCall write) {
    Person owner = reading.catalogUser(write.call(), write.user());
    Person.Feed feed = ReadApi.feed(owner, write.call().pathId("feed_id"));
    changes.write(write.change("unfeed", owner).put("id", feed.id()), write.now());
    return WriteCall.gone();
  }

  SimulatedResponse createGroup(WriteCall write) {
    JsonNode body = write.body();
    Bodies.checkGroupCreate("body", body);
    Person owner = reading.catalogUser(write.call(), write.user());
    ReadApi.requireCatalogs(owner);
    ObjectNode group = newGroup(body, owner, changes.nextId(FIRST_GROUP), write, List.of());
    putGroups(write, owner, List.of(group));
    return WriteCall.json(201, group);
  }

  /** Makes all of the groups or none. */
  SimulatedResponse createGroups(WriteCall write) {
    JsonNode body = write.body();
    Shape.list(1, Bodies.PRODUCT_GROUPS_MAX, Bodies::checkGroupCreate).check("body", body);
    Person owner = reading.catalogUser(write.call(), write.user());
    ReadApi.requireCatalogs(owner);
    var groups = new ArrayList<ObjectNode>();
    for (JsonNode each : body) {
      long id = changes.nextId(FIRST_GROUP) + groups.size();
      groups.add(newGroup(each, owner, id, write, groups));
    }
    putGroups(write, owner, groups);
    ArrayNode ids = JSON.arrayNode();
    groups.forEach(group -> ids.add(group.get("id")));
    return WriteCall.json(201, ids);
  }

  private void putGroups(WriteCall write, Person owner, List<ObjectNode> groups) {
    ObjectNode change = write.change("groups", owner);
    change.putArray("groups").addAll(groups);
    changes.write(change, write.now());
  }

  /** Makes a group; {@code others} are those of the same request. */
  private static ObjectNode newGroup(
      JsonNode body, Person owner, long id, WriteCall write, List<ObjectNode> others) {
    Person.CatalogType type;
    long catalogId;
    JsonNode feedId = JSON.nullNode();
    if (body.has("feed_id")) {
      Person.Feed feed = ReadApi.feed(owner, body.get("feed_id").asLong());
      type = feed.type();
      catalogId = feed.catalogId();
      requireType(type, Person.CatalogType.RETAIL);
      feedId = body.get("feed_id");
    } else {
      Person.Catalog catalog = ReadApi.catalog(owner, body.get("catalog_id").asLong());
      type = catalog.type();
      catalogId = catalog.id();
      requireType(type, Person.CatalogType.valueOf(body.get("catalog_type").asText()));
    }
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(id));
    json.put("catalog_id", Long.toString(catalogId));
    json.put("catalog_type", type.name());
    json.set("name", body.get("name"));
    json.set("description", body.has("description") ? body.get("description") : json.nullNode());
    json.put("created_at", write.now().toEpochMilli());
    json.put("updated_at", write.now().toEpochMilli());
    json.set("filters", body.get("filters"));
    json.put("type", "MERCHANT_CREATED");
    if (type == Person.CatalogType.RETAIL) {
      json.set("feed_id", feedId);
      json.set("country", body.has("country") ? body.get("country") : json.nullNode());
      json.set("locale", body.has("locale") ? body.get("locale") : json.nullNode());
      json.put("status", "ACTIVE");
      json.put("is_featured", body.path("is_featured").asBoolean());
    }
    refuseTakenGroup(json, owner, others);
    return json;
  }

  /** Names and filters are unique among the groups of one feed, or of one catalog. */
  private static void refuseTakenGroup(ObjectNode json, Person owner, List<ObjectNode> others) {
    var all = new ArrayList<>(others);
    owner.productGroups.values().forEach(group -> all.add(group.json()));
    for (ObjectNode other : all) {
      boolean same =
          !other.path("id").equals(json.path("id"))
              && other.path("catalog_id").equals(json.path("catalog_id"))
              && other.path("feed_id").asText().equals(json.path("feed_id").asText());
      if (same && other.path("name").equals(json.path("name"))) {
        throw new ApiFailure(409, 4179, "A product group with this name exists already");
      }
      if (same && other.path("filters").equals(json.path("filters"))) {
        throw new ApiFailure(409, 4178, "A product group with these filters exists already");
      }
    }
  }

  SimulatedResponse updateGroup(WriteCall write) {
    JsonNode body = write.body();
    Person owner = reading.catalogUser(write.call(), write.user());
    Person.ProductGroup group =
        ReadApi.productGroup(owner, write.call().pathId("product_group_id"));
    ObjectNode json = group.json().deepCopy();
    Objects.requireNonNull(Bodies.GROUP_UPDATE.get(json.path("catalog_type").asText()))
        .check("body", body);
    refuseAutomatic(group);
    json.setAll((ObjectNode) body);
    json.put("updated_at", write.now().toEpochMilli());
    if (body.has("name") || body.has("filters")) {
      refuseTakenGroup(json, owner, List.of());
    }
    putGroups(write, owner, List.of(json));
    return WriteCall.json(200, json);
  }

  SimulatedResponse deleteGroup(WriteCall write) {
    return deleteGroups(write, List.of(write.call().pathId("product_group_id")));
  }

  SimulatedResponse deleteGroups(WriteCall write) {
    return deleteGroups(
        write,
        List.of(write.call().need("id").split(",", -1)).stream().map(Long::valueOf).toList());
  }

  /** Deletes all of the groups or none. */
  private SimulatedResponse deleteGroups(WriteCall write, List<Long> ids) {
    Person owner = reading.catalogUser(write.call(), write.user());
    ids.forEach(id -> refuseAutomatic(ReadApi.productGroup(owner, id)));
    ObjectNode change = write.change("ungroups", owner);
    ArrayNode list = change.putArray("ids");
    ids.forEach(list::add);
    changes.write(change, write.now());
    return WriteCall.gone();
  }

  private static void refuseAutomatic(Person.ProductGroup group) {
    if (!group.json().path("type").asText("MERCHANT_CREATED").equals("MERCHANT_CREATED")) {
      throw new ApiFailure(409, 4177, "A product group that Pinterest made cannot be changed");
    }
  }
}
