package io.pinferry.limit;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.RecentlyUsed;
import io.pinferry.base.Tasks;
import io.pinferry.limit.BudgetStore.Taken;
import io.pinferry.limit.BudgetStore.Wanted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Says when a request may be sent. Slots are taken from the store for several callers of this
 * process at once, as many as they are likely to need, and handed out one by one, so that the store
 * is asked far less often than Pinterest. Safe for concurrent use; no lock is held while the store
 * is asked.
 */
public final class Budgets {
  /** A slot is as good as now so long before its instant. */
  static final Duration EARLY_MAX = Duration.ofMillis(500);

  /** A slot that was not used so long after its instant is lost. */
  static final Duration LATE_MAX = Duration.ofMillis(500);

  /** The most slots of one grant. */
  static final int SLOTS_MAX = 30;

  /** For how long a process provides if there are plenty, and if there are not. */
  private static final Duration PROVIDED_IF_PLENTY = Duration.ofSeconds(10);

  private static final Duration PROVIDED_MIN = Duration.ofSeconds(1);

  /** Permits that are further apart come too unevenly to provide for. */
  private static final Duration PREDICTABLE_APART_MAX = Duration.ofSeconds(2);

  /** The time over which this process's need is measured, if it has been at work for so long. */
  private static final Duration MEASURED_MAX = Duration.ofSeconds(10);

  private static final Duration MEASURED_MIN = Duration.ofSeconds(1);

  /** Limits that differ from answer to answer are believed at once only if they are tighter. */
  private static final Duration RELAXED_APART = Duration.ofMinutes(1);

  /** Refused callers come back so far apart: each process has a part of the budget only. */
  private static final int INTERVALS_PER_TURN = 4;

  private static final Duration TURN_MAX = Duration.ofSeconds(2);

  /** After so many the first turn is given out again, or time would stay unused. */
  private static final int TURNS_MAX = 80;

  private static final Duration SPREAD_MAX = Duration.ofMinutes(5);

  /** How often one caller may find what it asked for taken by others. */
  private static final int ROUNDS_MAX = 50;

  private static final int KEYS_MAX = 1_000;

  private final BudgetStore store;
  private final Tasks tasks;
  private final Log log;
  private final Map<BudgetKey, Share> shares = RecentlyUsed.map(KEYS_MAX);

  private final Map<String, Instant> reserved = RecentlyUsed.map(KEYS_MAX);

  public Budgets(BudgetStore store, Tasks tasks, Log log) {
    this.store = store;
    this.tasks = tasks;
    this.log = log;
  }

  /** Whether and when a request may be sent. */
  public sealed interface Answer {
    /**
     * One request may be sent, at this instant or within half a second after it.
     *
     * @param at not in the past
     */
    record Permit(Instant at) implements Answer {}

    /**
     * None may be sent in time.
     *
     * @param at when to ask again; callers that are refused together are told different instants
     * @param paused whether Pinterest said so
     */
    record NotBefore(Instant at, boolean paused) implements Answer {}
  }

  /**
   * Asks for one request.
   *
   * @param assumed the limits to assume until others are learned; at least one of less than an hour
   * @param latest a permit for later than this is of no use to the caller
   */
  public Answer acquire(BudgetKey key, List<BudgetWindow> assumed, Instant latest) {
    return answer(key, assumed, latest, true);
  }

  /**
   * Asks whether one request could be sent in time, and takes nothing.
   *
   * @return when to ask again; empty if one could
   */
  public Optional<Answer.NotBefore> heldBack(
      BudgetKey key, List<BudgetWindow> assumed, Instant latest) {
    return answer(key, assumed, latest, false) instanceof Answer.NotBefore wait
        ? Optional.of(wait)
        : Optional.empty();
  }

  /**
   * @param taken whether a slot is used up by the answer; else it stays for who asks next
   */
  private Answer answer(BudgetKey key, List<BudgetWindow> assumed, Instant latest, boolean taken) {
    Share share = share(key, assumed);
    share.enter();
    try {
      for (int round = 0; round < ROUNDS_MAX; round++) {
        Optional<Answer> answer = share.answer(tasks.now(), latest, taken);
        if (answer.isPresent()) {
          return answer.get();
        }
        if (ask(key, share, latest) instanceof Taken.Refused refused
            && (refused.paused() || refused.freeAt().isAfter(latest))) {
          return share.refused(refused.freeAt(), refused.paused());
        }
      }
      return share.refused(tasks.now().plus(LATE_MAX), false);
    } finally {
      share.leave();
    }
  }

  /** Asks the store, or waits for what another caller is asking for already. */
  private Taken ask(BudgetKey key, Share share, Instant latest) {
    Tasks.Fork<Taken> others = share.asked();
    if (others != null) {
      return others.join();
    }
    var asking = new Asking();
    Tasks.Fork<Taken> own =
        tasks.fork(
            () -> {
              try {
                Instant now = tasks.now();
                Taken taken =
                    store.take(key, share.wanted(now, latest.isAfter(now) ? latest : now));
                share.took(taken, now);
                return taken;
              } finally {
                share.end(asking);
              }
            });
    share.begin(asking, own);
    return own.join();
  }

  /**
   * Takes note of limits that an answer has told. Where they cannot be stored, they hold for this
   * process only: the answer must not be lost for it, least of all one that says to wait.
   */
  public void learn(BudgetKey key, List<BudgetWindow> windows) {
    Instant now = tasks.now();
    if (Pace.of(windows).isPresent() && share(key, windows).learns(windows, now)) {
      try {
        store.learn(key, windows, now);
      } catch (ProviderUnavailable e) {
        log.warn("limits not stored", e, field("budget", key));
      }
    }
  }

  /** Lets no request be sent before an instant, here at once, and by others from their next ask. */
  public void pause(BudgetKey key, List<BudgetWindow> assumed, Instant until) {
    Share share = share(key, assumed);
    if (share.pauses(until)) {
      store.pause(key, until);
      // Whatever was believed was not enough: at least what is assumed holds.
      if (share.wider(assumed)) {
        learn(key, assumed);
      }
    }
  }

  /**
   * Keeps what is left of an application's quota for requests that cannot wait. Known to this
   * process only: each learns it from an answer of its own.
   */
  public void reserve(BudgetOwner owner, Instant until) {
    synchronized (reserved) {
      reserved.merge(owner.app(), until, (one, other) -> one.isAfter(other) ? one : other);
    }
  }

  /** Returns until when requests that can wait have to; empty if they need not. */
  public Optional<Instant> reservedUntil(BudgetOwner owner) {
    Instant now = tasks.now();
    synchronized (reserved) {
      return Optional.ofNullable(reserved.get(owner.app())).filter(now::isBefore);
    }
  }

  /** Gives back what nobody here is going to use; where that fails, it is lost. */
  public void giveBack() {
    List<Map.Entry<BudgetKey, Share>> all;
    synchronized (shares) {
      all = List.copyOf(shares.entrySet());
    }
    for (Map.Entry<BudgetKey, Share> one : all) {
      List<Instant> unused = one.getValue().unused();
      if (!unused.isEmpty()) {
        giveBack(one.getKey(), unused);
      }
    }
  }

  private void giveBack(BudgetKey key, List<Instant> unused) {
    try {
      store.giveBack(key, unused);
    } catch (ProviderUnavailable e) {
      log.warn("slots not given back", e, field("budget", key), field("count", unused.size()));
    }
  }

  private Share share(BudgetKey key, List<BudgetWindow> assumed) {
    synchronized (shares) {
      return shares.computeIfAbsent(
          key,
          absent -> {
            if (Pace.of(assumed).isEmpty()) {
              throw new IllegalArgumentException(key + " has no limit to begin with");
            }
            return new Share(assumed);
          });
    }
  }

  /** One call of the store; tells its end from that of others. */
  private static final class Asking {
    private boolean ended;
  }

  /** A permit that somebody asked for. */
  private record Given(Instant askedAt, Instant at) {}

  /** What this process holds of one budget. */
  private static final class Share {
    private final Queue<Instant> held = new PriorityQueue<>();
    private final Deque<Given> given = new ArrayDeque<>();
    private List<BudgetWindow> windows;
    private Instant windowsSince = Instant.MIN;
    private Instant pausedUntil = Instant.MIN;
    private Instant measuredSince = Instant.MIN;

    private final List<Instant> unused = new ArrayList<>();

    /** Whether the store had many more, and at once, at the last ask. */
    private boolean plenty = true;

    private Duration lead = Duration.ZERO;

    private Instant nextTurn = Instant.MIN;
    private int waiting;
    private Tasks.@Nullable Fork<Taken> asked;

    Share(List<BudgetWindow> windows) {
      this.windows = windows;
    }

    synchronized void enter() {
      waiting++;
    }

    synchronized void leave() {
      waiting--;
    }

    synchronized Tasks.@Nullable Fork<Taken> asked() {
      return asked;
    }

    synchronized void begin(Asking asking, Tasks.Fork<Taken> fork) {
      if (!asking.ended && asked == null) {
        asked = fork;
      }
    }

    synchronized void end(Asking asking) {
      asking.ended = true;
      asked = null;
    }

    /** Answers from what is known here; empty if the store has to be asked. */
    synchronized Optional<Answer> answer(Instant now, Instant latest, boolean taken) {
      if (now.isBefore(pausedUntil)) {
        return Optional.of(refused(pausedUntil, true));
      }
      dropLate(now);
      Instant next = held.peek();
      if (next == null) {
        return Optional.empty();
      }
      boolean good = !next.isAfter(now.plus(EARLY_MAX));
      if (!good && plenty) {
        return Optional.empty();
      }
      if (!good && next.isAfter(latest)) {
        return Optional.of(refused(next, false));
      }
      Instant at = good ? now : next;
      if (taken) {
        held.remove();
        if (given.isEmpty()) {
          measuredSince = now;
        }
        given.add(new Given(now, at));
      }
      return Optional.of(new Answer.Permit(at));
    }

    private void dropLate(Instant now) {
      Instant oldest = now.minus(LATE_MAX);
      while (!held.isEmpty() && held.element().isBefore(oldest)) {
        unused.add(held.remove());
      }
    }

    /**
     * Returns how many slots to take: one for each caller that waits, and as many as will be asked
     * for, at the present rate, in the time that is provided for. Callers whose permits are still
     * to come will not ask before.
     */
    synchronized Wanted wanted(Instant now, Instant firstBy) {
      Duration apart = apart(now);
      long likely = apart.compareTo(PREDICTABLE_APART_MAX) > 0 ? 0 : provided().dividedBy(apart);
      long toCome = given.stream().filter(permit -> permit.at().isAfter(now)).count();
      int atOnce = Math.clamp(waiting, 1, SLOTS_MAX);
      int more = Math.clamp(likely - toCome - held.size() - atOnce, 0, SLOTS_MAX - atOnce);
      List<Instant> returned = List.copyOf(unused);
      unused.clear();
      // A little closer, so that callers do not wait for their slots and can become faster.
      Duration closer = apart.multipliedBy(19).dividedBy(20);
      return new Wanted(atOnce, more, closer, returned, windows, now, firstBy);
    }

    private Duration provided() {
      if (plenty) {
        return PROVIDED_IF_PLENTY;
      }
      // Who waits in line needs slots until it has waited a second time.
      Duration again = lead.plus(EARLY_MAX);
      return again.compareTo(PROVIDED_MIN) > 0 ? again : PROVIDED_MIN;
    }

    /** Returns how far apart this process's permits have been lately. */
    private Duration apart(Instant now) {
      Instant from = now.minus(MEASURED_MAX);
      while (!given.isEmpty() && given.element().askedAt().isBefore(from)) {
        given.remove();
      }
      if (given.isEmpty()) {
        return MEASURED_MAX;
      }
      Instant since = measuredSince.isAfter(from) ? measuredSince : from;
      Duration measured = Duration.between(since, now);
      return (measured.compareTo(MEASURED_MIN) < 0 ? MEASURED_MIN : measured)
          .dividedBy(given.size());
    }

    synchronized void took(Taken taken, Instant now) {
      switch (taken) {
        case Taken.Granted(List<Instant> slots, boolean more, List<BudgetWindow> holding) -> {
          windows = holding;
          Instant first = slots.getFirst();
          lead = first.isAfter(now) ? Duration.between(now, first) : Duration.ZERO;
          plenty = more && lead.compareTo(EARLY_MAX) <= 0;
          held.addAll(slots);
        }
        case Taken.Refused refused -> {
          windows = refused.windows();
          if (refused.paused()) {
            stopUntil(refused.freeAt());
          } else {
            plenty = false;
          }
        }
      }
    }

    /** Spreads callers that are refused together. */
    synchronized Answer refused(Instant from, boolean paused) {
      Duration turns = interval(windows).multipliedBy(INTERVALS_PER_TURN);
      Duration step = turns.compareTo(TURN_MAX) > 0 ? TURN_MAX : turns;
      Duration spread = step.multipliedBy(TURNS_MAX);
      Instant end = from.plus(spread.compareTo(SPREAD_MAX) > 0 ? SPREAD_MAX : spread);
      Instant turn = nextTurn.isBefore(from) || nextTurn.isAfter(end) ? from : nextTurn;
      nextTurn = turn.plus(step);
      return new Answer.NotBefore(turn, paused);
    }

    private static Duration interval(List<BudgetWindow> windows) {
      return Pace.of(windows).orElseThrow().interval();
    }

    /** Returns whether the limits that are believed here are wider than others. */
    synchronized boolean wider(List<BudgetWindow> others) {
      return interval(windows).compareTo(interval(others)) < 0;
    }

    /** Returns whether limits are news to the store. */
    synchronized boolean learns(List<BudgetWindow> learned, Instant now) {
      int compared = interval(learned).compareTo(interval(windows));
      if (compared == 0 || (compared < 0 && now.isBefore(windowsSince.plus(RELAXED_APART)))) {
        return false;
      }
      windows = learned;
      windowsSince = now;
      if (compared > 0) {
        dropHeld();
      }
      return true;
    }

    /** Returns whether the pause is news to the store. */
    synchronized boolean pauses(Instant until) {
      // Callers that were refused together differ by a moment.
      boolean news = until.isAfter(pausedUntil.plusSeconds(1));
      stopUntil(until);
      return news;
    }

    private void stopUntil(Instant until) {
      if (until.isAfter(pausedUntil)) {
        pausedUntil = until;
      }
      dropHeld();
    }

    private void dropHeld() {
      unused.addAll(held);
      held.clear();
    }

    /** Returns the slots that were taken and not used, and forgets them. */
    synchronized List<Instant> unused() {
      if (waiting > 0) {
        return List.of();
      }
      dropHeld();
      List<Instant> all = List.copyOf(unused);
      unused.clear();
      return all;
    }
  }
}
