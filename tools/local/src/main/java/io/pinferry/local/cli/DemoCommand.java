package io.pinferry.local.cli;

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
import picocli.CommandLine.Option;

/** Shows the main job from the first request to the last record. */
@Command(
    name = "demo",
    description =
        "Connects a simulated Pinterest account, reads all of it, receives it at a webhook, and"
            + " compares every record. With --writes: writes every verb of every object once and"
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

  @Override
  public Integer call() throws Exception {
    Checks.newFile("--json", json);
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
    return writes
        ? "Everything was written, and the read found it. docs/writes.md has the requests."
        : "Every record on Pinterest was delivered. Next: ./pinferry up, and"
            + " docs/getting-started.md.";
  }
}
