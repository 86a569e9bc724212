package io.pinferry.functions.read;

import static io.pinferry.base.Field.field;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import io.pinferry.aws.AwsClients;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbReadStore;
import io.pinferry.aws.SqsReadQueue;
import io.pinferry.base.Log;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Router;
import io.pinferry.install.PauseReads;
import io.pinferry.install.TriggerRead;
import io.pinferry.management.DirectoryCredentials;
import io.pinferry.management.ReadRoutes;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.RunningReads;
import io.pinferry.read.Settlement;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Map;

/** Answers the read door: starts a read of one object now. */
public final class ReadHandler implements RequestStreamHandler {
  private final Endpoint endpoint;

  /** Lambda calls this once; a wrong setting fails here, as an init error. */
  public ReadHandler() {
    this(System.getenv());
  }

  public ReadHandler(Map<String, String> environment) {
    this.endpoint = endpoint(Settings.of(environment));
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    endpoint.handle(event, answer);
  }

  private static Endpoint endpoint(Settings settings) {
    Clock clock = Clock.systemUTC();
    var aws = new AwsClients(settings.environment().variables());
    Log log = Log.to(System.out::println, clock).with(field("function", "read"));
    var tasks = new VirtualThreadTasks(clock);
    var directory = new DynamoDbDirectoryStore(aws.dynamoDb(), settings.directoryTable(), tasks);
    var reads =
        new DynamoDbReadStore(
            aws.dynamoDb(),
            new DynamoDbReadStore.Tables(
                settings.readsTable(), settings.directoryTable(), settings.timersTable()),
            tasks);
    var running = new RunningReads(reads, new Settlement(reads, tasks, log));
    var trigger =
        new TriggerRead(
            directory,
            reads,
            running,
            new SqsReadQueue(aws::sqs, settings.readQueueUrl(), tasks),
            new ReadStarts(settings.watchdog()),
            new SystemIdSource(),
            clock,
            log);
    var pause = new PauseReads(directory, running, new SystemIdSource(), clock, log);
    return new Endpoint(
        Door.READ,
        new Router(ReadRoutes.of(directory, trigger, pause)),
        DirectoryCredentials.guard(directory, settings.adminKeySha256(), clock),
        log,
        clock);
  }
}
