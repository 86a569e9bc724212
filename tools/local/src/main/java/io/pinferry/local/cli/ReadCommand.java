package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Explanation;
import io.pinferry.local.api.Installations;
import io.pinferry.local.api.Operations;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts a read, and shows its progress until its end. */
@Command(
    name = "read",
    description =
        "Reads an object now, and shows the progress until the end. Ctrl-C ends the command, not"
            + " the read.",
    mixinStandardHelpOptions = true)
final class ReadCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();

  @Parameters(
      index = "0",
      paramLabel = "INSTALLATION",
      description = "Its id, or the customer's group if that has one installation.")
  private String installation = "";

  @Parameters(index = "1", paramLabel = "OBJECT", description = "The object, e.g. boards.")
  private String object = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only records from this time on, e.g. 2026-09-01T08:00:00Z.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only records before this time.")
  private @Nullable String until;

  @Option(
      names = "--changes",
      description = "Deliver only what is new or changed, if the object has a mode of changes.")
  private boolean changes;

  @Option(
      names = "--release-held",
      description = "Tell deletions, though a large part of the records is missing.")
  private boolean releaseHeld;

  @Option(names = "--no-wait", description = "Only start it, and print the operation's id.")
  private boolean noWait;

  private String shown = "";

  @Override
  public Integer call() {
    Doors doors = options.doors();
    Operations operations = options.operations(doors);
    String id = operations.read(new Installations(doors).get(installation), object, request());
    if (noWait) {
      if (options.json()) {
        options.print(Json.object().put("operationId", id));
      } else {
        options.print(List.of(id));
      }
      return ExitCode.OK.number();
    }
    PrintWriter progress = options.json() ? options.err() : options.out();
    progress.println("operation " + id);
    JsonNode end = operations.watch(id, one -> show(one, progress));
    if (options.surroundings().terminal()) {
      progress.println();
    }
    if (options.json()) {
      options.print(end);
    } else if (Operations.hasFailed(end)) {
      options.print(OperationCommand.text(end, Explanation.of(end, operations.log(id))));
    } else {
      options.print(List.of(end.path("status").asText() + ": " + end.path("result").asText()));
    }
    return (Operations.hasFailed(end) ? ExitCode.NOT_WELL : ExitCode.OK).number();
  }

  private ObjectNode request() {
    ObjectNode request = Json.object();
    if (since != null) {
      request.put("sinceTimestamp", since);
    }
    if (until != null) {
      request.put("untilTimestamp", until);
    }
    if (changes) {
      request.put("deliver", "changes");
    }
    if (releaseHeld) {
      request.put("releaseHeldDeletions", true);
    }
    return request;
  }

  /**
   * Shows the progress when it has changed: in one line of a terminal, else in a line of its own.
   */
  private void show(JsonNode operation, PrintWriter out) {
    String now =
        Operations.object(operation)
            + Operations.records(operation).map(": %,d records read"::formatted).orElse("");
    if (now.equals(shown)) {
      return;
    }
    shown = now;
    if (options.surroundings().terminal()) {
      out.print("\r" + now);
    } else {
      out.println(now);
    }
    out.flush();
  }
}
