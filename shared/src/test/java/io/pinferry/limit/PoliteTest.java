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
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many processes, each with its own clock, ask for permits and send at the permitted time or a
 * little later, and their requests take some time to arrive. At the server no period of a window's
 * length may ever have more requests than the limit.
 */
final class PoliteTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final Duration TIME = Duration.ofMinutes(10);

  /** A clock is wrong by at most half of this, in either direction. */
  private static final int CLOCKS_APART_MILLIS = 1_000;

  private static final int NETWORK_MILLIS = 1_000;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 60);
  }

  /** The next request of a process, in true time. */
  private record Turn(long atMicros, int process) {}

  private record World(List<BudgetWindow> windows, int processes, int chains, int latencyMillis) {}

  /** The arrivals in true microseconds and in order, and the number of calls of the store. */
  private record Traffic(List<Long> arrivals, int storeCalls) {
    double callsPerRequest() {
      return storeCalls / (double) arrivals.size();
    }
  }

  private static World draw(RandomGenerator random) {
    int perMinute = new int[] {10, 60, 100, 300, 1000, 1000, 4000}[random.nextInt(7)];
    return new World(
        List.of(
            new BudgetWindow(100, Duration.ofSeconds(1)),
            new BudgetWindow(perMinute, Duration.ofSeconds(60))),
        1 + random.nextInt(10),
        1 + random.nextInt(10),
        20 + random.nextInt(1_500));
  }

  private static Traffic run(World world, RandomGenerator random, boolean disturbed) {
    var store = new CountingStore(new InMemoryBudgetStore());
    var key = new BudgetKey(new BudgetOwner("app", "user"), "some_read");
    List<ManualClock> clocks = new ArrayList<>();
    List<Budgets> processes = new ArrayList<>();
    List<Long> skews = new ArrayList<>();
    var turns = new PriorityQueue<>(Comparator.comparingLong(Turn::atMicros));
    for (int process = 0; process < world.processes(); process++) {
      var clock = new ManualClock(NOON);
      clocks.add(clock);
      processes.add(new Budgets(store, new SteppedTasks(clock), Log.none()));
      skews.add(
          disturbed
              ? 1_000L * (random.nextInt(CLOCKS_APART_MILLIS) - CLOCKS_APART_MILLIS / 2)
              : 0L);
      for (int chain = 0; chain < world.chains(); chain++) {
        turns.add(new Turn(random.nextLong(1_000_000), process));
      }
    }
    List<Long> arrivals = new ArrayList<>();
    while (turns.element().atMicros() < TIME.toMillis() * 1_000) {
      Turn turn = turns.remove();
      long skew = skews.get(turn.process());
      Instant own = instant(turn.atMicros() + skew);
      clocks.get(turn.process()).set(own);
      Answer answer =
          processes.get(turn.process()).acquire(key, world.windows(), own.plusSeconds(10));
      long next;
      switch (answer) {
        case Answer.Permit(Instant at) -> {
          long network = disturbed ? 1_000L * random.nextInt(NETWORK_MILLIS) : 0;
          long arrival = micros(at) - skew + network;
          arrivals.add(arrival);
          // Now and then a process is idle for a while.
          long idle = disturbed && random.nextInt(50) == 0 ? 1_000L * random.nextInt(20_000) : 0;
          next = arrival + 1_000L * world.latencyMillis() + idle;
        }
        case Answer.Wait(Instant until, boolean _) ->
            next = Math.max(micros(until) - skew, turn.atMicros() + 1_000);
      }
      turns.add(new Turn(next, turn.process()));
    }
    arrivals.sort(Comparator.naturalOrder());
    return new Traffic(arrivals, store.calls());
  }

  private static Instant instant(long micros) {
    return NOON.plusNanos(micros * 1_000);
  }

  private static long micros(Instant instant) {
    return Duration.between(NOON, instant).toNanos() / 1_000;
  }

  /** Returns the most requests in any period of this length. */
  private static int most(List<Long> arrivals, Duration length) {
    int most = 0;
    int from = 0;
    for (int to = 0; to < arrivals.size(); to++) {
      while (arrivals.get(to) - arrivals.get(from) >= length.toMillis() * 1_000) {
        from++;
      }
      most = Math.max(most, to - from + 1);
    }
    return most;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noTimeSeesMoreRequestsThanItsLimit(long seed) {
    var random = new SplittableRandom(seed);
    World world = draw(random);

    Traffic seen = run(world, random, true);

    assertThat(seen.arrivals()).isNotEmpty();
    for (BudgetWindow window : world.windows()) {
      assertThat(most(seen.arrivals(), window.length()))
          .as("in %s of %s", window.length(), world)
          .isLessThanOrEqualTo(window.limit());
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatTheLimitAllowsIsUsed(long seed) {
    var random = new SplittableRandom(seed);
    World world = draw(random);
    double bound =
        world.windows().stream()
            .mapToDouble(window -> window.limit() / (double) window.length().toSeconds())
            .min()
            .orElseThrow();
    // A fifth of a second's limit is what one category may have of it.
    double allowed = Math.min(bound, 20);
    double wanted =
        world.processes() * world.chains() * 1_000.0 / Math.max(1, world.latencyMillis());

    Traffic seen = run(world, random, false);

    double rate = seen.arrivals().size() / (double) TIME.toSeconds();
    assertThat(rate).as("of %s", world).isGreaterThanOrEqualTo(0.9 * Math.min(allowed, wanted));
  }

  @Test
  void aFullProcessAsksTheStoreFarLessOftenThanPinterest() {
    var world =
        new World(
            List.of(
                new BudgetWindow(100, Duration.ofSeconds(1)),
                new BudgetWindow(1000, Duration.ofSeconds(60))),
            1,
            10,
            400);

    Traffic seen = run(world, new SplittableRandom(1), false);

    assertThat(seen.callsPerRequest()).isLessThan(0.1);
  }
}
