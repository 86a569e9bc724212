package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.local.simulator.TokenAuthority.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers the reading operations from the world, as whoever the token speaks for. */
final class ReadApi {
  /** A chain of bookmarks over pins ends here at Pinterest, as clients report. */
  private static final long CHAIN_RECORDS_MAX = 100_000;

  private static final int PAGE_BYTES_GUESS = 64 * 1_024;

  private final World world;
  private final SimulatorSettings settings;
  private final Bookmarks bookmarks;
  private final ObjectMapper mapper;
  private final AtomicLong serial = new AtomicLong();

  ReadApi(World world, SimulatorSettings settings, Bookmarks bookmarks, ObjectMapper mapper) {
    this.world = world;
    this.settings = settings;
    this.bookmarks = bookmarks;
    this.mapper = mapper;
  }

  /**
   * How a fault distorts a page.
   *
   * @param sizeMax the most records of one page
   * @param empty whether the page is empty although more follows
   * @param repeat whether the bookmark of the request is answered again
   */
  record PageFault(int sizeMax, boolean empty, boolean repeat) {
    static final PageFault NONE = new PageFault(Integer.MAX_VALUE, false, false);
  }

  /** Returns the body of a 200. */
  byte[] answer(ApiCall call, Session session, PageFault pageFault) {
    Person user =
        world
            .person(session.userId())
            .orElseThrow(() -> new ApiFailure(401, 2, "Authentication failed: no such user"));
    return switch (call.operation().name()) {
      case PINS -> page(call, session, pageFault, pins(call, operationUser(call, user), session));
      case PIN -> render(pin(call, operationUser(call, user), session));
      case BOARDS ->
          page(call, session, pageFault, boards(call, operationUser(call, user), session));
      case BOARD -> render(boardRow(board(call, operationUser(call, user), session)));
      case BOARD_PINS -> {
        Person operator = operationUser(call, user);
        Board board = board(call, operator, session);
        yield page(call, session, pageFault, pinsOn(board, null, call, operator, session));
      }
      case SECTIONS -> {
        Board board = board(call, operationUser(call, user), session);
        yield page(call, session, pageFault, sections(board));
      }
      case SECTION_PINS ->
          page(call, session, pageFault, sectionPins(call, operationUser(call, user), session));
      case MEDIA_LIST -> page(call, session, pageFault, jsonList(user.media));
      case MEDIA -> render(row(user.media, call.pathId("media_id"), 404, "Media not found"));
      case AD_ACCOUNTS -> page(call, session, pageFault, adAccounts(call, user));
      case AD_ACCOUNT ->
          render(
              world
                  .adAccount(user, call.pathId("ad_account_id"))
                  .map(account -> (Row) new JsonRow(account.id(), account.json()))
                  .orElseThrow(() -> new ApiFailure(404, 2, "AdAccount not found")));
      case CATALOGS ->
          page(
              call,
              session,
              pageFault,
              Listing.of(
                  catalogUser(call, user).catalogs,
                  catalog -> true,
                  catalog -> new JsonRow(catalog.id(), catalog.json())));
      case FEEDS -> page(call, session, pageFault, feeds(call, catalogUser(call, user)));
      case FEED -> render(feedRow(feed(catalogUser(call, user), call.pathId("feed_id"))));
      case PRODUCT_GROUPS ->
          page(call, session, pageFault, productGroups(call, catalogUser(call, user)));
      case PRODUCT_GROUP -> render(productGroup(call, catalogUser(call, user)));
      case STATS -> page(call, session, pageFault, stats(call, catalogUser(call, user)));
      case PLAIN_LIST -> page(call, session, pageFault, jsonList(plain(call, user)));
      case INTEGRATIONS -> page(call, session, pageFault, jsonList(user.integrations));
      case INTEGRATION ->
          render(row(user.integrations, call.pathId("id"), 4517, "Integration not found"));
      case USER_ACCOUNT -> render(account(operationUser(call, user)));
      case WEBSITES -> page(call, session, pageFault, jsonList(user.websites));
      case WEBSITE_VERIFICATION ->
          render(new JsonRow(0, Records.websiteVerification(operationUser(call, user))));
      case COMMERCE ->
          render(
              new JsonRow(
                  0, Records.commerce(commerce(user, call.pathText("external_business_id")))));
      default -> throw new IllegalStateException(call.operation().name() + " does not only read");
    };
  }

  /** Returns the pin that stands first on the page a request asks for. */
  Optional<Long> firstPin(ApiCall call, Session session) {
    Person user = world.person(session.userId()).orElse(null);
    if (user == null) {
      return Optional.empty();
    }
    Person operator = operationUser(call, user);
    Long after =
        call.bookmark()
            .map(text -> bookmarks.read(call.listName(session.userId()), text).key())
            .orElse(null);
    Listing listing =
        switch (call.operation().name()) {
          case PINS -> pins(call, operator, session);
          case BOARD_PINS -> pinsOn(board(call, operator, session), null, call, operator, session);
          case SECTION_PINS -> sectionPins(call, operator, session);
          default -> Listing.empty();
        };
    Iterator<Row> rows = listing.after(after);
    return rows.hasNext() ? Optional.of(rows.next().key()) : Optional.empty();
  }

  Person operationUser(ApiCall call, Person user) {
    OptionalLong id = call.id("ad_account_id");
    if (id.isEmpty()) {
      return user;
    }
    return world
        .adAccount(user, id.getAsLong())
        .filter(account -> account.allowsOrganic(user))
        .map(AdAccount::owner)
        .orElseThrow(
            () -> new ApiFailure(403, 29, "You are not permitted to access that resource"));
  }

  /** The catalog operations refuse a missing role with 401, unlike all others. */
  Person catalogUser(ApiCall call, Person user) {
    OptionalLong id = call.id("ad_account_id");
    if (id.isEmpty()) {
      return user;
    }
    return world
        .adAccount(user, id.getAsLong())
        .filter(account -> account.allowsCatalogs(user))
        .map(AdAccount::owner)
        .orElseThrow(
            () -> new ApiFailure(401, 29, "You are not permitted to access that resource"));
  }

  private static boolean seesSecretBoards(Session session) {
    return session.scopes().contains("boards:read_secret");
  }

  private static boolean seesPinsOn(Board board, Session session) {
    return !board.isSecret()
        || (seesSecretBoards(session) && session.scopes().contains("pins:read_secret"));
  }

  private Listing pins(ApiCall call, Person operator, Session session) {
    boolean withProtected = call.flag("include_protected_pins", false);
    boolean onlyPrivate = call.text("pin_type").isPresent();
    Predicate<Pin> wanted =
        pin ->
            seesPinsOn(pin.board(), session)
                && (withProtected || pin.board().privacy != Board.Privacy.PROTECTED)
                && (!onlyPrivate || pin.board().isSecret());
    Predicate<Pin> filtered = wanted.and(creativeTypes(call)).and(pinFilter(call));
    return key -> pinRows(world.pinsOwnedBy(operator, key).filter(filtered), call, operator);
  }

  private Listing pinsOn(
      Board board,
      Board.@Nullable Section section,
      ApiCall call,
      Person operator,
      Session session) {
    if (!seesPinsOn(board, session)) {
      return Listing.empty();
    }
    Predicate<Pin> wanted = creativeTypes(call);
    return key -> pinRows(world.pinsOn(board, section, key).filter(wanted), call, operator);
  }

  private Listing sectionPins(ApiCall call, Person operator, Session session) {
    Board board = board(call, operator, session);
    return pinsOn(board, section(board, call.pathId("section_id")), call, operator, session);
  }

  Board.Section section(Board board, long id) {
    return board.sections.stream()
        .filter(each -> each.id() == id)
        .findFirst()
        .orElseThrow(() -> new ApiFailure(404, 2031, "Board section not found"));
  }

  private Iterator<Row> pinRows(Stream<Pin> pins, ApiCall call, Person operator) {
    boolean metrics = call.flag("pin_metrics", false);
    return pins.map(pin -> (Row) world.row(pin, operator, metrics)).iterator();
  }

  private static Predicate<Pin> creativeTypes(ApiCall call) {
    var types = new HashSet<>(call.texts("creative_types"));
    return types.isEmpty()
        ? pin -> true
        : pin -> {
          String type = pin.creativeType();
          return type != null && types.contains(type);
        };
  }

  private static Predicate<Pin> pinFilter(ApiCall call) {
    return switch (call.text("pin_filter").orElse("")) {
      case "exclude_native" -> Pin::hasLink;
      case "exclude_repins" -> pin -> !pin.isRepin();
      case "has_been_promoted" -> Pin::isPromoted;
      default -> pin -> true;
    };
  }

  private Row pin(ApiCall call, Person operator, Session session) {
    Pin pin = pin(call.pathId("pin_id"), operator, session);
    return world.row(pin, operator, call.flag("pin_metrics", false));
  }

  /** Returns a pin the operator may see. */
  Pin pin(long id, Person operator, Session session) {
    Pin pin = world.pin(id).orElseThrow(() -> new ApiFailure(404, 50, "Pin not found"));
    boolean mine = pin.owner() == operator || operator.boards.containsKey(pin.board().id);
    if (!mine || !seesPinsOn(pin.board(), session)) {
      throw new ApiFailure(401, 7, "Not authorized to access the pin");
    }
    return pin;
  }

  private Board board(ApiCall call, Person operator, Session session) {
    return board(call.pathId("board_id"), operator, session);
  }

  /** Returns a board the operator may see. */
  Board board(long id, Person operator, Session session) {
    Board board = world.boards.get(id);
    if (board == null || board.deleted) {
      throw new ApiFailure(404, 40, "Board not found");
    }
    if (!operator.boards.containsKey(board.id)
        || (board.isSecret() && !seesSecretBoards(session))) {
      throw new ApiFailure(401, 7, "Not authorized to access the board");
    }
    return board;
  }

  /** Returns an integration by the id the merchant's system has for it. */
  static ObjectNode commerce(Person user, String externalBusinessId) {
    return user.integrations.values().stream()
        .filter(each -> each.path("external_business_id").asText().equals(externalBusinessId))
        .findFirst()
        .orElseThrow(() -> new ApiFailure(404, 4180, "Commerce integration not found"));
  }

  private Row boardRow(Board board) {
    return new JsonRow(board.id, world.boardJson(board));
  }

  private Listing boards(ApiCall call, Person operator, Session session) {
    Set<String> wanted =
        switch (call.text("privacy").orElse("ALL")) {
          case "PUBLIC" -> Set.of("PUBLIC");
          case "PROTECTED" -> Set.of("PROTECTED");
          case "SECRET" -> Set.of("SECRET");
          case "PUBLIC_AND_SECRET" -> Set.of("PUBLIC", "SECRET");
          default -> Set.of("PUBLIC", "PROTECTED", "SECRET");
        };
    return Listing.of(
        operator.boards,
        board ->
            wanted.contains(board.privacy.name())
                && (!board.isSecret() || seesSecretBoards(session)),
        this::boardRow);
  }

  private static Listing sections(Board board) {
    var sections = new ConcurrentSkipListMap<Long, Board.Section>();
    board.sections.forEach(section -> sections.put(section.id(), section));
    return Listing.of(
        sections, section -> true, section -> new JsonRow(section.id(), Records.section(section)));
  }

  private Listing adAccounts(ApiCall call, Person user) {
    boolean shared = call.flag("include_shared_accounts", true);
    return Listing.of(
        world.adAccounts,
        account -> world.sees(user, account) && (shared || account.owner() == user),
        account -> new JsonRow(account.id(), account.json()));
  }

  private static Row feedRow(Person.Feed feed) {
    return new JsonRow(feed.id(), feed.json());
  }

  static Person.Catalog catalog(Person owner, long id) {
    Person.Catalog catalog = owner.catalogs.get(id);
    if (catalog == null) {
      throw new ApiFailure(404, 678, "Catalog not found");
    }
    return catalog;
  }

  static Person.Feed feed(Person owner, long id) {
    Person.Feed feed = owner.feeds.get(id);
    if (feed == null) {
      throw new ApiFailure(404, 4161, "Feed not found");
    }
    return feed;
  }

  private static Listing feeds(ApiCall call, Person owner) {
    OptionalLong catalogId = call.id("catalog_id");
    catalogId.ifPresent(id -> catalog(owner, id));
    return Listing.of(
        owner.feeds,
        feed -> catalogId.isEmpty() || feed.catalogId() == catalogId.getAsLong(),
        ReadApi::feedRow);
  }

  private static Listing productGroups(ApiCall call, Person owner) {
    requireCatalogs(owner);
    OptionalLong catalogId = call.id("catalog_id");
    OptionalLong feedId = call.id("feed_id");
    catalogId.ifPresent(id -> catalog(owner, id));
    feedId.ifPresent(id -> feed(owner, id));
    Optional<Set<String>> ids =
        call.text("id").map(text -> Set.copyOf(List.of(text.split(",", -1))));
    return Listing.of(
        owner.productGroups,
        group ->
            (catalogId.isEmpty() || group.catalogId() == catalogId.getAsLong())
                && (feedId.isEmpty() || group.feedId() == feedId.getAsLong())
                && (ids.isEmpty() || ids.get().contains(Long.toString(group.id()))),
        group -> new JsonRow(group.id(), group.json()));
  }

  static Person.ProductGroup productGroup(Person owner, long id) {
    requireCatalogs(owner);
    Person.ProductGroup group = owner.productGroups.get(id);
    if (group == null) {
      throw new ApiFailure(404, 4180, "Product group not found");
    }
    return group;
  }

  private static Row productGroup(ApiCall call, Person owner) {
    Person.ProductGroup group = productGroup(owner, call.pathId("product_group_id"));
    return new JsonRow(group.id(), group.json());
  }

  /** Lists of catalogs and feeds are empty without a catalog; that of product groups is refused. */
  static void requireCatalogs(Person owner) {
    if (owner.catalogs.isEmpty()) {
      throw new ApiFailure(409, 4182, "The user does not have a catalog");
    }
  }

  private Listing stats(ApiCall call, Person owner) {
    StatsQuery query = StatsQuery.of(call, mapper);
    ReportRows found =
        switch (query.report()) {
          case DISTRIBUTION_ISSUES -> distribution(query, owner);
          case FEED_INGESTION_ISSUES -> ingestion(query, owner);
        };
    if (found.type != query.catalogType()) {
      throw ApiFailure.invalid(
          "Invalid parameters[catalog_type] "
              + query.catalogType()
              + ": the catalog is "
              + found.type);
    }
    return jsonList(found.rows);
  }

  private record ReportRows(Person.CatalogType type, NavigableMap<Long, ObjectNode> rows) {}

  private static ReportRows distribution(StatsQuery query, Person owner) {
    if (query.target().isEmpty()) {
      requireCatalogs(owner);
    }
    Person.Catalog catalog =
        query.target().isPresent()
            ? catalog(owner, query.target().getAsLong())
            : owner.catalogs.firstEntry().getValue();
    return new ReportRows(catalog.type(), catalog.distribution());
  }

  private static ReportRows ingestion(StatsQuery query, Person owner) {
    Person.Feed feed = feed(owner, query.target().orElseThrow());
    if (query.processing().isPresent()
        && query.processing().getAsLong() != feed.processingResultId()) {
      throw new ApiFailure(404, 4184, "Processing result not found");
    }
    return new ReportRows(feed.type(), feed.ingestion());
  }

  private Row account(Person user) {
    return new JsonRow(
        user.id, Records.userAccount(user, user.boards.size(), world.pinCountOf(user)));
  }

  private NavigableMap<Long, ObjectNode> plain(ApiCall call, Person user) {
    PlainObject object = PlainObject.get(call.operation().object());
    return world.plain(
        object,
        object.ofAdAccount()
            ? world
                .adAccount(user, call.pathId(PlainObject.AD_ACCOUNT))
                .filter(account -> account.allowsOrganic(user))
                .map(AdAccount::id)
                .orElseThrow(
                    () -> new ApiFailure(403, 29, "You are not permitted to access that resource"))
            : user.id);
  }

  private static Listing jsonList(NavigableMap<Long, ObjectNode> records) {
    return key -> {
      NavigableMap<Long, ObjectNode> rest = key == null ? records : records.tailMap(key, false);
      return rest.entrySet().stream()
          .map(entry -> (Row) new JsonRow(entry.getKey(), entry.getValue()))
          .iterator();
    };
  }

  private static Row row(
      NavigableMap<Long, ObjectNode> records, long id, int code, String message) {
    ObjectNode json = records.get(id);
    if (json == null) {
      throw new ApiFailure(404, code, message);
    }
    return new JsonRow(id, json);
  }

  private byte[] render(Row row) {
    return json(row::write);
  }

  private byte[] page(ApiCall call, Session session, PageFault pageFault, Listing listing) {
    String listName = call.listName(session.userId());
    Bookmarks.Place place =
        call.bookmark().map(text -> bookmarks.read(listName, text)).orElse(Bookmarks.Place.START);
    boolean pins = call.operation().object().equals("pins");
    if (settings.chainCap() && pins && place.recordsBefore() >= CHAIN_RECORDS_MAX) {
      throw ApiFailure.invalid("Pagination beyond " + CHAIN_RECORDS_MAX + " pins is not allowed");
    }
    Iterator<Row> rows =
        switch (settings.bookmarkStyle()) {
          case KEY -> listing.after(place.key());
          case OFFSET -> skip(listing.after(null), place.recordsBefore());
        };
    int size = pageFault.empty() ? 0 : Math.min(call.pageSize(), pageFault.sizeMax());
    return json(
        generator -> {
          generator.writeStartObject();
          generator.writeArrayFieldStart("items");
          int written = 0;
          Long lastKey = place.key();
          while (written < size && rows.hasNext()) {
            Row row = rows.next();
            row.write(generator);
            lastKey = row.key();
            written++;
          }
          generator.writeEndArray();
          // The live API ends the list of a user's pins with one more, empty page.
          boolean endsWithEmptyPage = call.operation().name() == Operation.Name.PINS;
          boolean more = (endsWithEmptyPage && written > 0) || rows.hasNext();
          if (pageFault.repeat() && call.bookmark().isPresent()) {
            generator.writeStringField("bookmark", call.bookmark().get());
          } else if (more) {
            generator.writeStringField(
                "bookmark",
                bookmarks.write(
                    listName,
                    new Bookmarks.Place(lastKey, place.recordsBefore() + written),
                    serial.incrementAndGet()));
          } else {
            generator.writeNullField("bookmark");
          }
          generator.writeEndObject();
        });
  }

  private static Iterator<Row> skip(Iterator<Row> rows, long number) {
    for (long i = 0; i < number && rows.hasNext(); i++) {
      rows.next();
    }
    return rows;
  }

  private interface JsonWriter {
    void write(JsonGenerator generator) throws IOException;
  }

  private byte[] json(JsonWriter writer) {
    var bytes = new ByteArrayOutputStream(PAGE_BYTES_GUESS);
    try (JsonGenerator generator = mapper.createGenerator(bytes)) {
      writer.write(generator);
    } catch (IOException e) {
      throw new UncheckedIOException("an array refused to be written", e);
    }
    return bytes.toByteArray();
  }
}
