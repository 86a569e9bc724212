package io.pinferry.limit;

import static io.pinferry.base.Field.field;

import io.pinferry.base.BoundedMap;
import io.pinferry.base.ExpiringCache;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.limit.BudgetStore.TakeResult;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Says when a request may be sent. One call of the store takes slots for several callers of this
 * process, so that the store gets far fewer requests than Pinterest. Safe for concurrent use; no
 * lock is held during a call of the store.
 */
public final class Budgets {
  /** How early a slot may be used. */
  static final Duration EARLY_MAX = Duration.ofMillis(100);

  /** How late a slot may be used. */
  static final Duration LATE_MAX = Duration.ofMillis(400);

  /** How often one caller may lose its slots to other callers of this process. */
  private static final int ROUNDS_MAX = 50;

  /** A door may have answered just before, so little time is left of its 30 s. */
  private static final Duration GIVE_BACK_MAX = Duration.ofSeconds(1);

  private static final int KEYS_MAX = 1_000;

  private final BudgetStore store;
  private final Tasks tasks;
  private final Log log;
  private final Map<BudgetKey, LocalBudget> localBudgets = BoundedMap.of(KEYS_MAX);

  /** The end of each reservation, by application. */
  private final ExpiringCache<String, Instant> reservations = new ExpiringCache<>(KEYS_MAX);

  public Budgets(BudgetStore store, Tasks tasks, Log log) {
    this.store = store;
    this.tasks = tasks;
    this.log = log;
  }

  /** Whether and when a request may be sent. */
  public sealed interface Answer {
    /**
     * One request may be sent.
     *
     * @param at when to send it; not in the past
     * @param until the end of the slot; after it the permit is void
     */
    record Permit(Instant at, Instant until) implements Answer {}

    /**
     * No request may be sent in time.
     *
     * @param until when to ask again; callers that wait for the same slots get different instants
     * @param paused whether Pinterest asked for the wait
     */
    record Wait(Instant until, boolean paused) implements Answer {}
  }

  /**
   * Asks for a permit.
   *
   * @param assumed the limits to assume until others are learned; at least one of less than an hour
   * @param priority which callers go first where a limit is used up
   * @param latest a later permit is of no use to the caller
   */
  public Answer acquire(
      BudgetKey key, List<BudgetWindow> assumed, Priority priority, Instant latest) {
    return answer(key, assumed, priority, latest, true);
  }

  /**
   * Looks whether a permit could be had in time, without taking one.
   *
   * @return the wait; empty if a permit could be had
   */
  public Optional<Answer.Wait> findWait(BudgetKey key, List<BudgetWindow> assumed, Instant latest) {
    return answer(key, assumed, Priority.SINGLE, latest, false) instanceof Answer.Wait wait
        ? Optional.of(wait)
        : Optional.empty();
  }

  /**
   * @param uses whether a permit uses up its slot; if not, the slot stays for the next caller
   */
  private Answer answer(
      BudgetKey key, List<BudgetWindow> assumed, Priority priority, Instant latest, boolean uses) {
    LocalBudget budget = localBudget(key, assumed);
    budget.addCaller();
    try {
      for (int round = 0; round < ROUNDS_MAX; round++) {
        Optional<Answer> answer = budget.answer(tasks.now(), latest, uses);
        if (answer.isPresent()) {
          return answer.get();
        }
        if (takeSlots(key, budget, priority, latest) instanceof TakeResult.Refusal refusal
            && (refusal.paused() || refusal.freeAt().isAfter(latest))) {
          return budget.refuse(refusal.freeAt(), refusal.paused());
        }
      }
      return budget.refuse(tasks.now().plus(LATE_MAX), false);
    } finally {
      budget.removeCaller();
    }
  }

  /** Calls the store, or waits for the call that another caller has begun. */
  private TakeResult takeSlots(
      BudgetKey key, LocalBudget budget, Priority priority, Instant latest) {
    Tasks.Fork<TakeResult> running = budget.storeCall();
    if (running != null) {
      return running.join();
    }
    var ended = new AtomicBoolean();
    Tasks.Fork<TakeResult> call =
        tasks.fork(
            () -> {
              try {
                Instant now = tasks.now();
                TakeResult result =
                    store.take(
                        key, budget.request(priority, now, latest.isAfter(now) ? latest : now));
                budget.add(result, now);
                return result;
              } finally {
                budget.endStoreCall(ended);
              }
            });
    budget.beginStoreCall(call, ended);
    return call.join();
  }

  /**
   * Learns the limits that an answer has told. If the store fails they apply in this process only;
   * the caller must not lose the answer for that, least of all one that asks for a pause.
   */
  public void learn(BudgetKey key, List<BudgetWindow> windows) {
    Instant now = tasks.now();
    if (Pace.of(windows).isPresent() && localBudget(key, windows).learn(windows, now)) {
      try {
        store.learn(key, windows, now);
      } catch (ProviderUnavailable e) {
        log.warn("limits not stored", e, field("budget", key));
      }
    }
  }

  /** Gives no permit before an instant: here at once, elsewhere from the next call of the store. */
  public void pause(BudgetKey key, List<BudgetWindow> assumed, Instant until) {
    LocalBudget budget = localBudget(key, assumed);
    if (budget.pause(until)) {
      store.pause(key, until);
      // The limits in force were too wide, so at least the assumed ones apply.
      if (budget.isWiderThan(assumed)) {
        learn(key, assumed);
      }
    }
  }

  /**
   * Reserves the rest of an application's quota for urgent requests. Each process learns this from
   * its own answers.
   */
  public void reserve(BudgetOwner owner, Instant until) {
    reservations.putUnlessEarlier(owner.app(), until, until);
  }

  /** Returns the end of a reservation, until which requests wait that are not urgent. */
  public Optional<Instant> reservedUntil(BudgetOwner owner) {
    return reservations.find(owner.app(), tasks.now());
  }

  /** Gives back all slots that no caller waits for. If the store fails or hangs, they are lost. */
  public void giveBack() {
    boolean done =
        tasks
            .within(
                tasks.now().plus(GIVE_BACK_MAX),
                () -> {
                  giveBackAll();
                  return true;
                })
            .orElse(false);
    if (!done) {
      log.warn("slots not given back in time");
    }
  }

  private void giveBackAll() {
    Map<BudgetKey, LocalBudget> budgets;
    synchronized (localBudgets) {
      budgets = new LinkedHashMap<>(localBudgets);
    }
    budgets.forEach(
        (key, budget) -> {
          List<Instant> unused = budget.removeUnused();
          if (!unused.isEmpty()) {
            giveBack(key, unused);
          }
        });
  }

  private void giveBack(BudgetKey key, List<Instant> unused) {
    try {
      store.giveBack(key, unused);
    } catch (ProviderUnavailable e) {
      log.warn("slots not given back", e, field("budget", key), field("count", unused.size()));
    }
  }

  private LocalBudget localBudget(BudgetKey key, List<BudgetWindow> assumed) {
    synchronized (localBudgets) {
      return localBudgets.computeIfAbsent(
          key,
          absent -> {
            if (Pace.of(assumed).isEmpty()) {
              throw new IllegalArgumentException(key + " has no limit to begin with");
            }
            return new LocalBudget(assumed);
          });
    }
  }
}
