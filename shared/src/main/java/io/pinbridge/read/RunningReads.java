package io.pinbridge.read;

import io.pinbridge.directory.InstallationId;
import io.pinbridge.read.ReadStore.OperationPage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Finds and ends the reads of an installation that are in progress. */
public final class RunningReads {
  private static final int PAGE = 200;

  /**
   * What is older has ended: the watchdog ends it at its age limit, or as soon as it runs again.
   */
  private static final Duration LOOK_BACK = Watchdog.AGE_MAX.plusDays(1);

  private final ReadStore store;
  private final Settlement settlement;
  private final InstantSource clock;

  public RunningReads(ReadStore store, Settlement settlement, InstantSource clock) {
    this.store = store;
    this.settlement = settlement;
    this.clock = clock;
  }

  /** Returns the reads in progress, newest first. */
  public List<Operation> of(InstallationId installation) {
    Instant oldest = clock.instant().minus(LOOK_BACK);
    List<Operation> running = new ArrayList<>();
    String pageToken = null;
    do {
      OperationPage page = store.operationsOf(installation, PAGE, pageToken);
      for (Operation operation : page.operations()) {
        if (operation.startedAt().isBefore(oldest)) {
          return running;
        }
        if (!operation.ended() && operation.readType() != ReadType.WRITE) {
          running.add(operation);
        }
      }
      pageToken = page.nextPageToken();
    } while (pageToken != null);
    return running;
  }

  /**
   * Ends reads in progress as failures.
   *
   * @param which those that are to end
   * @param why what their results say after the object's name
   */
  public void end(
      InstallationId installation, Predicate<Operation> which, Function<Operation, String> why) {
    for (Operation operation : of(installation)) {
      if (which.test(operation)) {
        settlement.end(
            operation,
            OperationStatus.FAILURE,
            "[" + operation.objectName() + "] " + why.apply(operation));
      }
    }
  }
}
