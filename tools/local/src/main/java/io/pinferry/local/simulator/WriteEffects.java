package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Carries out what writing requests asked for. A change says the outcome, with all ids and times in
 * it, so that repeating the changes in their order makes the same world after a restart.
 */
final class WriteEffects {
  private final World world;

  WriteEffects(World world) {
    this.world = world;
  }

  void apply(JsonNode change) {
    Person owner = world.people.get(change.path("owner").asInt());
    long id = change.path("id").asLong();
    long at = change.path("at").asLong();
    switch (change.path("op").asText()) {
      case "pin" -> putPin(change, owner);
      case "unpin" -> {
        Board board = world.pin(id).map(Pin::board).orElseThrow();
        world.removePin(id);
        board.pinsModifiedSeconds = at;
      }
      case "board" -> putBoard(change, owner);
      case "unboard" -> world.removeBoard(board(change));
      case "section" -> putSection(change);
      case "unsection" -> removeSection(change);
      case "media" -> {
        owner.media.put(id, Records.media(id, "registered"));
        world.uploads.put(id, new World.Upload(owner, 0, false));
      }
      case "upload" -> {
        owner.media.put(id, Records.media(id, "processing"));
        world.uploads.put(id, new World.Upload(owner, at, change.path("isVideo").asBoolean()));
      }
      case "adAccount" ->
          world.adAccounts.put(id, new AdAccount(id, owner, false, Set.of(), json(change)));
      case "catalog" ->
          owner.catalogs.put(
              id,
              new Person.Catalog(
                  id, catalogType(change), json(change), new ConcurrentSkipListMap<>()));
      case "feed" -> putFeed(change, owner);
      case "unfeed" -> {
        owner.feeds.remove(id);
        owner.productGroups.values().removeIf(group -> group.feedId() == id);
      }
      case "groups" -> change.path("groups").forEach(group -> putGroup(group, owner));
      case "ungroups" ->
          change.path("ids").forEach(group -> owner.productGroups.remove(group.asLong()));
      case "website" -> owner.websites.put(id, json(change));
      case "unwebsite" -> owner.websites.remove(id);
      case "commerce" -> owner.integrations.put(id, json(change));
      case "uncommerce" -> owner.integrations.remove(id);
      case "report" ->
          world.reports.put(
              change.path("token").asText(), new World.Report(owner, at, json(change)));
      default -> throw new IllegalStateException("cannot carry out " + change.path("op"));
    }
  }

  private static ObjectNode json(JsonNode change) {
    return (ObjectNode) change.required("json");
  }

  private static Person.CatalogType catalogType(JsonNode change) {
    return Person.CatalogType.valueOf(json(change).path("catalog_type").asText());
  }

  private Board board(JsonNode change) {
    Board board = world.boards.get(change.path("board").asLong());
    if (board == null) {
      throw new IllegalStateException("a change is about a board that is not there: " + change);
    }
    return board;
  }

  private static Board.Section section(Board board, long id) {
    return board.sections.stream()
        .filter(each -> each.id() == id)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no section " + id + " on " + board.id));
  }

  private void putPin(JsonNode change, Person owner) {
    Board board = board(change);
    long sectionId = change.path("section").asLong();
    long id = change.path("id").asLong();
    world.pin(id).ifPresent(pin -> pin.board().pinsModifiedSeconds = change.path("at").asLong());
    world.putPin(
        new Pin(
            id,
            change.path("hash").asLong(),
            change.path("created").asLong(),
            board,
            sectionId == 0 ? null : section(board, sectionId),
            owner,
            json(change)));
    board.pinsModifiedSeconds = change.path("at").asLong();
  }

  private void putBoard(JsonNode change, Person owner) {
    long id = change.path("board").asLong();
    Board.Privacy privacy = Board.Privacy.valueOf(change.path("privacy").asText());
    String name = change.path("name").asText();
    String description =
        change.path("description").isNull() ? null : change.path("description").asText();
    Board known = world.boards.get(id);
    if (known != null) {
      known.name = name;
      known.privacy = privacy;
      known.description = description;
      return;
    }
    Board board =
        new Board(
            Integer.MAX_VALUE,
            id,
            id,
            name,
            owner,
            privacy,
            0,
            java.util.List.of(),
            description,
            change.path("at").asLong());
    owner.boards.put(id, board);
    world.boards.put(id, board);
  }

  private void putSection(JsonNode change) {
    Board board = board(change);
    long id = change.path("id").asLong();
    String name = change.path("name").asText();
    board.sections.stream()
        .filter(each -> each.id() == id)
        .findFirst()
        .ifPresentOrElse(
            known -> known.name = name, () -> board.sections.add(new Board.Section(id, name)));
  }

  /** The pins of a section go with it. */
  private void removeSection(JsonNode change) {
    Board board = board(change);
    Board.Section section = section(board, change.path("id").asLong());
    world.pinsOn(board, section, null).toList().forEach(pin -> world.removePin(pin.id()));
    board.sections.remove(section);
    board.pinsModifiedSeconds = change.path("at").asLong();
  }

  private static void putFeed(JsonNode change, Person owner) {
    long id = change.path("id").asLong();
    Person.Feed known = owner.feeds.get(id);
    owner.feeds.put(
        id,
        known == null
            ? new Person.Feed(
                id,
                change.path("catalog").asLong(),
                catalogType(change),
                change.path("processing").asLong(),
                json(change),
                new ConcurrentSkipListMap<>())
            : new Person.Feed(
                id,
                known.catalogId(),
                known.type(),
                known.processingResultId(),
                json(change),
                known.ingestion()));
  }

  private static void putGroup(JsonNode group, Person owner) {
    long id = group.path("id").asLong();
    owner.productGroups.put(
        id,
        new Person.ProductGroup(
            id,
            group.path("catalog_id").asLong(),
            group.path("feed_id").asLong(0),
            (ObjectNode) group));
  }
}
