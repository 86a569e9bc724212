package io.pinferry.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Tasks;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Deliveries;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.ExitCode;
import io.pinferry.local.listen.ListenDestination;
import io.pinferry.local.listen.ListenState;
import io.pinferry.local.listen.Listener;
import io.pinferry.local.listen.MissedMessages;
import io.pinferry.local.listen.Receiver;
import io.pinferry.local.loopback.Loopback;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Receives messages until it is interrupted. */
@Command(
    name = "listen",
    description =
        "Receives the messages of a destination on this computer, checks their signatures, and"
            + " prints each one once. Started again, it gets the messages that it has missed.",
    mixinStandardHelpOptions = true)
final class ListenCommand implements Callable<Integer> {
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(30);

  private static final Duration CATCH_UP_INTERVAL = Duration.ofSeconds(2);

  /** Later retries of Pinferry take hours. */
  private static final Duration CATCH_UP_MAX = Duration.ofMinutes(10);

  @Mixin private TargetOptions options = new TargetOptions();

  @Option(
      names = "--destination",
      paramLabel = "NAME",
      defaultValue = "listen",
      description = "The destination in amp.yaml; is made if missing. Default: ${DEFAULT-VALUE}.")
  private String destination = "listen";

  @Option(
      names = "--take-over",
      description = "Let the destination point here, although it points elsewhere.")
  private boolean takeOver;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8099",
      description = "The port on 127.0.0.1. Default: ${DEFAULT-VALUE}.")
  private int port = 8099;

  @Option(
      names = "--public-url",
      paramLabel = "URL",
      description =
          "The https address that leads to the port, of a tunnel for example. Needed unless"
              + " Pinferry runs on this computer.")
  private @Nullable URI publicUrl;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "Where the ids of printed messages are kept. Default: a file of the project and"
              + " destination in ~/.local/state/pinferry.")
  private @Nullable Path file;

  @Option(
      names = "--catch-up",
      description = "End as soon as nothing is missing, within ten minutes.")
  private boolean catchUp;

  @Override
  public Integer call() {
    URI checked = Checks.publicUrl("--public-url", publicUrl);
    Doors doors = options.doors();
    boolean here = doors.isOnThisComputer();
    if (checked == null && !here) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "Pinferry is elsewhere, and cannot reach this computer",
          "Start a tunnel to port %s, and give its https address with --public-url."
              .formatted(port));
    }
    Tasks tasks = options.surroundings().tasks();
    var ours = new ListenDestination(doors, destination);
    try (ListenState state = ListenState.open(file(doors), tasks.now())) {
      var receiver =
          new Receiver(state, ours::signingKey, tasks, this::print, options.err()::println);
      try (Listener listener = Listener.start(port, receiver)) {
        URI origin = checked == null ? Loopback.uri(listener.port()) : checked;
        URI address = origin.resolve("/webhook");
        options.err().println(ours.pointTo(address, takeOver) + "; " + address);
        return follow(new MissedMessages(new Deliveries(doors), destination, state, tasks), tasks)
            .number();
      }
    }
  }

  private Path file(Doors doors) {
    return file != null
        ? file
        : options
            .surroundings()
            .targets()
            .stateFolder()
            .resolve("listen-%s-%s.jsonl".formatted(Doors.encoded(doors.project()), destination));
  }

  /** Looks for missed messages again and again. Returns only if there is a reason to end. */
  private ExitCode follow(MissedMessages missed, Tasks tasks) {
    Instant end = tasks.now().plus(CATCH_UP_MAX);
    while (true) {
      MissedMessages.Report report = look(missed);
      if (report != null) {
        if (!report.gaps().isEmpty()) {
          report
              .gaps()
              .forEach(
                  gap -> options.err().println("LOST " + gap.messageId() + ": " + gap.reason()));
          return ExitCode.NOT_WELL;
        }
        tell(report);
        if (catchUp && report.isComplete()) {
          return ExitCode.OK;
        }
      }
      if (catchUp && !tasks.now().isBefore(end)) {
        throw new CommandFailure(
            ExitCode.LATER, "there are still messages that have not come", "Start it again.");
      }
      tasks.sleepUntil(tasks.now().plus(catchUp ? CATCH_UP_INTERVAL : LOOK_INTERVAL));
    }
  }

  /** Returns null if Pinferry cannot say now; messages still come then. */
  private MissedMessages.@Nullable Report look(MissedMessages missed) {
    try {
      return missed.look();
    } catch (CommandFailure e) {
      if (e.code() != ExitCode.UNREACHABLE && e.code() != ExitCode.LATER) {
        throw e;
      }
      options.err().println("cannot look for missed messages: " + e.getMessage());
      return null;
    }
  }

  private void tell(MissedMessages.Report report) {
    if (report.replayed() > 0) {
      options.err().println(report.replayed() + " missed messages are sent again within a minute");
    }
    if (report.retried() > 0 && report.nextRetry() != null) {
      options
          .err()
          .println(
              "%s messages failed; Pinferry tries again from %s on"
                  .formatted(report.retried(), report.nextRetry()));
    }
  }

  private void print(String messageId, JsonNode message) {
    if (options.json()) {
      ObjectNode whole = Json.object().put("messageId", messageId);
      whole.set("message", message);
      options.print(whole);
    } else {
      new PrintedMessages(options.out()).take(messageId, message);
    }
  }
}
