package io.pinferry.functions.writeworker;

import static io.pinferry.base.Field.field;

import io.pinferry.aws.AwsClients;
import io.pinferry.aws.DynamoDbBudgetStore;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbReadStore;
import io.pinferry.aws.DynamoDbRefreshLeaseStore;
import io.pinferry.aws.DynamoDbTimerStore;
import io.pinferry.aws.DynamoDbWriteStore;
import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.aws.SqsWriteQueue;
import io.pinferry.base.Log;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.AccessTokens;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.limit.Budgets;
import io.pinferry.net.JdkFileRelay;
import io.pinferry.net.JdkHttpTransport;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.pinterest.PinterestWrites;
import io.pinferry.write.AsyncWrites;
import io.pinferry.write.Preparation;
import io.pinferry.write.WriteOperations;
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
