package io.pinferry.limit;

import io.pinferry.limit.BudgetStore.SlotRequest;
import io.pinferry.limit.BudgetStore.TakeResult;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one budget.
 *
 * @param taken the slots that were taken
 * @param learned the limits that Pinterest's answers have told; null until then
 * @param pausedUntil the end of the latest pause
 */
public record Budget(TakenSlots taken, @Nullable List<BudgetWindow> learned, Instant pausedUntil) {
  /** A budget that nobody has used. */
  public static final Budget UNUSED = new Budget(TakenSlots.NONE, null, Instant.EPOCH);

  /** How far ahead slots are granted while they are plentiful. */
  private static final Duration ADVANCE_IF_PLENTIFUL = Duration.ofSeconds(15);

  /** How far ahead slots are granted otherwise; slots in reserve would make other callers wait. */
  private static final Duration ADVANCE_MIN = Duration.ofSeconds(1);

  /** The result of a request for slots, and the budget after it. A refusal does not change it. */
  public record Transition(TakeResult result, Budget after) {}

  /** Takes the requested slots if the first one is free in time. */
  public Transition take(SlotRequest request) {
    List<BudgetWindow> windows = learned == null ? request.assumed() : learned;
    Instant now = request.now().truncatedTo(ChronoUnit.MICROS);
    if (pausedUntil.isAfter(now)) {
      return new Transition(new TakeResult.Refusal(pausedUntil, true, windows), this);
    }
    Pace pace =
        Pace.of(windows)
            .orElseThrow(() -> new IllegalArgumentException(windows + " have no pace to keep"));
    TakenSlots after = pace.forget(taken, now).minus(request.unused());
    boolean plentiful = pace.isPlentiful(after, now);
    Instant first = pace.next(after, request.priority(), now);
    if (first.isAfter(request.firstBy()) && first.isAfter(now)) {
      return new Transition(new TakeResult.Refusal(first, false, windows), this);
    }
    Duration spacing = request.spacing().truncatedTo(ChronoUnit.MICROS);
    List<Instant> slots = new ArrayList<>();
    Instant end = first.plus(advance(plentiful, now, first));
    for (int slot = 0; slot < request.atOnce() + request.later(); slot++) {
      int spaces = Math.max(0, slot - request.atOnce() + 1);
      Instant next =
          slot == 0
              ? first
              : pace.next(after, request.priority(), now.plus(spacing.multipliedBy(spaces)));
      if (slot > 0 && next.isAfter(end)) {
        break;
      }
      slots.add(next);
      after = after.plus(next);
    }
    slots.sort(Comparator.naturalOrder());
    return new Transition(
        new TakeResult.Grant(List.copyOf(slots), plentiful, windows),
        new Budget(after, learned, pausedUntil));
  }

  private static Duration advance(boolean plentiful, Instant now, Instant first) {
    if (plentiful) {
      return ADVANCE_IF_PLENTIFUL;
    }
    // A caller that has to wait needs slots for as long as its next wait.
    Duration lead = Duration.between(now, first);
    return lead.compareTo(ADVANCE_MIN) > 0 ? lead : ADVANCE_MIN;
  }

  /**
   * Returns the use of each limit in force.
   *
   * @param assumed the limits if none have been learned
   */
  public List<WindowUse> uses(List<BudgetWindow> assumed, Instant now) {
    return (learned == null ? assumed : learned)
        .stream().map(window -> WindowUse.of(window, taken, now)).toList();
  }

  /** Returns this budget with unused slots free again. */
  public Budget giveBack(List<Instant> unused) {
    return new Budget(taken.minus(unused), learned, pausedUntil);
  }
}
