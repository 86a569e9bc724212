package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Installations;
import io.pinferry.local.api.Table;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists installations. */
@Command(
    name = "installations",
    description = "Lists installations, with the state of each one.",
    mixinStandardHelpOptions = true)
final class InstallationsCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();

  @Option(names = "--group", paramLabel = "REF", description = "Only those of this customer.")
  private @Nullable String group;

  @Override
  public Integer call() {
    List<Installations.Found> found = new Installations(options.doors()).list(group);
    if (options.json()) {
      ArrayNode all = Json.object().putArray("all");
      found.forEach(one -> all.add(one.json()));
      options.print(all);
      return ExitCode.OK.number();
    }
    if (found.isEmpty()) {
      options.err().println("No installations. docs/getting-started.md#your-own-stack makes one.");
      return ExitCode.OK.number();
    }
    var table =
        new Table(
            "INSTALLATION", "INTEGRATION", "GROUP", "HEALTH", "CONNECTION", "LAST", "OBJECTS");
    for (Installations.Found one : found) {
      table.row(
          one.id(),
          one.integration(),
          one.group(),
          one.json().path("healthStatus").asText(),
          one.json().at("/connection/status").asText(),
          one.json().path("lastOperationStatus").asText(),
          String.join(",", one.objects()));
    }
    options.print(table.lines());
    return ExitCode.OK.number();
  }
}
