package io.pinferry.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.limit.BudgetStore.SlotRequest;
import io.pinferry.limit.BudgetStore.TakeResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Tests every promise of {@link BudgetStore}. The rules of one budget are those of {@link Budget}.
 */
public abstract class BudgetStoreContract {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");

  /** One budget gets half of it: a slot a second. */
  private static final List<BudgetWindow> TWO = List.of(new BudgetWindow(2, Duration.ofSeconds(1)));

  private static final List<BudgetWindow> FOUR =
      List.of(new BudgetWindow(4, Duration.ofSeconds(1)));

  private final BudgetOwner owner = new BudgetOwner("app", UUID.randomUUID().toString());
  private final BudgetKey key = new BudgetKey(owner, "org_read");

  /** Returns the store under test, the same during one test. */
  protected abstract BudgetStore store();

  /** Returns the same store as another process sees it. */
  protected abstract BudgetStore otherProcess();

  private static SlotRequest request(int slots, Instant now) {
    return new SlotRequest(
        slots, 0, Duration.ofSeconds(1), List.of(), TWO, Priority.BULK, now, now.plusSeconds(10));
  }

  private static List<Instant> granted(TakeResult taken) {
    assertThat(taken).isInstanceOf(TakeResult.Grant.class);
    return ((TakeResult.Grant) taken).slots();
  }

  private static TakeResult.Refusal refused(TakeResult taken) {
    assertThat(taken).isInstanceOf(TakeResult.Refusal.class);
    return (TakeResult.Refusal) taken;
  }

  @Test
  void whoComesNextSeesWhatWasTaken() {
    assertThat(granted(store().take(key, request(2, NOON))))
        .containsExactly(NOON, NOON.plusSeconds(1));
    assertThat(granted(otherProcess().take(key, request(1, NOON))))
        .containsExactly(NOON.plusSeconds(2));
    assertThat(granted(store().take(key, request(1, NOON)))).containsExactly(NOON.plusSeconds(3));
  }

  @Test
  void nothingIsTakenThatWouldComeTooLate() {
    List<Instant> taken = granted(store().take(key, request(12, NOON)));

    TakeResult.Refusal refused = refused(otherProcess().take(key, request(1, NOON)));

    assertThat(refused).isEqualTo(new TakeResult.Refusal(NOON.plusSeconds(12), false, TWO));
    assertThat(taken).hasSize(12);
    assertThat(granted(store().take(key, request(1, NOON.plusSeconds(2)))))
        .containsExactly(refused.freeAt());
  }

  @Test
  void slotsThatAreGivenBackAreThereForOthers() {
    List<Instant> taken = granted(store().take(key, request(3, NOON)));
    granted(otherProcess().take(key, request(1, NOON)));

    store().giveBack(key, taken.subList(1, 2));

    assertThat(granted(otherProcess().take(key, request(1, NOON)))).containsExactly(taken.get(1));
  }

  @Test
  void slotsThatAreGivenBackWithTheNextWishAreThereForItself() {
    List<Instant> taken = granted(store().take(key, request(3, NOON)));

    TakeResult again =
        otherProcess()
            .take(
                key,
                new SlotRequest(
                    1,
                    0,
                    Duration.ofSeconds(1),
                    taken.subList(1, 2),
                    TWO,
                    Priority.BULK,
                    NOON,
                    NOON.plusSeconds(10)));

    assertThat(granted(again)).containsExactly(taken.get(1));
  }

  @Test
  void aRefusalTakesWhatOthersGaveBackIntoAccount() {
    List<Instant> taken = granted(store().take(key, request(12, NOON)));
    refused(otherProcess().take(key, request(1, NOON)));

    store().giveBack(key, taken.subList(11, 12));

    assertThat(refused(otherProcess().take(key, request(1, NOON))).freeAt())
        .isEqualTo(NOON.plusSeconds(11));
  }

  @Test
  void givingBackToAnUnknownBudgetDoesNothing() {
    store().giveBack(key, List.of(NOON));

    assertThat(granted(store().take(key, request(1, NOON)))).containsExactly(NOON);
  }

  @Test
  void whatWasLearnedHoldsForEverybodyWhateverTheyAssume() {
    granted(store().take(key, request(1, NOON)));
    granted(otherProcess().take(key, request(1, NOON)));

    store().learn(key, FOUR, NOON);

    assertThat(otherProcess().take(key, request(3, NOON.plusSeconds(20))))
        .isEqualTo(
            new TakeResult.Grant(
                List.of(NOON.plusSeconds(20), NOON.plusMillis(20_500), NOON.plusSeconds(21)),
                true,
                FOUR));
  }

  @Test
  void limitsCanBeLearnedBeforeAnySlotIsTaken() {
    store().learn(key, FOUR, NOON);

    assertThat(otherProcess().take(key, request(1, NOON)))
        .isEqualTo(new TakeResult.Grant(List.of(NOON), true, FOUR));
  }

  @Test
  void nothingIsTakenDuringAPause() {
    granted(store().take(key, request(1, NOON)));
    store().pause(key, NOON.plusSeconds(40));

    assertThat(refused(otherProcess().take(key, request(1, NOON))))
        .isEqualTo(new TakeResult.Refusal(NOON.plusSeconds(40), true, TWO));
    assertThat(refused(store().take(key, request(1, NOON.plusSeconds(35)))).paused()).isTrue();
    assertThat(granted(store().take(key, request(1, NOON.plusSeconds(40)))))
        .containsExactly(NOON.plusSeconds(40));
  }

  @Test
  void aPauseIsNotShortened() {
    store().pause(key, NOON.plusSeconds(40));
    otherProcess().pause(key, NOON.plusSeconds(20));

    assertThat(refused(store().take(key, request(1, NOON.plusSeconds(30)))).freeAt())
        .isEqualTo(NOON.plusSeconds(40));
  }

  @Test
  void budgetsOfAnOwnerShareTheShortLimitAndNothingElse() {
    var ads = new BudgetKey(owner, "ads_read");
    var catalogs = new BudgetKey(owner, "catalogs_read");
    granted(store().take(key, request(1, NOON)));
    store().learn(key, FOUR, NOON);
    store().pause(key, NOON.plusSeconds(40));

    assertThat(otherProcess().take(ads, request(1, NOON)))
        .as("beside one that is paused")
        .isEqualTo(new TakeResult.Grant(List.of(NOON.plus(TakenSlots.CELL)), true, TWO));
    assertThat(granted(store().take(catalogs, request(1, NOON))))
        .as("a third in little more than a second")
        .containsExactly(NOON.plusMillis(1_800));
  }

  @Test
  void budgetsOfOtherOwnersAreNotDisturbed() {
    var others =
        List.of(
            new BudgetKey(new BudgetOwner("app", owner.user() + "2"), "org_read"),
            new BudgetKey(new BudgetOwner("app2", owner.user()), "org_read"));
    granted(store().take(key, request(5, NOON)));
    store().pause(key, NOON.plusSeconds(40));

    assertThat(others)
        .allSatisfy(
            other ->
                assertThat(granted(store().take(other, request(1, NOON)))).containsExactly(NOON));
  }

  @Test
  void theBudgetsOfAnOwnerAreFoundAsTheyAre() {
    granted(store().take(key, request(3, NOON)));
    store().learn(key, FOUR, NOON);
    store().pause(new BudgetKey(owner, "ads_read"), NOON.plusSeconds(40));
    granted(
        store().take(new BudgetKey(new BudgetOwner("app2", owner.user()), "x"), request(1, NOON)));

    List<Budget> found = otherProcess().find(owner, List.of("org_read", "ads_read", "ads_write"));

    assertThat(found.stream().map(Budget::learned)).containsExactly(FOUR, null, null);
    assertThat(found.stream().map(Budget::pausedUntil))
        .containsExactly(Instant.EPOCH, NOON.plusSeconds(40), Instant.EPOCH);
    Budget used = found.getFirst();
    assertThat(used.taken().ofBudget().sum(0, Long.MAX_VALUE)).isEqualTo(3);
    assertThat(found.getLast().taken().ofBudget().sum(0, Long.MAX_VALUE)).isZero();
    assertThat(found.stream().map(budget -> budget.taken().ofOwner().sum(0, Long.MAX_VALUE)))
        .as("the short limit is one for all")
        .containsExactly(3, 3, 3);
  }

  @Test
  void budgetsThatNobodyHasUsedAreWhole() {
    assertThat(store().find(owner, List.of("org_read", "ads_read")))
        .containsExactly(Budget.UNUSED, Budget.UNUSED);
    assertThat(store().find(owner, List.of())).isEmpty();
  }

  @Test
  void ofManyAtOnceEachGetsSlotsOfItsOwn() {
    Callable<TakeResult> attempt = () -> store().take(key, request(1, NOON));

    var results =
        new VirtualThreadTasks(Clock.systemUTC())
            .all(IntStream.range(0, 8).mapToObj(i -> attempt).toList());

    assertThat(results.stream().flatMap(taken -> granted(taken).stream()))
        .hasSize(8)
        .doesNotHaveDuplicates();
  }
}
