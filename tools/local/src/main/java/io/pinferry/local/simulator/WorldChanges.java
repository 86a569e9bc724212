package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Stream;

/**
 * Changes the world by commands that are remembered, so that a restart can repeat them. Not safe
 * for concurrent use; readers of the world may go on meanwhile.
 */
final class WorldChanges {
  static final List<String> OBJECTS =
      Stream.concat(
              Stream.of("pins", "boards", "media", "product_groups", "integrations"),
              PlainObject.names().stream())
          .toList();

  /** The objects whose records can be edited without a request for it. */
  static final List<String> EDITABLE_OBJECTS = List.of("pins", "boards");

  /** Far above the numbers a new world starts with, so that inserted records stand at the end. */
  private static final int FIRST_INSERTED = 100_000;

  /** How many ids a change may use from {@link #nextId} on. */
  private static final long IDS_PER_CHANGE = 1_000;

  private final World world;
  private final WorldBuilder builder;
  private final SavedState state;
  private final WriteEffects effects;
  private final Map<String, Integer> inserted = new HashMap<>();

  WorldChanges(World world, WorldBuilder builder, SavedState state) {
    this.world = world;
    this.builder = builder;
    this.state = state;
    this.effects = new WriteEffects(world);
    state.changes.forEach(this::apply);
  }

  void insert(String object, int number, Instant now) {
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    change.put("op", "insert").put("object", object).put("number", number);
    remember(change, now);
  }

  /** Deletes the named records, or {@code number} that the seed chooses. */
  void delete(String object, int number, List<String> ids, long seed, Instant now) {
    remember(ofRecords("delete", object, number, ids, seed), now);
  }

  /** Edits the named records, or {@code number} that the seed chooses. */
  void edit(String object, int number, List<String> ids, long seed, Instant now) {
    ObjectNode change = ofRecords("edit", object, number, ids, seed);
    change.put("text", "Edited by change " + (state.changes.size() + 1));
    change.put("at", now.getEpochSecond());
    remember(change, now);
  }

  private ObjectNode ofRecords(String op, String object, int number, List<String> ids, long seed) {
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    change.put("op", op).put("object", object);
    ArrayNode list = change.putArray("ids");
    if (ids.isEmpty()) {
      chosen(object, number, Mix.mix(seed, 40, state.changes.size())).forEach(list::add);
    } else {
      ids.forEach(list::add);
    }
    return change;
  }

  void pad(long pinId, int chars, Instant now) {
    ObjectNode change = JsonNodeFactory.instance.objectNode();
    change.put("op", "pad").put("id", Long.toString(pinId)).put("chars", chars);
    remember(change, now);
  }

  /** Returns an id that no record has: what a change makes is numbered after the change. */
  long nextId(long first) {
    return first + (state.changes.size() + 1) * IDS_PER_CHANGE;
  }

  /** Carries out what a writing request asked for; see {@link WriteEffects}. */
  void write(ObjectNode change, Instant now) {
    remember(change, now);
  }

  /** Carries out a change that gives a record of the owner these members. */
  void put(String op, WriteCall write, Person owner, long id, ObjectNode json) {
    ObjectNode change = write.change(op, owner).put("id", id);
    change.set("json", json);
    write(change, write.now());
  }

  private void remember(ObjectNode change, Instant now) {
    apply(change);
    state.changes.add(change);
    state.save(now.toEpochMilli());
  }

  private void apply(JsonNode change) {
    String object = change.path("object").asText();
    switch (change.path("op").asText()) {
      case "insert" -> {
        if (object.equals("pins")) {
          if (world.ownPins.canGrow()) {
            world.ownPins.insert(change.path("number").asInt());
          }
          return;
        }
        for (int i = 0; i < change.path("number").asInt(); i++) {
          insertOne(object, FIRST_INSERTED + inserted.merge(object, 1, Integer::sum));
        }
      }
      case "delete" ->
          change.path("ids").forEach(id -> deleteOne(object, Long.parseLong(id.asText())));
      case "edit" ->
          change.path("ids").forEach(id -> editOne(object, Long.parseLong(id.asText()), change));
      case "pad" ->
          world.paddings.put(
              Long.parseLong(change.path("id").asText()), change.path("chars").asInt());
      default -> effects.apply(change);
    }
  }

  private void insertOne(String object, int number) {
    Person me = world.me();
    switch (object) {
      case "boards" -> {
        Board board = builder.board(number, me, Board.Privacy.PUBLIC, 0);
        me.boards.put(board.id, board);
        world.boards.put(board.id, board);
      }
      case "media" -> builder.addMedia(world, number);
      case "integrations" -> builder.addIntegration(world, number);
      case "product_groups" -> {
        if (!me.catalogs.isEmpty()) {
          Person.Catalog catalog = me.catalogs.firstEntry().getValue();
          builder.addProductGroup(me, catalog.id(), 0, catalog.type(), number);
        }
      }
      default -> {
        PlainObject plain = PlainObject.get(object);
        builder.addPlain(world, plain, world.ownersOf(plain).getFirst(), number);
      }
    }
  }

  private void editOne(String object, long id, JsonNode change) {
    String text = change.path("text").asText();
    if (object.equals("boards")) {
      Board board = world.me().boards.get(id);
      if (board != null) {
        board.description = text;
      }
      return;
    }
    world
        .pin(id)
        .ifPresent(
            pin -> {
              world.putPin(pin.withWritten(pin.writtenCopy().put("description", text)));
              pin.board().pinsModifiedSeconds = change.path("at").asLong();
            });
  }

  private void deleteOne(String object, long id) {
    Person me = world.me();
    switch (object) {
      case "pins" -> world.removePin(id);
      case "boards" -> {
        Board board = me.boards.get(id);
        if (board != null) {
          world.removeBoard(board);
        }
      }
      default -> recordsOf(object).remove(id);
    }
  }

  private NavigableMap<Long, ?> recordsOf(String object) {
    Person me = world.me();
    return switch (object) {
      case "boards" -> me.boards;
      case "media" -> me.media;
      case "product_groups" -> me.productGroups;
      case "integrations" -> me.integrations;
      default -> {
        PlainObject plain = PlainObject.get(object);
        yield world.plain(plain, world.ownersOf(plain).getFirst());
      }
    };
  }

  private List<String> chosen(String object, int number, long hash) {
    var ids = new ArrayList<String>();
    if (object.equals("pins")) {
      long count = world.ownPins.count();
      // A draw may hit a pin that is gone already; the bound keeps an empty account from looping.
      for (long draw = 0; count > 0 && ids.size() < number && draw < number * 20L; draw++) {
        long index = Long.remainderUnsigned(Mix.mix(hash, 1, draw), count);
        Pin pin = world.ownPins.at(index);
        String id = Long.toString(pin.id());
        if (world.ownPins.find(pin.id()).isPresent() && !ids.contains(id)) {
          ids.add(id);
        }
      }
      return ids;
    }
    var keys = new ArrayList<Long>(recordsOf(object).keySet());
    for (int i = 0; i < number && !keys.isEmpty(); i++) {
      ids.add(Long.toString(keys.remove(Mix.below(Mix.draw(hash, i), keys.size()))));
    }
    return ids;
  }
}
