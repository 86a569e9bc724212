package io.pinbridge.functions.schedule;

import static io.pinbridge.base.Field.field;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinbridge.aws.AwsClients;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbParkedMessages;
import io.pinbridge.aws.DynamoDbReadStore;
import io.pinbridge.aws.DynamoDbRefreshLeaseStore;
import io.pinbridge.aws.DynamoDbTimerStore;
import io.pinbridge.aws.DynamoDbWriteStore;
import io.pinbridge.aws.SecretsManagerSecretStore;
import io.pinbridge.aws.SqsDeliveryQueue;
import io.pinbridge.aws.SqsReadQueue;
import io.pinbridge.aws.SqsWriteQueue;
import io.pinbridge.base.Log;
import io.pinbridge.base.SystemIdSource;
import io.pinbridge.base.Tasks;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.connection.AccessTokens;
import io.pinbridge.connection.KeepAlive;
import io.pinbridge.connection.Reconnect;
import io.pinbridge.connection.SecretStore;
import io.pinbridge.delivery.DeliveryQueue;
import io.pinbridge.delivery.NotificationRelay;
import io.pinbridge.delivery.ParkedRelease;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.InstallationRepository;
import io.pinbridge.directory.ProviderAppRepository;
import io.pinbridge.net.JdkHttpTransport;
import io.pinbridge.pinterest.PinterestOauth;
import io.pinbridge.read.InstalledReads;
import io.pinbridge.read.ReadNotificationNotes;
import io.pinbridge.read.ReadStarts;
import io.pinbridge.read.ReadStore;
import io.pinbridge.read.ResumedReads;
import io.pinbridge.read.ScheduledReads;
import io.pinbridge.read.Settlement;
import io.pinbridge.read.Watchdog;
import io.pinbridge.timer.TimerTick;
import io.pinbridge.write.WriteOperations;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Fires the timers that are due, and sends the notifications that wait, every minute. */
public final class ScheduleHandler implements RequestStreamHandler {
  private final Tasks tasks;
  private final TimerTick tick;
  private final NotificationRelay relay;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ScheduleHandler() {
    this(System.getenv());
  }

  public ScheduleHandler(Map<String, String> environment) {
    this(Settings.of(environment), Clock.systemUTC());
  }

  private ScheduleHandler(Settings settings, Clock clock) {
    var aws = new AwsClients(settings.environment().variables());
    Log log = Log.to(System.out::println, clock).with(field("function", "schedule"));
    this.tasks = new VirtualThreadTasks(clock);
    var directory = new DynamoDbDirectoryStore(aws.dynamoDb(), settings.directoryTable(), tasks);
    var reads =
        new DynamoDbReadStore(
            aws.dynamoDb(),
            new DynamoDbReadStore.Tables(
                settings.readsTable(), settings.directoryTable(), settings.timersTable()),
            tasks);
    var messages = new SqsDeliveryQueue(aws::sqs, settings.deliveryQueueUrl(), tasks);
    this.tick = tick(settings, aws, directory, reads, messages, tasks, log);
    this.relay =
        new NotificationRelay(
            directory, messages, new ReadNotificationNotes(reads, clock), tasks, log);
  }

  /** The event says nothing that the tables do not: what is due is due. */
  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    List<Callable<Integer>> both = List.of(tick::run, relay::run);
    List<Integer> counts = tasks.all(both);
    answer.write(
        ("{\"fired\":" + counts.getFirst() + ",\"notifications\":" + counts.getLast() + "}")
            .getBytes(UTF_8));
  }

  private static TimerTick tick(
      Settings settings,
      AwsClients aws,
      DirectoryStore directory,
      ReadStore reads,
      DeliveryQueue messages,
      Tasks tasks,
      Log log) {
    var connections = new ConnectionRepository(directory);
    var timers = new DynamoDbTimerStore(aws.dynamoDb(), settings.timersTable(), tasks);
    var queue = new SqsReadQueue(aws::sqs, settings.readQueueUrl(), tasks);
    var starts = new ReadStarts(settings.watchdog());
    var watchdog =
        new Watchdog(
            reads,
            queue,
            timers,
            new Settlement(reads, tasks, log),
            tasks,
            log,
            settings.watchdog());
    var scheduled =
        new ScheduledReads(
            new InstalledReads(new InstallationRepository(directory), connections),
            starts,
            reads,
            queue,
            timers,
            tasks,
            log);
    var resumed = new ResumedReads(directory, starts, reads, queue, timers, tasks, log);
    var parked =
        new ParkedRelease(
            new DynamoDbParkedMessages(
                aws.dynamoDb(), settings.readsTable(), settings.timersTable(), tasks),
            messages,
            timers,
            tasks,
            log);
    // Most ticks refresh nothing.
    var secrets = new SecretsManagerSecretStore(aws::secretsManager, settings.secretPrefix());
    var keepAlive =
        new KeepAlive(
            connections,
            tokens(settings, aws, secrets, directory, connections, tasks, log),
            secrets,
            timers,
            tasks::now,
            log);
    var writes =
        new WriteOperations(
            reads,
            new DynamoDbWriteStore(aws.dynamoDb(), settings.readsTable(), tasks),
            timers,
            new SqsWriteQueue(aws::sqs, settings.writeQueueUrl(), tasks),
            tasks,
            log);
    return new TimerTick(
        timers,
        Map.of(
            Watchdog.KIND,
            watchdog::fire,
            ScheduledReads.KIND,
            scheduled::fire,
            Reconnect.KIND,
            resumed::fire,
            ParkedRelease.KIND,
            parked::fire,
            KeepAlive.KIND,
            keepAlive::fire,
            WriteOperations.KIND,
            writes::fire),
        tasks,
        log);
  }

  private static AccessTokens tokens(
      Settings settings,
      AwsClients aws,
      SecretStore secrets,
      DirectoryStore directory,
      ConnectionRepository connections,
      Tasks tasks,
      Log log) {
    return new AccessTokens(
        connections,
        new ProviderAppRepository(directory),
        secrets,
        new DynamoDbRefreshLeaseStore(
            aws.dynamoDb(), settings.limitsTable(), new SystemIdSource(), tasks),
        new PinterestOauth(
            JdkHttpTransport.whenFirstUsed(),
            settings.pinterestAuthorizeUrl(),
            settings.pinterestTokenUrl(),
            settings.pinterestApiUrl(),
            tasks::now),
        tasks,
        log);
  }
}
