package io.pinferry.read;

import io.pinferry.directory.InstallationId;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStore;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Finds and ends the reads in progress of an installation. */
public final class RunningReads {
  private final OperationStore store;
  private final Settlement settlement;

  public RunningReads(OperationStore store, Settlement settlement) {
    this.store = store;
    this.settlement = settlement;
  }

  /** Returns the reads in progress, newest first. */
  public List<Operation> of(InstallationId installation) {
    return store.readsInProgress(installation);
  }

  /**
   * Ends reads in progress as failures.
   *
   * @param which selects the reads to end
   * @param why returns the text of the result after the name of the object
   */
  public void end(
      InstallationId installation, Predicate<Operation> which, Function<Operation, String> why) {
    for (Operation operation : of(installation)) {
      if (which.test(operation)) {
        settlement.fail(operation, "[" + operation.objectName() + "] " + why.apply(operation));
      }
    }
  }
}
