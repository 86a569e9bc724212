package io.pinferry.write;

import io.pinferry.limit.Budget;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;

/** Grants every request at once, as if Pinterest had no limits, except during a pause. */
final class UnlimitedBudgets implements BudgetStore {
  private static final List<BudgetWindow> WIDE =
      List.of(new BudgetWindow(1_000_000, Duration.ofSeconds(1)));
  private Instant pausedUntil = Instant.EPOCH;

  @Override
  public synchronized TakeResult take(BudgetKey key, SlotRequest request) {
    Instant now = request.now().truncatedTo(ChronoUnit.MICROS);
    return pausedUntil.isAfter(now)
        ? new TakeResult.Refusal(pausedUntil, true, WIDE)
        : new TakeResult.Grant(Collections.nCopies(request.atOnce(), now), true, WIDE);
  }

  @Override
  public void giveBack(BudgetKey key, List<Instant> unused) {
    // The slots never run out.
  }

  @Override
  public void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
    // There are no limits to learn.
  }

  @Override
  public synchronized void pause(BudgetKey key, Instant until) {
    pausedUntil = until;
  }

  @Override
  public List<Budget> find(BudgetOwner owner, List<String> categories) {
    return Collections.nCopies(categories.size(), Budget.UNUSED);
  }
}
