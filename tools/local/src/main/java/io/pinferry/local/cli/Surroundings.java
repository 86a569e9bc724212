package io.pinferry.local.cli;

import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.local.api.HttpTransport;
import io.pinferry.local.api.Targets;
import io.pinferry.local.api.Transport;
import java.io.Console;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * The things around the commands that use a running Pinferry.
 *
 * @param transport makes what sends requests; a help needs none, and it takes time
 * @param terminal whether a person looks at the output while it is written
 * @param input the standard input
 * @param browser opens pages
 */
record Surroundings(
    Targets targets,
    Supplier<Transport> transport,
    Tasks tasks,
    boolean terminal,
    InputStream input,
    Browser browser) {
  /** Returns those of this process. */
  static Surroundings ofProcess() {
    // A shell's ~ is HOME, while Java asks the system's list of users.
    String home = System.getenv().getOrDefault("HOME", System.getProperty("user.home"));
    return new Surroundings(
        new Targets(System.getenv(), Path.of(home)),
        HttpTransport::new,
        new VirtualThreadTasks(Clock.systemUTC()),
        isTerminal(),
        System.in,
        Browser.ofSystem(System.getenv()));
  }

  // The platform promises a console, its nullness annotations do not.
  @SuppressWarnings("SystemConsoleNull")
  static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
