package io.pinferry.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.SteppedTasks;
import io.pinferry.limit.Budgets.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BudgetsTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final List<BudgetWindow> USUAL =
      List.of(
          new BudgetWindow(100, Duration.ofSeconds(1)),
          new BudgetWindow(1000, Duration.ofSeconds(60)));
  private static final BudgetKey KEY = new BudgetKey(new BudgetOwner("app", "user"), "org_read");

  private final ManualClock clock = new ManualClock(NOON);
  private final CountingStore store = new CountingStore(new InMemoryBudgetStore());
  private final Budgets budgets = new Budgets(store, new SteppedTasks(clock), Log.none());
  private final Budgets others = new Budgets(store, new SteppedTasks(clock), Log.none());

  private Answer acquire(Budgets by) {
    return by.acquire(KEY, USUAL, Priority.BULK, clock.instant().plusSeconds(10));
  }

  private Instant permitted(Budgets by) {
    return ((Answer.Permit) acquire(by)).at();
  }

  private Answer.Wait refused(Budgets by) {
    return (Answer.Wait) acquire(by);
  }

  /** Uses up the burst, so that the pace is even from now on. */
  private Instant afterABurst(Instant now) {
    Instant then = now;
    for (int taken = 0; taken < 1_000; taken += 100) {
      store.take(
          KEY,
          new BudgetStore.SlotRequest(
              100,
              0,
              Duration.ofSeconds(1),
              List.of(),
              USUAL,
              Priority.BULK,
              then,
              then.plusSeconds(30)));
      then = then.plusSeconds(5);
    }
    return then;
  }

  @Test
  void anUnusedBudgetPermitsManyAtOnce() {
    for (int request = 0; request < 10; request++) {
      Instant at = permitted(request % 2 == 0 ? budgets : others);
      assertThat(Duration.between(NOON, at)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void aBusyChainAsksTheStoreOnceInAWhile() {
    int requests = 900;
    for (int request = 0; request < requests; request++) {
      clock.set(permitted(budgets));
      clock.advance(Duration.ofMillis(100));
    }

    assertThat(store.calls()).isLessThanOrEqualTo(requests / 10 + 5);
    assertThat(Duration.between(NOON, clock.instant()))
        .as("not held up")
        .isEqualTo(Duration.ofMillis(100L * requests));
  }

  @Test
  void aChainWithSlowAnswersAsksTheStoreOnceInTenPages() {
    int requests = 100;
    for (int request = 0; request < requests; request++) {
      clock.set(permitted(budgets));
      clock.advance(Duration.ofMillis(1_150 + request % 7 * 20));
    }

    assertThat(store.calls()).isLessThanOrEqualTo(requests / 5);
  }

  @Test
  void slotsThatWereNotUsedInTimeAreLost() {
    for (int request = 0; request < 20; request++) {
      clock.set(permitted(budgets));
    }
    Instant last = clock.instant();
    clock.advance(Duration.ofSeconds(30));
    int before = store.calls();

    assertThat(permitted(budgets)).isEqualTo(last.plusSeconds(30));
    assertThat(store.calls()).isEqualTo(before + 1);
  }

  @Test
  void whatWouldBeTooLateIsRefusedWithDifferentTimesToComeBack() {
    clock.set(afterABurst(NOON));
    for (int more = 0; more < 100; more++) {
      Instant now = clock.instant();
      store.take(
          KEY,
          new BudgetStore.SlotRequest(
              20,
              0,
              Duration.ofSeconds(1),
              List.of(),
              USUAL,
              Priority.BULK,
              now,
              now.plusSeconds(20)));
    }

    Answer.Wait first = refused(budgets);
    Answer.Wait second = refused(budgets);

    assertThat(first.until()).isAfter(clock.instant().plusSeconds(10));
    assertThat(first.paused()).isFalse();
    assertThat(second.until()).isAfter(first.until());
  }

  @Test
  void aPauseHoldsForEveryProcessAndForWhatWasTakenBefore() {
    for (int request = 0; request < 20; request++) {
      clock.set(permitted(budgets));
    }
    Instant reset = clock.instant().plusSeconds(40);

    budgets.pause(KEY, USUAL, reset);

    assertThat(refused(budgets)).isEqualTo(new Answer.Wait(reset, true));
    assertThat(refused(others)).isEqualTo(new Answer.Wait(reset, true));
    clock.set(reset);
    assertThat(permitted(budgets)).isEqualTo(reset);
  }

  @Test
  void whoMeetsALimitThatWasNotToldKeepsAtLeastTheAssumedOne() {
    permitted(budgets);
    budgets.learn(KEY, List.of(new BudgetWindow(4_000, Duration.ofSeconds(1))));

    budgets.pause(KEY, USUAL, NOON.plusSeconds(40));

    clock.set(NOON.plusSeconds(40));
    assertThat(limitsThatHold()).isEqualTo(USUAL);
  }

  private List<BudgetWindow> limitsThatHold() {
    Instant now = clock.instant();
    var one =
        new BudgetStore.SlotRequest(
            1,
            0,
            Duration.ofSeconds(1),
            List.of(),
            List.of(),
            Priority.BULK,
            now,
            now.plusSeconds(60));
    return ((BudgetStore.TakeResult.Grant) store.take(KEY, one)).windows();
  }

  @Test
  void onePauseIsStoredOnceHoweverManyAreRefused() {
    int before = store.calls();
    for (int answer = 0; answer < 10; answer++) {
      budgets.pause(KEY, USUAL, NOON.plusSeconds(40).plusMillis(answer));
    }

    assertThat(store.calls()).isEqualTo(before + 1);
  }

  @Test
  void aTighterLimitHoldsForEveryProcess() {
    permitted(budgets);
    permitted(others);

    List<BudgetWindow> tighter = List.of(new BudgetWindow(100, Duration.ofSeconds(60)));
    budgets.learn(KEY, tighter);

    assertThat(limitsThatHold()).isEqualTo(tighter);
  }

  @Test
  void aLimitThatIsKnownIsNotStoredAgain() {
    permitted(budgets);
    int before = store.calls();

    budgets.learn(KEY, USUAL);
    budgets.learn(KEY, List.of());
    budgets.learn(KEY, List.of(new BudgetWindow(1000, Duration.ofDays(1))));

    assertThat(store.calls()).isEqualTo(before);
  }

  @Test
  void limitsThatDifferFromAnswerToAnswerAreRelaxedAtMostOnceAMinute() {
    List<BudgetWindow> tight = List.of(new BudgetWindow(100, Duration.ofSeconds(60)));
    permitted(budgets);
    for (int answer = 0; answer < 10; answer++) {
      budgets.learn(KEY, tight);
      budgets.learn(KEY, USUAL);
    }

    assertThat(limitsThatHold()).isEqualTo(tight);
    clock.advance(Duration.ofMinutes(1));
    budgets.learn(KEY, USUAL);
    assertThat(limitsThatHold()).isEqualTo(USUAL);
  }

  @Test
  void whoOnlyAsksTakesNothing() {
    Instant latest = NOON.plusSeconds(10);
    assertThat(budgets.findWait(KEY, USUAL, latest)).isEmpty();
    int before = store.calls();

    for (int i = 0; i < 50; i++) {
      assertThat(budgets.findWait(KEY, USUAL, latest)).isEmpty();
    }

    assertThat(store.calls()).isEqualTo(before);
    assertThat(permitted(budgets)).isEqualTo(NOON);
    budgets.pause(KEY, USUAL, NOON.plusSeconds(11));
    assertThat(budgets.findWait(KEY, USUAL, latest))
        .contains(new Answer.Wait(NOON.plusSeconds(11), true));
  }

  @Test
  void aSlotThatIsOnlyAskedForGrowsOldAsAnyOther() {
    Instant latest = NOON.plusSeconds(10);
    budgets.findWait(KEY, USUAL, latest);
    int before = store.calls();

    for (int i = 0; i < 2; i++) {
      clock.advance(Budgets.LATE_MAX.multipliedBy(2).dividedBy(3));
      assertThat(budgets.findWait(KEY, USUAL, latest)).isEmpty();
    }

    assertThat(store.calls()).as("the slot of the beginning is too old").isEqualTo(before + 1);
  }

  @Test
  void whatIsGivenBackIsThereForOthers() {
    clock.set(afterABurst(NOON).plusSeconds(30));
    for (int request = 0; request < 5; request++) {
      clock.set(permitted(budgets));
    }
    Instant unused = clock.instant();
    budgets.giveBack();
    int before = store.calls();

    budgets.giveBack();

    assertThat(store.calls()).as("nothing is left to give back").isEqualTo(before);
    assertThat(permitted(others)).isBetween(unused, unused.plusSeconds(1));
  }

  @Test
  void whatCannotBeGivenBackIsLostAndNoFailure() {
    for (int request = 0; request < 10; request++) {
      clock.set(permitted(budgets));
    }
    store.fail(true);
    int before = store.calls();

    budgets.giveBack();
    budgets.giveBack();

    assertThat(store.calls()).isEqualTo(before + 1);
    store.fail(false);
    assertThat(permitted(budgets)).isAfterOrEqualTo(clock.instant());
  }

  @Test
  void aFailureOfTheStoreReachesTheCallerAndTheNextOneAsksAgain() {
    store.fail(true);
    assertThatThrownBy(() -> acquire(budgets)).hasMessage("the store is away");

    store.fail(false);

    assertThat(permitted(budgets)).isEqualTo(NOON);
  }

  @Test
  void aBudgetNeedsALimitToBeginWith() {
    assertThatThrownBy(() -> budgets.acquire(KEY, List.of(), Priority.BULK, NOON))
        .hasMessageContaining("org_read of user through app");
  }

  @Test
  void aLimitThatCannotBeStoredHoldsHereAndLosesNoAnswer() {
    var forgetful =
        new BudgetStore() {
          @Override
          public TakeResult take(BudgetKey key, SlotRequest request) {
            return store.take(key, request);
          }

          @Override
          public void giveBack(BudgetKey key, List<Instant> unused) {
            store.giveBack(key, unused);
          }

          @Override
          public void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
            throw new ProviderUnavailable("DynamoDB cannot answer now", null, null);
          }

          @Override
          public void pause(BudgetKey key, Instant until) {
            store.pause(key, until);
          }

          @Override
          public List<Budget> find(BudgetOwner owner, List<String> categories) {
            return store.find(owner, categories);
          }
        };
    var unlucky = new Budgets(forgetful, new SteppedTasks(clock), Log.none());

    unlucky.learn(KEY, List.of(new BudgetWindow(4, Duration.ofMinutes(1))));

    long permits =
        IntStream.range(0, 10).filter(_ -> acquire(unlucky) instanceof Answer.Permit).count();
    assertThat(permits).isBetween(1L, 4L);
  }
}
