package io.pinferry.benchmarks;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures one of the design's budgets. */
@Command(
    name = "bench",
    description =
        "Measures one of the budgets, as a ratio in one run. Ends with 0 also where a goal is not"
            + " held, with 1 if nothing could be measured.",
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  private static final int COST_RECORDS = 40_000;

  @Spec private picocli.CommandLine.Model.@Nullable CommandSpec command;

  @Parameters(
      paramLabel = "NAME",
      description =
          "page-cpu: making messages of a page, against a tree of JSON and against the page's"
              + " whole way. read-chain: one chain of pages. read-fanout: a chain of pages per"
              + " board. calls: requests to AWS. tick: reads started at once. memory: a million"
              + " pins. proxy: a request's way through the proxy door, against nginx. cold-start:"
              + " the first answer of each function, against an empty handler. cost: the bill of a"
              + " read, of a connection and of an idle stack, at list prices. changes: the bill"
              + " of a read of changes, against that of a read of everything. scale: a model of the"
              + " queues with 10,000 accounts. peer: Airbyte's source for Pinterest and our read,"
              + " on the same account; needs Python 3.11. first-record: what a customer"
              + " waits for after the installation.")
  private String name = "";

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write what was measured to this file, too.")
  private @Nullable Path json;

  @Option(
      names = "--records",
      paramLabel = "NUMBER",
      description =
          "The pins that cost and changes read (default: 40000), or peer (default: 300, 20000 and"
              + " 100000, one after the other); the others have their own numbers.")
  private @Nullable Integer records;

  private Map<String, Benchmark> benchmarks() {
    Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
    benchmarks.put("page-cpu", new PageCpu());
    benchmarks.put("read-chain", new ReadChain());
    benchmarks.put("read-fanout", new ReadFanout());
    benchmarks.put("calls", new AwsCalls());
    benchmarks.put("tick", new Tick());
    benchmarks.put("memory", new Memory());
    benchmarks.put("proxy", new ProxyLatency());
    benchmarks.put("cold-start", new ColdStart());
    benchmarks.put("cost", new Cost(records == null ? COST_RECORDS : records));
    benchmarks.put("changes", new ChangesCost(records == null ? COST_RECORDS : records));
    benchmarks.put("scale", new Scale());
    benchmarks.put("peer", new Peer(records));
    benchmarks.put("first-record", new FirstRecord());
    return benchmarks;
  }

  @Override
  public Integer call() throws Exception {
    PrintStream out = System.out;
    Benchmark benchmark = benchmarks().get(name);
    if (benchmark == null) {
      throw new ParameterException(
          java.util.Objects.requireNonNull(command).commandLine(),
          "there is no benchmark '"
              + name
              + "'; there are "
              + String.join(", ", benchmarks().keySet()));
    }
    out.println(name + ": " + benchmark.compares());
    Outcome outcome = new Outcome(name, benchmark.measure(out), benchmark.rows());
    if (json != null) {
      Files.writeString(json, outcome.toJson());
    }
    outcome.goals().forEach(goal -> out.println("  " + goal.text()));
    out.println(outcome.holds() ? "The goal is held." : "The goal is NOT held.");
    return 0;
  }
}
