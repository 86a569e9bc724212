package io.pinbridge.benchmarks;

import io.pinbridge.aws.DynamoDbBudgetStore;
import io.pinbridge.aws.DynamoDbReadStore;
import io.pinbridge.aws.SqsDeliveryQueue;
import io.pinbridge.aws.SqsReadQueue;
import io.pinbridge.base.Deadline;
import io.pinbridge.base.Log;
import io.pinbridge.base.Secret;
import io.pinbridge.base.Tasks;
import io.pinbridge.base.VirtualThreadTasks;
import io.pinbridge.delivery.DeliveryQueue;
import io.pinbridge.directory.AccountId;
import io.pinbridge.directory.ConnectionId;
import io.pinbridge.directory.InstallationId;
import io.pinbridge.directory.IntegrationId;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.limit.BudgetOwner;
import io.pinbridge.limit.BudgetStore;
import io.pinbridge.limit.Budgets;
import io.pinbridge.net.JdkHttpTransport;
import io.pinbridge.pinterest.PinterestApi;
import io.pinbridge.read.Operation;
import io.pinbridge.read.OperationId;
import io.pinbridge.read.Partition;
import io.pinbridge.read.PartitionKey;
import io.pinbridge.read.PartitionState;
import io.pinbridge.read.PartitionSync;
import io.pinbridge.read.ReadCredentials;
import io.pinbridge.read.ReadReceipts;
import io.pinbridge.read.ReadSpec;
import io.pinbridge.read.ReadStarts;
import io.pinbridge.read.ReadStore;
import io.pinbridge.read.ReadTarget;
import io.pinbridge.read.ReadTransaction;
import io.pinbridge.read.ReadType;
import io.pinbridge.read.Selection;
import io.pinbridge.read.Settlement;
import io.pinbridge.read.SyncSettings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * What the sync function is made of, in this process, on DynamoDB and SQS of this computer. Drains
 * one chain as invocations do that get it from the queue one after the other.
 */
final class Engine implements AutoCloseable {
  private static final Duration LEASE = Duration.ofSeconds(45);

  /** What the sync function has left when it begins, but for its margin. */
  private static final Duration INVOCATION = Duration.ofSeconds(75);

  private static final Log LOG = Log.none();

  private final Tasks tasks = new VirtualThreadTasks(Clock.systemUTC());
  private final Calls dynamoDbCalls = new Calls();
  private final Calls sqsCalls = new Calls();
  private final DynamoDbClient dynamoDb;
  private final SqsClient sqs;
  private final String table;
  private final ReadStore store;
  private final ReadReceipts receipts;
  private final PartitionSync sync;
  private final Budgets budgets;
  private final String deliveryQueueUrl;

  /**
   * @param pinterest the simulator
   * @param token of the simulated account
   * @param pageSize records of a page
   * @param budgets changes where rate limits are kept
   * @param delivery changes where messages go, and may report them as delivered
   */
  Engine(
      Endpoints endpoints,
      URI pinterest,
      String token,
      int pageSize,
      UnaryOperator<BudgetStore> budgets,
      BiFunction<DeliveryQueue, ReadReceipts, DeliveryQueue> delivery) {
    this.dynamoDb = dynamoDb(endpoints, dynamoDbCalls);
    this.sqs = sqs(endpoints, sqsCalls);
    this.table = createTable(dynamoDb);
    this.store =
        new DynamoDbReadStore(dynamoDb, new DynamoDbReadStore.Tables(table, table, table), tasks);
    var settlement = new Settlement(store, tasks, LOG);
    var readQueue = new SqsReadQueue(() -> sqs, queue(), tasks);
    this.receipts = new ReadReceipts(store, settlement, readQueue, Clock.systemUTC());
    this.deliveryQueueUrl = queue();
    this.budgets =
        new Budgets(
            budgets.apply(new DynamoDbBudgetStore(dynamoDb, createTableOfLimits(dynamoDb), tasks)),
            tasks,
            LOG);
    SyncSettings usual = SyncSettings.withLease(LEASE);
    this.sync =
        new PartitionSync(
            store,
            readQueue,
            delivery.apply(new SqsDeliveryQueue(() -> sqs, deliveryQueueUrl, tasks), receipts),
            new PinterestApi(new JdkHttpTransport(), pinterest, Clock.systemUTC()),
            new OneToken(token),
            this.budgets,
            settlement,
            tasks,
            RandomGenerator.getDefault(),
            LOG,
            new SyncSettings(
                usual.slice(),
                usual.lease(),
                pageSize,
                usual.waitWithinSlice(),
                usual.leasesWithoutPageMax(),
                usual.pagesMax(),
                usual.attemptsPerPage()));
  }

  /** Where the embedded parts are. */
  record Endpoints(URI dynamoDb, URI sqs) {}

  private record OneToken(String token) implements ReadCredentials {
    @Override
    public Token token(Operation operation, AccountId account) {
      return new Token(new Secret(token), "1", account, new BudgetOwner("app", "user"));
    }

    @Override
    public Token tokenAfterRejection(Operation operation, Token rejected) {
      throw new IllegalStateException("the simulator has rejected its own token");
    }

    @Override
    public void accepted(Operation operation) {
      // There is no connection to note it with.
    }
  }

  Calls dynamoDbCalls() {
    return dynamoDbCalls;
  }

  Calls sqsCalls() {
    return sqsCalls;
  }

  SqsClient sqs() {
    return sqs;
  }

  DynamoDbClient dynamoDb() {
    return dynamoDb;
  }

  /** Returns the name of the table that all that is read is kept in. */
  String table() {
    return table;
  }

  String deliveryQueueUrl() {
    return deliveryQueueUrl;
  }

  ReadReceipts receipts() {
    return receipts;
  }

  Tasks tasks() {
    return tasks;
  }

  /** Starts a read of all pins, every member of which is delivered; returns its only partition. */
  PartitionKey startPins() {
    var target =
        new ReadTarget(
            new ProjectId("project-1"),
            new IntegrationId("integration-1"),
            new InstallationId("installation-1"),
            new ConnectionId("connection-1"),
            "config-1",
            tasks.now(),
            new ReadSpec.Party("group", "Group"),
            new ReadSpec.Party("consumer", "Consumer"),
            Set.of("boards:read", "pins:read"),
            new AccountId("account"),
            "user",
            "pins",
            "pins",
            "webhook",
            null,
            new Selection(List.of(), List.of(), true, Map.of()));
    ReadStarts.Prepared prepared =
        new ReadStarts(Duration.ofMinutes(1))
            .prepare(
                target,
                new OperationId(UUID.randomUUID().toString()),
                ReadType.BACKFILL,
                null,
                null,
                tasks.now());
    ReadTransaction.Outcome outcome =
        store.commit(
            new ReadTransaction(
                List.of(), List.of(), List.of(prepared.watchdog()), List.of(prepared.start())));
    if (outcome != ReadTransaction.Outcome.COMMITTED || prepared.roots().size() != 1) {
      throw new IllegalStateException("the read of pins is not one chain: " + outcome);
    }
    return prepared.roots().getFirst();
  }

  /** Reads a partition to its end, slice by slice; returns it. */
  Partition drain(PartitionKey key) {
    while (true) {
      sync.drain(key, new Deadline(tasks.now().plus(INVOCATION)));
      budgets.giveBack();
      Partition partition = store.findPartition(key).orElseThrow();
      if (partition.state() == PartitionState.ENDED) {
        return partition;
      }
      if (partition.state() != PartitionState.OPEN) {
        throw new IllegalStateException("the read failed: " + partition.reason());
      }
    }
  }

  @Override
  public void close() {
    dynamoDb.close();
    sqs.close();
  }

  private String queue() {
    return sqs.createQueue(request -> request.queueName("queue-" + UUID.randomUUID())).queueUrl();
  }

  static DynamoDbClient dynamoDb(Endpoints endpoints, Calls calls) {
    return configured(DynamoDbClient.builder(), endpoints.dynamoDb(), calls).build();
  }

  static SqsClient sqs(Endpoints endpoints, Calls calls) {
    return configured(SqsClient.builder(), endpoints.sqs(), calls).build();
  }

  private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B configured(
      B builder, URI endpoint, Calls calls) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClient(UrlConnectionHttpClient.create())
        .overrideConfiguration(override -> override.addExecutionInterceptor(calls));
  }

  /** Makes a table with the keys and the index of all that a read is kept in; returns its name. */
  static String createTable(DynamoDbClient client) {
    return client
        .createTable(
            table("pk", "sk", "openMark")
                .keySchema(key("pk", KeyType.HASH), key("sk", KeyType.RANGE))
                .localSecondaryIndexes(
                    LocalSecondaryIndex.builder()
                        .indexName("open")
                        .keySchema(key("pk", KeyType.HASH), key("openMark", KeyType.RANGE))
                        .projection(all -> all.projectionType(ProjectionType.KEYS_ONLY))
                        .build())
                .build())
        .tableDescription()
        .tableName();
  }

  private static String createTableOfLimits(DynamoDbClient client) {
    return client
        .createTable(table("pk").keySchema(key("pk", KeyType.HASH)).build())
        .tableDescription()
        .tableName();
  }

  private static CreateTableRequest.Builder table(String... attributes) {
    return CreateTableRequest.builder()
        .tableName("table-" + UUID.randomUUID())
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .attributeDefinitions(
            Stream.of(attributes)
                .map(
                    name ->
                        AttributeDefinition.builder()
                            .attributeName(name)
                            .attributeType(ScalarAttributeType.S)
                            .build())
                .toList());
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }
}
