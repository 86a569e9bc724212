package io.pinferry.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code pinferry bench}. */
@Command(
    name = "pinferry",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    subcommands = BenchCommand.class)
public final class Main {
  /** What the command ends with when nothing could be measured. */
  private static final int FAILED = 1;

  private Main() {}

  public static void main(String[] arguments) {
    // The embedded parts log every request, which takes time and hides the result.
    System.setProperty("slf4j.provider", "org.slf4j.nop.NOPServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "WARN");
    System.setProperty(
        "log4j2.loggerContextFactory",
        "org.apache.logging.log4j.simple.SimpleLoggerContextFactory");
    System.setProperty("org.apache.logging.log4j.simplelog.level", "OFF");
    System.exit(
        new CommandLine(new Main())
            .setExecutionExceptionHandler(
                (failure, command, _) -> {
                  command.getErr().println("pinferry: not measured: " + failure.getMessage());
                  if (failure.getMessage() == null || Boolean.getBoolean("pinferry.trace")) {
                    failure.printStackTrace(command.getErr());
                  }
                  return FAILED;
                })
            .execute(arguments));
  }
}
