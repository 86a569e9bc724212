package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.base.Secret;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.local.api.Deliveries;
import io.pinferry.local.api.Doors;
import io.pinferry.local.api.HttpTransport;
import io.pinferry.local.api.Target;
import io.pinferry.local.cli.CommandRun;
import io.pinferry.local.cli.CommandRun.Shell;
import io.pinferry.local.listen.ListenDestination;
import io.pinferry.local.listen.ListenState;
import io.pinferry.local.listen.Listener;
import io.pinferry.local.listen.MissedMessages;
import io.pinferry.local.listen.Receiver;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The command that listens, on a stack that keeps delivered messages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ListenComponentTest {
  private static final int DROPS = 20;

  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: listen
                optionalFieldsAuto: all
      """;

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private final Tasks tasks = new VirtualThreadTasks(Clock.systemUTC());
  private final Map<String, Integer> printed = new LinkedHashMap<>();
  private final Map<String, Set<String>> recordsByOperation = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();
  @TempDir private Path home;
  private LocalStack stack;
  private Shell shell;
  private Doors doors;
  private int port;

  /** A listener of which nothing but the file outlives the end. */
  private final class Session implements AutoCloseable {
    private final ListenState state = ListenState.open(home.resolve("state.jsonl"), tasks.now());
    private final ListenDestination destination = new ListenDestination(doors, "listen");
    private final Listener listener =
        Listener.start(
            port,
            new Receiver(
                state,
                destination::signingKey,
                tasks,
                ListenComponentTest.this::print,
                warnings::add));
    private final MissedMessages missed =
        new MissedMessages(new Deliveries(doors), "listen", state, tasks);

    @Override
    public void close() {
      listener.close();
      state.close();
    }
  }

  private synchronized void print(String id, JsonNode message) {
    printed.merge(id, 1, Integer::sum);
    recordsByOperation
        .computeIfAbsent(message.path("operationId").asText(), _ -> new HashSet<>())
        .addAll(RecordingWebhook.recordIds(message));
  }

  private synchronized int printedCount() {
    return printed.size();
  }

  @BeforeAll
  void start() throws Exception {
    stack = LocalStack.start(Customer.stack(20, 3).withReplays(), sim -> sim.withRateLimits(false));
    doors =
        new Doors(
            new Target(
                stack.api(), stack.read(), null, null, new Secret(stack.apiKey()), null, "a test"),
            new HttpTransport());
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
  }

  /** The folder is there only now. */
  @BeforeEach
  void openShell() {
    shell =
        Shell.of(
            Map.of(
                "PINFERRY_API", stack.api().toString(),
                "PINFERRY_READ", stack.read().toString(),
                "PINFERRY_KEY", stack.apiKey()),
            home);
  }

  @AfterAll
  void stop() {
    stack.close();
    http.close();
  }

  private void install() throws Exception {
    var team = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
    team.deploy(MANIFEST);
    team.connect("org_7");
    team.done(
        "POST",
        "./integrations/sync/installations",
        Json.trusted(StackClient.installation("org_7", "boards")));
  }

  private String read() {
    CommandRun run = shell.run("read", "org_7", "boards", "--no-wait");
    assertThat(run.code()).as(run.err()).isZero();
    return run.out().strip();
  }

  @Test
  void nothingIsLostOrPrintedTwiceOverTwentyDropsWithReplays() throws Exception {
    var random = new Random(20);
    Set<String> operations = new HashSet<>();
    for (int drop = 0; drop < DROPS; drop++) {
      try (var session = new Session()) {
        session.destination.pointTo(stack.api().resolve("http://127.0.0.1:" + port + "/"), true);
        if (drop == 0) {
          install();
        }
        int before = printedCount();
        operations.add(read());
        if (random.nextBoolean()) {
          Patience.until("a message", () -> printedCount() > before);
        }
        if (random.nextBoolean()) {
          session.missed.look();
        }
      }
      // Nobody listens now.
      if (random.nextInt(3) == 0) {
        operations.add(read());
      }
      if (random.nextInt(3) == 0) {
        shell.run("replay", "--destination", "listen");
      }
    }

    try (var session = new Session()) {
      Patience.until(
          "all that was missed",
          () -> {
            MissedMessages.Report report = session.missed.look();
            assertThat(report.gaps()).isEmpty();
            return report.isComplete() && operations.stream().allMatch(this::hasEnded);
          });
    }

    assertThat(printed.values()).containsOnly(1);
    assertThat(recordsByOperation.keySet()).containsAll(operations);
    assertThat(operations)
        .allSatisfy(one -> assertThat(recordsByOperation.get(one)).isEqualTo(boards()));
    assertThat(warnings).isEmpty();
  }

  /** Returns the ids of the boards that the account really has. */
  private Set<String> boards() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(stack.pinterest().resolve("/_sim/truth/boards")).build();
    return http.send(request, BodyHandlers.ofLines())
        .body()
        .map(line -> Json.trusted(line).path("id").asText())
        .collect(Collectors.toSet());
  }

  @Test
  void theCommandMakesADestinationAndLeavesOthersAlone() throws Exception {
    String free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = Integer.toString(socket.getLocalPort());
    }
    String[] listen = {"listen", "--destination", "mine", "--catch-up", "--port"};

    CommandRun made = run(listen, free);
    CommandRun again = run(listen, free);
    CommandRun other = run(listen, "0");
    CommandRun taken = run(listen, Integer.toString(stack.api().getPort()));
    CommandRun over = run(listen, "0", "--take-over");

    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.err())
        .contains("made destination mine; name it in amp.yaml", "http://127.0.0.1:" + free);
    assertThat(home.resolve(".local/state/pinferry"))
        .isDirectoryContaining("glob:**/listen-*mine.jsonl");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).startsWith("destination mine; http://127.0.0.1:" + free);
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("points to http://127.0.0.1:" + free, "--take-over");
    assertThat(taken.code()).isEqualTo(2);
    assertThat(taken.err()).contains("--port");
    assertThat(over.code()).as(over.err()).isZero();
    assertThat(over.err()).contains("points here now; before to http://127.0.0.1:" + free);
  }

  private CommandRun run(String[] start, String... more) {
    return shell.run(Stream.concat(Stream.of(start), Stream.of(more)).toArray(String[]::new));
  }

  private boolean hasEnded(String operation) {
    return !doors
        .get(doors.path("/operations/" + operation))
        .path("status")
        .asText()
        .equals("in_progress");
  }
}
