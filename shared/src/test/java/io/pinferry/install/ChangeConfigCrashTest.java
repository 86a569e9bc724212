package io.pinferry.install;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.IdSource;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.SeededIds;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.manifest.ChangeScope;
import io.pinferry.manifest.ReadObjectConfig;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.Crashes;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.RunningReads;
import io.pinferry.read.ScheduledReads;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A change that is cut off anywhere has taken effect as a whole or not at all. */
final class ChangeConfigCrashTest {
  private static final String CONTENT =
      "{\"name\":\"sync\",\"provider\":\"pinterest\",\"read\":{\"objects\":["
          + "{\"objectName\":\"boards\",\"destination\":\"hook\",\"optionalFieldsAuto\":\"all\","
          + "\"schedule\":\"0 * * * *\",\"backfill\":{\"defaultPeriod\":{\"fullHistory\":true}}},"
          + "{\"objectName\":\"media\",\"destination\":\"hook\",\"optionalFieldsAuto\":\"all\","
          + "\"schedule\":\"0 * * * *\",\"backfill\":{\"defaultPeriod\":{\"fullHistory\":true}}}"
          + "]}}";

  /** An installation of boards that is to become one of media. */
  private static final class World {
    private final Crashes crashes = new Crashes();
    private final ManualClock clock = new ManualClock(NOON);
    private final InMemoryCloud cloud = new InMemoryCloud(clock);
    private final VirtualThreadTasks tasks = new VirtualThreadTasks(clock);
    private final IdSource ids = new SeededIds(1);
    private final ReadStarts starts = new ReadStarts(cloud.operations(), Duration.ofSeconds(60));
    private final Installation installation;

    World() {
      installation =
          InstalledSync.in(
              cloud,
              starts,
              ids,
              tasks,
              DirectoryFixtures.connection(1, "boards:read", "pins:read"),
              CONTENT,
              "{\"provider\":\"pinterest\",\"read\":{\"objects\":{\"boards\":"
                  + "{\"objectName\":\"boards\"}}}}");
      clock.advance(Duration.ofMinutes(1));
    }

    void change() {
      OperationStore operations = crashes.at(OperationStore.class, cloud.operations());
      new ChangeConfig(
              crashes.at(DirectoryStore.class, cloud.directory()),
              operations,
              crashes.at(ReadQueue.class, cloud.readQueue()),
              starts,
              new RunningReads(operations, cloud.settlement(cloud.partitions(), operations, tasks)),
              crashes.at(TimerStore.class, cloud.timers()),
              (sampled, plan) -> Optional.empty(),
              ids,
              tasks,
              Log.none())
          .change(
              installation,
              new ChangeRequest(
                  "installation.config.content",
                  null,
                  null,
                  null,
                  (chosen, effective) -> chosen.withReads(List.of(ReadObjectConfig.empty("media"))),
                  new ChangeScope(Set.of("media"), true, Set.of(), false),
                  false));
    }

    List<String> objects() {
      return new InstallationRepository(cloud.directory())
              .find(PROJECT, installation.id())
              .orElseThrow()
              .value()
              .config()
              .effective()
              .read()
              .stream()
              .map(read -> read.objectName())
              .toList();
    }

    List<Operation> operations() {
      return cloud.operations().ofInstallation(installation.id(), 10, null).operations();
    }

    List<String> begun() {
      return operations().stream().map(Operation::objectName).sorted().toList();
    }

    List<String> scheduled() {
      return cloud.timers().all().stream()
          .filter(timer -> timer.kind().equals(ScheduledReads.KIND))
          .map(timer -> timer.payload().getOrDefault("object", ""))
          .toList();
    }

    long told() {
      return new Outbox(cloud.directory())
          .pending(100).stream()
              .filter(told -> told.type() == NotificationType.INSTALLATION_UPDATED)
              .count();
    }
  }

  @ParameterizedTest
  @EnumSource(Crashes.Way.class)
  void whatIsCutOffIsWholeOrNothingAndCanBeRepeated(Crashes.Way way) {
    Set<String> stopped = new TreeSet<>();
    for (int stopAt = 1; ; stopAt++) {
      var world = new World();
      world.crashes.stopAt(stopAt, way);
      try {
        world.change();
      } catch (Crashes.Killed | RuntimeException e) {
        // The caller gets no answer, and asks again below.
      }
      String at = way + " at call " + stopAt + ", " + world.crashes.stopped();
      boolean done = world.objects().equals(List.of("media"));
      assertThat(world.objects()).as(at).isEqualTo(List.of(done ? "media" : "boards"));
      assertThat(world.scheduled()).as(at).isEqualTo(world.objects());
      assertThat(world.begun())
          .as(at)
          .isEqualTo(done ? List.of("boards", "media") : List.of("boards"));
      assertThat(world.told()).as(at).isEqualTo(done ? 1 : 0);
      if (world.crashes.stopped() == null) {
        break;
      }
      stopped.add(world.crashes.stopped());

      world.change();

      assertThat(world.objects()).as(at).containsExactly("media");
      assertThat(world.scheduled()).as(at).containsExactly("media");
      assertThat(world.begun()).as(at).containsExactly("boards", "media");
      assertThat(world.operations())
          .as(at)
          .allMatch(one -> one.ended() == one.objectName().equals("boards"));
      assertThat(world.told()).as(at).isEqualTo(1);
    }
    assertThat(stopped)
        .contains(
            "DirectoryStore.find",
            "TimerStore.contains",
            "OperationStore.commit",
            "ReadQueue.send",
            "OperationStore.finish");
  }
}
