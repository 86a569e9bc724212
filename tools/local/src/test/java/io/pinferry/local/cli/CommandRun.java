package io.pinferry.local.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.local.api.HttpTransport;
import io.pinferry.local.api.Targets;
import io.pinferry.local.api.Transport;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine;

/**
 * A command, run in this process.
 *
 * @param code the exit code
 */
public record CommandRun(int code, String out, String err) {
  /** A shell in which commands are run. */
  public record Shell(
      Map<String, String> environment,
      Path home,
      Transport transport,
      Tasks tasks,
      String input,
      Browser browser) {
    /** Returns a shell with real requests and the real time. */
    public static Shell of(Map<String, String> environment, Path home) {
      return new Shell(
          environment,
          home,
          new HttpTransport(),
          new VirtualThreadTasks(Clock.systemUTC()),
          "",
          _ -> false);
    }

    public Shell with(Tasks other) {
      return new Shell(environment, home, transport, other, input, browser);
    }

    /** Returns a shell whose commands read this from their standard input. */
    public Shell withInput(String text) {
      return new Shell(environment, home, transport, tasks, text, browser);
    }

    /**
     * Returns a shell with a browser.
     *
     * @param pages gets the pages that commands open
     */
    public Shell withBrowser(Consumer<URI> pages) {
      return new Shell(
          environment,
          home,
          transport,
          tasks,
          input,
          page -> {
            pages.accept(page);
            return true;
          });
    }

    public Shell with(Transport other) {
      return new Shell(environment, home, other, tasks, input, browser);
    }

    public CommandRun run(String... arguments) {
      var out = new StringWriter();
      var err = new StringWriter();
      CommandLine line =
          Main.commandLine(
              new Surroundings(
                  new Targets(environment, home),
                  () -> transport,
                  tasks,
                  false,
                  new ByteArrayInputStream(input.getBytes(UTF_8)),
                  browser),
              arguments);
      line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
      int code = line.execute(arguments);
      return new CommandRun(code, out.toString(), err.toString());
    }
  }

  /** Returns the output as JSON. */
  public JsonNode json() {
    return Json.trusted(out);
  }
}
