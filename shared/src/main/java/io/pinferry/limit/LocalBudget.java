package io.pinferry.limit;

import io.pinferry.base.Tasks;
import io.pinferry.limit.BudgetStore.SlotRequest;
import io.pinferry.limit.BudgetStore.TakeResult;
import io.pinferry.limit.Budgets.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The part of one budget that this process has: the slots of its grants, and its callers. */
final class LocalBudget {
  /** The most slots of one grant. */
  private static final int SLOTS_MAX = 30;

  /** The time for which a process takes slots while they are plentiful, and otherwise. */
  private static final Duration PROVISION_IF_PLENTIFUL = Duration.ofSeconds(10);

  private static final Duration PROVISION_MIN = Duration.ofSeconds(1);

  /** Callers that come further apart are too irregular to take slots for in advance. */
  private static final Duration PREDICTABLE_SPACING_MAX = Duration.ofSeconds(2);

  /** The time over which the callers of this process are counted. */
  private static final Duration MEASURED_MAX = Duration.ofSeconds(10);

  private static final Duration MEASURED_MIN = Duration.ofSeconds(1);

  /** Answers may tell different limits. Tighter ones apply at once, wider ones only so often. */
  private static final Duration WIDENED_EVERY = Duration.ofMinutes(1);

  /** The step from one waiting caller to the next; other processes use the budget, too. */
  private static final int INTERVALS_PER_TURN = 4;

  private static final Duration TURN_MAX = Duration.ofSeconds(2);

  /** After so many callers the first turn is given out again, or time would stay unused. */
  private static final int TURNS_MAX = 80;

  private static final Duration SPREAD_MAX = Duration.ofMinutes(5);

  private final Queue<Instant> slots = new PriorityQueue<>();
  private final List<Instant> unused = new ArrayList<>();
  private final Deque<RecentPermit> recentPermits = new ArrayDeque<>();
  private List<BudgetWindow> windows;
  private Instant windowsSince = Instant.MIN;
  private Instant pausedUntil = Instant.MIN;
  private Instant measuredSince = Instant.MIN;
  private Instant nextTurn = Instant.MIN;

  /** Whether the store had many more free slots at its last answer, and at once. */
  private boolean plentiful = true;

  /** How long the first slot of the last grant was away. */
  private Duration lead = Duration.ZERO;

  private int callers;
  private Tasks.@Nullable Fork<TakeResult> storeCall;

  private record RecentPermit(Instant askedAt, Instant at) {}

  LocalBudget(List<BudgetWindow> windows) {
    this.windows = windows;
  }

  synchronized void addCaller() {
    callers++;
  }

  synchronized void removeCaller() {
    callers--;
  }

  /** Returns the call of the store that is under way; null if there is none. */
  synchronized Tasks.@Nullable Fork<TakeResult> storeCall() {
    return storeCall;
  }

  /**
   * @param ended whether the call has ended meanwhile
   */
  synchronized void beginStoreCall(Tasks.Fork<TakeResult> call, AtomicBoolean ended) {
    if (!ended.get() && storeCall == null) {
      storeCall = call;
    }
  }

  synchronized void endStoreCall(AtomicBoolean ended) {
    ended.set(true);
    storeCall = null;
  }

  /** Answers from the slots of this process; empty if the store has to be called. */
  synchronized Optional<Answer> answer(Instant now, Instant latest, boolean uses) {
    if (now.isBefore(pausedUntil)) {
      return Optional.of(refuse(pausedUntil, true));
    }
    dropLate(now);
    Instant next = slots.peek();
    if (next == null) {
      return Optional.empty();
    }
    boolean usable = !next.isAfter(now.plus(Budgets.EARLY_MAX));
    if (!usable && plentiful) {
      return Optional.empty();
    }
    if (!usable && next.isAfter(latest)) {
      return Optional.of(refuse(next, false));
    }
    Instant at = usable ? now : next;
    if (uses) {
      slots.remove();
      if (recentPermits.isEmpty()) {
        measuredSince = now;
      }
      recentPermits.add(new RecentPermit(now, at));
    }
    return Optional.of(new Answer.Permit(at, next.plus(Budgets.LATE_MAX)));
  }

  private void dropLate(Instant now) {
    Instant oldest = now.minus(Budgets.LATE_MAX);
    while (!slots.isEmpty() && slots.element().isBefore(oldest)) {
      unused.add(slots.remove());
    }
  }

  /**
   * Makes the request to the store: one slot for each caller that waits, and as many as the callers
   * will ask for at their present rate. A caller whose permit is still to come does not ask before
   * it.
   */
  synchronized SlotRequest request(Priority priority, Instant now, Instant firstBy) {
    Duration spacing = spacing(now);
    long likely =
        spacing.compareTo(PREDICTABLE_SPACING_MAX) > 0 ? 0 : provision().dividedBy(spacing);
    long toCome = recentPermits.stream().filter(permit -> permit.at().isAfter(now)).count();
    int atOnce = Math.clamp(callers, 1, SLOTS_MAX);
    int later = Math.clamp(likely - toCome - slots.size() - atOnce, 0, SLOTS_MAX - atOnce);
    List<Instant> returned = List.copyOf(unused);
    unused.clear();
    // A little closer, so that callers do not wait for their slots and can become faster.
    Duration closer = spacing.multipliedBy(19).dividedBy(20);
    return new SlotRequest(atOnce, later, closer, returned, windows, priority, now, firstBy);
  }

  private Duration provision() {
    if (plentiful) {
      return PROVISION_IF_PLENTIFUL;
    }
    // A caller that has to wait needs slots for as long as its next wait.
    Duration wait = lead.plus(Budgets.EARLY_MAX);
    return wait.compareTo(PROVISION_MIN) > 0 ? wait : PROVISION_MIN;
  }

  /** Returns how far apart the recent permits of this process were asked for. */
  private Duration spacing(Instant now) {
    Instant from = now.minus(MEASURED_MAX);
    while (!recentPermits.isEmpty() && recentPermits.element().askedAt().isBefore(from)) {
      recentPermits.remove();
    }
    if (recentPermits.isEmpty()) {
      return MEASURED_MAX;
    }
    Instant since = measuredSince.isAfter(from) ? measuredSince : from;
    Duration measured = Duration.between(since, now);
    return (measured.compareTo(MEASURED_MIN) < 0 ? MEASURED_MIN : measured)
        .dividedBy(recentPermits.size());
  }

  /** Adds the result of a request to the store. */
  synchronized void add(TakeResult result, Instant now) {
    switch (result) {
      case TakeResult.Grant grant -> {
        windows = grant.windows();
        Instant first = grant.slots().getFirst();
        lead = first.isAfter(now) ? Duration.between(now, first) : Duration.ZERO;
        plentiful = grant.plentiful() && lead.compareTo(Budgets.EARLY_MAX) <= 0;
        slots.addAll(grant.slots());
      }
      case TakeResult.Refusal refusal -> {
        windows = refusal.windows();
        if (refusal.paused()) {
          stopUntil(refusal.freeAt());
        } else {
          plentiful = false;
        }
      }
    }
  }

  /** Refuses a caller. Callers that wait for the same instant get different turns after it. */
  synchronized Answer refuse(Instant from, boolean paused) {
    Duration turns = interval(windows).multipliedBy(INTERVALS_PER_TURN);
    Duration step = turns.compareTo(TURN_MAX) > 0 ? TURN_MAX : turns;
    Duration spread = step.multipliedBy(TURNS_MAX);
    Instant end = from.plus(spread.compareTo(SPREAD_MAX) > 0 ? SPREAD_MAX : spread);
    Instant turn = nextTurn.isBefore(from) || nextTurn.isAfter(end) ? from : nextTurn;
    nextTurn = turn.plus(step);
    return new Answer.Wait(turn, paused);
  }

  private static Duration interval(List<BudgetWindow> windows) {
    return Pace.of(windows).orElseThrow().interval();
  }

  /** Returns whether the limits in force here are wider than others. */
  synchronized boolean isWiderThan(List<BudgetWindow> others) {
    return interval(windows).compareTo(interval(others)) < 0;
  }

  /** Learns limits; returns whether they have to be stored. */
  synchronized boolean learn(List<BudgetWindow> learned, Instant now) {
    int compared = interval(learned).compareTo(interval(windows));
    if (compared == 0 || (compared < 0 && now.isBefore(windowsSince.plus(WIDENED_EVERY)))) {
      return false;
    }
    windows = learned;
    windowsSince = now;
    if (compared > 0) {
      dropSlots();
    }
    return true;
  }

  /** Pauses; returns whether the pause has to be stored. */
  synchronized boolean pause(Instant until) {
    // Requests that were refused together tell instants that differ by a moment.
    boolean later = until.isAfter(pausedUntil.plusSeconds(1));
    stopUntil(until);
    return later;
  }

  private void stopUntil(Instant until) {
    if (until.isAfter(pausedUntil)) {
      pausedUntil = until;
    }
    dropSlots();
  }

  private void dropSlots() {
    unused.addAll(slots);
    slots.clear();
  }

  /** Removes and returns the slots that were not used; none while callers wait. */
  synchronized List<Instant> removeUnused() {
    if (callers > 0) {
      return List.of();
    }
    dropSlots();
    List<Instant> all = List.copyOf(unused);
    unused.clear();
    return all;
  }
}
