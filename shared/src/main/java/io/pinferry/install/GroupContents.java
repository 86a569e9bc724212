package io.pinferry.install;

import io.pinferry.base.Deadline;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.directory.GroupRemoval;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.ListPosition;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.ReadContents;
import io.pinferry.write.WriteContents;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Removes the operations of installations that are gone, with all that belongs to them. */
public final class GroupContents {
  /** How many operations are removed between two notes of the progress. */
  private static final int AT_ONCE = 200;

  private static final int SIDE_BY_SIDE = 16;

  private final OperationStore operations;
  private final ReadContents reads;
  private final WriteContents writes;
  private final DeliveryAttempts attempts;
  private final Tasks tasks;

  public GroupContents(
      OperationStore operations,
      ReadContents reads,
      WriteContents writes,
      DeliveryAttempts attempts,
      Tasks tasks) {
    this.operations = operations;
    this.reads = reads;
    this.writes = writes;
    this.attempts = attempts;
    this.tasks = tasks;
  }

  /**
   * A step of the removal.
   *
   * @param pageToken where the next step goes on; null if the installation is done
   */
  record Step(int operations, int messages, @Nullable String pageToken) {}

  /**
   * Removes some operations. Their places stay, for {@link #sweep}.
   *
   * @param pageToken where to go on; null at the start
   */
  Step remove(ProjectId project, InstallationId installation, @Nullable String pageToken) {
    List<ListPosition> places = operations.placesOf(installation, AT_ONCE, pageToken);
    List<Removed> removed =
        tasks.all(places, SIDE_BY_SIDE, place -> removeOne(project, place.id()));
    if (places.size() < AT_ONCE) {
      writes.remove(installation);
      attempts.remove(installation);
    }
    return new Step(
        (int) removed.stream().filter(Removed::found).count(),
        removed.stream().mapToInt(Removed::messages).sum(),
        places.size() < AT_ONCE ? null : places.getLast().pageToken());
  }

  /**
   * Removes everything that has come back since, and the places.
   *
   * @return whether all is done; false if the time was over
   */
  boolean sweep(ProjectId project, GroupRemoval removal, Deadline deadline) {
    for (InstallationId installation : removal.installations()) {
      while (true) {
        if (deadline.passed(tasks.now())) {
          return false;
        }
        List<ListPosition> places = operations.placesOf(installation, AT_ONCE, null);
        if (places.isEmpty()) {
          break;
        }
        tasks.all(
            places,
            SIDE_BY_SIDE,
            place -> {
              Removed removed = removeOne(project, place.id());
              operations.removePlace(installation, place);
              return removed;
            });
      }
      writes.remove(installation);
      attempts.remove(installation);
    }
    return true;
  }

  private record Removed(boolean found, int messages) {}

  /** The operation goes last: as long as it is there, it counts. */
  private Removed removeOne(ProjectId project, OperationId operation) {
    int messages = reads.remove(project, operation);
    writes.remove(operation);
    return new Removed(operations.remove(operation), messages);
  }
}
