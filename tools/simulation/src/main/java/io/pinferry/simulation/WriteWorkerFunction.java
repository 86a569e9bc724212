package io.pinferry.simulation;

import io.pinferry.limit.Budgets;
import io.pinferry.operation.OperationId;
import io.pinferry.simulation.kernel.SimulatedQueue;
import io.pinferry.write.AsyncWrites;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Carries out asynchronous writes. */
final class WriteWorkerFunction extends BatchFunction<OperationId> {
  static final Duration TIMEOUT = Duration.ofMinutes(15);
  private static final Duration MARGIN = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final AsyncWrites writes;
  private final Budgets budgets;

  WriteWorkerFunction(World world) {
    super(
        SimulatedFunction.writing(world, "write-worker", null, TIMEOUT),
        world.queues().write(),
        world.journal());
    this.writes = environment().assembly().asyncWrites();
    this.budgets = environment().assembly().budgets();
  }

  /** Else a disturbance during one batch would excuse the outcomes of later ones. */
  @Override
  boolean isReusable() {
    return false;
  }

  @Override
  void handle(List<SimulatedQueue.Message<OperationId>> batch) {
    Instant answeredUntil = environment().tasks().now().plus(TIMEOUT).minus(MARGIN);
    List<SimulatedQueue.Message<OperationId>> done =
        each(
            batch,
            message -> writes.run(message.body(), answeredUntil.minus(ANSWER), answeredUntil));
    budgets.giveBack();
    delete(done);
  }
}
