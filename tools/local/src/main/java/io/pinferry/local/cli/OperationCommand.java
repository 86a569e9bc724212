package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Explanation;
import io.pinferry.local.api.Operations;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows an operation: its result, the cause, and what to do. */
@Command(
    name = "operation",
    aliases = "why",
    description =
        "Shows an operation: its result, the lists or messages that failed, and what to do."
            + " Without an id: the newest one that failed.",
    mixinStandardHelpOptions = true)
final class OperationCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "The operation's id. Default: the newest failure.")
  private @Nullable String id;

  @Override
  public Integer call() {
    Doors doors = options.doors();
    Operations operations = options.operations(doors);
    JsonNode operation = operations.get(id == null ? newestFailure(doors, operations) : id);
    Explanation why = Explanation.of(operation, operations.log(operation.path("id").asText()));
    if (options.json()) {
      ObjectNode all = Json.object();
      all.set("operation", operation);
      all.set("why", why.json());
      options.print(all);
    } else {
      options.print(text(operation, why));
    }
    return (Operations.hasFailed(operation) ? ExitCode.NOT_WELL : ExitCode.OK).number();
  }

  private String newestFailure(Doors doors, Operations operations) {
    JsonNode failures = operations.list(filter.filter(doors, "failure", null), 1, null);
    JsonNode newest = failures.at("/results/0/id");
    if (newest.isTextual()) {
      return newest.asText();
    }
    throw new CommandFailure(
        ExitCode.NOT_FOUND, "no operation has failed", "./pinferry operations lists all.");
  }

  /** Returns the lines for a person: the reason before everything else. */
  static List<String> text(JsonNode operation, Explanation why) {
    List<String> lines = new ArrayList<>();
    String status = operation.path("status").asText();
    lines.add(
        why.result().isEmpty()
            ? status + Operations.records(operation).map(" after %,d records"::formatted).orElse("")
            : status + ": " + why.result());
    why.advice().forEach(advice -> lines.add("  what to do: " + advice));
    lines.add("");
    lines.add("  operation     " + operation.path("id").asText());
    lines.add("  installation  " + operation.path("installationId").asText());
    lines.add(
        "  %-12s  %s"
            .formatted(operation.path("actionType").asText(), Operations.object(operation)));
    lines.add("  began         " + operation.path("createTime").asText());
    if (operation.has("updateTime")) {
      lines.add("  ended         " + operation.path("updateTime").asText());
    }
    if (!why.counts().isEmpty()) {
      lines.add("  counts        " + String.join(", ", why.counts()));
    }
    JsonNode undelivered = operation.at("/metadata/undelivered");
    if (undelivered.isObject()) {
      lines.add(
          "  undelivered   %s messages, %s of them delivered later"
              .formatted(
                  undelivered.path("messages").asText(),
                  undelivered.path("deliveredLater").asText()));
    }
    if (!why.lines().isEmpty()) {
      lines.add("");
      lines.add("  from its log (./pinferry logs " + operation.path("id").asText() + "):");
      if (why.left() > 0) {
        lines.add("  … " + why.left() + " warnings and errors before");
      }
      why.lines().forEach(line -> lines.add("  " + LogsCommand.text(line)));
    }
    return lines;
  }
}
