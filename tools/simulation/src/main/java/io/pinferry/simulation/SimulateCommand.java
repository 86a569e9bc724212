package io.pinferry.simulation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs seeds and prints the invariants that did not hold. */
@Command(
    name = "simulate",
    description =
        "Runs the engine in virtual time under faults that follow from a seed, and checks its"
            + " invariants in each run.",
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
  private static final int SHOWN_MAX = 3;
  private static final int EVENTS_SHOWN_MAX = 400;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "The number of seeds to run. Default: 1000.")
  private int seeds = 1_000;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The first seed; the others follow it. Default: a random one.")
  private @Nullable Long seed;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the result to this file.")
  private @Nullable Path json;

  @Option(
      names = "--fairness",
      description =
          "Instead of seeds, read a small account beside a large one, with and without the fair"
              + " queues of SQS, and print how long it takes.")
  private boolean fairness;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (seeds < 1) {
      throw new ParameterException(spec.commandLine(), "--seeds must be 1 or more");
    }
    PrintStream out = System.out;
    if (fairness) {
      Fairness.print(out);
      return 0;
    }
    long first = seed == null ? new SecureRandom().nextInt(1_000_000_000) : seed;
    out.println("- seeds " + first + " to " + (first + seeds - 1));
    Totals totals = run(LongStream.range(first, first + seeds), out);
    totals.print(out);
    if (json != null) {
      Files.writeString(json, totals.toJson());
    }
    return totals.violations == 0 ? 0 : 1;
  }

  /** Runs seeds on all processors. */
  static Totals run(LongStream seeds, PrintStream out) {
    var totals = new Totals(out);
    Instant begin = Instant.now();
    seeds.parallel().forEach(seed -> totals.add(Run.of(seed, Mutation.NONE)));
    totals.duration = Duration.between(begin, Instant.now());
    return totals;
  }

  /** The sums of all runs. */
  static final class Totals {
    private final PrintStream out;
    private final Map<String, Integer> faults = new TreeMap<>();
    private final Set<String> timers = new TreeSet<>();
    private int seeds;
    private int violations;
    private long operations;
    private long successes;
    private long records;
    private long written;
    private Duration duration = Duration.ZERO;

    Totals(PrintStream out) {
      this.out = out;
    }

    int violations() {
      return violations;
    }

    long successes() {
      return successes;
    }

    /** Returns the shapes of all timers that were stored. */
    Set<String> timers() {
      return timers;
    }

    synchronized void add(Run run) {
      seeds++;
      timers.addAll(run.timers());
      operations += run.operations();
      successes += run.successes();
      records += run.records();
      written += run.written();
      run.faults().forEach((kind, count) -> faults.merge(kind, count, Integer::sum));
      if (!run.violations().isEmpty()) {
        show(run, violations < SHOWN_MAX);
        violations += run.violations().size();
      }
      if (seeds % 1_000 == 0) {
        out.printf("  %,d seeds, %d violations%n", seeds, violations);
      }
    }

    private void show(Run run, boolean withEvents) {
      out.println();
      out.println("seed " + run.seed() + " has " + run.violations().size() + " violations:");
      run.violations().forEach(violation -> out.println("  " + violation));
      if (withEvents) {
        out.println("  what happened:");
        List<String> events = run.events();
        events
            .subList(Math.max(0, events.size() - EVENTS_SHOWN_MAX), events.size())
            .forEach(event -> out.println("    " + event));
      }
      out.println("  again: ./pinferry simulate --seeds 1 --seed " + run.seed());
    }

    void print(PrintStream to) {
      to.println();
      faults.forEach((kind, count) -> to.printf("  %-50s %,9d%n", kind, count));
      to.printf(
          "%n%,d seeds, %,d operations (%,d reads a success), %,d records delivered, %,d to be"
              + " written: %d violations, in %.0f seconds%n",
          seeds, operations, successes, records, written, violations, duration.toMillis() / 1000.0);
    }

    String toJson() {
      ObjectNode all = Json.object().put("seeds", seeds).put("violations", violations);
      ObjectNode kinds = all.putObject("faults");
      faults.forEach(kinds::put);
      all.put("operations", operations);
      all.put("records", records);
      all.put("written", written);
      all.put("seconds", duration.toMillis() / 1000.0);
      return Json.text(all);
    }
  }
}
