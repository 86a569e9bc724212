package io.pinferry.assembly;

import io.pinferry.base.IdSource;
import io.pinferry.base.Log;
import io.pinferry.base.SeededIds;
import io.pinferry.base.Tasks;
import io.pinferry.connection.InMemoryRefreshLeaseStore;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.InMemoryDeadLetters;
import io.pinferry.delivery.InMemoryDeliveryAttempts;
import io.pinferry.delivery.InMemoryParkedMessages;
import io.pinferry.delivery.RecordingDeliveryQueue;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.InMemorySecretStore;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.net.FileRelay;
import io.pinferry.net.HostNames;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.InMemoryCloud;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.timer.TimerStore;
import io.pinferry.write.InMemoryWriteStore;
import io.pinferry.write.WriteQueue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Ports in memory, in the time of the given tasks. Nothing answers on the network; a test overrides
 * what it needs to.
 */
public class InMemoryPorts implements Ports {
  private final Tasks tasks;
  private final InMemoryCloud cloud;
  private final InMemoryWriteStore writes = new InMemoryWriteStore();
  private final InMemoryBudgetStore budgets = new InMemoryBudgetStore();
  private final InMemoryRefreshLeaseStore refreshLeases = new InMemoryRefreshLeaseStore();
  private final InMemoryParkedMessages parkedMessages;
  private final InMemoryDeadLetters deadLetters;
  private final InMemoryDeliveryAttempts deliveryAttempts;
  private final InMemorySecretStore secrets = new InMemorySecretStore();
  private final RecordingDeliveryQueue deliveryQueue = new RecordingDeliveryQueue();
  private final List<OperationId> queuedWrites = new ArrayList<>();
  private final SeededIds ids = new SeededIds(7);
  private final RandomGenerator random = new SplittableRandom(7);

  public InMemoryPorts(Tasks tasks) {
    this.tasks = tasks;
    this.cloud = new InMemoryCloud(tasks::now);
    this.parkedMessages = new InMemoryParkedMessages(cloud.timers());
    this.deadLetters = new InMemoryDeadLetters(parkedMessages);
    this.deliveryAttempts = new InMemoryDeliveryAttempts(cloud.operations());
  }

  public final InMemoryCloud cloud() {
    return cloud;
  }

  /** Returns the writes that were sent to their queue. */
  public final List<OperationId> queuedWrites() {
    return queuedWrites;
  }

  /** Returns the messages that were sent to their queue. */
  public final List<DeliveryMessage> sentMessages() {
    return deliveryQueue.sent();
  }

  @Override
  public DirectoryStore directory() {
    return cloud.directory();
  }

  @Override
  public OperationStore operations() {
    return cloud.operations();
  }

  @Override
  public PartitionStore partitions() {
    return cloud.partitions();
  }

  @Override
  public ResultStore results() {
    return cloud.results();
  }

  @Override
  public FingerprintStore fingerprints() {
    return cloud.fingerprints();
  }

  @Override
  public InMemoryWriteStore writes() {
    return writes;
  }

  @Override
  public TimerStore timers() {
    return cloud.timers();
  }

  @Override
  public InMemoryBudgetStore budgets() {
    return budgets;
  }

  @Override
  public InMemoryRefreshLeaseStore refreshLeases() {
    return refreshLeases;
  }

  @Override
  public InMemoryParkedMessages parkedMessages() {
    return parkedMessages;
  }

  @Override
  public DeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public DeliveryAttempts deliveryAttempts() {
    return deliveryAttempts;
  }

  /** Returns the same attempts, which reach their operations through another store. */
  public final DeliveryAttempts deliveryAttemptsOver(OperationStore faulty) {
    return deliveryAttempts.over(faulty);
  }

  @Override
  public InMemorySecretStore secrets() {
    return secrets;
  }

  @Override
  public ReadQueue readQueue() {
    return cloud.readQueue();
  }

  @Override
  public DeliveryQueue deliveryQueue() {
    return deliveryQueue;
  }

  @Override
  public WriteQueue writeQueue() {
    return operation -> queuedWrites.add(operation.id());
  }

  @Override
  public HttpTransport pinterest() {
    return call -> {
      throw new TransportFailure("no Pinterest in this test", false, new IOException());
    };
  }

  @Override
  public HttpTransport web() {
    return call -> {
      throw new TransportFailure("no web in this test", false, new IOException());
    };
  }

  @Override
  public FileRelay files() {
    return new FileRelay() {
      @Override
      public Optional<RelayResult.FetchFailure> check(Source source, Duration timeout) {
        return Optional.empty();
      }

      @Override
      public RelayResult relay(Source source, URI to, List<FormField> fields, Duration timeout) {
        return new RelayResult.Success();
      }
    };
  }

  @Override
  public HostNames hosts() {
    return name -> List.of(InetAddress.ofLiteral("93.184.216.34"));
  }

  @Override
  public IdSource ids() {
    return ids;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public Tasks tasks() {
    return tasks;
  }

  @Override
  public Log log() {
    return Log.none();
  }
}
