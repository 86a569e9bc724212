package io.pinferry.benchmarks;

import io.pinferry.read.PageBenchmark;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The processor time of a page's way from Pinterest's answer to messages. */
final class PageCpu implements Benchmark {
  private static final double GOAL = 5;

  /** Each in a new process: what the compiler makes of a loop differs from one to the next. */
  private static final int ROUNDS = 3;

  @Override
  public String compares() {
    return "250 pins of one page made into messages, against reading the same page as a tree of"
        + " JSON, selecting, and writing it";
  }

  @Override
  public List<Goal> measure(PrintStream out) throws RunnerException {
    Map<String, List<Measured>> bySelection = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (String selected : PageBenchmark.SELECTIONS) {
        bySelection.computeIfAbsent(selected, _ -> new ArrayList<>()).add(Measured.of(selected));
      }
    }
    List<Goal> goals = new ArrayList<>();
    bySelection.forEach(
        (selected, rounds) -> {
          rounds.sort(Comparator.comparingDouble(Measured::ratio));
          Measured median = rounds.get(ROUNDS / 2);
          goals.add(
              new Goal(
                  selected,
                  median.ratio(),
                  GOAL,
                  String.format(
                      Locale.ROOT,
                      "%.0f us, tree %.0f us; the median of %d rounds, from %.2f to %.2f",
                      median.page(),
                      median.tree(),
                      ROUNDS,
                      rounds.getFirst().ratio(),
                      rounds.getLast().ratio())));
        });
    return goals;
  }

  /** Microseconds for a page, right one after the other. */
  private record Measured(double page, double tree) {
    static Measured of(String selected) throws RunnerException {
      Options options =
          new OptionsBuilder()
              .include(PageBenchmark.class.getName())
              .param("selected", selected)
              .verbosity(VerboseMode.SILENT)
              .build();
      Map<String, Double> micros = new HashMap<>();
      for (RunResult result : new Runner(options).run()) {
        String name = result.getParams().getBenchmark();
        micros.put(
            name.substring(name.lastIndexOf('.') + 1),
            counted(result, "nanos") / 1000 / counted(result, "pages"));
      }
      return new Measured(
          Objects.requireNonNull(micros.get("page")), Objects.requireNonNull(micros.get("tree")));
    }

    double ratio() {
      return tree / page;
    }
  }

  private static double counted(RunResult result, String name) {
    return Objects.requireNonNull(result.getSecondaryResults().get(name)).getScore();
  }
}
