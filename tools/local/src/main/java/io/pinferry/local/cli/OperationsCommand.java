package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Operations;
import io.pinferry.local.api.Table;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists operations. */
@Command(
    name = "operations",
    description = "Lists operations, newest first.",
    mixinStandardHelpOptions = true)
final class OperationsCommand implements Callable<Integer> {
  private static final int RESULT_LENGTH_MAX = 100;

  @Mixin private TargetOptions options = new TargetOptions();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "success, failure or in_progress.")
  private @Nullable String status;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only those that began later, e.g. 2026-09-01T08:00:00Z.")
  private @Nullable String since;

  @Mixin private PageOptions page = new PageOptions();

  @Override
  public Integer call() {
    Doors doors = options.doors();
    JsonNode list =
        options
            .operations(doors)
            .list(filter.filter(doors, status, since), page.limit(), page.token());
    if (options.json()) {
      options.print(list);
      return ExitCode.OK.number();
    }
    if (list.path("results").isEmpty()) {
      options.err().println("No operations match.");
    } else {
      var table = new Table("OPERATION", "BEGAN", "OBJECT", "STATUS", "RESULT");
      list.path("results")
          .forEach(
              one ->
                  table.row(
                      one.path("id").asText(),
                      one.path("createTime").asText(),
                      Operations.object(one),
                      one.path("status").asText(),
                      shortened(one.path("result").asText())));
      options.print(table.lines());
    }
    options.tellNextPage(list);
    return ExitCode.OK.number();
  }

  private static String shortened(String result) {
    return result.length() <= RESULT_LENGTH_MAX
        ? result
        : result.substring(0, RESULT_LENGTH_MAX) + "…";
  }
}
