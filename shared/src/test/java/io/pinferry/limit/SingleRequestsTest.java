package io.pinferry.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.SteppedTasks;
import io.pinferry.limit.Budgets.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several processes read one account as fast as its limit allows, through the burst, the time after
 * it and the even pace. Beside them a single request comes now and then.
 */
final class SingleRequestsTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final Instant END = NOON.plusSeconds(180);
  private static final Duration LATENCY = Duration.ofMillis(150);
  private static final Duration BETWEEN = Duration.ofMillis(1_700);
  private static final int CHAINS = 10;
  private static final BudgetWindow PER_SECOND = new BudgetWindow(100, Duration.ofSeconds(1));

  private final InMemoryBudgetStore store = new InMemoryBudgetStore();
  private final PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparing(Turn::at));
  private final Caller door = new Caller();
  private final List<Duration> waits = new ArrayList<>();

  /** The next request of a chain, or a single request. */
  private record Turn(Instant at, Caller process, Instant asked) {}

  private final class Caller {
    private final ManualClock clock = new ManualClock(NOON);
    private final Budgets budgets = new Budgets(store, new SteppedTasks(clock), Log.none());

    Answer ask(Instant now, String category, int perMinute, Priority priority) {
      clock.set(now);
      return budgets.acquire(
          new BudgetKey(new BudgetOwner("app", "user"), category),
          List.of(PER_SECOND, new BudgetWindow(perMinute, Duration.ofMinutes(1))),
          priority,
          now.plusSeconds(10));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, org_read, 1000, 600, 2000",
    "4, org_read, 1000, 600, 3000",
    "10, org_read, 1000, 600, 7000",
    "4, org_write, 100, 0, 400"
  })
  void aSingleRequestHardlyWaitsForTheReadOfItsAccount(
      int processes, String category, int perMinute, long medianMillis, long longestMillis) {
    for (int process = 0; process < processes; process++) {
      var reader = new Caller();
      for (int chain = 0; chain < CHAINS; chain++) {
        turns.add(new Turn(NOON.plusMillis(chain + 37L * process), reader, NOON));
      }
    }
    for (Instant at = NOON.plusSeconds(1); at.isBefore(END); at = at.plus(BETWEEN)) {
      turns.add(new Turn(at, door, at));
    }

    while (turns.element().at().isBefore(END)) {
      Turn turn = turns.remove();
      if (turn.process() == door) {
        single(turn, door.ask(turn.at(), category, perMinute, Priority.SINGLE));
      } else {
        Answer answer = turn.process().ask(turn.at(), "org_read", 1_000, Priority.BULK);
        Instant next =
            answer instanceof Answer.Permit permit
                ? permit.at().plus(LATENCY)
                : ((Answer.Wait) answer).until().plusMillis(100);
        turns.add(new Turn(next, turn.process(), next));
      }
    }

    waits.sort(Comparator.naturalOrder());
    assertThat(waits).hasSizeGreaterThan(90);
    assertThat(waits.get(waits.size() / 2)).isLessThanOrEqualTo(Duration.ofMillis(medianMillis));
    assertThat(waits.getLast()).isLessThanOrEqualTo(Duration.ofMillis(longestMillis));
  }

  private void single(Turn turn, Answer answer) {
    switch (answer) {
      case Answer.Permit permit -> {
        waits.add(Duration.between(turn.asked(), permit.at()));
        door.clock.set(permit.at());
        door.budgets.giveBack();
      }
      case Answer.Wait wait -> turns.add(new Turn(wait.until(), door, turn.asked()));
    }
  }
}
