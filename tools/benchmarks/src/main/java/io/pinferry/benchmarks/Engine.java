package io.pinferry.benchmarks;

import io.pinferry.aws.DynamoDbBudgetStore;
import io.pinferry.aws.DynamoDbFingerprintStore;
import io.pinferry.aws.DynamoDbOperationStore;
import io.pinferry.aws.DynamoDbPartitionStore;
import io.pinferry.aws.DynamoDbResultStore;
import io.pinferry.aws.SqsDeliveryQueue;
import io.pinferry.aws.SqsReadQueue;
import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.Secret;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.Tasks;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.AccessToken;
import io.pinferry.connection.Tokens;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.Budgets;
import io.pinferry.manifest.DeliveryMode;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.OkHttpTransport;
import io.pinferry.notification.Notification;
import io.pinferry.operation.Customer;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationFinisher;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStatus;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.operation.Origin;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionState;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.PartitionSync;
import io.pinferry.read.ReadQueue;
import io.pinferry.read.ReadReceipts;
import io.pinferry.read.ReadRequest;
import io.pinferry.read.ReadStarts;
import io.pinferry.read.ReadTarget;
import io.pinferry.read.Settlement;
import io.pinferry.read.SyncSettings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * The parts of the sync function, in this process, on DynamoDB and SQS of this computer. Drains one
 * chain as invocations do that get it from the queue one after the other.
 */
final class Engine implements AutoCloseable {
  private static final Duration LEASE = Duration.ofSeconds(45);

  /** The time that the sync function has at its start, without its margin. */
  private static final Duration INVOCATION = Duration.ofSeconds(75);

  private static final Log LOG = Log.none();

  private final Tasks tasks = new VirtualThreadTasks(Clock.systemUTC());
  private final Calls dynamoDbCalls = new Calls();
  private final Calls sqsCalls = new Calls();
  private final Calls deliveringCalls = new Calls();
  private final DynamoDbClient dynamoDb;
  private final DynamoDbClient deliveringDynamoDb;
  private final DynamoDbClient uncountedDynamoDb;
  private final SqsClient sqs;
  private final String table;
  private final Stores stores;

  /** For the looks of benchmarks, which no count contains. */
  private final Stores looks;

  private final ReadReceipts receipts;
  private final ReadQueue readQueue;
  private final DeliveryQueue deliveryQueue;
  private final PartitionSync sync;
  private final Budgets budgets;
  private final int pageSize;
  private final String readQueueUrl;
  private final String deliveryQueueUrl;

  /** The account of an operation, if it is not the first account. */
  private final Map<OperationId, PartitionSync> ofOthers = new ConcurrentHashMap<>();

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
    this.deliveringDynamoDb = dynamoDb(endpoints, deliveringCalls);
    this.uncountedDynamoDb = dynamoDb(endpoints, new Calls());
    this.pageSize = pageSize;
    this.sqs = sqs(endpoints, sqsCalls);
    this.table = createTable(dynamoDb);
    this.stores = stores(dynamoDb);
    this.looks = stores(uncountedDynamoDb);
    this.readQueueUrl = queue();
    this.readQueue = new SqsReadQueue(() -> sqs, readQueueUrl, tasks);
    Stores ofDelivering = stores(deliveringDynamoDb);
    this.receipts =
        new ReadReceipts(
            ofDelivering.partitions(),
            ofDelivering.operations(),
            ofDelivering.settlement(readQueue, tasks),
            readQueue,
            Clock.systemUTC());
    this.deliveryQueueUrl = queue();
    this.deliveryQueue =
        delivery.apply(new SqsDeliveryQueue(() -> sqs, deliveryQueueUrl, tasks), receipts);
    this.budgets =
        new Budgets(
            budgets.apply(
                new DynamoDbBudgetStore(
                    dynamoDb, createTableOfLimits(dynamoDb), new SystemIdSource(), tasks)),
            tasks,
            LOG);
    this.sync =
        sync(
            OkHttpTransport.toConfiguredHosts(InstantSource.system()),
            pinterest,
            new OneToken(token, "user"));
  }

  /** Makes one that keeps rate limits and sends messages as the product does. */
  static Engine usual(EmbeddedParts parts, PinterestProcess pinterest, int pageSize) {
    return new Engine(
        parts.endpoints(),
        pinterest.address(),
        pinterest.token(),
        pageSize,
        store -> store,
        (queue, _) -> queue);
  }

  /** The stores that one client reaches. */
  private record Stores(OperationStore operations, PartitionStore partitions) {
    Settlement settlement(ReadQueue queue, Tasks tasks) {
      return new Settlement(
          partitions, operations, new OperationFinisher(operations, LOG), queue, tasks);
    }
  }

  private Stores stores(DynamoDbClient client) {
    return new Stores(
        new DynamoDbOperationStore(
            client, new DynamoDbOperationStore.Tables(table, table, table), tasks),
        new DynamoDbPartitionStore(client, table, tasks));
  }

  private PartitionSync sync(HttpTransport http, URI pinterest, OneToken token) {
    return new PartitionSync(
        new PartitionSync.Parts(
            stores.partitions(),
            stores.operations(),
            new DynamoDbResultStore(dynamoDb, table, tasks),
            new DynamoDbFingerprintStore(dynamoDb, table, tasks),
            readQueue,
            deliveryQueue,
            new PinterestClient(
                token, budgets, http, pinterest, tasks, RandomGenerator.getDefault()),
            stores.settlement(readQueue, tasks),
            tasks,
            RandomGenerator.getDefault(),
            LOG,
            SyncSettings.of(LEASE, 10).withPageSize(pageSize)));
  }

  /** The addresses of the embedded parts. */
  record Endpoints(URI dynamoDb, URI sqs) {}

  /** The token of the one account that a benchmark reads. */
  private record OneToken(String token, String user) implements Tokens {
    @Override
    public AccessToken accessTokenFor(ProjectId project, ConnectionId connection) {
      return accessTokenFor(project, connection, new AccountId("account"));
    }

    @Override
    public AccessToken accessTokenFor(
        ProjectId project, ConnectionId connection, AccountId expected) {
      return new AccessToken(
          new Secret(token), Instant.EPOCH, "1", expected, List.of(), new BudgetOwner("app", user));
    }

    @Override
    public AccessToken refreshAfterRejection(
        ProjectId project, ConnectionId connection, String rejectedVersion) {
      throw new IllegalStateException("the simulator has rejected its own token");
    }

    @Override
    public void reportSuccess(ProjectId project, ConnectionId connection) {
      // No connection is stored whose state could be changed.
    }
  }

  Calls dynamoDbCalls() {
    return dynamoDbCalls;
  }

  Calls sqsCalls() {
    return sqsCalls;
  }

  /** Counts what is asked of DynamoDB for deliveries. */
  Calls deliveringCalls() {
    return deliveringCalls;
  }

  SqsClient sqs() {
    return sqs;
  }

  /** Returns what deliveries use. */
  DynamoDbClient deliveringDynamoDb() {
    return deliveringDynamoDb;
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
    ReadStarts.ReadStart prepared = start(null, "user");
    if (prepared.roots().size() != 1) {
      throw new IllegalStateException("the read of pins is not one chain");
    }
    return prepared.roots().getFirst();
  }

  /** Starts a read of all pins, board by board, and sends its first partition. */
  OperationId startBoards() {
    return send(start("boards", "user"));
  }

  /**
   * Starts a read of all pins of another account, board by board, and sends its first partition.
   *
   * @param http what Pinterest is asked through
   */
  OperationId startBoards(HttpTransport http, PinterestProcess pinterest, String user) {
    ReadStarts.ReadStart prepared = start("boards", user);
    ofOthers.put(
        prepared.start().operation().id(),
        sync(http, pinterest.address(), new OneToken(pinterest.token(), user)));
    return send(prepared);
  }

  private OperationId send(ReadStarts.ReadStart prepared) {
    readQueue.send(prepared.start().operation().installation(), prepared.roots(), Duration.ZERO);
    return prepared.start().operation().id();
  }

  private ReadStarts.ReadStart start(@Nullable String plan, String user) {
    var target =
        new ReadTarget(
            new Origin(
                new ProjectId("project-1"),
                new IntegrationId("integration-1"),
                new InstallationId("installation-of-" + user),
                new ConnectionId("connection-of-" + user),
                "config-1"),
            "pins",
            plan,
            new Work.Envelope(
                "pins",
                "webhook",
                new Customer(
                    new Notification.Party("group", "Group"),
                    new Notification.Party("consumer", "Consumer")),
                tasks.now()),
            new Work.Account(new AccountId("account"), user),
            Set.of("boards:read", "pins:read"),
            new Selection(List.of(), List.of(), true, Map.of()),
            DeliveryMode.ALL);
    ReadStarts.ReadStart prepared =
        new ReadStarts(stores.operations(), Duration.ofMinutes(1))
            .prepare(
                target,
                new OperationId(UUID.randomUUID().toString()),
                ReadRequest.whole(ReadType.BACKFILL, Work.Period.ALL),
                tasks.now());
    OperationTransaction.Outcome outcome =
        stores
            .operations()
            .commit(
                new OperationTransaction(
                    List.of(), List.of(), List.of(prepared.watchdog()), List.of(prepared.start())));
    if (outcome != OperationTransaction.Outcome.COMMITTED) {
      throw new IllegalStateException("the read did not start: " + outcome);
    }
    return prepared;
  }

  /**
   * Does what one invocation of the sync function does: takes up to ten partitions from the queue,
   * if there are any, and drains them side by side.
   */
  void invokeSync() {
    List<Message> received =
        sqs.receiveMessage(
                request ->
                    request
                        .queueUrl(readQueueUrl)
                        .maxNumberOfMessages(PartitionSync.BATCH_MAX)
                        .visibilityTimeout(720)
                        .waitTimeSeconds(1))
            .messages();
    Instant now = tasks.now();
    Deadline deadline =
        PartitionSync.turn(new Deadline(now.plus(INVOCATION)), received.size(), now);
    tasks.all(
        received.stream()
            .map(
                message ->
                    (Callable<Void>)
                        () -> {
                          PartitionKey key = SqsReadQueue.partitionOf(message.body());
                          ofOthers.getOrDefault(key.operation(), sync).drain(key, deadline);
                          sqs.deleteMessage(
                              delete ->
                                  delete
                                      .queueUrl(readQueueUrl)
                                      .receiptHandle(message.receiptHandle()));
                          return null;
                        })
            .toList());
    budgets.giveBack();
  }

  /** Returns the partitions of an operation. */
  List<Partition> partitionsOf(OperationId operation) {
    return looks.partitions().ofOperation(operation);
  }

  /** Returns whether an operation has ended, as a success. */
  boolean succeeded(OperationId id) {
    Operation operation = looks.operations().find(id).orElseThrow();
    if (operation.status() == OperationStatus.FAILURE) {
      throw new IllegalStateException("the read failed: " + operation.result());
    }
    return operation.ended();
  }

  /** Reads a partition to its end, slice by slice; returns it. */
  Partition drain(PartitionKey key) {
    while (true) {
      sync.drain(key, new Deadline(tasks.now().plus(INVOCATION)));
      budgets.giveBack();
      Partition partition = looks.partitions().find(key).orElseThrow();
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
    deliveringDynamoDb.close();
    uncountedDynamoDb.close();
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
