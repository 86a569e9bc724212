package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells what the token user's account has, as one that was granted every scope may see it. Each
 * record comes once, as it is sent; one that needs parameters to be found says them in {@code
 * _source}.
 */
final class Truth {
  static final List<String> OBJECTS =
      Stream.concat(
              Stream.of(
                  "pins",
                  "boards",
                  "media",
                  "ad_accounts",
                  "catalogs",
                  "feeds",
                  "product_groups",
                  "integrations",
                  "stats"),
              PlainObject.names().stream())
          .toList();

  private final World world;
  private final ObjectMapper mapper;

  Truth(World world, ObjectMapper mapper) {
    this.world = world;
    this.mapper = mapper;
  }

  private record TruthRecord(Row row, Map<String, String> source) {}

  /** An owner of data with what has to be added to a request to see it. */
  private record Viewpoint(Person owner, Map<String, String> source) {
    Map<String, String> with(String... namesAndValues) {
      var all = new LinkedHashMap<>(source);
      for (int i = 0; i < namesAndValues.length; i += 2) {
        all.put(namesAndValues[i], namesAndValues[i + 1]);
      }
      return all;
    }
  }

  /** Returns one line of JSON per record, made while they are taken. */
  Stream<String> lines(String object, PinPlan plan) {
    return records(object, plan).map(this::line);
  }

  private Stream<TruthRecord> records(String object, PinPlan plan) {
    Person me = world.me();
    return switch (object) {
      case "pins" -> plan == PinPlan.OWNED ? ownedPins() : boardPins();
      case "boards" ->
          viewpoints(false)
              .flatMap(
                  view ->
                      view.owner.boards.values().stream()
                          .map(
                              board ->
                                  new TruthRecord(
                                      new JsonRow(board.id, world.boardJson(board)), view.source)));
      case "media" -> plain(me.media);
      case "ad_accounts" ->
          world
              .adAccountsOf(me)
              .map(account -> new TruthRecord(new JsonRow(account.id(), account.json()), Map.of()));
      case "integrations" -> plain(me.integrations);
      case "catalogs" ->
          viewpoints(true)
              .flatMap(
                  view ->
                      view.owner.catalogs.values().stream()
                          .map(
                              catalog ->
                                  new TruthRecord(
                                      new JsonRow(catalog.id(), catalog.json()), view.source)));
      case "feeds" ->
          viewpoints(true)
              .flatMap(
                  view ->
                      view.owner.feeds.values().stream()
                          .map(
                              feed ->
                                  new TruthRecord(
                                      new JsonRow(feed.id(), feed.json()),
                                      view.with("catalog_id", Long.toString(feed.catalogId())))));
      case "product_groups" ->
          viewpoints(true)
              .flatMap(
                  view ->
                      view.owner.productGroups.values().stream()
                          .map(
                              group ->
                                  new TruthRecord(
                                      new JsonRow(group.id(), group.json()),
                                      view.with("catalog_id", Long.toString(group.catalogId())))));
      case "stats" -> viewpoints(true).flatMap(Truth::stats);
      default -> plain(PlainObject.get(object));
    };
  }

  /** The token user, and once each other owner who lets the token user in. */
  private Stream<Viewpoint> viewpoints(boolean catalogs) {
    Person me = world.me();
    var views = new ArrayList<Viewpoint>();
    var seen = new LinkedHashSet<Person>();
    views.add(new Viewpoint(me, Map.of()));
    seen.add(me);
    world
        .adAccountsOf(me)
        .filter(account -> catalogs ? account.allowsCatalogs(me) : account.allowsOrganic(me))
        .forEach(
            account -> {
              if (seen.add(account.owner())) {
                views.add(
                    new Viewpoint(
                        account.owner(), Map.of("ad_account_id", Long.toString(account.id()))));
              }
            });
    return views.stream();
  }

  private Stream<TruthRecord> ownedPins() {
    return world
        .pinsOwnedBy(world.me(), null)
        .map(pin -> new TruthRecord(world.row(pin, world.me(), false), Map.of()));
  }

  /** Both plans are of the token user's pins: what is on boards it sees in its own name. */
  private Stream<TruthRecord> boardPins() {
    return world.me().boards.values().stream()
        .flatMap(
            board ->
                Stream.concat(
                    pinsOf(board, null),
                    board.sections.stream().flatMap(each -> pinsOf(board, each))));
  }

  private Stream<TruthRecord> pinsOf(Board board, Board.@Nullable Section section) {
    var source = new LinkedHashMap<String, String>();
    source.put("board_id", Long.toString(board.id));
    if (section != null) {
      source.put("section_id", Long.toString(section.id()));
    }
    return world
        .pinsOn(board, section, null)
        .map(pin -> new TruthRecord(world.row(pin, world.me(), false), source));
  }

  private static Stream<TruthRecord> stats(Viewpoint view) {
    Stream<TruthRecord> distribution =
        view.owner.catalogs.values().stream()
            .flatMap(
                catalog ->
                    rows(
                        catalog.distribution(),
                        view.with(
                            "report_type",
                            "DISTRIBUTION_ISSUES",
                            "catalog_type",
                            catalog.type().name(),
                            "catalog_id",
                            Long.toString(catalog.id()))));
    Stream<TruthRecord> ingestion =
        view.owner.feeds.values().stream()
            .flatMap(
                feed ->
                    rows(
                        feed.ingestion(),
                        view.with(
                            "report_type",
                            "FEED_INGESTION_ISSUES",
                            "catalog_type",
                            feed.type().name(),
                            "feed_id",
                            Long.toString(feed.id()))));
    return Stream.concat(distribution, ingestion);
  }

  private Stream<TruthRecord> plain(PlainObject object) {
    return world.ownersOf(object).stream()
        .flatMap(
            owner ->
                rows(
                    world.plain(object, owner),
                    object.ofAdAccount()
                        ? Map.of(PlainObject.AD_ACCOUNT, Long.toString(owner))
                        : Map.of()));
  }

  private static Stream<TruthRecord> plain(
      NavigableMap<Long, com.fasterxml.jackson.databind.node.ObjectNode> records) {
    return rows(records, Map.of());
  }

  private static Stream<TruthRecord> rows(
      NavigableMap<Long, com.fasterxml.jackson.databind.node.ObjectNode> records,
      Map<String, String> source) {
    return records.entrySet().stream()
        .map(entry -> new TruthRecord(new JsonRow(entry.getKey(), entry.getValue()), source));
  }

  private String line(TruthRecord record) {
    var text = new StringWriter(1_200);
    try (JsonGenerator json = mapper.createGenerator(text)) {
      json.writeStartObject();
      record.row.writeMembers(json);
      if (!record.source.isEmpty()) {
        json.writeObjectFieldStart("_source");
        for (var entry : record.source.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string refused to be written", e);
    }
    return text.toString();
  }
}
