package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that exists at the simulated Pinterest. May be read while it changes. */
final class World {
  private static final long PROCESSING_MILLIS = 5_000;

  final List<Person> people;
  final NavigableMap<Long, AdAccount> adAccounts = new ConcurrentSkipListMap<>();
  final OwnPins ownPins;

  /** Every board there is, also those the token user cannot see, by id. */
  final Map<Long, Board> boards = new ConcurrentHashMap<>();

  /** The token user's pins that requests made or changed, wherever they are, by id. */
  private final NavigableMap<Long, Pin> myStoredPins = new ConcurrentSkipListMap<>();

  /** Uploads whose media are still registered or processing, by media id. */
  final Map<Long, Upload> uploads = new ConcurrentHashMap<>();

  /** The reports that were asked for, by token. */
  final Map<String, Report> reports = new ConcurrentHashMap<>();

  /** The lengths by which single pins were made huge, by pin id. */
  final Map<Long, Integer> paddings = new ConcurrentHashMap<>();

  private final Map<PlainList, NavigableMap<Long, ObjectNode>> plain = new ConcurrentHashMap<>();

  private record PlainList(String object, long owner) {}

  World(List<Person> people, OwnPins ownPins) {
    this.people = List.copyOf(people);
    this.ownPins = ownPins;
  }

  Person me() {
    return people.getFirst();
  }

  Optional<Person> person(String id) {
    return people.stream().filter(person -> Long.toString(person.id).equals(id)).findFirst();
  }

  /** The ad accounts {@code user} sees: its own, and for the token user those shared with it. */
  Stream<AdAccount> adAccountsOf(Person user) {
    return adAccounts.values().stream().filter(account -> sees(user, account));
  }

  boolean sees(Person user, AdAccount account) {
    return account.owner() == user || (user == me() && account.shared());
  }

  Optional<AdAccount> adAccount(Person user, long id) {
    return Optional.ofNullable(adAccounts.get(id)).filter(account -> sees(user, account));
  }

  /** The records of a list by id; the owner is a user or an ad account. */
  NavigableMap<Long, ObjectNode> plain(PlainObject object, long owner) {
    return plain.computeIfAbsent(
        new PlainList(object.name(), owner), _ -> new ConcurrentSkipListMap<>());
  }

  /** The owners whose lists of this object the token user may see. */
  List<Long> ownersOf(PlainObject object) {
    return object.ofAdAccount()
        ? adAccountsOf(me())
            .filter(account -> account.allowsOrganic(me()))
            .map(AdAccount::id)
            .toList()
        : List.of(me().id);
  }

  /** Lists all pins {@code user} owns, from the newest to the oldest. */
  Stream<Pin> pinsOwnedBy(Person user, @Nullable Long afterId) {
    if (user == me()) {
      NavigableMap<Long, Pin> stored =
          afterId == null ? myStoredPins : myStoredPins.headMap(afterId, false);
      return iterate(
          newestFirst(
              stored.descendingMap().values().iterator(), ownPins.all(afterId, pin -> true)));
    }
    // Guests own few pins; they are found on their own boards.
    return user.boards.values().stream()
        .filter(board -> board.owner == user)
        .flatMap(board -> board.storedPins.values().stream())
        .filter(pin -> pin.owner() == user && (afterId == null || pin.id() < afterId))
        .sorted((a, b) -> Long.compare(b.id(), a.id()));
  }

  /** Lists the pins of one section, or those of a board that are in no section, newest first. */
  Stream<Pin> pinsOn(Board board, Board.@Nullable Section section, @Nullable Long afterId) {
    Map<Long, Pin> stored =
        afterId == null
            ? board.storedPins.descendingMap()
            : board.storedPins.headMap(afterId, false).descendingMap();
    return iterate(
        newestFirst(
            stored.values().stream().filter(pin -> pin.section() == section).iterator(),
            ownPins.onBoard(board, section, afterId).iterator()));
  }

  /** Joins two lists that are each from the newest to the oldest pin. */
  private static Iterator<Pin> newestFirst(Iterator<Pin> first, Iterator<Pin> second) {
    return new Iterator<>() {
      private @Nullable Pin left = next(first);
      private @Nullable Pin right = next(second);

      @Override
      public boolean hasNext() {
        return left != null || right != null;
      }

      @Override
      public Pin next() {
        Pin a = left;
        Pin b = right;
        if (a != null && (b == null || a.id() > b.id())) {
          left = next(first);
          return a;
        }
        if (b == null) {
          throw new NoSuchElementException("there is no further pin");
        }
        right = next(second);
        return b;
      }

      private static @Nullable Pin next(Iterator<Pin> pins) {
        return pins.hasNext() ? pins.next() : null;
      }
    };
  }

  /** Puts a pin where it says, instead of the one with its id if there is one. */
  void putPin(Pin pin) {
    removePin(pin.id());
    pin.board().storedPins.put(pin.id(), pin);
    if (pin.owner() == me()) {
      myStoredPins.put(pin.id(), pin);
    }
  }

  void removePin(long id) {
    pin(id)
        .ifPresent(
            pin -> {
              myStoredPins.remove(id);
              if (pin.board().storedPins.remove(id) == null) {
                ownPins.delete(ownPins.indexOf(pin));
              }
            });
  }

  void removeBoard(Board board) {
    board.deleted = true;
    people.forEach(person -> person.boards.remove(board.id));
    myStoredPins.values().removeIf(pin -> pin.board() == board);
  }

  /** The pins {@code user} owns; of the token user's computed ones, all that were not deleted. */
  long pinCountOf(Person user) {
    return user == me() ? ownPins.count() - ownPins.deletedCount() + myStoredPins.size() : 0;
  }

  /** Ends what is over by now: media that have been processed. */
  void settle(Instant now) {
    uploads.forEach(
        (id, upload) -> {
          if (upload.arrivedMillis() > 0
              && now.toEpochMilli() >= upload.arrivedMillis() + PROCESSING_MILLIS) {
            upload
                .owner()
                .media
                .put(id, Records.media(id, upload.isVideo() ? "succeeded" : "failed"));
            uploads.remove(id);
          }
        });
  }

  /**
   * A medium on its way.
   *
   * @param arrivedMillis when its file arrived, 0 if it has not
   * @param isVideo whether what arrived can be a video
   */
  record Upload(Person owner, long arrivedMillis, boolean isVideo) {}

  /** A report that is being made or was made: what was asked for, whose, and when first. */
  record Report(Person owner, long askedMillis, ObjectNode parameters) {}

  long pinCount(Board board) {
    return board.storedPins.size() + ownPins.countOnBoard(board);
  }

  Optional<Pin> pin(long id) {
    Optional<Pin> own = ownPins.find(id);
    return own.isPresent()
        ? own
        : boards.values().stream()
            .flatMap(board -> Optional.ofNullable(board.storedPins.get(id)).stream())
            .findFirst();
  }

  PinRow row(Pin pin, Person reader, boolean withMetrics) {
    return new PinRow(pin, reader, withMetrics, paddings.getOrDefault(pin.id(), 0));
  }

  /** Makes the record of a board; numbers and the cover follow the pins on it. */
  ObjectNode boardJson(Board board) {
    return Records.board(board, pinCount(board), pinsOn(board, null, null).findFirst());
  }

  private static Stream<Pin> iterate(Iterator<Pin> pins) {
    return java.util.stream.StreamSupport.stream(
        java.util.Spliterators.spliteratorUnknownSize(pins, java.util.Spliterator.ORDERED), false);
  }
}
