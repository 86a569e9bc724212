package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Connecting;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.api.Installations;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a customer connect. */
@Command(
    name = "connect",
    description =
        "Makes a link at which a customer gives access, opens it in your browser, and waits until"
            + " the customer is connected. The link works once, for ten minutes.",
    mixinStandardHelpOptions = true)
final class ConnectCommand implements Callable<Integer> {
  @Mixin private TargetOptions options = new TargetOptions();

  @Parameters(paramLabel = "GROUP", description = "Your reference of the customer, e.g. org_7.")
  private String group = "";

  @Option(names = "--group-name", paramLabel = "NAME", description = "The customer's name.")
  private @Nullable String groupName;

  @Option(
      names = "--consumer",
      paramLabel = "REF",
      description = "Your reference of the person who connects. Default: GROUP.")
  private @Nullable String consumer;

  @Option(names = "--consumer-name", paramLabel = "NAME", description = "The person's name.")
  private @Nullable String consumerName;

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      defaultValue = "pinterest",
      description = "Default: ${DEFAULT-VALUE}.")
  private String provider = "pinterest";

  @Option(
      names = "--provider-app",
      paramLabel = "ID",
      description = "The app at Pinterest. Default: the oldest of the project.")
  private @Nullable String providerApp;

  @Option(names = "--no-browser", description = "Only print the link.")
  private boolean noBrowser;

  @Option(names = "--no-wait", description = "Do not wait until the customer is connected.")
  private boolean noWait;

  @Override
  public Integer call() {
    Doors doors = options.doors();
    var connecting =
        new Connecting(
            doors,
            options.surroundings().tasks(),
            new Connecting.Party(
                provider,
                group,
                groupName,
                consumer == null ? group : consumer,
                consumerName,
                providerApp));
    URI link = connecting.link();
    if (noWait) {
      if (options.json()) {
        options.print(Json.object().put("link", link.toString()));
      } else {
        options.print(List.of(link.toString()));
      }
      open(link);
      return ExitCode.OK.number();
    }
    // The result is the connection, so with --json the link is a hint.
    (options.json() ? options.err() : options.out()).println(link);
    open(link);
    options.err().println("Waiting until " + group + " is connected. Ctrl-C ends only the wait.");
    JsonNode connection =
        connecting
            .await()
            .orElseThrow(
                () ->
                    new CommandFailure(
                        ExitCode.LATER,
                        "nobody has connected within ten minutes, and the link has expired",
                        "./pinferry connect " + group + " makes a new link."));
    if (options.json()) {
      ObjectNode json = Json.object();
      json.set("connection", connection);
      options.print(json);
    } else {
      options.print(
          List.of(
              "connected: %s, connection %s, %s"
                  .formatted(group, connection.path("id").asText(), account(connection))));
    }
    options.err().println(next(doors));
    return ExitCode.OK.number();
  }

  private void open(URI link) {
    if (!noBrowser && !options.surroundings().browser().open(link)) {
      options.err().println("There is no browser here. Open the link yourself.");
    }
  }

  private static String account(JsonNode connection) {
    String name = connection.path("providerWorkspaceRef").asText();
    return name.isEmpty() ? connection.path("status").asText() : "account " + name;
  }

  private String next(Doors doors) {
    List<Installations.Found> installed = new Installations(doors).list(group);
    if (installed.isEmpty()) {
      return "Next: install an integration for "
          + group
          + " (docs/installations.md), or let the customer do it with the component.";
    }
    Installations.Found one = installed.getFirst();
    return one.objects().isEmpty()
        ? "Next: ./pinferry write %s OBJECT --file F".formatted(one.id())
        : "Next: ./pinferry read %s %s".formatted(one.id(), one.objects().getFirst());
  }
}
