package io.pinferry.simulation;

import io.pinferry.limit.BudgetStore;
import io.pinferry.net.FileRelay;
import io.pinferry.net.HttpTransport;
import io.pinferry.simulation.invariant.SimulatedWrite;
import io.pinferry.simulation.kernel.SimulatedProcess;
import io.pinferry.write.WriteStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The ports of a process that writes at Pinterest. Its requests break more often than others. */
final class WritingPorts extends FaultyPorts {
  private final World world;
  private final SimulatedProcess process;
  private final Duration permitsOut;
  private final WriteStore writes;

  /**
   * @param write the request that the process serves; null for the worker, which serves any
   * @param permitsOut how late a permit may be used that was out at the time of a 429
   */
  WritingPorts(
      World world, SimulatedProcess process, @Nullable SimulatedWrite write, Duration permitsOut) {
    super(world, process);
    this.world = world;
    this.process = process;
    this.permitsOut = permitsOut;
    this.writes =
        port()
            .wrap(
                WriteStore.class, world.writeWatch().store(world.ports().writes(), write, process));
  }

  @Override
  public WriteStore writes() {
    return writes;
  }

  @Override
  public BudgetStore budgets() {
    return port().wrap(BudgetStore.class, world.ports().writeBudgets());
  }

  @Override
  public HttpTransport pinterest() {
    var faults =
        new WriteFaults(
            world.faults(), world.chance().writes(), world.writeWatch(), world.observer());
    HttpTransport way =
        world.writeWatch().way(world.pinterest().from(tasks(), process, permitsOut), process);
    return world.ports().mutated(faults.at(way, process, port()));
  }

  @Override
  public FileRelay files() {
    return new SimulatedFiles(
        world.simulator(),
        world.faults(),
        world.chance().writes(),
        world.observer(),
        tasks(),
        process,
        port());
  }
}
