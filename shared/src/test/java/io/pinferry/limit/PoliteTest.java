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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many processes, each with its own clock, ask for permits of several categories and send at some
 * time at which the permit is valid, and their requests take some time to arrive. At the server no
 * period of a window's length may ever have more requests than the limit.
 */
final class PoliteTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final Duration TIME = Duration.ofMinutes(5);

  private static final Disturbance NONE = new Disturbance(0, 0, 0, Manner.CALM);

  /** How long processes work in turns if all that moves requests comes together. */
  private static final long PHASE_MICROS = 3_000_000;

  private static final Duration PER_MINUTE = Duration.ofMinutes(1);
  private static final BudgetWindow PER_SECOND = new BudgetWindow(100, Duration.ofSeconds(1));

  /** The part of it that the displacement leaves. */
  private static final int TOGETHER_PER_SECOND = 55;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 60);
  }

  enum Manner {
    /** Each request is sent at the begin of its permit. */
    CALM,
    /** Each request is sent and travels as chance has it. */
    CHANCE,
    /** The worst: at first all are as late as possible, then others are as early as possible. */
    TOGETHER
  }

  /**
   * A way in which requests arrive away from their slots.
   *
   * @param clocksApartMillis how much two clocks differ at most
   * @param networkMillis how much longer one request can travel than another
   * @param lateMillis how long after the end of its permit a request may be sent
   */
  record Disturbance(int clocksApartMillis, int networkMillis, int lateMillis, Manner manner) {
    /** Returns what the pace covers, beside early and late permits. */
    static Disturbance covered(Manner manner) {
      return new Disturbance(50, 200, 0, manner);
    }

    /** Returns how far the clock of a process is ahead. */
    long skewMicros(int process, RandomGenerator random) {
      long half = 500L * clocksApartMillis;
      return switch (manner) {
        case CALM -> 0;
        case CHANCE -> random.nextLong(-half, half + 1);
        case TOGETHER -> isLate(process) ? -half : half;
      };
    }

    boolean isLate(int process) {
      return manner == Manner.TOGETHER && process % 2 == 0;
    }

    /** Returns a part of the longest time by which a request can be late. */
    long delayMicros(long most, int process, RandomGenerator random) {
      return switch (manner) {
        case CALM -> 0;
        case CHANCE -> random.nextLong(most + 1);
        case TOGETHER -> isLate(process) ? most : 0;
      };
    }

    /** Returns when a process may work, from a time on. */
    long workMicros(long micros, int process) {
      boolean works =
          manner != Manner.TOGETHER || micros / PHASE_MICROS % 2 == (isLate(process) ? 0 : 1);
      return works ? micros : (micros / PHASE_MICROS + 1) * PHASE_MICROS;
    }
  }

  /** The next request of a chain, in true time. */
  private record Turn(long atMicros, int process, Category category) {}

  private record Category(String name, BudgetWindow window) {
    List<BudgetWindow> windows() {
      return List.of(PER_SECOND, window);
    }
  }

  private record World(List<Category> categories, int processes, int chains, int latencyMillis) {
    Category category(int chain) {
      return categories.get(chain % categories.size());
    }
  }

  /** The arrivals in true microseconds and in order, and the number of calls of the store. */
  private record Traffic(Map<Category, List<Long>> arrivals, int storeCalls) {
    List<Long> all() {
      return arrivals.values().stream().flatMap(List::stream).sorted().toList();
    }

    double callsPerRequest() {
      return storeCalls / (double) all().size();
    }
  }

  private static World draw(RandomGenerator random) {
    List<Category> categories = new ArrayList<>();
    for (int category = 0; category <= random.nextInt(3); category++) {
      int perMinute = new int[] {10, 60, 100, 300, 1000, 1000, 4000}[random.nextInt(7)];
      categories.add(new Category("read_" + category, new BudgetWindow(perMinute, PER_MINUTE)));
    }
    return new World(
        categories, 1 + random.nextInt(10), 1 + random.nextInt(10), 20 + random.nextInt(1_500));
  }

  private static Traffic run(World world, RandomGenerator random, Disturbance disturbance) {
    var store = new CountingStore(new InMemoryBudgetStore());
    List<ManualClock> clocks = new ArrayList<>();
    List<Budgets> processes = new ArrayList<>();
    List<Long> skews = new ArrayList<>();
    var turns = new PriorityQueue<>(Comparator.comparingLong(Turn::atMicros));
    for (int process = 0; process < world.processes(); process++) {
      var clock = new ManualClock(NOON);
      clocks.add(clock);
      processes.add(new Budgets(store, new SteppedTasks(clock), Log.none()));
      skews.add(disturbance.skewMicros(process, random));
      for (int chain = 0; chain < world.chains(); chain++) {
        turns.add(new Turn(random.nextLong(1_000_000), process, world.category(chain)));
      }
    }
    Map<Category, List<Long>> arrivals = new HashMap<>();
    while (turns.element().atMicros() < TIME.toMillis() * 1_000) {
      Turn turn = turns.remove();
      long skew = skews.get(turn.process());
      Instant own = instant(turn.atMicros() + skew);
      clocks.get(turn.process()).set(own);
      Category category = turn.category();
      var key = new BudgetKey(new BudgetOwner("app", "user"), category.name());
      Answer answer =
          processes
              .get(turn.process())
              .acquire(key, category.windows(), Priority.BULK, own.plusSeconds(10));
      long next;
      switch (answer) {
        case Answer.Permit(Instant at, Instant until) -> {
          long late =
              disturbance.delayMicros(
                  micros(until) - micros(at) + 1_000L * disturbance.lateMillis(),
                  turn.process(),
                  random);
          long network =
              disturbance.delayMicros(1_000L * disturbance.networkMillis(), turn.process(), random);
          long arrival = micros(at) + late - skew + network;
          arrivals.computeIfAbsent(category, absent -> new ArrayList<>()).add(arrival);
          // Now and then a process is idle for a while.
          long idle =
              disturbance.manner() == Manner.CHANCE && random.nextInt(50) == 0
                  ? 1_000L * random.nextInt(20_000)
                  : 0;
          next = arrival + 1_000L * world.latencyMillis() + idle;
        }
        case Answer.Wait(Instant until, boolean _) ->
            next = Math.max(micros(until) - skew, turn.atMicros() + 1_000);
      }
      long work = disturbance.workMicros(next, turn.process());
      turns.add(new Turn(work, turn.process(), category));
    }
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

    Manner manner = random.nextBoolean() ? Manner.CHANCE : Manner.TOGETHER;

    Traffic seen = run(world, random, Disturbance.covered(manner));

    assertThat(most(seen.all(), PER_SECOND.length()))
        .as("in a second of %s", world)
        .isBetween(1, PER_SECOND.limit());
    seen.arrivals()
        .forEach(
            (category, arrivals) ->
                assertThat(most(arrivals.stream().sorted().toList(), category.window().length()))
                    .as("of %s in %s", category, world)
                    .isLessThanOrEqualTo(category.window().limit()));
  }

  static Stream<Arguments> uncovered() {
    return Stream.of(
        Arguments.of("clocks differ", new Disturbance(1_500, 200, 0, Manner.TOGETHER)),
        Arguments.of("a request travels long", new Disturbance(50, 1_500, 0, Manner.TOGETHER)),
        Arguments.of(
            "an expired permit is used", new Disturbance(50, 200, 1_500, Manner.TOGETHER)));
  }

  /** The pace is built on each of these assumptions: what exceeds one by a second is seen. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("uncovered")
  void theLimitBreaksWithoutEachAssumption(String name, Disturbance disturbance) {
    List<Category> busy =
        Stream.of("org_read", "ads_read")
            .map(category -> new Category(category, new BudgetWindow(4_000, PER_MINUTE)))
            .toList();
    var world = new World(busy, 10, 10, 20);

    Traffic covered = run(world, new SplittableRandom(1), Disturbance.covered(Manner.TOGETHER));
    Traffic seen = run(world, new SplittableRandom(1), disturbance);

    assertThat(most(covered.all(), PER_SECOND.length())).isLessThanOrEqualTo(PER_SECOND.limit());
    assertThat(most(seen.all(), PER_SECOND.length())).as(name).isGreaterThan(PER_SECOND.limit());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatTheLimitAllowsIsUsed(long seed) {
    var random = new SplittableRandom(seed);
    World world = draw(random);
    double allowed =
        Math.min(
            TOGETHER_PER_SECOND,
            world.categories().stream().mapToDouble(category -> allowed(world, category)).sum());

    Traffic seen = run(world, random, NONE);

    assertThat(seen.all().size() / (double) TIME.toSeconds())
        .as("requests a second of %s", world)
        .isGreaterThanOrEqualTo(0.9 * allowed);
  }

  /** Returns the requests a second that a category wants and may have by itself. */
  private static double allowed(World world, Category category) {
    long chains =
        IntStream.range(0, world.chains())
            .filter(chain -> world.category(chain).equals(category))
            .count();
    double wanted = world.processes() * chains * 1_000.0 / world.latencyMillis();
    BudgetWindow window = category.window();
    return Math.min(
        wanted,
        Math.min(window.limit() / (double) window.length().toSeconds(), PER_SECOND.limit() / 2.0));
  }

  @Test
  void aFullProcessAsksTheStoreFarLessOftenThanPinterest() {
    var reads = new Category("org_read", new BudgetWindow(1000, PER_MINUTE));
    var world = new World(List.of(reads), 1, 10, 400);

    Traffic seen = run(world, new SplittableRandom(1), NONE);

    assertThat(seen.callsPerRequest()).isLessThan(0.1);
  }
}
