package io.pinferry.local.cli;

import io.pinferry.local.crash.CrashReport;
import io.pinferry.local.crash.CrashRun;
import io.pinferry.local.stack.LocalPorts;
import io.pinferry.local.stack.LocalStack;
import io.pinferry.local.stack.LocalStackSettings;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Kills processes of the functions while they read. */
@Command(
    name = "crash",
    description =
        "Reads a simulated account while processes of the functions are killed, then compares"
            + " every record of every read (Linux only).",
    mixinStandardHelpOptions = true)
final class CrashCommand implements Callable<Integer> {
  private static final int RECORDS = 3_000;

  @Option(
      names = "--kills",
      paramLabel = "N",
      description = "How many processes are killed. Default: 30.")
  private int kills = 30;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Decides what is killed when. Default: another one each time.")
  private @Nullable Long seed;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write what was found to this file, too.")
  private @Nullable Path json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (kills < 1) {
      throw new ParameterException(
          spec.commandLine(), "--kills must be 1 or more: without one nothing is checked");
    }
    PrintStream out = System.out;
    long chosen = seed == null ? new java.security.SecureRandom().nextInt(1_000_000) : seed;
    Checks.newFile("--json", json);
    Path home = Stacks.home();
    var settings =
        new LocalStackSettings(
            home,
            LocalStackSettings.version(),
            RECORDS,
            null,
            1L,
            null,
            null,
            new LocalPorts.Any(),
            null,
            true,
            false);
    try (LocalStack stack = LocalStack.start(settings)) {
      out.println("- Pinferry is up, each function in processes of its own; seed " + chosen);
      CrashReport report =
          new CrashRun(stack, new SplittableRandom(chosen), out)
              .run(kills, Files.readString(home.resolve("examples/amp.yaml")));
      if (json != null) {
        Files.writeString(json, report.toJson());
      }
      out.printf(
          "%n%d kills, %d reads: %d records missing, %d reads ended twice, %d without success, in"
              + " %.0f seconds%n",
          report.kills(),
          report.operations(),
          report.missing(),
          report.endedTwice(),
          report.unsuccessful().size(),
          report.took().toMillis() / 1000.0);
      report.unsuccessful().forEach(read -> out.println("  " + read));
      out.println(
          report.ok()
              ? "Nothing was lost, and every read ended once."
              : "Something was lost; the log of the functions is at " + stack.logFile());
      return report.ok() ? 0 : Main.FAILED;
    }
  }
}
