package io.pinferry.benchmarks;

import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbOperationStore;
import io.pinferry.aws.DynamoDbTimerStore;
import io.pinferry.aws.SqsReadQueue;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Group;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.Owner;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.RevisionId;
import io.pinferry.manifest.Backfill;
import io.pinferry.manifest.Cron;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.manifest.EffectiveConfig;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.FieldSelection;
import io.pinferry.manifest.InstallationConfig;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ScheduledReads;
import io.pinferry.timer.TimerStore;
import io.pinferry.timer.TimerTick;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** How many due reads one tick of the schedule starts, and that two start none twice. */
final class Tick implements Benchmark {
  private static final int READS = 1_000;
  private static final int OVERLAPPED_READS = 100;

  /** The function's timeout in template.yaml. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private static final String OBJECT = "pins";
  private static final Cron HOURLY = Cron.parse("0 * * * *");
  private static final ProjectId PROJECT = new ProjectId("project-1");
  private static final IntegrationId INTEGRATION = new IntegrationId("integration-1");

  @Override
  public String compares() {
    return "the reads that one tick of the schedule starts within its function's timeout, against"
        + " the "
        + READS
        + " that are due";
  }

  @Override
  public List<Goal> measure(PrintStream out) {
    Tasks tasks = new VirtualThreadTasks(Clock.systemUTC());
    try (var parts = EmbeddedParts.start();
        DynamoDbClient dynamoDb = Engine.dynamoDb(parts.endpoints(), new Calls());
        SqsClient sqs = Engine.sqs(parts.endpoints(), new Calls())) {
      String table = Engine.createTable(dynamoDb);
      DirectoryStore directory = new DynamoDbDirectoryStore(dynamoDb, table, tasks);
      TimerStore timers = new DynamoDbTimerStore(dynamoDb, table, tasks);
      OperationStore operations =
          new DynamoDbOperationStore(
              dynamoDb, new DynamoDbOperationStore.Tables(table, table, table), tasks);
      Instant now = tasks.now();
      new ProjectRepository(directory)
          .create(
              new Project(PROJECT, "benchmark", "Benchmark", "org", now, null, false, List.of()));
      List<InstallationId> alone = new ArrayList<>();
      for (int i = 0; i < READS; i++) {
        alone.add(install(i, directory, timers, now));
      }
      var scheduled =
          new ScheduledReads(
              new InstalledReads(
                  new InstallationRepository(directory), new ConnectionRepository(directory)),
              new ReadStarts(operations, Duration.ofMinutes(1)),
              operations,
              new SqsReadQueue(
                  () -> sqs,
                  sqs.createQueue(request -> request.queueName("read")).queueUrl(),
                  tasks),
              timers,
              tasks,
              Log.none());
      var tick =
          new TimerTick(timers, Map.of(ScheduledReads.KIND, scheduled::fire), tasks, Log.none());
      long start = System.nanoTime();
      tick.run();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      long started = alone.stream().filter(one -> starts(operations, one) == 1).count();

      List<InstallationId> overlapped = new ArrayList<>();
      for (int i = 0; i < OVERLAPPED_READS; i++) {
        overlapped.add(install(READS + i, directory, timers, now));
      }
      Tasks.Fork<Integer> second = tasks.fork(tick::run);
      tick.run();
      second.join();
      long once = overlapped.stream().filter(one -> starts(operations, one) == 1).count();
      return List.of(
          new Goal(
              "due reads started by one tick",
              took.compareTo(TIMEOUT) > 0 ? 0 : (double) started / READS,
              1,
              String.format(
                  Locale.ROOT,
                  "%d of %d in %.1f s, the function's timeout is %d s",
                  started,
                  READS,
                  took.toMillis() / 1e3,
                  TIMEOUT.toSeconds())),
          new Goal(
              "due reads started once by two overlapping ticks",
              (double) once / OVERLAPPED_READS,
              1,
              once + " of " + OVERLAPPED_READS));
    }
  }

  private static int starts(OperationStore operations, InstallationId installation) {
    return operations.ofInstallation(installation, 10, null).operations().size();
  }

  /** Installs hourly reads for a group of its own, due an instant ago. */
  private static InstallationId install(
      int number, DirectoryStore directory, TimerStore timers, Instant now) {
    var owner =
        new Owner(
            new Group("group-" + number, "Group", now, null),
            new Consumer("consumer", "Consumer", now, null));
    var connection =
        new Connection(
            new ConnectionId(UUID.randomUUID().toString()),
            PROJECT,
            "pinterest",
            owner,
            new Connection.Access(
                null,
                ConnectionStatus.WORKING,
                List.of("boards:read", "pins:read"),
                "user-" + number,
                null,
                new AccountId("account-" + number),
                "secret"),
            now,
            null,
            ConnectionNotes.NONE);
    var read =
        new EffectiveRead(
            OBJECT,
            OBJECT,
            HOURLY,
            "webhook",
            false,
            null,
            new FieldSelection(List.of(), Map.of(), Map.of(), true),
            new Backfill.NoHistory(),
            null,
            DeliveryMode.ALL);
    var installation =
        new Installation(
            new InstallationId(UUID.randomUUID().toString()),
            PROJECT,
            INTEGRATION,
            owner,
            connection.id(),
            new InstalledConfig(
                UUID.randomUUID().toString(),
                new RevisionId("revision-1"),
                now,
                "consumer:consumer",
                new InstallationConfig(null, Map.of(), null, null),
                new EffectiveConfig(List.of(read), Json.object(), false)),
            "consumer:consumer",
            now,
            null);
    boolean connected = new ConnectionRepository(directory).create(connection);
    List<DirectoryWrite> creation = InstallationRepository.creation(installation);
    // Without the condition that the integration is there, which reads do not look at.
    List<DirectoryWrite> refused = directory.write(creation.subList(1, creation.size()));
    if (!connected || !refused.isEmpty()) {
      throw new IllegalStateException("not installed: " + refused);
    }
    timers.replace(
        null,
        List.of(
            ScheduledReads.timerFor(
                InstalledReads.target(installation, connection, read),
                HOURLY,
                now.minus(Duration.ofHours(2)),
                null)));
    return installation.id();
  }
}
