package io.pinferry.aws;

import io.pinferry.assembly.Ports;
import io.pinferry.base.Environment;
import io.pinferry.base.IdSource;
import io.pinferry.base.LocalMode;
import io.pinferry.base.Log;
import io.pinferry.base.SystemIdSource;
import io.pinferry.base.Tasks;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.connection.TokenPlaces;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetStore;
import io.pinferry.net.FileRelay;
import io.pinferry.net.HostNames;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.OkHttpFileRelay;
import io.pinferry.net.OkHttpTransport;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.timer.TimerStore;
import io.pinferry.write.WriteQueue;
import io.pinferry.write.WriteStore;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The ports of a function on AWS. A port reads its settings when it is requested. AWS clients are
 * built with the first call that needs them.
 */
final class AwsPorts implements Ports {
  private final Environment environment;
  private final AwsClients aws;
  private final LocalMode localMode;
  private final IdSource ids = new SystemIdSource();
  private final HttpTransport pinterest;
  private final Tasks tasks;
  private final Log log;
  private @Nullable SecretStores secretStores;

  AwsPorts(Environment environment, AwsClients aws, Tasks tasks, Log log) {
    this.environment = environment;
    this.aws = aws;
    this.localMode = LocalMode.of(environment.variables());
    this.tasks = tasks;
    this.pinterest =
        OkHttpTransport.whenFirstUsed(() -> OkHttpTransport.toConfiguredHosts(tasks::now));
    this.log = log;
  }

  @Override
  public DirectoryStore directory() {
    return new DynamoDbDirectoryStore(aws.dynamoDb(), directoryTable(), tasks);
  }

  @Override
  public OperationStore operations() {
    return new DynamoDbOperationStore(
        aws.dynamoDb(),
        new DynamoDbOperationStore.Tables(readsTable(), directoryTable(), timersTable()),
        tasks);
  }

  @Override
  public PartitionStore partitions() {
    return new DynamoDbPartitionStore(aws.dynamoDb(), readsTable(), tasks);
  }

  @Override
  public FingerprintStore fingerprints() {
    return new DynamoDbFingerprintStore(aws.dynamoDb(), readsTable(), tasks);
  }

  @Override
  public ResultStore results() {
    return new DynamoDbResultStore(aws.dynamoDb(), readsTable(), tasks);
  }

  @Override
  public WriteStore writes() {
    return new DynamoDbWriteStore(aws.dynamoDb(), readsTable(), tasks);
  }

  @Override
  public TimerStore timers() {
    return new DynamoDbTimerStore(aws.dynamoDb(), timersTable(), tasks);
  }

  @Override
  public BudgetStore budgets() {
    return new DynamoDbBudgetStore(aws.dynamoDb(), limitsTable(), ids, tasks);
  }

  @Override
  public RefreshLeaseStore refreshLeases() {
    return new DynamoDbRefreshLeaseStore(aws.dynamoDb(), limitsTable(), ids, tasks);
  }

  @Override
  public ParkedMessages parkedMessages() {
    return new DynamoDbParkedMessages(aws.dynamoDb(), readsTable(), timersTable(), tasks);
  }

  @Override
  public DeadLetters deadLetters() {
    return new DynamoDbDeadLetters(aws.dynamoDb(), readsTable(), timersTable(), tasks);
  }

  @Override
  public DeliveryAttempts deliveryAttempts() {
    return new DynamoDbDeliveryAttempts(aws.dynamoDb(), readsTable(), tasks);
  }

  @Override
  public SecretStore secrets() {
    return stores().all();
  }

  @Override
  public Optional<TokenPlaces> tokenPlaces() {
    return Optional.ofNullable(stores().places());
  }

  /** Returns the same stores each time, since data keys are cached in them. */
  private synchronized SecretStores stores() {
    if (secretStores == null) {
      secretStores = SecretStores.of(environment, aws, ids, random(), tasks);
    }
    return secretStores;
  }

  @Override
  public ReadQueue readQueue() {
    return new SqsReadQueue(aws::sqs, environment.text("PINFERRY_READ_QUEUE_URL"), tasks);
  }

  @Override
  public DeliveryQueue deliveryQueue() {
    return new SqsDeliveryQueue(aws::sqs, deliveryQueueUrl(), tasks);
  }

  @Override
  public WriteQueue writeQueue() {
    return new SqsWriteQueue(aws::sqs, environment.text("PINFERRY_WRITE_QUEUE_URL"), tasks);
  }

  @Override
  public HttpTransport pinterest() {
    return pinterest;
  }

  @Override
  public HttpTransport web() {
    return OkHttpTransport.toPublicHosts(localMode, tasks::now);
  }

  @Override
  public FileRelay files() {
    return OkHttpFileRelay.of(localMode, tasks::now);
  }

  @Override
  public HostNames hosts() {
    return HostNames.ofSystem();
  }

  @Override
  public IdSource ids() {
    return ids;
  }

  @Override
  public RandomGenerator random() {
    // Environments that are restored from one snapshot must not draw the same numbers.
    return new SecureRandom();
  }

  @Override
  public Tasks tasks() {
    return tasks;
  }

  @Override
  public Log log() {
    return log;
  }

  String deliveryQueueUrl() {
    return environment.text("PINFERRY_DELIVERY_QUEUE_URL");
  }

  private String directoryTable() {
    return environment.text("PINFERRY_DIRECTORY_TABLE");
  }

  private String readsTable() {
    return environment.text("PINFERRY_READS_TABLE");
  }

  private String timersTable() {
    return environment.text("PINFERRY_TIMERS_TABLE");
  }

  private String limitsTable() {
    return environment.text("PINFERRY_LIMITS_TABLE");
  }
}
