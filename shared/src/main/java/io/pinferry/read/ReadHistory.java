package io.pinferry.read;

import io.pinferry.directory.InstallationId;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Finds the reads of an object, newest first. */
final class ReadHistory {
  private static final int OPERATIONS_A_PAGE = 100;
  private static final int OPERATIONS_SEARCHED_MAX = 1_000;

  private final OperationStore store;

  ReadHistory(OperationStore store) {
    this.store = store;
  }

  /**
   * Reads of an object, newest first.
   *
   * @param isCut whether the search ended early, though there are more operations
   */
  record Found(List<Operation> reads, boolean isCut) {}

  /**
   * Finds the newest reads of an object.
   *
   * @param goesOn is asked after each read, with those found so far, whether an older one is wanted
   */
  Found newest(InstallationId installation, String objectName, Predicate<List<Operation>> goesOn) {
    List<Operation> found = new ArrayList<>();
    String pageToken = null;
    int searched = 0;
    do {
      OperationStore.Page page = store.ofInstallation(installation, OPERATIONS_A_PAGE, pageToken);
      for (Operation operation : page.operations()) {
        if (operation.work() instanceof Work.Read && operation.objectName().equals(objectName)) {
          found.add(operation);
          if (!goesOn.test(found)) {
            return new Found(found, false);
          }
        }
      }
      searched += page.operations().size();
      pageToken = page.nextPageToken();
    } while (pageToken != null && searched < OPERATIONS_SEARCHED_MAX);
    return new Found(found, pageToken != null);
  }
}
