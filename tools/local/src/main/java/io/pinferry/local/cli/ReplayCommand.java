package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.local.api.Deliveries;
import io.pinferry.local.api.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends messages again. */
@Command(
    name = "replay",
    description =
        "Sends messages again under their ids: dead letters, and delivered messages if the stack"
            + " keeps them.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();
  @Mixin private MessageOptions chosen = new MessageOptions();

  @Option(
      names = "--message",
      paramLabel = "ID",
      description = "Only this message; may be given up to 256 times.")
  private List<String> messages = List.of();

  @Option(names = "--only-undelivered", description = "Leave out messages that were delivered.")
  private boolean onlyUndelivered;

  @Override
  public Integer call() {
    ObjectNode result =
        new Deliveries(options.doors()).replay(chosen.choice(messages), onlyUndelivered);
    if (options.json()) {
      options.print(result);
      return ExitCode.OK.number();
    }
    result
        .path("left")
        .forEach(
            one ->
                options
                    .err()
                    .println(
                        "not sent: "
                            + one.path("messageId").asText()
                            + ": "
                            + one.path("reason").asText()));
    int count = result.path("replayed").asInt();
    options.print(
        List.of(
            count == 0
                ? "no message is sent again"
                : count == 1
                    ? "1 message is sent again within a minute"
                    : count + " messages are sent again within a minute"));
    return ExitCode.OK.number();
  }
}
