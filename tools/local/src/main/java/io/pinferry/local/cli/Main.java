package io.pinferry.local.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

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
      "  bench     Measures what is promised about speed and size.",
      "",
      "./pinferry help COMMAND tells more."
    },
    subcommands = {
      UpCommand.class,
      DemoCommand.class,
      CrashCommand.class,
      CheckClientsCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  /** The exit code after a failure that the command has reported. */
  static final int FAILED = 1;

  @Spec private @Nullable CommandSpec spec;

  private Main() {}

  @Command(name = "version", description = "Prints the version.")
  void version() {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    line.printVersionHelp(line.getOut());
  }

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
