package io.pinferry.timer;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Timers in a map. */
public final class InMemoryTimerStore implements TimerStore {
  private record Key(Instant dueAt, String kind, String id) {
    static Key of(Timer timer) {
      return new Key(timer.dueAt(), timer.kind(), timer.id());
    }
  }

  private final NavigableMap<Key, Timer> timers =
      new TreeMap<>(
          Comparator.comparing(Key::dueAt).thenComparing(Key::kind).thenComparing(Key::id));

  /** The shapes of all timers that were ever stored, see {@link StoredTimer#shapeOf}. */
  private final Set<String> shapes = new TreeSet<>();

  private final Object lock;

  public InMemoryTimerStore() {
    this(new Object());
  }

  /**
   * Makes an empty store.
   *
   * @param lock guards every step, so that several stores can be changed in one
   */
  public InMemoryTimerStore(Object lock) {
    this.lock = lock;
  }

  @Override
  public List<Timer> due(int shard, Instant now, int limit) {
    synchronized (lock) {
      return timers.values().stream()
          .filter(timer -> timer.shard() == shard && !timer.dueAt().isAfter(now))
          .limit(limit)
          .toList();
    }
  }

  @Override
  public boolean contains(Timer timer) {
    synchronized (lock) {
      return timers.containsKey(Key.of(timer));
    }
  }

  @Override
  public boolean replace(@Nullable Timer remove, List<Timer> add) {
    List<Timer> removed = remove == null ? List.of() : List.of(remove);
    if (add.size() > 99) {
      throw new IllegalArgumentException(add.size() + " timers are more than 99");
    }
    synchronized (lock) {
      if (!holdAll(removed, add)) {
        return false;
      }
      apply(removed, add);
      return true;
    }
  }

  /** Returns all timers, earliest first, for a test to look at. */
  public List<Timer> all() {
    synchronized (lock) {
      return List.copyOf(timers.values());
    }
  }

  /** Returns the shapes of all timers that were ever stored, see {@link StoredTimer#shapeOf}. */
  public Set<String> shapes() {
    synchronized (lock) {
      return new TreeSet<>(shapes);
    }
  }

  /** Returns whether each timer to remove is there; for a caller that holds the lock. */
  public boolean holdAll(List<Timer> removed, List<Timer> added) {
    var keys = new HashSet<Key>();
    for (List<Timer> some : List.of(removed, added)) {
      for (Timer timer : some) {
        if (!keys.add(Key.of(timer))) {
          throw new IllegalArgumentException("twice the timer " + Key.of(timer));
        }
      }
    }
    return removed.stream().allMatch(timer -> timers.containsKey(Key.of(timer)));
  }

  /** Takes effect without asking; for a caller that holds the lock. */
  public void apply(List<Timer> removed, List<Timer> added) {
    removed.forEach(timer -> timers.remove(Key.of(timer)));
    for (Timer timer : added) {
      timers.putIfAbsent(Key.of(timer), timer);
      shapes.add(StoredTimer.shapeOf(timer.kind(), timer.payload()));
    }
  }
}
