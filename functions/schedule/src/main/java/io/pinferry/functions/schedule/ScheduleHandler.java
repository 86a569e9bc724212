package io.pinferry.functions.schedule;

import static io.pinferry.base.Field.field;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsClients;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbParkedMessages;
import io.pinferry.aws.DynamoDbReadStore;
import io.pinferry.aws.DynamoDbRefreshLeaseStore;
import io.pinferry.aws.DynamoDbTimerStore;
import io.pinferry.aws.DynamoDbWriteStore;
import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.aws.SqsDeliveryQueue;
import io.pinferry.aws.SqsReadQueue;
import io.pinferry.aws.SqsWriteQueue;
import io.pinferry.base.Log;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.AccessTokens;
import io.pinferry.connection.KeepAlive;
import io.pinferry.connection.Reconnect;
import io.pinferry.connection.SecretStore;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.NotificationRelay;
import io.pinferry.delivery.ParkedRelease;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.net.JdkHttpTransport;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.read.InstalledReads;
import io.pinferry.read.ReadNotificationNotes;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ReadStore;
import io.pinferry.read.ResumedReads;
import io.pinferry.read.ScheduledReads;
import io.pinferry.read.Settlement;
import io.pinferry.read.Watchdog;
import io.pinferry.timer.TimerTick;
import io.pinferry.write.WriteOperations;
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
