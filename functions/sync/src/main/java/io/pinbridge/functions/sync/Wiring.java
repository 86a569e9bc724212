package io.pinbridge.functions.sync;

import static io.pinbridge.base.Field.field;

import io.pinbridge.aws.AwsClients;
import io.pinbridge.aws.DynamoDbBudgetStore;
import io.pinbridge.aws.DynamoDbDirectoryStore;
import io.pinbridge.aws.DynamoDbReadStore;
import io.pinbridge.aws.DynamoDbRefreshLeaseStore;
import io.pinbridge.aws.MessageVisibility;
import io.pinbridge.aws.SecretsManagerSecretStore;
import io.pinbridge.aws.SqsDeliveryQueue;
import io.pinbridge.aws.SqsMessageVisibility;
import io.pinbridge.aws.SqsReadQueue;
import io.pinbridge.base.Log;
import io.pinbridge.base.SystemIdSource;
import io.pinbridge.base.Tasks;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.connection.AccessTokens;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.ProviderAppRepository;
import io.pinbridge.limit.Budgets;
import io.pinbridge.net.JdkHttpTransport;
import io.pinbridge.pinterest.PinterestApi;
import io.pinbridge.pinterest.PinterestOauth;
import io.pinbridge.read.ConnectionReads;
import io.pinbridge.read.PartitionSync;
import io.pinbridge.read.Settlement;
import io.pinbridge.read.SyncSettings;
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
