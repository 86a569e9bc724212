package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Explanation;
import io.pinferry.local.api.Operations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the log of an operation. */
@Command(
    name = "logs",
    description = "Shows the log of an operation: its newest 1,000 lines, the newest last.",
    mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();

  @Parameters(paramLabel = "ID", description = "The operation's id.")
  private String id = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Show new lines until the operation has ended; the exit code tells its end.")
  private boolean follow;

  @Override
  public Integer call() {
    Operations operations = options.operations(options.doors());
    if (!follow) {
      operations.log(id).forEach(this::print);
      return ExitCode.OK.number();
    }
    JsonNode end = operations.follow(id, this::print);
    options.err().println(end.path("status").asText() + ": " + end.path("result").asText());
    return (Operations.hasFailed(end) ? ExitCode.NOT_WELL : ExitCode.OK).number();
  }

  /** Prints a line, with {@code --json} as one line of JSON. */
  private void print(JsonNode line) {
    options.out().println(options.json() ? Json.text(line) : text(line));
    options.out().flush();
  }

  static String text(JsonNode line) {
    return "%s %-7s %s"
        .formatted(
            line.path("timestamp").asText(),
            line.path("severity").asText(),
            Explanation.message(line));
  }
}
