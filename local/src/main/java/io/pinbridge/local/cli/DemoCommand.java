package io.pinbridge.local.cli;

import io.pinbridge.local.demo.Demo;
import io.pinbridge.local.demo.DemoReport;
import io.pinbridge.local.stack.LocalStack;
import java.io.Console;
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
            + " compares every record.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Mixin private StackOptions options = new StackOptions();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write what was found to this file, too.")
  private @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    if (options.upstream != null || options.data != null) {
      throw new IllegalArgumentException(
          "demo compares with the simulator and starts afresh; --upstream and --data are for up");
    }
    PrintStream out = System.out;
    try (LocalStack stack = LocalStack.start(Stacks.settings(options, false))) {
      out.println("- Pinbridge and a simulated Pinterest are up");
      DemoReport report =
          new Demo(
                  stack.api(),
                  stack.project(),
                  stack.apiKey(),
                  stack.pinterest(),
                  Files.readString(Stacks.home().resolve("examples/amp.yaml")),
                  out,
                  isTerminal())
              .run();
      report.print(out);
      if (json != null) {
        Files.writeString(json, report.toJson());
      }
      out.println();
      out.println(
          report.ok()
              ? "Every record on Pinterest was delivered. Next: ./pinbridge up, and the README's"
                  + " section \"Try it yourself\"."
              : "Something is not as it should be; the log of the functions is at "
                  + stack.logFile());
      return report.ok() ? 0 : Main.FAILED;
    }
  }

  // The platform promises a console, its nullness annotations do not.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
