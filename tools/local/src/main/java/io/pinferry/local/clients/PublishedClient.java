package io.pinferry.local.clients;

import io.pinferry.local.simulator.SimulatorSettings;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A published client, and the account that it meets.
 *
 * @param name as the command line takes it
 * @param tool installs the client
 * @param script the name of the script that runs the client and compares
 * @param records pins of the simulated account; negative for what needs no stack
 * @param boards boards of the account
 * @param limits sets the rate limits of the simulator
 * @param objects the objects that Pinferry itself reads and delivers before the client starts
 */
record PublishedClient(
    String name,
    Tool tool,
    String script,
    int records,
    int boards,
    UnaryOperator<SimulatorSettings> limits,
    List<String> objects) {
  private static final int PYTHON_NEWEST = 14;

  private static final int NO_STACK = -1;

  /** Steers a browser. */
  private static final String DRIVER = "tools/local/src/test/browser";

  /** A minute's limit is used up many times. */
  private static final int NARROW = 20;

  /** All clients, in the order in which they run. */
  static final List<PublishedClient> ALL =
      List.of(
          unlimited(
              "pinterest-sdk",
              new Tool.Python("pinterest-sdk", 9, PYTHON_NEWEST),
              "pinterest_sdk.py",
              List.of()),
          new PublishedClient(
              AirbyteSource.NAME,
              AirbyteSource.TOOL,
              "airbyte_source.py",
              400,
              20,
              simulator -> simulator.withRateLimitDivisor(NARROW),
              List.of()),
          unlimited(
              "webhooks-python",
              new Tool.Python("webhooks", 10, PYTHON_NEWEST),
              "webhooks.py",
              List.of("boards", "media")),
          unlimited("webhooks-node", new Tool.Node(20), "webhooks.mjs", List.of("boards", "media")),
          unlimited(
              "schemathesis",
              new Tool.Python("schemathesis", 11, PYTHON_NEWEST),
              "openapi.py",
              List.of("boards")),
          withoutStack("template", python("template"), "template.py"),
          withoutStack("moto", python("moto"), "run_on_moto.py"),
          withoutStack(
              "react",
              new Tool.Browser(20, List.of(DRIVER, "examples/react-install")),
              "browser_tests.mjs"),
          withoutStack("console", new Tool.Browser(20, List.of(DRIVER)), "browser_tests.mjs"));

  /** Returns whether the client needs a stack that is started for it. */
  boolean needsStack() {
    return records != NO_STACK;
  }

  private static Tool python(String requirements) {
    return new Tool.Python(requirements, 11, PYTHON_NEWEST);
  }

  private static PublishedClient withoutStack(String name, Tool tool, String script) {
    return new PublishedClient(name, tool, script, NO_STACK, 0, simulator -> simulator, List.of());
  }

  private static PublishedClient unlimited(
      String name, Tool tool, String script, List<String> objects) {
    return new PublishedClient(
        name, tool, script, 300, 12, simulator -> simulator.withRateLimits(false), objects);
  }
}
