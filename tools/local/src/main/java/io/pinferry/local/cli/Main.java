package io.pinferry.local.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code pinferry}. */
@Command(
    name = "pinferry",
    description = "Your customers' Pinterest data in your product, on your own AWS account.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "pinferry 0.1.0",
    footer = {
      "",
      "And in modules of their own:",
      "  simulate  Runs the engine under faults, and checks its invariants.",
      "  bench     Measures what is promised about speed and size."
    },
    subcommands = {UpCommand.class, DemoCommand.class, CrashCommand.class})
public final class Main {
  /** The exit code after a failure that the command has reported. */
  static final int FAILED = 1;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(
            (failure, command, _) -> {
              command.getErr().println("pinferry: " + failure.getMessage());
              if (failure.getMessage() == null || Boolean.getBoolean("pinferry.trace")) {
                failure.printStackTrace(command.getErr());
              }
              return FAILED;
            })
        .execute(arguments);
  }
}
