package io.pinferry.local.simulator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pins the token user owns, computed from their index instead of stored: pin {@code i} has an
 * id that grows with {@code i}, and lies on the board at place {@code i mod size} of a fixed wheel
 * in which some boards stand more often than others. So the pins of a board are an arithmetic
 * series, an account of a million pins takes no memory, and a further pin is a larger count.
 */
final class OwnPins {
  /** Ids are this far apart on average, so that neither counting up nor guessing hits the next. */
  private static final long STRIDE = 1_000;

  private static final long FIRST_CREATED_SECONDS = 1_420_070_400L;
  private static final long CREATED_APART_SECONDS = 300;

  /** Places in the wheel per board on average. */
  private static final int PLACES_PER_BOARD = 3;

  private final long seed;
  private final long firstId;
  private final Person owner;
  private final Board[] wheel;
  private final int[] placeOfBoard;
  private final int[][] placesByBoard;
  private final Set<Long> deleted = ConcurrentHashMap.newKeySet();
  private final AtomicLong count;

  /** Spreads {@code count} pins over {@code boards}, whose numbers are their places in the list. */
  OwnPins(long seed, long count, Person owner, List<Board> boards) {
    this.seed = seed;
    this.firstId = 1_099_300_000_000_000_000L + Mix.below(Mix.mix(seed, 1, 1), 1_000_000) * 1_000L;
    this.owner = owner;
    this.count = new AtomicLong(count);
    var places = new ArrayList<Board>();
    places.addAll(boards);
    for (int i = 0; i < boards.size() * (PLACES_PER_BOARD - 1); i++) {
      // The product of two draws prefers low numbers: a few boards become much larger than most.
      long hash = Mix.mix(seed, 2, i);
      long product =
          (long) Mix.below(hash, boards.size()) * Mix.below(Mix.draw(hash, 1), boards.size());
      places.add(boards.get((int) (product / boards.size())));
    }
    for (int i = places.size() - 1; i > 0; i--) {
      int other = Mix.below(Mix.mix(seed, 3, i), i + 1);
      Board swapped = places.get(i);
      places.set(i, places.get(other));
      places.set(other, swapped);
    }
    this.wheel = places.toArray(Board[]::new);
    this.placeOfBoard = new int[wheel.length];
    var byBoard = new ArrayList<List<Integer>>();
    for (int i = 0; i < boards.size(); i++) {
      byBoard.add(new ArrayList<>());
    }
    for (int place = 0; place < wheel.length; place++) {
      List<Integer> mine = byBoard.get(wheel[place].number);
      placeOfBoard[place] = mine.size();
      mine.add(place);
    }
    this.placesByBoard =
        byBoard.stream()
            .map(mine -> mine.stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
  }

  /** Whether there is a board that computed pins can lie on. */
  boolean canGrow() {
    return wheel.length > 0;
  }

  /** How many pins there ever were; their indexes are below. */
  long count() {
    return count.get();
  }

  long deletedCount() {
    return deleted.size();
  }

  Set<Long> deletedIndexes() {
    return Set.copyOf(deleted);
  }

  /** Adds {@code number} pins, which become the newest. */
  void insert(long number) {
    count.addAndGet(number);
  }

  void delete(long index) {
    deleted.add(index);
  }

  /** Lists pins from the newest to the oldest, those of one place or all. */
  Iterator<Pin> all(@Nullable Long afterId, Predicate<Pin> wanted) {
    return LongStream.iterate(lastIndexBefore(afterId), i -> i >= 0, i -> i - 1)
        .filter(this::isAlive)
        .mapToObj(this::at)
        .filter(wanted)
        .iterator();
  }

  /** Lists the pins of one section, or those of the board that are in no section. */
  Stream<Pin> onBoard(Board board, Board.@Nullable Section section, @Nullable Long afterId) {
    if (board.number >= placesByBoard.length || placesByBoard[board.number].length == 0) {
      return Stream.empty();
    }
    int[] places = placesByBoard[board.number];
    long last = lastOrdinal(places, lastIndexBefore(afterId));
    return LongStream.iterate(last, ordinal -> ordinal >= 0, ordinal -> ordinal - 1)
        .filter(ordinal -> Objects.equals(sectionOf(board, ordinal), section))
        .map(
            ordinal ->
                ordinal / places.length * wheel.length + places[(int) (ordinal % places.length)])
        .filter(this::isAlive)
        .mapToObj(this::at);
  }

  /** Counts the pins on a board with those in its sections. */
  long countOnBoard(Board board) {
    if (board.number >= placesByBoard.length) {
      return 0;
    }
    int[] places = placesByBoard[board.number];
    long number = lastOrdinal(places, count() - 1) + 1;
    for (long index : deleted) {
      if (wheel[(int) (index % wheel.length)] == board) {
        number--;
      }
    }
    return number;
  }

  Optional<Pin> find(long id) {
    long index = (id - firstId) / STRIDE;
    if (id < firstId || index >= count() || !isAlive(index) || idOf(index) != id) {
      return Optional.empty();
    }
    return Optional.of(at(index));
  }

  long indexOf(Pin pin) {
    return (pin.id() - firstId) / STRIDE;
  }

  private boolean isAlive(long index) {
    return (deleted.isEmpty() || !deleted.contains(index))
        && !wheel[(int) (index % wheel.length)].deleted;
  }

  Pin at(long index) {
    int place = (int) (index % wheel.length);
    Board board = wheel[place];
    long ordinal = index / wheel.length * placesByBoard[board.number].length + placeOfBoard[place];
    long hash = Mix.mix(seed, 4, index);
    long created =
        FIRST_CREATED_SECONDS
            + index * CREATED_APART_SECONDS
            + Mix.below(Mix.draw(hash, 0), (int) CREATED_APART_SECONDS);
    return new Pin(idOf(index), hash, created, board, sectionOf(board, ordinal), owner, null);
  }

  private long idOf(long index) {
    return firstId + index * STRIDE + Mix.below(Mix.mix(seed, 5, index), (int) STRIDE);
  }

  private long lastIndexBefore(@Nullable Long id) {
    if (id == null || id > firstId + count() * STRIDE) {
      return count() - 1;
    }
    if (id <= firstId) {
      return -1;
    }
    long index = Math.min((id - firstId) / STRIDE, count() - 1);
    return idOf(index) < id ? index : index - 1;
  }

  /**
   * The ordinal, among the pins of one board, of the last one whose index is at most {@code index}.
   */
  private long lastOrdinal(int[] places, long index) {
    if (index < 0) {
      return -1;
    }
    long round = index / wheel.length;
    int within = (int) (index % wheel.length);
    int below = 0;
    while (below < places.length && places[below] <= within) {
      below++;
    }
    return round * places.length + below - 1;
  }

  private static Board.@Nullable Section sectionOf(Board board, long ordinal) {
    if (board.firstSections.isEmpty()) {
      return null;
    }
    int slot = (int) (ordinal % (board.firstSections.size() + 2));
    return slot < board.firstSections.size() ? board.firstSections.get(slot) : null;
  }
}
