package io.pinferry.simulation;

import io.pinferry.operation.Work;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.invariant.Listener;

/** Counts what happens in a run. */
final class Tally implements Listener {
  private int operations;
  private long successes;
  private int written;
  private long records;

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.OperationStart _ -> operations++;
      case Event.OperationFinish(var operation, var end)
          when end.success() && operation.work() instanceof Work.Read ->
          successes++;
      case Event.WriteRequest(var write) -> written += write.records().size();
      case Event.MessageReceipt receipt when receipt.notificationType().isEmpty() ->
          records += receipt.body().path("result").size();
      default -> {}
    }
  }

  /** Returns how many operations were started. */
  int operations() {
    return operations;
  }

  /** Returns how many reads were a success. */
  long successes() {
    return successes;
  }

  /** Returns how many records products asked to write. */
  int written() {
    return written;
  }

  /** Returns how many records destinations took, with repetitions. */
  long records() {
    return records;
  }
}
