package io.pinferry.local.cli;

import io.pinferry.local.clients.ClientRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs published clients against Pinferry. */
@Command(
    name = "check-clients",
    description =
        "Installs published clients from their package registries, runs them unmodified against"
            + " Pinferry and a simulated Pinterest, and compares the results. Also lints and"
            + " translates template.yaml, runs Pinferry on moto, an emulator of AWS, and runs the"
            + " tests in a browser. Needs Python, Node or Chromium; what lacks one is skipped.",
    mixinStandardHelpOptions = true)
final class CheckClientsCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "CLIENT",
      arity = "0..*",
      description =
          "Only these: pinterest-sdk, airbyte, webhooks-python, webhooks-node, schemathesis,"
              + " template, moto, react, console."
              + " Default: all.")
  private List<String> clients = new ArrayList<>();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    for (String client : clients) {
      if (!ClientRun.names().contains(client)) {
        throw new ParameterException(
            spec.commandLine(),
            "there is no client " + client + ", only " + String.join(", ", ClientRun.names()));
      }
    }
    Path home = Stacks.home();
    var run = new ClientRun(home, ClientRun.workOf(home), System.out);
    return run.run(clients.isEmpty() ? ClientRun.names() : clients) ? 0 : Main.FAILED;
  }
}
