package io.pinferry.install;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.SeededIds;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.Reconnect;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.ReadRequest;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ResumedReads;
import io.pinferry.read.RunningReads;
import io.pinferry.read.ScheduledReads;
import io.pinferry.read.Watchdog;
import io.pinferry.timer.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final ReadStarts starts = new ReadStarts(cloud.operations(), Duration.ofSeconds(60));
  private final ScheduledReads scheduled =
      new ScheduledReads(
          new InstalledReads(new InstallationRepository(cloud.directory()), connections),
          starts,
          cloud.operations(),
          cloud.readQueue(),
          cloud.timers(),
          tasks,
          JsonLines.log(logged::add, clock));
  private final ResumedReads resumed =
      new ResumedReads(
          cloud.directory(),
          starts,
          cloud.operations(),
          cloud.readQueue(),
          cloud.timers(),
          tasks,
          Log.none());
  private final Connection connection = DirectoryFixtures.connection(1, "boards:read");
  private Installation installation;

  @BeforeEach
  void install() {
    installation =
        InstalledSync.in(
            cloud,
            starts,
            new SeededIds(1),
            tasks,
            connection,
            CONTENT,
            "{\"provider\":\"pinterest\"}");
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
    return cloud.operations().ofInstallation(installation.id(), 10, null).operations();
  }

  private void finish(Operation operation) {
    cloud.operations().finish(operation.id(), OperationStatus.SUCCESS, "done", clock.instant());
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
    assertThat(cloud.operations().logOf(backfill.id(), 10))
        .extracting(LogLine::message)
        .containsExactly("the read due at " + due + " was left out, since this one still runs");

    finish(backfill);
    fire();

    assertThat(operations()).hasSize(2);
    assertThat(operations().getFirst().read().type()).isEqualTo(ReadType.SCHEDULED);
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
  void ticksThatWereMissedAreCaughtUpByOneReadAndTheNextIsOnTime() {
    finish(operations().getFirst());
    Timer missed = timer();
    clock.set(missed.dueAt().plus(HOUR.multipliedBy(5)).plusSeconds(47));

    scheduled.fire(missed);

    assertThat(operations()).hasSize(2);
    assertThat(timersOf(ScheduledReads.KIND))
        .singleElement()
        .satisfies(
            next -> assertThat(next.dueAt()).isEqualTo(missed.dueAt().plus(HOUR.multipliedBy(6))));
    finish(operations().getFirst());
    fire();
    assertThat(operations()).hasSize(3);
  }

  @Test
  void ticksThatAreLateDoNotMoveTheTimesOfTheNextReads() {
    Instant first = timer().dueAt();
    for (int hour = 0; hour < 24; hour++) {
      finish(operations().getFirst());
      Timer due = timer();
      assertThat(due.dueAt()).isEqualTo(first.plus(HOUR.multipliedBy(hour)));
      clock.set(due.dueAt().plusSeconds(59));
      scheduled.fire(due);
    }
    assertThat(cloud.operations().ofInstallation(installation.id(), 100, null).operations())
        .hasSize(25);
  }

  @Test
  void overlappingTicksStartOneRead() {
    finish(operations().getFirst());
    Timer timer = timer();
    clock.set(timer.dueAt());

    tasks.all(Collections.nCopies(8, () -> fired(timer)));

    assertThat(operations()).hasSize(2);
    assertThat(timersOf(ScheduledReads.KIND)).hasSize(1);
    assertThat(logged.stream().filter(line -> line.contains("read started"))).hasSize(1);
  }

  private boolean fired(Timer timer) {
    scheduled.fire(timer);
    return true;
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
        connection.with(ConnectionStatus.BAD_CREDENTIALS, connection.access().scopes(), NOON));

    Instant due = fire();

    assertThat(operations()).hasSize(1);
    assertThat(timer().dueAt()).isEqualTo(due.plus(HOUR));
    assertThat(logged).anyMatch(line -> line.contains("the account has to be connected again"));

    connections.replace(
        connections.find(PROJECT, connection.id()).orElseThrow(),
        connection.with(ConnectionStatus.CREATED, connection.access().scopes(), NOON));
    fire();

    assertThat(operations()).hasSize(2);
  }

  private void credentials(ConnectionStatus status) {
    var before = connections.find(PROJECT, connection.id()).orElseThrow();
    assertThat(
            connections.replace(
                before, before.value().with(status, connection.access().scopes(), clock.instant())))
        .isTrue();
  }

  /** Lets the account be connected again; returns the timer that says so. */
  private Timer reconnect() {
    credentials(ConnectionStatus.CREATED);
    Timer timer = new Reconnect(PROJECT, connection.id(), clock.instant()).timer();
    cloud.timers().replace(null, List.of(timer));
    return timer;
  }

  private List<Timer> timersOf(String kind) {
    return cloud.timers().all().stream().filter(timer -> timer.kind().equals(kind)).toList();
  }

  private void fail(Operation operation) {
    cloud.operations().finish(operation.id(), OperationStatus.FAILURE, "401", clock.instant());
  }

  @Test
  void aReadThatWasLeftOutBeginsOnceTheAccountIsConnectedAgain() {
    finish(operations().getFirst());
    credentials(ConnectionStatus.BAD_CREDENTIALS);
    fire();
    clock.advance(Duration.ofMinutes(10));

    Timer reconnected = reconnect();
    resumed.fire(reconnected);
    resumed.fire(reconnected);

    assertThat(operations()).as("one read, however often the timer fires").hasSize(2);
    Operation begun = operations().getFirst();
    assertThat(begun.read().type()).isEqualTo(ReadType.SCHEDULED);
    assertThat(begun.startedAt()).isEqualTo(clock.instant());
    assertThat(timersOf(Reconnect.KIND)).isEmpty();
    assertThat(timersOf(Watchdog.KIND)).anyMatch(timer -> timer.id().equals(begun.id().value()));
    assertThat(cloud.readQueue().receive())
        .anyMatch(partition -> partition.operation().equals(begun.id()));

    fire();
    assertThat(operations()).as("the schedule waits for it").hasSize(2);
    assertThat(timersOf(ScheduledReads.KIND)).hasSize(1);
    finish(begun);
    fire();
    assertThat(operations()).hasSize(3);
  }

  @Test
  void aScheduledReadThatFailedBeginsAgainWithEachReconnect() {
    finish(operations().getFirst());
    fire();
    for (int times = 1; times <= 3; times++) {
      fail(operations().getFirst());
      clock.advance(Duration.ofMinutes(2));
      resumed.fire(reconnect());

      assertThat(operations()).hasSize(2 + times);
      assertThat(operations().getFirst().read().type()).isEqualTo(ReadType.SCHEDULED);
      assertThat(timersOf(ScheduledReads.KIND)).hasSize(1);
    }
  }

  @Test
  void aBackfillThatFailedBeginsAgainAsOne() {
    fail(operations().getFirst());
    clock.advance(Duration.ofMinutes(2));

    resumed.fire(reconnect());

    assertThat(operations()).hasSize(2);
    assertThat(operations().getFirst().read().type()).isEqualTo(ReadType.BACKFILL);
    assertThat(operations().getFirst().ended()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTriggeredReadAfterItDoesNotHideABackfillThatFailed(boolean failsToo) {
    fail(operations().getFirst());
    clock.advance(Duration.ofMinutes(2));
    var triggered =
        starts.prepare(
            InstalledReads.target(
                installation, connection, installation.config().effective().read().getFirst()),
            new OperationId("triggered-1"),
            ReadRequest.whole(ReadType.TRIGGERED, Work.Period.ALL),
            clock.instant());
    cloud
        .operations()
        .commit(
            new OperationTransaction(List.of(), List.of(), List.of(), List.of(triggered.start())));
    if (failsToo) {
      fail(operations().getFirst());
    }
    clock.advance(Duration.ofMinutes(2));

    resumed.fire(reconnect());

    assertThat(operations()).hasSize(3);
    assertThat(operations().getFirst().read().type()).isEqualTo(ReadType.BACKFILL);
  }

  @Test
  void nothingBeginsThatRunsOrHasSucceeded() {
    resumed.fire(reconnect());
    assertThat(operations()).as("the backfill runs").hasSize(1);

    finish(operations().getFirst());
    clock.advance(Duration.ofMinutes(2));
    resumed.fire(reconnect());
    assertThat(operations()).as("nothing was due").hasSize(1);

    clock.set(timer().dueAt());
    resumed.fire(reconnect());
    assertThat(operations()).as("its schedule is about to begin it").hasSize(1);
  }

  @Test
  void aPausedObjectIsNotResumed() {
    fail(operations().getFirst());
    var running = new RunningReads(cloud.operations(), cloud.settlement(tasks));
    new PauseReads(cloud.directory(), running, new SeededIds(2), clock, Log.none())
        .pause(installation, _ -> true, null);

    resumed.fire(reconnect());

    assertThat(operations()).hasSize(1);
  }

  @Test
  void aTimerThatIsEarlierThanItsConnectionIsPatient() {
    fail(operations().getFirst());
    credentials(ConnectionStatus.BAD_CREDENTIALS);
    Timer early = new Reconnect(PROJECT, connection.id(), clock.instant()).timer();
    cloud.timers().replace(null, List.of(early));
    resumed.fire(early);
    assertThat(operations()).hasSize(1);
    assertThat(timersOf(Reconnect.KIND))
        .singleElement()
        .satisfies(again -> assertThat(again.dueAt()).isAfter(clock.instant()));

    credentials(ConnectionStatus.CREATED);
    clock.advance(Duration.ofMinutes(1));
    resumed.fire(timersOf(Reconnect.KIND).getFirst());
    assertThat(operations()).hasSize(2);
    assertThat(timersOf(Reconnect.KIND)).isEmpty();
  }

  @Test
  void aReconnectThatNeverCameIsForgotten() {
    credentials(ConnectionStatus.BAD_CREDENTIALS);
    Timer early = new Reconnect(PROJECT, connection.id(), clock.instant()).timer();
    cloud.timers().replace(null, List.of(early));
    clock.advance(Duration.ofMinutes(5));

    resumed.fire(early);

    assertThat(timersOf(Reconnect.KIND)).isEmpty();
    assertThat(operations()).hasSize(1);
  }
}
