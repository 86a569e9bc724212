package io.pinferry.functions.write;

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
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.AccessTokens;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DestinationRules;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Router;
import io.pinferry.limit.Budgets;
import io.pinferry.management.DirectoryCredentials;
import io.pinferry.net.JdkFileRelay;
import io.pinferry.net.JdkHttpTransport;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.pinterest.PinterestWrites;
import io.pinferry.write.Preparation;
import io.pinferry.write.WriteOperations;
import io.pinferry.write.WriteRoutes;
import io.pinferry.write.Writes;
import java.time.Clock;

/** What the function is made of, built once per execution environment. */
final class Wiring {
  private final Budgets budgets;
  private final Endpoint endpoint;

  Wiring(Settings settings) {
    Clock clock = Clock.systemUTC();
    var aws = new AwsClients(settings.environment().variables());
    var log = Log.to(System.out::println, clock).with(field("function", "write"));
    var tasks = new VirtualThreadTasks(clock);
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
    var queue = new SqsWriteQueue(aws::sqs, settings.writeQueueUrl(), tasks);
    this.budgets =
        new Budgets(
            new DynamoDbBudgetStore(
                aws.dynamoDb(), settings.limitsTable(), new SystemIdSource(), tasks),
            tasks,
            log);
    var writes =
        new Writes(
            directory,
            new WriteOperations(
                operations,
                records,
                new DynamoDbTimerStore(aws.dynamoDb(), settings.timersTable(), tasks),
                queue,
                tasks,
                log),
            records,
            new Preparation(directory, DestinationRules.of(settings.localMode())),
            queue,
            tokens,
            budgets,
            new PinterestWrites(http, settings.pinterestApiUrl(), clock),
            JdkFileRelay.of(settings.localMode(), clock),
            ids,
            tasks,
            log);
    this.endpoint =
        new Endpoint(
            Door.WRITE,
            new Router(WriteRoutes.of(directory, writes)),
            DirectoryCredentials.guard(directory, settings.adminKeySha256(), clock),
            log,
            clock,
            WriteRoutes.BODY_BYTES_MAX);
  }

  Budgets budgets() {
    return budgets;
  }

  Endpoint endpoint() {
    return endpoint;
  }
}
