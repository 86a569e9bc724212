package io.pinferry.local.simulator;

import io.pinferry.local.simulator.Board.Privacy;
import io.pinferry.local.simulator.Board.Section;
import io.pinferry.local.simulator.Person.CatalogType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Makes a world from a seed and a size. Numbers of feeds, catalogs and ad accounts hardly grow with
 * the size, because a whole read of the catalog objects has to fit into 100 requests a minute: with
 * the numbers below a client that does not even notice that two ad accounts have one owner needs
 * fewer than 60.
 */
final class WorldBuilder {
  static final int ME = 0;

  /** Shares two ad accounts with the token user, who may do everything needed there. */
  static final int CLIENT = 1;

  /** Lets the token user see boards, but no catalogs. */
  static final int CLIENT_WITHOUT_CATALOG_ROLE = 2;

  /** Lets the token user see catalogs, but no boards. */
  static final int CLIENT_CATALOGS_ONLY = 3;

  /** Has boards but no catalog at all. */
  static final int CLIENT_WITHOUT_CATALOG = 4;

  private static final int FIRST_GROUP_BOARD_OWNER = 5;
  private static final int GROUP_BOARD_OWNERS = 3;
  private static final long FIRST_CLAIM = 1_650_000_000L;
  private static final int BOARDS_DEFAULT_MAX = 100;

  private final long seed;
  private final int records;
  private final List<Person> people = new ArrayList<>();

  WorldBuilder(long seed, int records) {
    this.seed = seed;
    this.records = records;
  }

  World build(int boardsSetting) {
    for (int number = 0; number < FIRST_GROUP_BOARD_OWNER + GROUP_BOARD_OWNERS; number++) {
      long hash = Mix.mix(seed, 10, number);
      String name = number == ME ? "pinferry-demo" : Texts.plain(hash);
      people.add(
          new Person(
              number,
              id(11, 680_000_000_000_000_000L, number),
              name + "-" + Long.toHexString(hash & 0xFFFF)));
    }
    List<Board> mine = records == 0 ? List.of() : myBoards(boardsSetting);
    var world = new World(people, new OwnPins(seed, records, people.get(ME), mine));
    mine.forEach(board -> world.boards.put(board.id, board));
    if (records > 0) {
      addAdAccounts(world);
      for (int owner : List.of(ME, CLIENT, CLIENT_CATALOGS_ONLY)) {
        people
            .get(owner)
            .websites
            .put(0L, Records.website("shop-" + owner + ".example.com", "success", FIRST_CLAIM));
      }
      addForeignBoards(world, mine.size());
      addCatalogs();
      for (int number = 0; number < mediaCount(); number++) {
        addMedia(world, number);
      }
      for (int number = 0; number < Math.clamp(2 + records / 2_000, 2, 40); number++) {
        addIntegration(world, number);
      }
      for (PlainObject object : PlainObject.ALL) {
        int first = 0;
        for (long owner : world.ownersOf(object)) {
          int count = object.count().applyAsInt(records);
          for (int number = first; number < first + count; number++) {
            addPlain(world, object, owner, number);
          }
          first += count;
        }
      }
    }
    return world;
  }

  private int mediaCount() {
    return Math.clamp(4 + records / 100, 4, 1_500);
  }

  private List<Board> myBoards(int setting) {
    int total = setting;
    int group = setting >= 2 ? Math.clamp(setting / 20, 1, 4) : 0;
    if (setting == 0) {
      int own = Math.clamp(records / 50, 1, BOARDS_DEFAULT_MAX - 4);
      group = Math.clamp(own / 20, 1, 4);
      total = own + group;
    }
    var boards = new ArrayList<Board>();
    for (int number = 0; number < total; number++) {
      boolean shared = number >= total - group;
      Person owner =
          shared
              ? people.get(FIRST_GROUP_BOARD_OWNER + number % GROUP_BOARD_OWNERS)
              : people.get(ME);
      Privacy privacy =
          shared || number == 0
              ? Privacy.PUBLIC
              : switch (number % 10) {
                case 3 -> Privacy.PROTECTED;
                case 6 -> Privacy.SECRET;
                default -> Privacy.PUBLIC;
              };
      Board board = board(number, owner, privacy, shared ? 2 + number % 3 : 0);
      if (shared) {
        int guests = 3 + Math.min(400, records / 200);
        for (int i = 0; i < guests; i++) {
          addGuestPin(board, i, i % 3 == 2 ? people.get(FIRST_GROUP_BOARD_OWNER) : owner);
        }
      }
      boards.add(board);
      people.get(ME).boards.put(board.id, board);
      owner.boards.put(board.id, board);
    }
    return boards;
  }

  private void addForeignBoards(World world, int firstNumber) {
    int number = firstNumber;
    for (int owner :
        List.of(CLIENT, CLIENT, CLIENT, CLIENT_WITHOUT_CATALOG_ROLE, CLIENT_WITHOUT_CATALOG)) {
      addForeignBoard(world, number++, people.get(owner));
    }
  }

  void addForeignBoard(World world, int number, Person owner) {
    Board board = board(number, owner, Privacy.PUBLIC, 0);
    for (int i = 0; i < 2 + Math.min(60, records / 1_000); i++) {
      addGuestPin(board, i, owner);
    }
    owner.boards.put(board.id, board);
    world.boards.put(board.id, board);
  }

  Board board(int number, Person owner, Privacy privacy, int collaborators) {
    long hash = Mix.mix(seed, 12, number);
    var sections = new ArrayList<Section>();
    int wanted = Mix.below(Mix.draw(hash, 5), 10) < 6 ? 0 : 1 + Mix.below(hash, 3);
    for (int i = 0; i < wanted; i++) {
      sections.add(
          new Section(id(13, 5_000_000_000_000_000_000L, number * 8L + i), Texts.title(hash + i)));
    }
    return new Board(
        number,
        id(14, 549_700_000_000_000_000L, number),
        hash,
        privacy == Privacy.PROTECTED ? "Ad-only Pins" : Texts.title(hash),
        owner,
        privacy,
        collaborators,
        sections,
        Mix.below(hash, 3) == 0 ? null : Texts.description(hash),
        Records.created(hash));
  }

  private void addGuestPin(Board board, int number, Person owner) {
    long index = board.number * 1_000L + number;
    long id = id(15, 1_099_400_000_000_000_000L, index);
    Section section =
        board.sections.isEmpty() || number % 2 == 0
            ? null
            : board.sections.get(number / 2 % board.sections.size());
    long hash = Mix.mix(seed, 16, index);
    board.storedPins.put(
        id, new Pin(id, hash, 1_600_000_000L + index * 60, board, section, owner, null));
  }

  private void addAdAccounts(World world) {
    Person me = people.get(ME);
    Person client = people.get(CLIENT);
    addAdAccount(world, me, Set.of("OWNER"));
    addAdAccount(world, client, Set.of("ADMIN"));
    addAdAccount(world, people.get(CLIENT_WITHOUT_CATALOG_ROLE), Set.of("ANALYST"));
    addAdAccount(world, client, Set.of("ANALYST", "CATALOGS_MANAGER"));
    addAdAccount(world, people.get(CLIENT_CATALOGS_ONLY), Set.of("CATALOGS_MANAGER"));
    addAdAccount(world, people.get(CLIENT_WITHOUT_CATALOG), Set.of("ADMIN"));
    for (int more = 0; more < Math.min(2, records / 1_000); more++) {
      // A new account of one's own says nothing about permissions for a while.
      addAdAccount(world, me, Set.of());
    }
  }

  private void addAdAccount(World world, Person owner, Set<String> roles) {
    int number = world.adAccounts.size();
    long id = id(17, 549_760_000_000L, number);
    world.adAccounts.put(
        id,
        new AdAccount(
            id,
            owner,
            owner.number != ME,
            roles,
            Records.adAccount(id, owner, roles, Mix.mix(seed, 18, number))));
  }

  private void addCatalogs() {
    addCatalog(ME, CatalogType.RETAIL, 0, 2 + Math.min(2, records / 5_000), groups(500));
    addCatalog(ME, CatalogType.HOTEL, 1, 1, 3);
    addCatalog(ME, CatalogType.CREATIVE_ASSETS, 2, 1, 3);
    addCatalog(CLIENT, CatalogType.RETAIL, 3, 1, Math.min(groups(2_000), 40));
    addCatalog(CLIENT_CATALOGS_ONLY, CatalogType.HOTEL, 4, 1, 2);
  }

  /** At most what fits into one page of 250, so that requests do not grow with the size. */
  private int groups(int recordsPerGroup) {
    return Math.clamp(4 + records / recordsPerGroup, 4, 230);
  }

  private void addCatalog(int owner, CatalogType type, int number, int feeds, int groups) {
    Person person = people.get(owner);
    long catalogId = id(19, 260_000_000_000_000_000L, number);
    var distribution =
        new ConcurrentSkipListMap<Long, com.fasterxml.jackson.databind.node.ObjectNode>();
    for (int i = 0; type != CatalogType.CREATIVE_ASSETS && i < 2 + number; i++) {
      distribution.put(
          (long) i, Records.distributionIssue(catalogId, i, Mix.mix(seed, 20, number * 100L + i)));
    }
    long hash = Mix.mix(seed, 21, number);
    person.catalogs.put(
        catalogId,
        new Person.Catalog(catalogId, type, Records.catalog(catalogId, type, hash), distribution));
    var feedIds = new ArrayList<Long>();
    for (int i = 0; i < feeds; i++) {
      feedIds.add(addFeed(person, catalogId, type, number * 10 + i));
    }
    for (int i = 0; i < groups; i++) {
      long feedId = type == CatalogType.RETAIL && i % 3 != 0 ? feedIds.get(i % feedIds.size()) : 0;
      addProductGroup(person, catalogId, feedId, type, number * 10_000 + i);
    }
  }

  private long addFeed(Person person, long catalogId, CatalogType type, int number) {
    long id = id(22, 2_680_000_000_000L, number);
    var ingestion =
        new ConcurrentSkipListMap<Long, com.fasterxml.jackson.databind.node.ObjectNode>();
    for (int i = 0; type != CatalogType.CREATIVE_ASSETS && i < 1 + number % 4; i++) {
      ingestion.put(
          (long) i, Records.ingestionIssue(catalogId, i, Mix.mix(seed, 23, number * 100L + i)));
    }
    person.feeds.put(
        id,
        new Person.Feed(
            id,
            catalogId,
            type,
            id(24, 5_224_000_000_000L, number),
            Records.feed(id, catalogId, type, number, Mix.mix(seed, 25, number)),
            ingestion));
    return id;
  }

  void addProductGroup(Person person, long catalogId, long feedId, CatalogType type, int number) {
    long id = id(26, 443_700_000_000_000L, number);
    person.productGroups.put(
        id,
        new Person.ProductGroup(
            id,
            catalogId,
            feedId,
            Records.productGroup(id, catalogId, feedId, type, Mix.mix(seed, 27, number))));
  }

  void addMedia(World world, int number) {
    long id = id(28, 5_193_000_000_000_000_000L, number);
    int state = number < 4 ? number : Mix.below(Mix.mix(seed, 29, number), 20);
    String status =
        switch (state) {
          case 0 -> "registered";
          case 1 -> "processing";
          case 2 -> "failed";
          default -> "succeeded";
        };
    world.me().media.put(id, Records.media(id, status));
  }

  void addIntegration(World world, int number) {
    long id = id(30, 7_300_000_000_000L, number);
    world.me().integrations.put(id, Records.integration(id, world.me(), Mix.mix(seed, 31, number)));
  }

  void addPlain(World world, PlainObject object, long owner, int number) {
    long id = id(object.salt(), object.firstId(), number);
    long hash = Mix.mix(seed, object.salt() + 1, number);
    world.plain(object, owner).put(id, object.template().record(id, number, hash));
  }

  /** Ids of one kind grow with the number, and neighbours do not look like neighbours. */
  private long id(int kind, long first, long number) {
    int apart = 1_000;
    return first
        + Mix.below(Mix.mix(seed, kind, -1), 1_000) * 1_000L * apart
        + number * apart
        + Mix.below(Mix.mix(seed, kind, number), apart);
  }
}
