package io.pinbridge.benchmarks;

import io.pinbridge.read.PageBenchmark;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The processor time of a page's way from Pinterest's answer to messages. */
final class PageCpu implements Benchmark {
  private static final double GOAL = 5;

  @Override
  public String compares() {
    return "250 pins of one page made into messages, against reading the same page as a tree of"
        + " JSON, selecting, and writing it";
  }

  @Override
  public List<Goal> measure(PrintStream out) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(PageBenchmark.class.getName())
            .verbosity(VerboseMode.SILENT)
            .build();
    Map<String, Double> tree = new TreeMap<>();
    Map<String, Double> page = new TreeMap<>();
    for (RunResult result : new Runner(options).run()) {
      String selected = result.getParams().getParam("selected");
      double micros = counted(result, "nanos") / 1000 / counted(result, "pages");
      boolean isTree = result.getParams().getBenchmark().endsWith(".tree");
      (isTree ? tree : page).put(selected, micros);
    }
    List<Goal> goals = new ArrayList<>();
    page.forEach(
        (selected, micros) -> {
          double other = Objects.requireNonNull(tree.get(selected));
          goals.add(
              new Goal(
                  selected,
                  other / micros,
                  GOAL,
                  String.format(Locale.ROOT, "%.0f us, tree %.0f us", micros, other)));
        });
    if (goals.size() != PageBenchmark.SELECTIONS) {
      throw new IllegalStateException("only " + page.keySet() + " were measured");
    }
    return goals;
  }

  private static double counted(RunResult result, String name) {
    return Objects.requireNonNull(result.getSecondaryResults().get(name)).getScore();
  }
}
