package io.pinferry.read;

import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.OperationId;
import java.util.List;

/** Removes what a read has stored besides its operation: partitions and waiting messages. */
public final class ReadContents {
  private final PartitionStore partitions;
  private final ParkedMessages parked;
  private final ResultStore results;

  public ReadContents(PartitionStore partitions, ParkedMessages parked, ResultStore results) {
    this.partitions = partitions;
    this.parked = parked;
    this.results = results;
  }

  /**
   * Removes them. Can be repeated.
   *
   * @return the number of messages that waited for a later attempt
   */
  public int remove(ProjectId project, OperationId operation) {
    int count = 0;
    List<Partition> undelivered = partitions.undeliveredOf(operation);
    for (Partition partition : undelivered) {
      for (String entry : partition.undelivered()) {
        String message = PageMessages.idOf(partition.key(), entry);
        results.remove(project, message);
        if (parked.discard(message)) {
          count++;
        }
      }
    }
    partitions.remove(operation);
    return count;
  }
}
