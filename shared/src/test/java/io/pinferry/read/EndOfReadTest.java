package io.pinferry.read;

import static io.pinferry.read.ReadFixtures.NOON;
import static io.pinferry.read.ReadFixtures.OPERATION;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualTasks;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.NotificationNotes;
import io.pinferry.delivery.NotificationRelay;
import io.pinferry.delivery.RecordingDeliveryQueue;
import io.pinferry.directory.Connection;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.EventTopicRoute;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Topic;
import io.pinferry.directory.TopicDestinationRoute;
import io.pinferry.directory.TopicId;
import io.pinferry.directory.TopicRepository;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import io.pinferry.operation.Chain;
import io.pinferry.operation.EndNotification;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationFixtures;
import io.pinferry.operation.OperationNotificationNotes;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Origin;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each end of a read is told of at least once, with one id. */
final class EndOfReadTest {
  private static final Integration INTEGRATION = DirectoryFixtures.integration(1, "sync");
  private static final Installation INSTALLATION =
      DirectoryFixtures.installation(1, INTEGRATION.id(), "org_7");
  private static final Connection CONNECTION = DirectoryFixtures.connection(1);

  private static Operation operation(
      ReadType type, @Nullable Instant since, @Nullable Instant until) {
    return Operation.started(
        OPERATION,
        new Origin(
            DirectoryFixtures.PROJECT,
            INTEGRATION.id(),
            INSTALLATION.id(),
            CONNECTION.id(),
            "config-1"),
        OperationFixtures.read(
            "pins", type, OperationFixtures.EVERYTHING, new Work.Period(since, until)),
        NOON);
  }

  @ParameterizedTest
  @CsvSource({
    "BACKFILL,  SUCCESS, READ_BACKFILL_DONE",
    "BACKFILL,  FAILURE, READ_BACKFILL_ERROR",
    "SCHEDULED, SUCCESS, READ_SCHEDULED_DONE",
    "SCHEDULED, FAILURE, READ_SCHEDULED_ERROR",
    "TRIGGERED, SUCCESS, READ_TRIGGERED_DONE",
    "TRIGGERED, FAILURE, READ_TRIGGERED_ERROR"
  })
  void eachEndHasATypeOfItsOwn(ReadType type, OperationStatus status, NotificationType expected) {
    Notification told =
        EndNotification.ofRead(
            operation(type, null, null),
            new OperationEnd(status == OperationStatus.SUCCESS, "[pins] board 7: 500", null, NOON));

    assertThat(told.type()).isEqualTo(expected);
    assertThat(told.data().has("error")).isEqualTo(status == OperationStatus.FAILURE);
    assertThat(told.data().path("operationId").asText()).isEqualTo(OPERATION.value());
  }

  @Test
  void aTriggeredReadsPeriodAndErrorAreTold() {
    Operation triggered = operation(ReadType.TRIGGERED, NOON.minusSeconds(60), NOON);

    Notification told =
        EndNotification.ofRead(triggered, OperationEnd.failure("[pins] board 7: 500", NOON));

    assertThat(told.data().toString())
        .isEqualTo(
            ("{'projectId':'PROJECT','provider':'pinterest','integrationId':'INTEGRATION',"
                    + "'installationId':'INSTALLATION','connectionId':'CONNECTION',"
                    + "'groupRef':'g_1','groupName':'Blue \\'Shop\\'','consumerRef':'u_42',"
                    + "'consumerName':'Ana','objectName':'my_pins','operationId':'operation-1',"
                    + "'fromTimestamp':'2026-03-01T11:59:00Z',"
                    + "'untilTimestamp':'2026-03-01T12:00:00Z','error':'[pins] board 7: 500'}")
                .replace('\'', '"')
                .replace("PROJECT", DirectoryFixtures.PROJECT.value())
                .replace("INTEGRATION", INTEGRATION.id().value())
                .replace("INSTALLATION", INSTALLATION.id().value())
                .replace("CONNECTION", CONNECTION.id().value()));
  }

  /** Everything that has to do with the end of one read, behind ports that may be stopped. */
  private static final class World {
    private final ManualClock clock = new ManualClock(NOON);
    private final InMemoryCloud cloud = new InMemoryCloud(clock);
    private final Crashes crashes = new Crashes();
    private final RecordingDeliveryQueue queue = new RecordingDeliveryQueue();
    private final VirtualTasks tasks = new VirtualTasks(clock, VirtualTasks.Forks.EAGER);

    World() {
      DirectoryStore directory = cloud.directory();
      new ProjectRepository(directory)
          .create(DirectoryFixtures.project(DirectoryFixtures.PROJECT, "shop"));
      new IntegrationRepository(directory).create(INTEGRATION);
      directory.write(InstallationRepository.creation(INSTALLATION));
      Destination hook = DirectoryFixtures.destination(1, "hook");
      new DestinationRepository(directory).create(hook);
      var topics = new TopicRepository(directory);
      var topic = new TopicId(DirectoryFixtures.uuid("topic", 1));
      topics.create(new Topic(topic, DirectoryFixtures.PROJECT, "ends", NOON, null));
      topics.create(
          EventTopicRoute.of(
              DirectoryFixtures.PROJECT, NotificationType.READ_SCHEDULED_DONE, topic, NOON));
      topics.create(TopicDestinationRoute.of(DirectoryFixtures.PROJECT, topic, hook.id(), NOON));
      Operation operation = operation(ReadType.SCHEDULED, null, null);
      var root = new Chain("pins", Map.of());
      cloud
          .operations()
          .commit(
              new OperationTransaction(
                  List.of(),
                  List.of(),
                  List.of(Watchdog.timerFor(OPERATION, NOON, Duration.ofMinutes(1))),
                  List.of(new OperationTransaction.Start(operation, List.of(root)))));
      var key = new PartitionKey(OPERATION, root.id());
      long fence =
          cloud.partitions().tryLease(key, Duration.ofSeconds(45), NOON).orElseThrow().fence();
      assertThat(
              cloud
                  .partitions()
                  .end(
                      key,
                      fence,
                      new PartitionStore.PartitionEnd(
                          PartitionState.ENDED, new Cursor(0, null, 0, 0), null, false)))
          .isPresent();
    }

    /**
     * Does the same as the invocation of a minute: settles open partitions and sends waiting ones.
     */
    private void tick() {
      OperationStore operations = crashes.at(OperationStore.class, cloud.operations());
      PartitionStore partitions = crashes.at(PartitionStore.class, cloud.partitions());
      DirectoryStore directory = crashes.at(DirectoryStore.class, cloud.directory());
      var watchdog =
          new Watchdog(
              operations,
              partitions,
              crashes.at(ReadQueue.class, cloud.readQueue()),
              crashes.at(TimerStore.class, cloud.timers()),
              cloud.settlement(partitions, operations, tasks),
              tasks,
              Log.none(),
              Duration.ofMinutes(1));
      var relay =
          new NotificationRelay(
              directory,
              crashes.at(DeliveryQueue.class, queue),
              crashes.at(
                  NotificationNotes.class, new OperationNotificationNotes(operations, clock)),
              tasks,
              Log.none());
      for (Timer timer : cloud.timers().all()) {
        if (!timer.dueAt().isAfter(clock.instant())) {
          guarded(() -> watchdog.fire(timer));
        }
      }
      guarded(relay::run);
    }

    private static void guarded(Runnable work) {
      try {
        work.run();
      } catch (Crashes.Killed | RuntimeException e) {
        // A process that was killed, or whose invocation failed: the next one goes on.
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Crashes.Way.class)
  void theEndIsToldOfWhereverAProcessIsStopped(Crashes.Way way) {
    Set<String> ids = new HashSet<>();
    Set<String> stopped = new TreeSet<>();
    for (int stopAt = 1; ; stopAt++) {
      var world = new World();
      world.crashes.stopAt(stopAt, way);
      for (int minute = 1; minute <= 6; minute++) {
        world.clock.advance(Duration.ofMinutes(1));
        world.tick();
      }
      String at = way + " at call " + stopAt + ", " + world.crashes.stopped();
      assertThat(world.cloud.operations().find(OPERATION).orElseThrow().status())
          .as(at)
          .isEqualTo(OperationStatus.SUCCESS);
      assertThat(world.queue.sent()).as(at).isNotEmpty().hasSizeLessThanOrEqualTo(2);
      world.queue.sent().forEach(message -> ids.add(message.id()));
      assertThat(new Outbox(world.cloud.directory()).pending(10)).as(at).isEmpty();
      assertThat(world.cloud.timers().all()).as(at).isEmpty();
      assertThat(world.cloud.operations().logOf(OPERATION, 10))
          .as(at)
          .anySatisfy(
              line ->
                  assertThat(line.message())
                      .isEqualTo("notification read.scheduled.done sent to hook"));
      if (world.crashes.stopped() == null) {
        break;
      }
      stopped.add(world.crashes.stopped());
    }
    assertThat(ids).as("one id, whatever happened").hasSize(1);
    assertThat(stopped)
        .contains(
            "OperationStore.finish",
            "OperationStore.log",
            "DeliveryQueue.send",
            "NotificationNotes.note",
            "DirectoryStore.write");
  }
}
