package io.pinferry.read;

import io.pinferry.delivery.ParkedMessages;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.OperationId;
import java.util.HashSet;
import java.util.Set;

/** Removes what a read has stored besides its operation: partitions and waiting messages. */
public final class ReadContents {
  private final PartitionStore partitions;
  private final ParkedMessages parked;
  private final ResultStore results;
  private final FingerprintStore fingerprints;

  public ReadContents(
      PartitionStore partitions,
      ParkedMessages parked,
      ResultStore results,
      FingerprintStore fingerprints) {
    this.partitions = partitions;
    this.parked = parked;
    this.results = results;
    this.fingerprints = fingerprints;
  }

  /**
   * Removes them. Can be repeated.
   *
   * @return the number of messages that waited for a later attempt
   */
  public int remove(ProjectId project, OperationId operation) {
    int count = 0;
    for (Partition partition : partitions.ofOperation(operation)) {
      Set<String> entries = new HashSet<>(partition.undelivered());
      // Somebody may have sent these again, and they wait once more.
      entries.addAll(partition.givenUp().entries());
      for (String entry : entries) {
        String message = PageMessages.idOf(partition.key(), entry);
        results.remove(project, message);
        if (parked.discard(message)) {
          count++;
        }
      }
    }
    fingerprints.remove(operation);
    partitions.remove(operation);
    return count;
  }
}
