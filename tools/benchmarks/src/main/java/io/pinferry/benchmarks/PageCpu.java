package io.pinferry.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The processor time of making messages of a page. */
final class PageCpu implements Benchmark {
  private static final double TREE_GOAL = 1.5;

  /** A fifth of the whole way. */
  private static final double WAY_GOAL = 5;

  /** Each in a new process: what the compiler makes of a loop differs from one to the next. */
  private static final int ROUNDS = 3;

  @Override
  public String compares() {
    return "processor time of making 250 pins of one page into messages, against that of reading"
        + " the same page as a tree of JSON, selecting, and writing it; and against that of the"
        + " page's whole way: into messages, compressed, stored and sent";
  }

  @Override
  public List<Goal> measure(PrintStream out) throws RunnerException {
    Map<String, List<PageTimes>> bySelection = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (String selected : PageBenchmark.SELECTIONS) {
        bySelection.computeIfAbsent(selected, _ -> new ArrayList<>()).add(PageTimes.of(selected));
      }
    }
    List<Goal> goals = new ArrayList<>();
    bySelection.forEach(
        (selected, rounds) -> {
          goals.add(goal(selected + ", tree / page", TREE_GOAL, rounds, PageTimes::tree));
          goals.add(goal(selected + ", whole way / page", WAY_GOAL, rounds, PageTimes::way));
        });
    return goals;
  }

  private static Goal goal(
      String what, double goal, List<PageTimes> rounds, ToDoubleFunction<PageTimes> other) {
    ToDoubleFunction<PageTimes> ratio = round -> other.applyAsDouble(round) / round.page();
    List<PageTimes> sorted = rounds.stream().sorted(Comparator.comparingDouble(ratio)).toList();
    PageTimes median = sorted.get(ROUNDS / 2);
    return new Goal(
        what,
        ratio.applyAsDouble(median),
        goal,
        String.format(
            Locale.ROOT,
            "%.0f us against %.0f us; the median of %d rounds, from %.2f to %.2f",
            other.applyAsDouble(median),
            median.page(),
            ROUNDS,
            ratio.applyAsDouble(sorted.getFirst()),
            ratio.applyAsDouble(sorted.getLast())));
  }

  /** Microseconds for a page, measured right after each other. */
  private record PageTimes(double page, double tree, double way) {
    static PageTimes of(String selected) throws RunnerException {
      Options options =
          new OptionsBuilder()
              .include(PageBenchmark.class.getName())
              .param("selected", selected)
              .jvmArgsAppend(
                  Main.QUIET.entrySet().stream()
                      .map(property -> "-D" + property.getKey() + "=" + property.getValue())
                      .toArray(String[]::new))
              .verbosity(VerboseMode.SILENT)
              .build();
      Map<String, Double> micros = new HashMap<>();
      for (RunResult result : new Runner(options).run()) {
        String name = result.getParams().getBenchmark();
        micros.put(
            name.substring(name.lastIndexOf('.') + 1),
            counted(result, "nanos") / 1000 / counted(result, "pages"));
      }
      return new PageTimes(
          Objects.requireNonNull(micros.get("page")),
          Objects.requireNonNull(micros.get("tree")),
          Objects.requireNonNull(micros.get("way")));
    }
  }

  private static double counted(RunResult result, String name) {
    return Objects.requireNonNull(result.getSecondaryResults().get(name)).getScore();
  }
}
