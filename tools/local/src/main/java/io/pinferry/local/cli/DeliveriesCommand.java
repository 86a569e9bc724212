package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.local.api.Deliveries;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Table;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists attempts to deliver messages. */
@Command(
    name = "deliveries",
    description =
        "Lists attempts to deliver messages, newest first: those that the stack keeps, which are"
            + " the failed ones as a rule.",
    mixinStandardHelpOptions = true)
final class DeliveriesCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();

  @Mixin private MessageOptions chosen = new MessageOptions();

  @Option(names = "--message", paramLabel = "ID", description = "Only those of this message.")
  private @Nullable String message;

  @Option(names = "--status", paramLabel = "STATUS", description = "failed or accepted.")
  private @Nullable String status;

  @Mixin private PageOptions page = new PageOptions();

  @Override
  public Integer call() {
    Deliveries.Choice choice = chosen.choice(message == null ? List.of() : List.of(message));
    JsonNode list =
        new Deliveries(options.doors()).list(choice, status, page.limit(), page.token());
    if (options.json()) {
      options.print(list);
      return ExitCode.OK.number();
    }
    if (list.path("results").isEmpty()) {
      options.err().println("No attempts match.");
    } else {
      var table =
          new Table("TIME", "MESSAGE", "CONTENT", "DESTINATION", "TRY", "OUTCOME", "REASON");
      list.path("results").forEach(one -> table.row(row(one)));
      options.print(table.lines());
    }
    options.tellNextPage(list);
    return ExitCode.OK.number();
  }

  private static String[] row(JsonNode one) {
    return new String[] {
      one.path("createTime").asText(),
      one.path("messageId").asText(),
      one.path("objectName").asText(one.path("notificationType").asText()),
      one.path("destination").asText(),
      one.path("attempt").asText(),
      one.path("outcome").asText(),
      Deliveries.reason(one)
    };
  }
}
