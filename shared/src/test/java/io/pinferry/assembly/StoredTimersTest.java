package io.pinferry.assembly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Json;
import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.VirtualTasks;
import io.pinferry.connection.Reconnect;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.GroupRemoval;
import io.pinferry.directory.GroupRemovalRepository;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Origin;
import io.pinferry.operation.Work;
import io.pinferry.read.ScheduledReads;
import io.pinferry.timer.StoredTimer;
import io.pinferry.timer.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fires each timer in the form in which it is stored, in a world of documents in their stored
 * forms.
 *
 * <p>A stored timer stays readable for ever. When a kind gets another payload, mark its form as old
 * and add the new one; {@code -Dpinferry.stored=write} writes the effects. SimulationTest finds
 * timers whose form is not here.
 */
final class StoredTimersTest {
  private static final Path FILE = Path.of("src/test/resources/" + StoredTimer.FILE);
  private static final Path DOCUMENTS = Path.of("src/test/resources/stored");
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Instant NOW = Instant.parse("2026-09-05T03:00:00Z");
  private static final OperationId READ = new OperationId("3b7d0a52-9e0f-8c55-8f0b-6b2f0c7a1d22");
  private static final OperationId WRITE = new OperationId("7c6f1a52-3333-8444-8555-966677788899");
  private static final Chain BOARD = new Chain("board_pins", Map.of("board_id", "7"));

  /** A group that was removed, and the secret of its connection. */
  private static final String REMOVED_GROUP = "org_9";

  private static final String REMOVED_SECRET = "connection/removed";

  private static final Pattern MAKES_TIMERS = Pattern.compile("new Timer\\(");
  private static final Pattern KIND = Pattern.compile("String KIND = \"([\\w-]+)\"");

  /** They read, copy or describe timers of any kind. */
  private static final Set<String> OF_ANY_KIND = Set.of("TimerItems.java", "Timer.java");

  private final ManualClock clock = new ManualClock(NOW);
  private final List<String> logged = new ArrayList<>();
  private final InMemoryPorts ports =
      new InMemoryPorts(new VirtualTasks(clock, VirtualTasks.Forks.EAGER)) {
        @Override
        public Log log() {
          return JsonLines.log(logged::add, clock);
        }
      };
  private final Assembly assembly = new Assembly(ports, new FixedSettings());

  private static ObjectNode document(String name) {
    try {
      return (ObjectNode) Json.parse(Files.readAllBytes(DOCUMENTS.resolve(name + ".json")));
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  private static <T> T stored(Class<T> type) {
    return Codec.stored(type, document(type.getName()));
  }

  /** Everything that the timers are about. */
  private void prepare(StoredTimer form) {
    new ProjectRepository(ports.directory()).create(stored(Project.class));
    new IntegrationRepository(ports.directory()).create(stored(Integration.class));
    ObjectNode connectionForm = document("io.pinferry.directory.Connection");
    ((ObjectNode) connectionForm.path("access")).put("status", "working");
    Connection connection = Codec.stored(Connection.class, connectionForm);
    new ConnectionRepository(ports.directory()).create(connection);
    String tokens = Json.text(document("io.pinferry.connection.TokenPair"));
    for (String secret :
        List.of(connection.access().secretName(), "connection/before", REMOVED_SECRET)) {
      ports.secrets().create(secret, new Secret(tokens));
    }
    ObjectNode installationForm = document("io.pinferry.directory.Installation");
    ((ObjectNode) installationForm.at("/config/effective/read/0")).put("disabled", false);
    Installation installation = Codec.stored(Installation.class, installationForm);
    ports.directory().write(InstallationRepository.creation(installation));
    Origin origin = Origin.of(installation);
    ports
        .operations()
        .commit(
            new OperationTransaction(
                List.of(),
                List.of(),
                List.of(),
                List.of(
                    start(READ, origin, "read", List.of(BOARD)),
                    start(WRITE, origin, "write", List.of()))));
    DeliveryMessage message = message(origin);
    ports.parkedMessages().park(message, NOW);
    ports.deadLetters().keep(message, "the destination answered 500", NOW);
    removeGroup(installation);
    if (form.kind().equals(Reconnect.KIND)) {
      ports
          .cloud()
          .operations()
          .finish(READ, OperationStatus.FAILURE, "the account is not connected", NOW);
    }
    // The only timers are this one, and that of the schedule, which a repeated read replaces.
    ports.cloud().timers().all().forEach(timer -> ports.timers().replace(timer, List.of()));
    ports.timers().replace(null, List.of(form.timer(NOW)));
    if (form.kind().equals(Reconnect.KIND)) {
      Timer next =
          new Timer(
              NOW.plus(Duration.ofDays(1)),
              ScheduledReads.KIND,
              installation.id() + "/pins",
              Map.of());
      ports.timers().replace(null, List.of(next));
    }
  }

  private static OperationTransaction.Start start(
      OperationId id, Origin origin, String work, List<Chain> roots) {
    Work of = Codec.stored(Work.class, document("io.pinferry.operation.Work." + work));
    return new OperationTransaction.Start(
        Operation.started(id, origin, of, NOW.minusSeconds(600)), roots);
  }

  private static DeliveryMessage message(Origin origin) {
    return new DeliveryMessage(
        "msg_1",
        origin.project(),
        new DeliveryMessage.Records(
            origin.integration(),
            origin.installation(),
            "pins",
            new DeliveryMessage.Receipt(READ.value(), BOARD.id().value(), "1.1.abc")),
        "hook",
        "{}".getBytes(UTF_8));
  }

  private void removeGroup(Installation former) {
    ProjectId project = former.project();
    var removals = new GroupRemovalRepository(ports.directory());
    String id = GroupRemovalRepository.idOf(REMOVED_GROUP);
    removals.begin(project, id, null, NOW.minusSeconds(1_200));
    var begun = removals.find(project, id).orElseThrow();
    GroupRemoval all = begun.value().with(List.of(former.id()), List.of(REMOVED_SECRET));
    removals.replace(project, id, begun, all.finished(NOW.minusSeconds(1_200)));
  }

  /** Returns what a timer may change, one thing a line. */
  private Set<String> state() {
    Set<String> lines = new TreeSet<>();
    ProjectId project = stored(Project.class).id();
    for (Timer timer : ports.cloud().timers().all()) {
      lines.add("timer " + timer);
    }
    for (Operation operation : ports.operations().ofProject(project, 100, null).operations()) {
      lines.add("operation " + operation.id() + " " + operation.status());
    }
    ports.cloud().readQueue().sent().forEach(sent -> lines.add("sent " + sent.partition()));
    ports.queuedWrites().forEach(id -> lines.add("sent write " + id));
    for (DeliveryMessage sent : ports.sentMessages()) {
      lines.add("sent message " + sent.id());
    }
    ports.parkedMessages().all().forEach(parked -> lines.add("parked " + parked.id()));
    ports.secrets().names().forEach(name -> lines.add("secret " + name));
    ports
        .deadLetters()
        .list(project, new DeadLetters.Filter(null, null, Set.of()), 100, null)
        .letters()
        .forEach(letter -> lines.add("dead letter " + letter.messageId()));
    return lines;
  }

  /** Fires a timer, and returns the lines of the state that it removed and added. */
  private List<String> fire(StoredTimer form) {
    prepare(form);
    Set<String> before = state();
    logged.clear();

    assertThat(assembly.timerTick().run()).isEqualTo(1);

    Set<String> after = state();
    List<String> effect = new ArrayList<>();
    before.stream().filter(line -> !after.contains(line)).forEach(line -> effect.add("- " + line));
    after.stream().filter(line -> !before.contains(line)).forEach(line -> effect.add("+ " + line));
    assertThat(logged).noneMatch(line -> line.contains("\"ERROR\""));
    return effect;
  }

  static List<StoredTimer> forms() {
    return StoredTimer.all();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void eachFormIsStillUnderstood(StoredTimer form) throws IOException {
    List<String> effect = fire(form);
    if ("write".equals(System.getProperty("pinferry.stored"))) {
      write(form, effect);
      return;
    }

    assertThat(effect).isEqualTo(form.effect());
  }

  private static void write(StoredTimer form, List<String> effect) throws IOException {
    ArrayNode forms = (ArrayNode) Json.parse(Files.readAllBytes(FILE));
    ArrayNode lines = ((ObjectNode) forms.get(forms().indexOf(form))).putArray("effect");
    effect.forEach(lines::add);
    Files.writeString(FILE, forms.toPrettyString() + "\n");
  }

  @Test
  void eachKindHasAForm() throws IOException {
    Set<String> kinds = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
        String source = Files.readString(file);
        if (!OF_ANY_KIND.contains(file.getFileName().toString())
            && MAKES_TIMERS.matcher(source).find()) {
          Matcher kind = KIND.matcher(source);
          assertThat(kind.find()).as(file + " names the kind of its timers").isTrue();
          kinds.add(kind.group(1));
        }
      }
    }

    Set<String> known = new TreeSet<>();
    forms().stream().filter(form -> !form.old()).forEach(form -> known.add(form.kind()));
    assertThat(known).isEqualTo(kinds);
  }
}
