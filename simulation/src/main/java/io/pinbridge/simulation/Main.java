package io.pinbridge.simulation;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The part of {@code ./pinbridge} that simulates. */
@Command(name = "pinbridge", subcommands = SimulateCommand.class)
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }
}
