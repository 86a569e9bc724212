package io.pinferry.functions.sync;

import static io.pinferry.base.Field.field;

import io.pinferry.aws.AwsClients;
import io.pinferry.aws.DynamoDbBudgetStore;
import io.pinferry.aws.DynamoDbDirectoryStore;
import io.pinferry.aws.DynamoDbReadStore;
import io.pinferry.aws.DynamoDbRefreshLeaseStore;
import io.pinferry.aws.MessageVisibility;
import io.pinferry.aws.SecretsManagerSecretStore;
import io.pinferry.aws.SqsDeliveryQueue;
import io.pinferry.aws.SqsMessageVisibility;
import io.pinferry.aws.SqsReadQueue;
import io.pinferry.base.Log;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.connection.AccessTokens;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.limit.Budgets;
import io.pinferry.net.JdkHttpTransport;
import io.pinferry.pinterest.PinterestApi;
import io.pinferry.pinterest.PinterestOauth;
import io.pinferry.read.ConnectionReads;
import io.pinferry.read.PartitionSync;
import io.pinferry.read.Settlement;
import io.pinferry.read.SyncSettings;
import java.time.Clock;
import java.util.random.RandomGenerator;

/** What the function is made of, built once per execution environment. */
final class Wiring {
  private final Log log;
  private final Tasks tasks;
  private final MessageVisibility visibility;
  private final Budgets budgets;
  private final PartitionSync partitionSync;

  Wiring(Settings settings) {
    Clock clock = Clock.systemUTC();
    var aws = new AwsClients(settings.environment().variables());
    this.log = Log.to(System.out::println, clock).with(field("function", "sync"));
    this.tasks = new VirtualThreadTasks(clock);
    this.visibility = new SqsMessageVisibility(aws::sqs, settings.readQueueUrl());
    var http = new JdkHttpTransport();
    var directory = new DynamoDbDirectoryStore(aws.dynamoDb(), settings.directoryTable(), tasks);
    var reads =
        new DynamoDbReadStore(
            aws.dynamoDb(),
            new DynamoDbReadStore.Tables(
                settings.readsTable(), settings.directoryTable(), settings.timersTable()),
            tasks);
    var tokens =
        new AccessTokens(
            new ConnectionRepository(directory),
            new ProviderAppRepository(directory),
            new SecretsManagerSecretStore(aws.secretsManager(), settings.secretPrefix()),
            new DynamoDbRefreshLeaseStore(
                aws.dynamoDb(), settings.limitsTable(), new SystemIdSource(), tasks),
            new PinterestOauth(
                http,
                settings.pinterestAuthorizeUrl(),
                settings.pinterestTokenUrl(),
                settings.pinterestApiUrl(),
                clock),
            tasks,
            log);
    this.budgets =
        new Budgets(
            new DynamoDbBudgetStore(
                aws.dynamoDb(), settings.limitsTable(), new SystemIdSource(), tasks),
            tasks,
            log);
    this.partitionSync =
        new PartitionSync(
            reads,
            new SqsReadQueue(aws::sqs, settings.readQueueUrl(), tasks),
            new SqsDeliveryQueue(aws::sqs, settings.deliveryQueueUrl(), tasks),
            new PinterestApi(http, settings.pinterestApiUrl(), clock),
            new ConnectionReads(tokens, log),
            budgets,
            new Settlement(reads, tasks, log),
            tasks,
            RandomGenerator.getDefault(),
            log,
            SyncSettings.of(settings.lease(), settings.processes()));
  }

  Log log(String requestId) {
    return log.with(field("requestId", requestId));
  }

  Tasks tasks() {
    return tasks;
  }

  MessageVisibility visibility() {
    return visibility;
  }

  Budgets budgets() {
    return budgets;
  }

  PartitionSync partitionSync() {
    return partitionSync;
  }
}
