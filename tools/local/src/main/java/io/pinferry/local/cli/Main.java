package io.pinferry.local.cli;

import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.ExitCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    })
public final class Main {
  private static final List<Class<?>> COMMANDS =
      List.of(
          UpCommand.class,
          DemoCommand.class,
          InstallationsCommand.class,
          OperationsCommand.class,
          DeliveriesCommand.class,
          ReplayCommand.class,
          OperationCommand.class,
          LogsCommand.class,
          ConnectCommand.class,
          ReadCommand.class,
          WriteCommand.class,
          ListenCommand.class,
          RateCommand.class,
          DeployCommand.class,
          DoctorCommand.class,
          CompletionCommand.class,
          CrashCommand.class,
          CheckClientsCommand.class,
          CommandLine.HelpCommand.class);

  /** They need the other commands. */
  private static final Set<Class<?>> ABOUT_OTHERS =
      Set.of(CompletionCommand.class, CommandLine.HelpCommand.class);

  /** The exit code after a failure that the command has reported. */
  static final int FAILED = 1;

  @Spec private @Nullable CommandSpec spec;

  private final Surroundings surroundings;

  private Main(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  @Command(name = "version", description = "Prints the version.")
  void version() {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    line.printVersionHelp(line.getOut());
  }

  public static void main(String[] arguments) {
    System.exit(commandLine(Surroundings.ofProcess(), arguments).execute(arguments));
  }

  /** Returns the command line for these arguments. It knows the command that they name. */
  static CommandLine commandLine(Surroundings surroundings, String... arguments) {
    CommandLine line =
        new CommandLine(new Main(surroundings))
            .setExecutionExceptionHandler((failure, command, _) -> report(failure, command));
    commands(arguments).forEach(line::addSubcommand);
    line.getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(exitCodes());
    return line;
  }

  /**
   * Returns the command that the arguments name; all if they name none. To read the options of all
   * commands takes longer than most commands do.
   */
  private static List<Class<?>> commands(String... arguments) {
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(type -> arguments.length > 0 && isNamed(type, arguments[0]))
            .filter(type -> !ABOUT_OTHERS.contains(type))
            .toList();
    return named.isEmpty() ? COMMANDS : named;
  }

  private static boolean isNamed(Class<?> type, String name) {
    Command command = type.getAnnotation(Command.class);
    return command.name().equals(name) || List.of(command.aliases()).contains(name);
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      meanings.put(Integer.toString(code.number()), code.meaning());
    }
    return meanings;
  }

  private static int report(Exception failure, CommandLine command) {
    command.getErr().println("pinferry: " + failure.getMessage());
    if (failure instanceof CommandFailure known) {
      known.remedy().ifPresent(remedy -> command.getErr().println("  " + remedy));
      return known.code().number();
    }
    if (failure.getMessage() == null || Boolean.getBoolean("pinferry.trace")) {
      failure.printStackTrace(command.getErr());
    }
    return FAILED;
  }
}
