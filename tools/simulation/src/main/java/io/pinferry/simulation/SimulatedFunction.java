package io.pinferry.simulation;

import io.pinferry.assembly.Assembly;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.simulation.invariant.SimulatedWrite;
import io.pinferry.simulation.kernel.SimulatedProcess;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An execution environment of a function: the assembly on faulty ports, in a process. */
final class SimulatedFunction {
  private final World world;
  private final SimulatedProcess process;
  private final FaultyPorts ports;
  private final Assembly assembly;

  /** Grows by one when an invocation starts, and when it ends. */
  private long changes;

  private SimulatedFunction(World world, SimulatedProcess process, FaultyPorts ports) {
    this.world = world;
    this.process = process;
    this.ports = ports;
    this.assembly = new Assembly(ports, world.settings());
  }

  static SimulatedFunction of(World world, String name) {
    SimulatedProcess process = process(world, name);
    return new SimulatedFunction(world, process, new FaultyPorts(world, process));
  }

  /**
   * Returns an environment of a function that writes at Pinterest.
   *
   * @param write the request that it serves; null for the worker, which serves any
   * @param permitsOut how late a permit may be used that was out at the time of a 429
   */
  static SimulatedFunction writing(
      World world, String name, @Nullable SimulatedWrite write, Duration permitsOut) {
    SimulatedProcess process = process(world, name);
    return new SimulatedFunction(
        world, process, new WritingPorts(world, process, write, permitsOut));
  }

  private static SimulatedProcess process(World world, String name) {
    RandomGenerator random = world.chance().main();
    Duration skew = Duration.ZERO;
    if (!world.faults().calm() && random.nextInt(4) == 0) {
      world.faults().count("clock skew");
      // Limits assume clocks within 50 ms, and requests that travel for up to 200 ms; here they
      // take no time. Nothing else depends on clocks.
      int most = world.hasTightLimits() ? 50 : 1_500;
      skew = Duration.ofMillis(random.nextInt(-most, most));
    }
    return new SimulatedProcess(name, skew);
  }

  Assembly assembly() {
    return assembly;
  }

  Tasks tasks() {
    return ports.tasks();
  }

  Log log() {
    return ports.log();
  }

  boolean killed() {
    return process.killed();
  }

  /**
   * Starts an invocation. A failure of its work is noted. When its time is up, the process is
   * killed, as Lambda does it.
   */
  void invoke(Duration timeout, Runnable work) {
    long started = ++changes;
    world
        .scheduler()
        .after(
            timeout,
            () -> {
              if (changes == started && !process.killed()) {
                world.scheduler().kill(process);
              }
            });
    world
        .scheduler()
        .run(
            process,
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                world.journal().note(process.function() + " failed: " + e);
              } finally {
                changes++;
              }
            });
  }
}
