package io.pinferry.simulation;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The part of {@code ./pinferry} that simulates. */
@Command(name = "pinferry", subcommands = SimulateCommand.class)
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main());
  }
}
