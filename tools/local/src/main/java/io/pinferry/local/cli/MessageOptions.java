package io.pinferry.local.cli;

import io.pinferry.local.api.Deliveries;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose messages. */
final class MessageOptions {
  @Option(
      names = "--destination",
      paramLabel = "NAME",
      description = "Only those for this destination.")
  private @Nullable String destination;

  @Option(names = "--operation", paramLabel = "ID", description = "Only those of this operation.")
  private @Nullable String operation;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only those at this time or later, e.g. 2026-09-01T08:00:00Z.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only those before this time.")
  private @Nullable String until;

  Deliveries.Choice choice(List<String> messages) {
    return new Deliveries.Choice(destination, operation, messages, since, until);
  }
}
