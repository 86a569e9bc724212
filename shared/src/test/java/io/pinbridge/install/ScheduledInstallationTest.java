package io.pinbridge.install;

import static io.pinbridge.directory.DirectoryFixtures.NOON;
import static io.pinbridge.directory.DirectoryFixtures.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinbridge.base.Json;
import io.pinbridge.base.Log;
import io.pinbridge.base.ManualClock;
import io.pinbridge.base.SeededIds;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.directory.Connection;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.ConnectionStatus;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.directory.DirectoryFixtures;
import io.pinbridge.directory.Installation;
import io.pinbridge.directory.InstallationRepository;
import io.pinbridge.directory.Integration;
import io.pinbridge.directory.IntegrationRepository;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.manifest.InstallationConfig;
import io.pinbridge.read.InMemoryCloud;
import io.pinbridge.read.InstalledReads;
import io.pinbridge.read.Operation;
import io.pinbridge.read.OperationStatus;
import io.pinbridge.read.ReadStarts;
import io.pinbridge.read.ReadStore.LogLine;
import io.pinbridge.read.ReadType;
import io.pinbridge.read.ScheduledReads;
import io.pinbridge.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An installation that reads boards every hour, and what keeps it from that. */
final class ScheduledInstallationTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String CONTENT =
      "{\"name\":\"sync\",\"provider\":\"pinterest\",\"read\":{\"objects\":[{\"objectName\":"
          + "\"boards\",\"destination\":\"hook\",\"enabled\":\"always\",\"optionalFieldsAuto\":"
          + "\"all\",\"schedule\":\"0 * * * *\","
          + "\"backfill\":{\"defaultPeriod\":{\"fullHistory\":true}}}]}}";

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryCloud cloud = new InMemoryCloud(clock);
  private final VirtualThreadTasks tasks = new VirtualThreadTasks(clock);
  private final ConnectionRepository connections = new ConnectionRepository(cloud.directory());
  private final List<String> logged = new ArrayList<>();
  private final ReadStarts starts = new ReadStarts(Duration.ofSeconds(60));
  private final ScheduledReads scheduled =
      new ScheduledReads(
          new InstalledReads(new InstallationRepository(cloud.directory()), connections),
          starts,
          cloud.reads(),
          cloud.readQueue(),
          cloud.timers(),
          tasks,
          Log.to(logged::add, clock));
  private final Connection connection = DirectoryFixtures.connection(1, "boards:read");
  private Installation installation;

  @BeforeEach
  void install() {
    new ProjectRepository(cloud.directory()).create(DirectoryFixtures.project(PROJECT, "shop"));
    Integration sync = DirectoryFixtures.integrationOf(1, "sync", CONTENT);
    new IntegrationRepository(cloud.directory()).create(sync);
    new DestinationRepository(cloud.directory()).create(DirectoryFixtures.destination(1, "hook"));
    connections.create(connection);
    installation =
        new Install(
                cloud.directory(),
                cloud.reads(),
                cloud.readQueue(),
                starts,
                (sampled, plan) -> Optional.empty(),
                new SeededIds(1),
                tasks,
                Log.none())
            .install(
                new InstallRequest(
                    PROJECT,
                    sync,
                    "org_7",
                    null,
                    InstallationConfig.parse(
                        "config.content", Json.trusted("{\"provider\":\"pinterest\"}")),
                    null,
                    false,
                    false));
  }

  private Timer timer() {
    return cloud.timers().all().stream()
        .filter(timer -> timer.kind().equals(ScheduledReads.KIND))
        .findFirst()
        .orElseThrow();
  }

  /** Lets the next read be due; returns when it was. */
  private Instant fire() {
    Timer timer = timer();
    clock.set(timer.dueAt());
    scheduled.fire(timer);
    return timer.dueAt();
  }

  /** Returns all reads, newest first. */
  private List<Operation> operations() {
    return cloud.reads().operationsOf(installation.id(), 10, null).operations();
  }

  private void finish(Operation operation) {
    cloud.reads().finish(operation.id(), OperationStatus.SUCCESS, "done", clock.instant());
  }

  private long leftOut() {
    return logged.stream().filter(line -> line.contains("scheduled read left out")).count();
  }

  @Test
  void aReadThatIsDueWhileTheFirstStillRunsIsLeftOut() {
    Operation backfill = operations().getFirst();

    Instant due = fire();

    assertThat(operations()).containsExactly(backfill);
    assertThat(timer().dueAt()).isEqualTo(due.plus(HOUR));
    assertThat(leftOut()).isEqualTo(1);
    assertThat(cloud.reads().logOf(backfill.id(), 10))
        .extracting(LogLine::message)
        .containsExactly("the read due at " + due + " was left out, since this one still runs");

    finish(backfill);
    fire();

    assertThat(operations()).hasSize(2);
    assertThat(operations().getFirst().readType()).isEqualTo(ReadType.SCHEDULED);
  }

  @Test
  void aScheduledReadIsWaitedForToo() {
    finish(operations().getFirst());
    fire();
    Operation running = operations().getFirst();

    fire();
    fire();

    assertThat(operations()).hasSize(2);
    finish(running);
    fire();
    assertThat(operations()).hasSize(3);
  }

  @Test
  void overlappingTicksLeaveOneReadOutOnce() {
    Timer timer = timer();
    clock.set(timer.dueAt());

    scheduled.fire(timer);
    scheduled.fire(timer);

    assertThat(leftOut()).isEqualTo(1);
    assertThat(operations()).hasSize(1);
  }

  @Test
  void nothingIsReadWhileTheCredentialsAreBad() {
    finish(operations().getFirst());
    connections.replace(
        connections.find(PROJECT, connection.id()).orElseThrow(),
        connection.with(ConnectionStatus.BAD_CREDENTIALS, connection.scopes(), NOON));

    Instant due = fire();

    assertThat(operations()).hasSize(1);
    assertThat(timer().dueAt()).isEqualTo(due.plus(HOUR));
    assertThat(logged).anyMatch(line -> line.contains("the account has to be connected again"));

    connections.replace(
        connections.find(PROJECT, connection.id()).orElseThrow(),
        connection.with(ConnectionStatus.CREATED, connection.scopes(), NOON));
    fire();

    assertThat(operations()).hasSize(2);
  }
}
