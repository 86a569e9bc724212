package io.pinferry.local.cli;

import io.pinferry.local.demo.ChangesDemo;
import io.pinferry.local.demo.Demo;
import io.pinferry.local.demo.Report;
import io.pinferry.local.demo.WriteDemo;
import io.pinferry.local.stack.LocalStack;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the main job from the first request to the last record. */
@Command(
    name = "demo",
    description =
        "Connects a simulated Pinterest account, reads all of it, receives it at a webhook, and"
            + " compares every record. With --changes: changes the account, and reads it again."
            + " With --writes: writes every verb of every object once and"
            + " reads the effects.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final int WRITES_RECORDS = 300;

  @Mixin private StackOptions options = new StackOptions();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write what was found to this file, too.")
  private @Nullable Path json;

  @Option(
      names = "--writes",
      description =
          "Show writes instead of a whole read: each verb of each object once, then a read that"
              + " finds their effects. The account is small (300 pins) unless --records says"
              + " otherwise.")
  private boolean writes;

  @Option(
      names = "--changes",
      description =
          "Show changes: a first read, then edits, new and deleted records, then a second read that"
              + " delivers only these.")
  private boolean changes;

  @Option(
      names = "--drop",
      description =
          "With --changes: delete 40 % of the pins, too. They are held, and then released by a"
              + " read.")
  private boolean drop;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Checks.newFile("--json", json);
    if (writes && changes) {
      throw new ParameterException(
          spec.commandLine(), "--changes and --writes: choose one of them");
    }
    if (drop && !changes) {
      throw new ParameterException(spec.commandLine(), "--drop: needs --changes");
    }
    if (writes && options.records == null) {
      options.records = WRITES_RECORDS;
    }
    PrintStream out = System.out;
    try (LocalStack stack = Stacks.start(options, Stacks.settings(options))) {
      out.println("- Pinferry and a simulated Pinterest are up");
      Report report = run(stack, out);
      report.print(out);
      if (json != null) {
        Files.writeString(json, report.toJson());
      }
      out.println();
      out.println(
          report.ok()
              ? allIsWell()
              : "Something is not as it should be; the log of the functions is at "
                  + stack.logFile());
      return report.ok() ? 0 : Main.FAILED;
    }
  }

  private Report run(LocalStack stack, PrintStream out) throws Exception {
    String manifest = Files.readString(Stacks.home().resolve("examples/amp.yaml"));
    if (changes) {
      return new ChangesDemo(
              stack.api(),
              stack.read(),
              stack.project(),
              stack.apiKey(),
              stack.pinterest(),
              manifest,
              drop,
              out)
          .run();
    }
    return writes
        ? new WriteDemo(
                stack.api(),
                stack.write(),
                stack.project(),
                stack.apiKey(),
                stack.pinterest(),
                manifest,
                out)
            .run()
        : new Demo(
                stack.api(),
                stack.project(),
                stack.apiKey(),
                stack.pinterest(),
                manifest,
                out,
                Surroundings.isTerminal())
            .run();
  }

  private String allIsWell() {
    if (changes) {
      return "The second read delivered what had changed, and nothing else. Next: docs/changes.md.";
    }
    return writes
        ? "Everything was written, and the read found it. docs/writes.md has the requests."
        : "Every record on Pinterest was delivered. Next: ./pinferry up, and"
            + " docs/getting-started.md.";
  }
}
