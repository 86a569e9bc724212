package io.pinferry.simulation;

import io.pinferry.assembly.Ports;
import io.pinferry.base.IdSource;
import io.pinferry.base.JsonLines;
import io.pinferry.base.Log;
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
import io.pinferry.operation.OperationStore;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.kernel.FaultyPort;
import io.pinferry.simulation.kernel.SimulatedProcess;
import io.pinferry.simulation.kernel.SimulatedTasks;
import io.pinferry.timer.TimerStore;
import io.pinferry.write.WriteQueue;
import io.pinferry.write.WriteStore;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The ports of a process: those of its world, with faults. */
class FaultyPorts implements Ports {
  /** How late a permit may be used that was out at the time of a 429. */
  private static final Duration PERMITS_OUT = Duration.ofSeconds(2);

  private final World world;
  private final SimulatedProcess process;
  private final SimulatedTasks tasks;
  private final FaultyPort port;
  private final Log log;

  FaultyPorts(World world, SimulatedProcess process) {
    this.world = world;
    this.process = process;
    this.tasks = new SimulatedTasks(world.scheduler(), process);
    this.port = new FaultyPort(world.scheduler(), process, world.faults(), world.chance().main());
    this.log =
        JsonLines.log(line -> world.observer().on(new Event.Text("a log line", line)), tasks::now);
  }

  final FaultyPort port() {
    return port;
  }

  @Override
  public DirectoryStore directory() {
    return port.wrap(DirectoryStore.class, world.ports().directory());
  }

  @Override
  public OperationStore operations() {
    return port.wrap(OperationStore.class, world.ports().operations());
  }

  @Override
  public PartitionStore partitions() {
    return port.wrap(PartitionStore.class, world.ports().partitions());
  }

  @Override
  public ResultStore results() {
    return port.wrap(ResultStore.class, world.ports().results());
  }

  @Override
  public FingerprintStore fingerprints() {
    return port.wrap(FingerprintStore.class, world.ports().fingerprints());
  }

  @Override
  public WriteStore writes() {
    return port.wrap(
        WriteStore.class, world.writeWatch().store(world.ports().writes(), null, process));
  }

  @Override
  public TimerStore timers() {
    return port.wrap(TimerStore.class, world.ports().timers());
  }

  @Override
  public BudgetStore budgets() {
    return port.wrap(BudgetStore.class, world.ports().budgets());
  }

  @Override
  public RefreshLeaseStore refreshLeases() {
    return port.wrap(RefreshLeaseStore.class, world.ports().refreshLeases());
  }

  @Override
  public ParkedMessages parkedMessages() {
    return port.wrap(ParkedMessages.class, world.ports().parkedMessages());
  }

  @Override
  public DeliveryAttempts deliveryAttempts() {
    // As in DynamoDB, an attempt is two calls: one to find its operation, one to keep it.
    return world.ports().deliveryAttemptsOver(operations());
  }

  @Override
  public DeadLetters deadLetters() {
    return port.wrap(DeadLetters.class, world.ports().deadLetters());
  }

  @Override
  public SecretStore secrets() {
    return world.tokenStores().of(port);
  }

  @Override
  public Optional<TokenPlaces> tokenPlaces() {
    TokenStores stores = world.tokenStores();
    return stores.moving() ? Optional.of(stores.movedBy(port)) : Optional.empty();
  }

  @Override
  public ReadQueue readQueue() {
    return port.wrap(ReadQueue.class, world.ports().readQueue());
  }

  @Override
  public DeliveryQueue deliveryQueue() {
    return port.wrap(DeliveryQueue.class, world.ports().deliveryQueue());
  }

  @Override
  public WriteQueue writeQueue() {
    return port.wrap(WriteQueue.class, world.ports().writeQueue());
  }

  @Override
  public HttpTransport pinterest() {
    return world.ports().mutated(world.pinterest().from(tasks, process, PERMITS_OUT));
  }

  @Override
  public HttpTransport web() {
    return world.webhooks().from(tasks, process);
  }

  @Override
  public FileRelay files() {
    return world.ports().files();
  }

  @Override
  public HostNames hosts() {
    return world.ports().hosts();
  }

  @Override
  public IdSource ids() {
    return world.ports().ids();
  }

  @Override
  public RandomGenerator random() {
    return world.ports().random();
  }

  @Override
  public final Tasks tasks() {
    return tasks;
  }

  @Override
  public Log log() {
    return log;
  }
}
