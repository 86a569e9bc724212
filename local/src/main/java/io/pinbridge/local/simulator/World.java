package io.pinbridge.local.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that exists at the simulated Pinterest. May be read while it changes. */
final class World {
  final List<Person> people;
  final NavigableMap<Long, AdAccount> adAccounts = new ConcurrentSkipListMap<>();
  final OwnPins ownPins;

  /** Every board there is, also those the token user cannot see, by id. */
  final Map<Long, Board> boards = new ConcurrentHashMap<>();

  /** The lengths by which single pins were made huge, by pin id. */
  final Map<Long, Integer> paddings = new ConcurrentHashMap<>();

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

  /** Lists all pins {@code user} owns, from the newest to the oldest. */
  Stream<Pin> pinsOwnedBy(Person user, @Nullable Long afterId) {
    if (user == me()) {
      return iterate(ownPins.all(afterId, pin -> true));
    }
    // Guests own few pins; they are found on their own boards.
    return user.boards.values().stream()
        .filter(board -> board.owner == user)
        .flatMap(board -> board.guestPins.values().stream())
        .filter(pin -> pin.owner() == user && (afterId == null || pin.id() < afterId))
        .sorted((a, b) -> Long.compare(b.id(), a.id()));
  }

  /** Lists the pins of one section, or those of a board that are in no section, newest first. */
  Stream<Pin> pinsOn(Board board, Board.@Nullable Section section, @Nullable Long afterId) {
    Map<Long, Pin> guests =
        afterId == null
            ? board.guestPins.descendingMap()
            : board.guestPins.headMap(afterId, false).descendingMap();
    return Stream.concat(
        guests.values().stream().filter(pin -> Objects.equals(pin.section(), section)),
        ownPins.onBoard(board, section, afterId));
  }

  long pinCount(Board board) {
    return board.guestPins.size() + ownPins.countOnBoard(board);
  }

  Optional<Pin> pin(long id) {
    Optional<Pin> own = ownPins.find(id);
    return own.isPresent()
        ? own
        : boards.values().stream()
            .flatMap(board -> Optional.ofNullable(board.guestPins.get(id)).stream())
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
