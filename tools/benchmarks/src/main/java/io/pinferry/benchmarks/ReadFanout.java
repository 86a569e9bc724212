package io.pinferry.benchmarks;

import io.pinferry.base.Tasks;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.OkHttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.operation.OperationId;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionState;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads that fan out, a chain of pages per board: how much of Pinterest's limit they use, whether a
 * small account waits for a large one, and how much faster they are than one chain where there are
 * no limits. Invocations take partitions from the queue and deliveries run beside, all in this
 * process; each simulated Pinterest has one of its own.
 */
final class ReadFanout implements Benchmark {
  private static final Duration LATENCY = Duration.ofMillis(100);

  /** Small, so that the simulated Pinterest is not what is measured. */
  private static final int PAGE_SIZE = 10;

  /** Invocations of sync at a time, as many as the template sets; each has up to ten partitions. */
  private static final int INVOCATIONS = 10;

  /** Invocations of deliver at a time, as many as the template sets. */
  private static final int DELIVERING = 10;

  private static final double PERMITTED_PER_MINUTE = 1000;
  private static final double USED_MIN = 0.9;
  private static final double REFUSED_MAX = 0.01;
  private static final double SLOWER_MAX = 2;
  private static final double FASTER_MIN = 8;

  /** In the first minute what was saved before may be used up at once. */
  private static final Duration BEFORE = Duration.ofSeconds(60);

  private static final Duration MEASURED = Duration.ofSeconds(60);

  /** Enough for three minutes at the limit. */
  private static final int LARGE_BOARDS = 300;

  private static final int LARGE_PINS = 30_000;
  private static final int SMALL_BOARDS = 20;
  private static final int SMALL_PINS = 1_000;
  private static final int CHAIN_PINS = 400;
  private static final int FAST_BOARDS = 80;
  private static final int FAST_PINS = 8_000;

  /** Reads after which the compiler has little left to do: AWS is in this process, too. */
  private static final int WARM_UPS = 4;

  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final Duration READ_MAX = Duration.ofMinutes(10);

  @Override
  public String compares() {
    return "requests of a read by board, against those that Pinterest permits; and its pages in a"
        + " time, against those of one chain without limits";
  }

  @Override
  public List<Goal> measure(PrintStream out) throws Exception {
    List<Goal> goals = new ArrayList<>(limited());
    goals.add(unlimited());
    return goals;
  }

  private static List<Goal> limited() throws Exception {
    try (var large = PinterestProcess.start(LARGE_PINS, LARGE_BOARDS, LATENCY, true);
        var small = PinterestProcess.start(SMALL_PINS, SMALL_BOARDS, LATENCY, true);
        var parts = EmbeddedParts.start();
        var engine = Engine.usual(parts, small, PAGE_SIZE);
        var running = new AccountRead(engine)) {
      // The first warms up.
      time(engine, engine.startBoards());
      Duration alone = time(engine, engine.startBoards());
      var requests = new CountingTransport();
      Instant start = engine.tasks().now();
      engine.startBoards(requests, large, "user-of-many-boards");
      engine.tasks().sleepUntil(start.plus(BEFORE));
      Duration beside = time(engine, engine.startBoards());
      Instant end = start.plus(BEFORE).plus(MEASURED);
      engine.tasks().sleepUntil(end);
      running.check();
      List<AnswerNote> all = requests.all();
      long used =
          all.stream()
              .filter(one -> one.status() != 429)
              .filter(one -> one.at().isAfter(start.plus(BEFORE)) && one.at().isBefore(end))
              .count();
      long refused = all.stream().filter(one -> one.status() == 429).count();
      double minutes = MEASURED.toMillis() / 60_000.0;
      double slower = (double) beside.toMillis() / alone.toMillis();
      return List.of(
          new Goal(
              "requests / permitted by the limit",
              used / minutes / PERMITTED_PER_MINUTE,
              USED_MIN,
              String.format(
                  Locale.ROOT,
                  "%d in the second minute of %.0f a minute",
                  used,
                  PERMITTED_PER_MINUTE)),
          new Goal(
              "answers that were no 429",
              1 - (double) refused / all.size(),
              1 - REFUSED_MAX,
              String.format(Locale.ROOT, "%d of %d answers were 429", refused, all.size())),
          new Goal(
              "a small account's read alone, twice / beside a large one",
              SLOWER_MAX / slower,
              1,
              String.format(
                  Locale.ROOT,
                  "%d ms alone, %d ms beside: %.2f times, at most %.0f",
                  alone.toMillis(),
                  beside.toMillis(),
                  slower,
                  SLOWER_MAX)));
    }
  }

  private static Goal unlimited() throws Exception {
    try (var chain = PinterestProcess.start(CHAIN_PINS, LATENCY);
        var boards = PinterestProcess.start(FAST_PINS, FAST_BOARDS, LATENCY, false);
        var parts = EmbeddedParts.start();
        var engine =
            new Engine(
                parts.endpoints(),
                boards.address(),
                boards.token(),
                PAGE_SIZE,
                _ -> new UnlimitedBudgets(),
                (queue, _) -> queue);
        var running = new AccountRead(engine)) {
      pagesPerSecond(chain);
      for (int i = 0; i < WARM_UPS; i++) {
        pagesPerSecond(engine);
      }
      double serial = pagesPerSecond(chain);
      double fannedOut = pagesPerSecond(engine);
      running.check();
      return new Goal(
          "pages by board / pages of one chain, without limits",
          fannedOut / serial,
          FASTER_MIN,
          String.format(
              Locale.ROOT,
              "%.1f a second by board, %.1f a second in one chain that is only fetched, pages of"
                  + " %d pins and %d ms",
              fannedOut,
              serial,
              PAGE_SIZE,
              LATENCY.toMillis()));
    }
  }

  private static double pagesPerSecond(PinterestProcess chain) throws MalformedPage {
    long start = System.nanoTime();
    int pages = ReadChain.fetch(chain, PAGE_SIZE);
    return pages * 1e9 / (System.nanoTime() - start);
  }

  /** Reads all boards; the time ends when the queue has accepted the last message. */
  private static double pagesPerSecond(Engine engine) {
    Instant start = engine.tasks().now();
    OperationId operation = engine.startBoards();
    List<Partition> partitions;
    do {
      look(engine, start);
      partitions = engine.partitionsOf(operation);
    } while (partitions.stream().anyMatch(one -> one.state() == PartitionState.OPEN));
    Duration taken = Duration.between(start, engine.tasks().now());
    int pages = partitions.stream().mapToInt(Partition::sentThrough).sum();
    while (!engine.succeeded(operation)) {
      look(engine, start);
    }
    return pages * 1000.0 / taken.toMillis();
  }

  /** Returns the time until an operation has succeeded. */
  private static Duration time(Engine engine, OperationId operation) {
    Instant start = engine.tasks().now();
    while (!engine.succeeded(operation)) {
      look(engine, start);
    }
    return Duration.between(start, engine.tasks().now());
  }

  private static void look(Engine engine, Instant start) {
    Instant now = engine.tasks().now();
    if (now.isAfter(start.plus(READ_MAX))) {
      throw new IllegalStateException("the read takes longer than " + READ_MAX);
    }
    engine.tasks().sleepUntil(now.plus(LOOK_EVERY));
  }

  /** Invocations of sync, one after another in each lane, and deliveries. */
  private static final class AccountRead implements AutoCloseable {
    private final List<Tasks.Fork<Void>> lanes = new ArrayList<>();
    private final Deliveries deliveries;
    private volatile boolean closing;
    private volatile boolean failed;

    AccountRead(Engine engine) {
      for (int i = 0; i < INVOCATIONS; i++) {
        lanes.add(engine.tasks().fork(() -> lane(engine)));
      }
      deliveries = new Deliveries(engine, DELIVERING);
    }

    @SuppressWarnings("NullAway") // Void has no other value.
    private Void lane(Engine engine) {
      try {
        while (!closing) {
          engine.invokeSync();
        }
        return null;
      } catch (RuntimeException e) {
        failed = true;
        throw e;
      }
    }

    /** Throws what a lane has failed with, if one has. */
    void check() {
      if (failed) {
        close();
      }
    }

    @Override
    public void close() {
      closing = true;
      lanes.forEach(Tasks.Fork::join);
      deliveries.close();
    }
  }

  /** One answer of Pinterest. */
  private record AnswerNote(Instant at, int status) {}

  /** Notes what Pinterest has answered. */
  private static final class CountingTransport implements HttpTransport {
    private final HttpTransport http = OkHttpTransport.toConfiguredHosts(InstantSource.system());
    private final List<AnswerNote> answered = new ArrayList<>();

    @Override
    public HttpAnswer send(HttpCall call) throws TransportFailure {
      HttpAnswer answer = http.send(call);
      synchronized (answered) {
        answered.add(new AnswerNote(Instant.now(), answer.status()));
      }
      return answer;
    }

    List<AnswerNote> all() {
      synchronized (answered) {
        return List.copyOf(answered);
      }
    }
  }
}
