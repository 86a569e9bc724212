package io.pinbridge.functions.writeworker;

import static io.pinbridge.base.Field.field;

import io.pinbridge.aws.AwsClients;
import io.pinbridge.aws.DynamoDbBudgetStore;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbReadStore;
import io.pinbridge.aws.DynamoDbRefreshLeaseStore;
import io.pinbridge.aws.DynamoDbTimerStore;
import io.pinbridge.aws.DynamoDbWriteStore;
import io.pinbridge.aws.SecretsManagerSecretStore;
import io.pinbridge.aws.SqsWriteQueue;
import io.pinbridge.base.Log;
import io.pinbridge.base.SystemIdSource;
import io.pinbridge.base.Tasks;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.connection.AccessTokens;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.DestinationRules;
import io.pinbridge.directory.ProviderAppRepository;
import io.pinbridge.limit.Budgets;
import io.pinbridge.net.JdkFileRelay;
import io.pinbridge.net.JdkHttpTransport;
import io.pinbridge.pinterest.PinterestOauth;
import io.pinbridge.pinterest.PinterestWrites;
import io.pinbridge.write.AsyncWrites;
import io.pinbridge.write.Preparation;
import io.pinbridge.write.WriteOperations;
import java.time.Clock;

/** What the function is made of, built once per execution environment. */
final class Wiring {
  private final Log log;
  private final Tasks tasks;
  private final Budgets budgets;
  private final AsyncWrites writes;

  Wiring(Settings settings) {
    Clock clock = Clock.systemUTC();
    var aws = new AwsClients(settings.environment().variables());
    this.log = Log.to(System.out::println, clock).with(field("function", "write-worker"));
    this.tasks = new VirtualThreadTasks(clock);
    var http = new JdkHttpTransport();
    var ids = new SystemIdSource();
    var directory = new DynamoDbDirectoryStore(aws.dynamoDb(), settings.directoryTable(), tasks);
    var tokens =
        new AccessTokens(
            new ConnectionRepository(directory),
            new ProviderAppRepository(directory),
            new SecretsManagerSecretStore(aws.secretsManager(), settings.secretPrefix()),
            new DynamoDbRefreshLeaseStore(aws.dynamoDb(), settings.limitsTable(), ids, tasks),
            new PinterestOauth(
                http,
                settings.pinterestAuthorizeUrl(),
                settings.pinterestTokenUrl(),
                settings.pinterestApiUrl(),
                clock),
            tasks,
            log);
    var operations =
        new DynamoDbReadStore(
            aws.dynamoDb(),
            new DynamoDbReadStore.Tables(
                settings.readsTable(), settings.directoryTable(), settings.timersTable()),
            tasks);
    var records = new DynamoDbWriteStore(aws.dynamoDb(), settings.readsTable(), tasks);
    this.budgets =
        new Budgets(
            new DynamoDbBudgetStore(
                aws.dynamoDb(), settings.limitsTable(), new SystemIdSource(), tasks),
            tasks,
            log);
    this.writes =
        new AsyncWrites(
            directory,
            new WriteOperations(
                operations,
                records,
                new DynamoDbTimerStore(aws.dynamoDb(), settings.timersTable(), tasks),
                new SqsWriteQueue(aws::sqs, settings.writeQueueUrl(), tasks),
                tasks,
                log),
            records,
            new Preparation(directory, DestinationRules.of(settings.localMode())),
            tokens,
            budgets,
            new PinterestWrites(http, settings.pinterestApiUrl(), clock),
            JdkFileRelay.of(settings.localMode(), clock),
            ids,
            tasks,
            log);
  }

  Log log(String requestId) {
    return log.with(field("requestId", requestId));
  }

  Tasks tasks() {
    return tasks;
  }

  Budgets budgets() {
    return budgets;
  }

  AsyncWrites writes() {
    return writes;
  }
}
