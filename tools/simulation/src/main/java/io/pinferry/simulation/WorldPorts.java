package io.pinferry.simulation;

import io.pinferry.assembly.InMemoryPorts;
import io.pinferry.assembly.Ports;
import io.pinferry.base.IdSource;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetStore;
import io.pinferry.net.FileRelay;
import io.pinferry.net.HostNames;
import io.pinferry.net.HttpTransport;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.timer.TimerStore;
import io.pinferry.write.WriteQueue;
import io.pinferry.write.WriteStore;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The ports of a world without faults: the fakes in memory, mutated and watched. A world is set up
 * through them.
 */
final class WorldPorts implements Ports {
  private final InMemoryPorts memory;
  private final Mutation mutation;
  private final Chance chance;
  private final WorldQueues queues;
  private final HttpTransport pinterest;
  private final DirectoryStore directory;
  private final OperationStore operations;
  private final PartitionStore partitions;
  private final TokenStores tokenStores;
  private final BudgetStore budgets;
  private final DeadLetters deadLetters;
  private final DeliveryQueue deliveryQueue;

  /**
   * @param pinterest reaches Pinterest without faults
   */
  WorldPorts(
      InMemoryPorts memory,
      Mutation mutation,
      PortWatch watch,
      Chance chance,
      TokenStores tokenStores,
      WorldQueues queues,
      HttpTransport pinterest) {
    this.memory = memory;
    this.mutation = mutation;
    this.chance = chance;
    this.queues = queues;
    this.pinterest = pinterest;
    this.directory = mutation.directory(memory.directory());
    this.operations = watch.operations(mutation.operations(memory.operations()));
    this.partitions = watch.partitions(mutation.partitions(memory.partitions()));
    this.tokenStores = tokenStores;
    this.budgets = watch.budgets(mutation.budgets(memory.budgets()));
    this.deadLetters = mutation.deadLetters(memory.deadLetters());
    this.deliveryQueue = mutation.deliveryQueue(watch.deliveryQueue(queue(queues)));
  }

  private static DeliveryQueue queue(WorldQueues queues) {
    return new DeliveryQueue() {
      @Override
      public void send(List<DeliveryMessage> messages) {
        queues.delivery().send(DeliveryMessage::turn, messages, Duration.ZERO);
      }

      @Override
      public boolean fits(DeliveryMessage message) {
        return true;
      }
    };
  }

  @Override
  public DirectoryStore directory() {
    return directory;
  }

  @Override
  public OperationStore operations() {
    return operations;
  }

  @Override
  public PartitionStore partitions() {
    return partitions;
  }

  @Override
  public ResultStore results() {
    return memory.results();
  }

  @Override
  public FingerprintStore fingerprints() {
    return mutation.fingerprints(memory.fingerprints());
  }

  @Override
  public WriteStore writes() {
    return mutation.writes(memory.writes());
  }

  @Override
  public TimerStore timers() {
    return memory.timers();
  }

  @Override
  public BudgetStore budgets() {
    return budgets;
  }

  /** Returns the budgets of the functions that write. */
  BudgetStore writeBudgets() {
    return mutation.writeBudgets(budgets);
  }

  @Override
  public RefreshLeaseStore refreshLeases() {
    return mutation.refreshLeases(memory.refreshLeases());
  }

  @Override
  public ParkedMessages parkedMessages() {
    return memory.parkedMessages();
  }

  @Override
  public DeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public DeliveryAttempts deliveryAttempts() {
    return deliveryAttemptsOver(operations);
  }

  /** Returns the attempts, which reach their operations through a store that may fail. */
  DeliveryAttempts deliveryAttemptsOver(OperationStore faulty) {
    return memory.deliveryAttemptsOver(faulty);
  }

  @Override
  public SecretStore secrets() {
    return tokenStores.calm();
  }

  @Override
  public ReadQueue readQueue() {
    return mutation.readQueue(
        (installation, partitions, delay) ->
            queues.read().send(_ -> installation.value(), partitions, delay));
  }

  @Override
  public DeliveryQueue deliveryQueue() {
    return deliveryQueue;
  }

  @Override
  public WriteQueue writeQueue() {
    return operation ->
        queues
            .write()
            .send(_ -> operation.installation().value(), List.of(operation.id()), Duration.ZERO);
  }

  @Override
  public HttpTransport pinterest() {
    return pinterest;
  }

  /** Returns a way to Pinterest with the mutation. */
  HttpTransport mutated(HttpTransport way) {
    return mutation.pinterest(way);
  }

  @Override
  public HttpTransport web() {
    return memory.web();
  }

  @Override
  public FileRelay files() {
    return memory.files();
  }

  @Override
  public HostNames hosts() {
    return memory.hosts();
  }

  @Override
  public IdSource ids() {
    return chance.ids();
  }

  @Override
  public RandomGenerator random() {
    return chance.main();
  }

  @Override
  public Tasks tasks() {
    return memory.tasks();
  }

  @Override
  public Log log() {
    return Log.none();
  }
}
