package io.pinferry.benchmarks;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code pinferry bench}. */
@Command(
    name = "pinferry",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    subcommands = BenchCommand.class)
public final class Main {
  /** The exit code if nothing could be measured. */
  private static final int FAILED = 1;

  /** Without these the embedded parts log every request, which takes time and hides the result. */
  static final Map<String, String> QUIET =
      Map.of(
          "slf4j.provider",
          "org.slf4j.nop.NOPServiceProvider",
          "slf4j.internal.verbosity",
          "WARN",
          "org.apache.logging.log4j.simplelog.level",
          "OFF");

  private Main() {}

  public static void main(String[] arguments) {
    QUIET.forEach(System::setProperty);
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(
            (failure, command, _) -> {
              command.getErr().println("pinferry: not measured: " + failure.getMessage());
              if (failure.getMessage() == null || Boolean.getBoolean("pinferry.trace")) {
                failure.printStackTrace(command.getErr());
              }
              return FAILED;
            });
  }
}
