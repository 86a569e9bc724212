package io.pinferry.limit;

import io.pinferry.limit.BudgetStore.Taken;
import io.pinferry.limit.BudgetStore.Wanted;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is kept of one budget.
 *
 * @param ledger the slots that were taken
 * @param learned the limits that Pinterest has told; null as long as it has not
 * @param pausedUntil when the last pause ends
 */
public record Budget(Ledger ledger, @Nullable List<BudgetWindow> learned, Instant pausedUntil) {
  /** A budget that nobody has used. */
  public static final Budget UNUSED = new Budget(Ledger.EMPTY, null, Instant.EPOCH);

  /** For how long slots are given in advance that nobody waits for yet, if there are plenty. */
  private static final Duration ADVANCE_IF_PLENTY = Duration.ofSeconds(15);

  /** And if there are not: what one provides for, others have to wait for. */
  private static final Duration ADVANCE_MIN = Duration.ofSeconds(1);

  /**
   * What came of an attempt to take slots.
   *
   * @param after the budget then; the same as before if none was taken
   */
  public record Taking(Taken taken, Budget after) {}

  /** Takes slots as the caller wants them, if the first can be had in time. */
  public Taking take(Wanted wanted) {
    List<BudgetWindow> windows = learned == null ? wanted.assumed() : learned;
    Instant now = wanted.now().truncatedTo(ChronoUnit.MICROS);
    if (pausedUntil.isAfter(now)) {
      return new Taking(new Taken.Refused(pausedUntil, true, windows), this);
    }
    Pace pace =
        Pace.of(windows)
            .orElseThrow(() -> new IllegalArgumentException(windows + " have no pace to keep"));
    Ledger taken = ledger.from(pace.remembered(now.getEpochSecond())).minus(wanted.unused());
    boolean plenty = pace.plenty(taken, now);
    List<Instant> slots = new ArrayList<>();
    Instant first = pace.next(taken, now);
    if (first.isAfter(wanted.firstBy()) && first.isAfter(now)) {
      return new Taking(new Taken.Refused(first, false, windows), this);
    }
    Instant end = first.plus(advance(plenty, now, first));
    for (int slot = 0; slot < wanted.atOnce() + wanted.later(); slot++) {
      int after = Math.max(0, slot - wanted.atOnce() + 1);
      Instant next =
          slot == 0 ? first : pace.next(taken, now.plus(wanted.apart().multipliedBy(after)));
      if (slot > 0 && next.isAfter(end)) {
        break;
      }
      slots.add(next);
      taken = taken.plus(next);
    }
    slots.sort(Comparator.naturalOrder());
    return new Taking(
        new Taken.Granted(List.copyOf(slots), plenty, windows),
        new Budget(taken, learned, pausedUntil));
  }

  private static Duration advance(boolean plenty, Instant now, Instant first) {
    if (plenty) {
      return ADVANCE_IF_PLENTY;
    }
    // Who waits in line needs slots until it has waited a second time.
    Duration lead = Duration.between(now, first);
    return lead.compareTo(ADVANCE_MIN) > 0 ? lead : ADVANCE_MIN;
  }

  /** Returns this budget with slots that nobody used free again. */
  public Budget giveBack(List<Instant> unused) {
    return new Budget(ledger.minus(unused), learned, pausedUntil);
  }
}
