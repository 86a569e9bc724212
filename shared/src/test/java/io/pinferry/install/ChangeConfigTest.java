package io.pinferry.install;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.SeededIds;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.manifest.ChangeScope;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.manifest.ReadObjectConfig;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStatus;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.RunningReads;
import io.pinferry.read.ScheduledReads;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Others act between the checks of a change and its one transaction. */
final class ChangeConfigTest {
  private static final String CONTENT =
      "{\"name\":\"sync\",\"provider\":\"pinterest\",\"read\":{\"objects\":["
          + "{\"objectName\":\"boards\",\"destination\":\"hook\",\"optionalFieldsAuto\":\"all\","
          + "\"schedule\":\"0 * * * *\",\"backfill\":{\"defaultPeriod\":{\"fullHistory\":true}}},"
          + "{\"objectName\":\"media\",\"destination\":\"hook\",\"optionalFieldsAuto\":\"all\","
          + "\"schedule\":\"0 * * * *\",\"backfill\":{\"defaultPeriod\":{\"fullHistory\":true}}}"
          + "]}}";

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final VirtualThreadTasks tasks = new VirtualThreadTasks(clock);
  private final SeededIds ids = new SeededIds(1);
  private final ReadStarts starts = new ReadStarts(cloud.operations(), Duration.ofSeconds(60));
  private final ConnectionRepository connections = new ConnectionRepository(cloud.directory());
  private final InstallationRepository installations =
      new InstallationRepository(cloud.directory());
  private final RunningReads running =
      new RunningReads(cloud.operations(), cloud.settlement(tasks));
  private final ScheduledReads scheduled =
      new ScheduledReads(
          new InstalledReads(installations, connections),
          starts,
          cloud.operations(),
          cloud.readQueue(),
          cloud.timers(),
          tasks,
          Log.none());
  private final Connection connection = DirectoryFixtures.connection(1, "boards:read", "pins:read");
  private Installation installation;

  @BeforeEach
  void install() {
    installation =
        InstalledSync.in(
            cloud,
            starts,
            ids,
            tasks,
            connection,
            CONTENT,
            "{\"provider\":\"pinterest\",\"read\":{\"objects\":{\"boards\":"
                + "{\"objectName\":\"boards\"}}}}");
    clock.advance(Duration.ofMinutes(1));
  }

  private ChangeConfig changes(ReadQueue queue, Runnable meanwhile) {
    return changes(queue, cloud.timers(), meanwhile);
  }

  private ChangeConfig changes(ReadQueue queue, TimerStore timers, Runnable meanwhile) {
    return new ChangeConfig(
        cloud.directory(),
        cloud.operations(),
        queue,
        starts,
        running,
        timers,
        (sampled, plan) -> {
          meanwhile.run();
          return Optional.empty();
        },
        ids,
        tasks,
        Log.none());
  }

  private static ChangeRequest adding(String object) {
    return request((choice, effective) -> choice.withRead(ReadObjectConfig.empty(object)), object);
  }

  private static ChangeRequest request(ChangeRequest.NewChoice choice, String... touched) {
    return new ChangeRequest(
        "installation.config.content",
        null,
        null,
        null,
        choice,
        new ChangeScope(Set.of(touched), false, Set.of(), false),
        false);
  }

  private static ChangeRequest connecting(String connectionId, @Nullable String consumerRef) {
    return new ChangeRequest(
        "installation.config.content",
        connectionId,
        consumerRef,
        null,
        (choice, effective) -> choice,
        new ChangeScope(Set.of(), false, Set.of(), false),
        false);
  }

  private Installation add(Runnable meanwhile) {
    return changes(cloud.readQueue(), meanwhile).change(installation, adding("media"));
  }

  private Installation present() {
    return installations.find(PROJECT, installation.id()).orElseThrow().value();
  }

  private List<String> read() {
    return present().config().effective().read().stream().map(read -> read.objectName()).toList();
  }

  private List<Operation> operations() {
    return cloud.operations().ofInstallation(installation.id(), 10, null).operations();
  }

  private Timer timer() {
    return cloud.timers().all().stream()
        .filter(timer -> timer.kind().equals(ScheduledReads.KIND))
        .filter(timer -> timer.id().endsWith("/boards"))
        .findFirst()
        .orElseThrow();
  }

  private PauseReads pause() {
    return new PauseReads(cloud.directory(), running, ids, clock, Log.none());
  }

  @Test
  void twoChangesAtOnceBothTakeEffect() {
    Installation changed = add(() -> pause().pause(installation, _ -> true, "holiday"));

    assertThat(present()).isEqualTo(changed);
    assertThat(read()).containsExactly("boards", "media");
    assertThat(changed.config().effective().findRead("boards").orElseThrow())
        .matches(boards -> boards.disabled())
        .extracting(boards -> boards.pauseNote())
        .isEqualTo("holiday");
    assertThat(operations()).filteredOn(one -> one.objectName().equals("media")).hasSize(1);
  }

  @Test
  void aConnectionThatIsRefreshedMeanwhileIsNoObstacle() {
    add(
        () ->
            connections.replace(
                connections.find(PROJECT, connection.id()).orElseThrow(),
                connection.with(ConnectionStatus.WORKING, connection.access().scopes(), NOON)));

    assertThat(read()).containsExactly("boards", "media");
  }

  @Test
  void whoIsUninstalledMeanwhileIsNotFound() {
    assertThatThrownBy(
            () ->
                add(
                    () ->
                        new Uninstall(
                                cloud.directory(),
                                new InMemorySecretStore(),
                                running,
                                clock,
                                Log.none())
                            .uninstall(installation)))
        .isInstanceOf(NotFound.class)
        .hasMessageContaining("there is no installation");
    assertThat(operations()).allMatch(Operation::ended);
  }

  @Test
  void aChangeThatOthersAlwaysPrecedeIsAConflict() {
    ChangeRequest racing =
        request(
            (choice, effective) -> {
              boolean paused = effective.findRead("boards").orElseThrow().disabled();
              if (paused) {
                pause().unpause(installation, null);
              } else {
                pause().pause(installation, _ -> true, null);
              }
              return choice.withRead(ReadObjectConfig.empty("media"));
            },
            "media");

    assertThatThrownBy(() -> changes(cloud.readQueue(), () -> {}).change(installation, racing))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("is being changed by others");
    assertThat(read()).containsExactly("boards");
  }

  @Test
  void aTimerThatFiresMeanwhileIsReplacedAllTheSame() {
    cloud
        .operations()
        .finish(operations().getFirst().id(), OperationStatus.SUCCESS, "done", clock.instant());
    ChangeRequest moving =
        request(
            (choice, effective) ->
                InstallationConfig.parsePatch(
                    "config",
                    Json.trusted(
                        "{\"read\":{\"objects\":{\"boards\":{\"objectName\":\"boards\","
                            + "\"schedule\":\"15 * * * *\"}}}}")),
            "boards");

    Timer due = timer();
    var firing =
        new TimerStore() {
          @Override
          public List<Timer> due(int shard, Instant now, int limit) {
            return cloud.timers().due(shard, now, limit);
          }

          @Override
          public boolean contains(Timer timer) {
            boolean there = cloud.timers().contains(timer);
            if (timer.dueAt().equals(due.dueAt()) && there) {
              clock.set(due.dueAt());
              scheduled.fire(due);
            }
            return there;
          }

          @Override
          public boolean replace(@Nullable Timer remove, List<Timer> add) {
            return cloud.timers().replace(remove, add);
          }
        };

    changes(cloud.readQueue(), firing, () -> {}).change(installation, moving);

    assertThat(cloud.timers().all())
        .filteredOn(timer -> timer.kind().equals(ScheduledReads.KIND))
        .singleElement()
        .matches(timer -> "15 * * * *".equals(timer.payload().get("schedule")))
        .extracting(timer -> timer.payload().get("last"))
        .isEqualTo(operations().getFirst().id().value());
  }

  @Test
  void aTimerThatIsDueButHasNotFiredIsReplacedToo() {
    clock.set(timer().dueAt().plusSeconds(30));

    changes(cloud.readQueue(), () -> {})
        .change(
            installation,
            new ChangeRequest(
                "installation.config.content",
                null,
                null,
                null,
                (choice, effective) -> choice.withReads(List.of()),
                new ChangeScope(Set.of(), true, Set.of(), false),
                false));

    assertThat(read()).isEmpty();
    assertThat(cloud.timers().all()).noneMatch(timer -> timer.kind().equals(ScheduledReads.KIND));
    assertThat(operations())
        .singleElement()
        .extracting(Operation::result)
        .isEqualTo("[boards] taken out of the installation while it was read");
  }

  @Test
  void readsThatCannotBeSentNowAreTheWatchdogs() {
    ReadQueue broken =
        (installation, partitions, delay) -> {
          throw new ProviderUnavailable("no queue now", null, null);
        };

    changes(broken, () -> {}).change(installation, adding("media"));

    assertThat(operations()).hasSize(2);
  }

  @Test
  void aRepeatedChangeEndsWhatAnAttemptCutOffHasLeft() {
    changes(cloud.readQueue(), () -> {})
        .change(
            installation,
            request(
                (choice, effective) ->
                    choice.withRead(ReadObjectConfig.empty("boards").withDisabled(true)),
                "boards"));
    Operation ended = operations().getFirst();
    assertThat(ended.ended()).isTrue();
    Installation before = present();

    Installation again =
        changes(cloud.readQueue(), () -> {})
            .change(
                installation,
                request(
                    (choice, effective) ->
                        choice.withRead(ReadObjectConfig.empty("boards").withDisabled(true)),
                    "boards"));

    assertThat(again).isEqualTo(before);
  }

  @Test
  void anotherConnectionOfTheGroupIsReadFromTheBeginning() {
    Operation old = operations().getFirst();
    connections.remove(connections.find(PROJECT, connection.id()).orElseThrow());
    assertThatThrownBy(
            () -> changes(cloud.readQueue(), () -> {}).change(installation, adding("media")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("the connection of this installation was removed");
    Connection other = DirectoryFixtures.connection(2, "boards:read", "pins:read");
    connections.create(other);

    Installation changed =
        changes(cloud.readQueue(), () -> {})
            .change(installation, connecting(other.id().value(), "u_42"));

    assertThat(changed.connection()).isEqualTo(other.id());
    assertThat(cloud.operations().find(old.id()).orElseThrow().result())
        .isEqualTo("[boards] another connection was chosen while it was read");
    assertThat(operations())
        .filteredOn(one -> !one.ended())
        .singleElement()
        .matches(read -> read.connection().equals(other.id()))
        .extracting(Operation::id)
        .extracting(id -> id.value())
        .isEqualTo(timer().payload().get("last"));
  }

  @Test
  void aConnectionOfAnotherGroupIsRefused() {
    Connection other = DirectoryFixtures.connection(2, "boards:read");
    for (String id : List.of(other.id().value(), "x")) {
      assertThatThrownBy(
              () -> changes(cloud.readQueue(), () -> {}).change(installation, connecting(id, null)))
          .isInstanceOf(InvalidRequest.class)
          .hasMessageContaining("is no connection of this installation's group");
    }
  }
}
