package io.pinferry.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Deadline;
import io.pinferry.base.Digest;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.Secret;
import io.pinferry.base.VirtualTasks;
import io.pinferry.delivery.DeadLetter;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.ForwardingDirectoryStore;
import io.pinferry.directory.GroupRemoval;
import io.pinferry.directory.GroupRemovalRepository;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Snapshot;
import io.pinferry.install.GroupContents;
import io.pinferry.install.RemoveGroup;
import io.pinferry.install.Uninstall;
import io.pinferry.management.ManagementWorld.Answer;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Origin;
import io.pinferry.read.Crashes;
import io.pinferry.read.Cursor;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadContents;
import io.pinferry.read.RunningReads;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import io.pinferry.write.WriteContents;
import io.pinferry.write.WriteStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A customer goes with everything, whatever is under way, and wherever a process is stopped. */
final class GroupRemovalTest {
  private static final String REMOVE = "/v1/projects/shop/groups:remove";
  private static final OperationId WRITE = new OperationId("11111111-0000-4000-8000-000000000001");
  private static final DeadLetters.Filter ALL = new DeadLetters.Filter(null, null, Set.of());

  /** A project with two customers. Each has everything that can be stored. */
  private static final class Shop {
    private final ManagementWorld world = new ManagementWorld();
    private final Crashes crashes = new Crashes();
    private final ProjectId project = new ProjectId(world.project("shop"));
    private final Connection going;
    private final InstallationId leaving;
    private final InstallationId staying;
    private final Operation read;
    private final String secret;

    Shop() {
      world.destination("hook");
      world.deploy(
          """
          specVersion: 1.0.0
          integrations:
            - name: sync
              provider: pinterest
              read:
                objects:
                  - objectName: boards
                    destination: hook
                    optionalFieldsAuto: all
                    backfill: {defaultPeriod: {fullHistory: true}}
          """,
          "");
      going = world.connect(project.value(), "org/7 ?", "boards:read");
      secret = going.access().secretName();
      world.connect(project.value(), "org_8", "boards:read");
      leaving = install("org/7 ?");
      staying = install("org_8");
      read = world.cloud.operations().ofInstallation(leaving, 10, null).operations().getFirst();
      waitingMessage();
      write();
      for (InstallationId installation : List.of(leaving, staying)) {
        world.deadLetters.keep(
            message("msg_dead_" + installation.value(), installation), "500", now());
      }
    }

    private Instant now() {
      return world.clock.instant();
    }

    private InstallationId install(String groupRef) {
      Answer answer =
          world.post(
              "/v1/projects/shop/integrations/sync/installations",
              "{'groupRef':'"
                  + groupRef
                  + "','config':{'content':{'provider':'pinterest','read':{'objects':{'boards':{"
                  + "'objectName':'boards','selectedFieldsAuto':'all'}}}}}}");
      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(201);
      return new InstallationId(answer.text("id"));
    }

    private DeliveryMessage message(String id, InstallationId installation) {
      return new DeliveryMessage(
          id,
          project,
          new DeliveryMessage.Records(
              read.integration(),
              installation,
              "boards",
              new DeliveryMessage.Receipt(read.id().value(), "partition-1", "1.0.a")),
          "hook",
          "{}".getBytes(UTF_8));
    }

    /** A page was stored, and its message is parked. */
    private void waitingMessage() {
      PartitionStore partitions = world.cloud.partitions();
      Partition root = partitions.ofOperation(read.id()).getFirst();
      long fence =
          partitions.tryLease(root.key(), Duration.ofSeconds(45), now()).orElseThrow().fence();
      partitions.storePage(
          root.key(),
          fence,
          new PartitionStore.PageWrite(
              new Cursor(1, "b2", 1, 0), Set.of("1.0.a"), Set.of(), now(), true));
      String id =
          "msg_" + Digest.of(read.id().value(), root.key().partition().value(), "1.0.a").hex(16);
      world.parked.park(message(id, leaving), now().plus(Duration.ofHours(5)));
      world.cloud.results().keep(project, id, "[]".getBytes(UTF_8), now());
    }

    private void write() {
      Operation operation =
          Operation.started(
              WRITE,
              new Origin(project, read.integration(), leaving, read.connection(), "config-1"),
              OperationFixtures.write("boards", 1),
              now());
      world
          .cloud
          .operations()
          .commit(
              new OperationTransaction(
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(new OperationTransaction.Start(operation, List.of()))));
      world.writes.keep(WRITE, 0, now(), "{}");
      world
          .cloud
          .operations()
          .log(WRITE, new LogLine(now(), "line", LogLine.Severity.INFO, "a line", null));
      world
          .cloud
          .directory()
          .write(
              List.of(
                  new DirectoryWrite.Create(
                      new DocumentKey("IDEMPOTENCY#" + leaving.value(), "key"), "{}", null)));
    }

    /** Returns the removal behind ports that can stop. */
    private RemoveGroup removal() {
      return removal(crashes.at(DirectoryStore.class, world.cloud.directory()));
    }

    private RemoveGroup removal(DirectoryStore directory) {
      return removal(directory, world.deadLetters);
    }

    private RemoveGroup removal(DirectoryStore directory, DeadLetters letters) {
      var tasks = new VirtualTasks(world.clock, VirtualTasks.Forks.EAGER);
      SecretStore secrets = crashes.at(SecretStore.class, world.secrets);
      OperationStore operations = crashes.at(OperationStore.class, world.cloud.operations());
      PartitionStore partitions = crashes.at(PartitionStore.class, world.cloud.partitions());
      return new RemoveGroup(
          directory,
          secrets,
          crashes.at(DeadLetters.class, letters),
          new Uninstall(
              directory,
              secrets,
              new RunningReads(operations, world.cloud.settlement(partitions, operations, tasks)),
              world.clock,
              Log.none()),
          new GroupContents(
              operations,
              new ReadContents(
                  partitions,
                  crashes.at(ParkedMessages.class, world.parked),
                  crashes.at(ResultStore.class, world.cloud.results()),
                  crashes.at(FingerprintStore.class, world.cloud.fingerprints())),
              new WriteContents(crashes.at(WriteStore.class, world.writes), directory),
              crashes.at(DeliveryAttempts.class, world.deliveryAttempts),
              tasks),
          crashes.at(TimerStore.class, world.cloud.timers()),
          tasks,
          Log.none());
    }

    private void fireTimers() {
      world.clock.advance(Duration.ofMinutes(21));
      for (Timer timer : world.timers(RemoveGroup.KIND)) {
        removal().fire(timer);
      }
    }

    private void assertGone(String as) {
      assertThat(world.secrets.names()).as(as).noneMatch(secret::equals);
      assertThat(world.secrets.names()).as(as).anyMatch(name -> name.startsWith("connection/"));
      assertThat(world.cloud.directory().list("PROJECT#" + project, "", null, 1000).toString())
          .as(as)
          .doesNotContain("org/7 ?")
          .contains("org_8");
      assertThat(world.cloud.directory().list("IDEMPOTENCY#" + leaving, "", null, 10))
          .as(as)
          .isEmpty();
      assertThat(world.cloud.operations().ofInstallation(leaving, 10, null).operations())
          .as(as)
          .isEmpty();
      for (OperationId operation : List.of(read.id(), WRITE)) {
        assertThat(world.cloud.operations().find(operation)).as(as).isEmpty();
        assertThat(world.cloud.operations().logOf(operation, 10)).as(as).isEmpty();
        assertThat(world.cloud.partitions().ofOperation(operation)).as(as).isEmpty();
        assertThat(world.writes.recordsOf(operation)).as(as).isEmpty();
      }
      assertThat(world.parked.size()).as(as).isZero();
      assertThat(world.deadLetters.list(project, ALL, 10, null).letters())
          .as(as)
          .extracting(letter -> letter.messageId())
          .containsExactly("msg_dead_" + staying.value());
      assertThat(world.cloud.operations().ofInstallation(staying, 10, null).operations())
          .as(as)
          .isNotEmpty();
    }
  }

  @Test
  void aCustomerGoesWithEverything() {
    var shop = new Shop();

    Answer answer = shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(answer.body().path("removed").toString())
        .isEqualTo(
            "{\"installations\":1,\"connections\":1,\"operations\":2,\"messages\":1,"
                + "\"deadLetters\":1}");
    shop.assertGone("after one request");
    Instant end = Instant.parse(answer.text("finishTime"));
    assertThat(answer.body().path("stays").findValuesAsText("until"))
        .hasSize(8)
        .allSatisfy(until -> assertThat(Instant.parse(until)).isAfter(end))
        .contains(end.plus(Duration.ofDays(14)).toString());
    assertThat(shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}").body()).isEqualTo(answer.body());
  }

  /** A list takes ten seconds, half of the time of a request or a sweep. */
  private static final class SlowLetters implements DeadLetters {
    private final DeadLetters letters;
    private final ManualClock clock;
    private int lists;

    SlowLetters(Shop shop) {
      this.letters = shop.world.deadLetters;
      this.clock = shop.world.clock;
    }

    @Override
    public void keep(DeliveryMessage message, String reason, Instant at) {
      letters.keep(message, reason, at);
    }

    @Override
    public Page list(ProjectId project, Filter filter, int limit, @Nullable String pageToken) {
      lists++;
      clock.advance(Duration.ofSeconds(10));
      return letters.list(project, filter, limit, pageToken);
    }

    @Override
    public boolean park(DeadLetter letter, Instant dueAt) {
      return letters.park(letter, dueAt);
    }

    @Override
    public boolean remove(DeadLetter letter) {
      return letters.remove(letter);
    }
  }

  @Test
  void theDeadLettersOfAProjectAreReadOnceWhateverTheTime() {
    var shop = new Shop();
    shop.world.delete("/v1/projects/shop/integrations/sync/installations/" + shop.leaving);
    shop.world.connect(shop.project.value(), "org/7 ?", "boards:read");
    InstallationId second = shop.install("org/7 ?");
    for (int i = 0; i < 5_000; i++) {
      shop.world.deadLetters.keep(shop.message("msg_" + i, shop.staying), "500", shop.now());
    }
    shop.world.deadLetters.keep(shop.message("msg_second", second), "500", shop.now());
    var letters = new SlowLetters(shop);
    RemoveGroup removal = shop.removal(shop.world.cloud.directory(), letters);

    int requests = 0;
    GroupRemoval removed;
    do {
      requests++;
      removed = removal.remove(shop.project, "org/7 ?", new Deadline(shop.now().plusSeconds(20)));
    } while (removed.finishedAt() == null);

    assertThat(removed.removed().deadLetters()).isEqualTo(2);
    assertThat(removed.removed().installations()).isEqualTo(1);
    assertThat(letters.lists).as("of 1,000 letters each").isEqualTo(6);
    assertThat(requests).isGreaterThan(1);

    int sweeps = 0;
    shop.world.clock.advance(RemoveGroup.SWEPT_BY);
    for (List<Timer> due = shop.world.timers(RemoveGroup.KIND);
        !due.isEmpty();
        due = shop.world.timers(RemoveGroup.KIND)) {
      sweeps++;
      removal.fire(due.getFirst());
      shop.world.clock.advance(Duration.ofMinutes(2));
    }
    assertThat(letters.lists).as("of 1,000 letters each").isEqualTo(12);
    assertThat(sweeps).isGreaterThan(1);
  }

  @Test
  void aMessageThatSomebodySentAgainGoes() {
    var shop = new Shop();
    Partition root = shop.world.cloud.partitions().ofOperation(shop.read.id()).getFirst();
    shop.world.cloud.partitions().giveUp(root.key(), "1.0.a", "500");

    Answer answer = shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");

    assertThat(answer.body().at("/removed/messages").asInt()).isEqualTo(1);
    shop.assertGone("although nothing waits for it");
  }

  @Test
  void theNoteOfARemovalIsThereFromItsFirstWriteOn() {
    var shop = new Shop();
    shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");
    shop.world.clock.advance(Duration.ofSeconds(1));
    shop.world.connect(shop.project.value(), "org/7 ?", "boards:read");
    DirectoryStore store = shop.world.cloud.directory();
    var notes = new GroupRemovalRepository(store);
    DirectoryStore directory =
        new ForwardingDirectoryStore(store) {
          @Override
          public List<DirectoryWrite> write(List<DirectoryWrite> writes) {
            List<DirectoryWrite> refused = store.write(writes);
            assertThat(notes.find(shop.project, GroupRemovalRepository.idOf("org/7 ?")))
                .isPresent();
            return refused;
          }
        };

    GroupRemoval removed =
        shop.removal(directory)
            .remove(shop.project, "org/7 ?", new Deadline(shop.now().plusSeconds(20)));

    assertThat(removed.installations()).as("also the earlier ones").containsExactly(shop.leaving);
  }

  @Test
  void aWrongRequestIsNamed() {
    var shop = new Shop();

    assertThat(shop.world.post(REMOVE, "{'groupRef':'org_9'}").status()).isEqualTo(404);
    assertThat(shop.world.post(REMOVE, "{}").issue()).startsWith("groupRef: is missing");
    String page =
        shop.world
            .post("/v1/projects/shop/api-keys", "{'label':'page','scopes':['frontend']}")
            .text("key");
    assertThat(shop.world.send(page, "POST", REMOVE, "{'groupRef':'org/7 ?'}").status())
        .isEqualTo(403);
  }

  @Test
  void nobodyConnectsAGroupThatIsBeingRemovedOrBeganBefore() {
    var shop = new Shop();
    var connections = new ConnectionRepository(shop.world.cloud.directory());
    Instant before = shop.now();
    GroupRemoval begun = shop.removal().remove(shop.project, "org/7 ?", new Deadline(shop.now()));
    assertThat(begun.finishedAt()).as("the time was over").isNull();

    assertThatThrownBy(() -> connections.create(shop.going, shop.now().plusSeconds(1)))
        .isInstanceOf(Conflict.class);
    shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");
    assertThatThrownBy(() -> connections.create(shop.going, before)).isInstanceOf(Conflict.class);

    shop.assertGone("after the second request");
    shop.world.clock.advance(Duration.ofSeconds(1));
    assertThat(connections.create(shop.going, shop.now())).as("the customer comes back").isTrue();
  }

  @Test
  void aCustomerWhoCameBackGoesAgain() {
    var shop = new Shop();
    shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");
    shop.world.clock.advance(Duration.ofSeconds(1));
    shop.world.connect(shop.project.value(), "org/7 ?", "boards:read");

    Answer answer = shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");

    assertThat(answer.body().at("/removed/connections").asInt()).isEqualTo(1);
    assertThat(answer.body().at("/removed/installations").asInt()).isZero();
    shop.assertGone("the second time");
  }

  @Test
  void aCustomerWhoWasUninstalledBeforeGoesWithEverything() {
    var shop = new Shop();
    Answer uninstalled =
        shop.world.delete("/v1/projects/shop/integrations/sync/installations/" + shop.leaving);
    assertThat(uninstalled.status()).isEqualTo(204);

    Answer answer = shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(answer.body().at("/removed/operations").asInt()).isEqualTo(2);
    assertThat(answer.body().at("/removed/deadLetters").asInt()).isEqualTo(1);
    shop.assertGone("after the uninstall");
    assertThat(shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}").body()).isEqualTo(answer.body());
  }

  @Test
  void theTokensOfACustomerWhoConnectsMeanwhileGo() {
    var shop = new Shop();
    shop.world.connect(shop.project.value(), "org_9", "boards:read");
    DirectoryStore store = shop.world.cloud.directory();
    var connections = new ConnectionRepository(store);
    var connecting = new AtomicBoolean(true);
    DirectoryStore directory =
        new ForwardingDirectoryStore(store) {
          @Override
          public List<DirectoryWrite> write(List<DirectoryWrite> writes) {
            List<DirectoryWrite> refused = store.write(writes);
            boolean noted = writes.getFirst() instanceof DirectoryWrite.Replace;
            if (noted && connecting.getAndSet(false)) {
              Snapshot<Connection> before =
                  connections.findOfGroup(shop.project, "pinterest", "org_9").orElseThrow();
              shop.world.secrets.create("connection/newest", new Secret("{}"));
              connections.replace(before, withSecret(before.value(), "connection/newest"));
            }
            return refused;
          }
        };

    shop.removal(directory).remove(shop.project, "org_9", new Deadline(shop.now().plusSeconds(20)));

    assertThat(connecting).isFalse();
    assertThat(connections.findOfGroup(shop.project, "pinterest", "org_9")).isEmpty();
    assertThat(shop.world.secrets.names()).doesNotContain("connection/newest");
  }

  private static Connection withSecret(Connection old, String secretName) {
    Connection.Access access = old.access();
    return new Connection(
        old.id(),
        old.project(),
        old.provider(),
        old.owner(),
        new Connection.Access(
            access.app(),
            access.status(),
            access.scopes(),
            access.userId(),
            access.userName(),
            access.account(),
            secretName),
        old.createTime(),
        old.updateTime(),
        old.notes());
  }

  @Test
  void aSweepDoesNotTouchWhatALaterRemovalHasOnlyNoted() {
    var shop = new Shop();
    shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");
    shop.world.clock.advance(Duration.ofSeconds(1));
    Connection back = shop.world.connect(shop.project.value(), "org/7 ?", "boards:read");
    shop.install("org/7 ?");
    GroupRemoval begun = shop.removal().remove(shop.project, "org/7 ?", new Deadline(shop.now()));
    assertThat(begun.finishedAt()).as("the time was over").isNull();

    shop.fireTimers();

    assertThat(shop.world.secrets.names()).contains(back.access().secretName());
    assertThat(shop.world.timers(RemoveGroup.KIND)).as("it comes later").hasSize(1);

    shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");
    shop.fireTimers();
    shop.assertGone("after both");
    assertThat(shop.world.timers(RemoveGroup.KIND)).isEmpty();
  }

  @Test
  void aBusyWorkerBringsNothingBack() {
    var shop = new Shop();
    shop.world.post(REMOVE, "{'groupRef':'org/7 ?'}");
    // As a worker does that began before.
    shop.world.writes.keep(WRITE, 0, shop.now(), "{}");
    shop.world
        .cloud
        .operations()
        .log(shop.read.id(), new LogLine(shop.now(), "late", LogLine.Severity.INFO, "late", null));
    shop.world.deadLetters.keep(shop.message("msg_late", shop.leaving), "500", shop.now());
    shop.world.secrets.create(shop.secret, new Secret("{}"));

    shop.fireTimers();

    shop.assertGone("after the sweep");
    assertThat(shop.world.cloud.operations().placesOf(shop.leaving, 10, null)).isEmpty();
    assertThat(shop.world.timers(RemoveGroup.KIND)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Crashes.Way.class)
  void aRequestThatIsRepeatedFinishesWhatAnotherLeft(Crashes.Way way) {
    Set<String> stopped = new TreeSet<>();
    for (int stopAt = 1; ; stopAt++) {
      var shop = new Shop();
      shop.crashes.stopAt(stopAt, way);
      for (int request = 1; request <= 3; request++) {
        try {
          shop.removal().remove(shop.project, "org/7 ?", new Deadline(shop.now().plusSeconds(20)));
          break;
        } catch (Crashes.Killed | RuntimeException e) {
          shop.world.clock.advance(Duration.ofSeconds(1));
        }
      }
      shop.world.clock.advance(Duration.ofMinutes(21));
      for (int minute = 1; minute <= 3; minute++) {
        for (Timer timer : shop.world.timers(RemoveGroup.KIND)) {
          try {
            shop.removal().fire(timer);
          } catch (Crashes.Killed | RuntimeException e) {
            // The timer stays.
          }
        }
        shop.world.clock.advance(Duration.ofMinutes(2));
      }

      shop.assertGone(way + " at call " + stopAt + ", " + shop.crashes.stopped());
      assertThat(shop.world.cloud.operations().placesOf(shop.leaving, 10, null)).isEmpty();
      assertThat(shop.world.timers(RemoveGroup.KIND)).isEmpty();
      if (shop.crashes.stopped() == null) {
        break;
      }
      stopped.add(shop.crashes.stopped());
    }
    assertThat(stopped)
        .contains(
            "DeadLetters.remove",
            "DirectoryStore.write",
            "OperationStore.remove",
            "ParkedMessages.discard",
            "PartitionStore.remove",
            "SecretStore.delete",
            "TimerStore.replace",
            "WriteStore.remove");
  }
}
