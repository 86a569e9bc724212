package io.pinferry.read;

import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.Work;
import java.util.List;
import java.util.Optional;

/** Decides whether a read whose lists have all ended may tell that records are deleted. */
final class DeletionStart {
  private final ReadHistory history;

  DeletionStart(OperationStore operations) {
    this.history = new ReadHistory(operations);
  }

  /**
   * Returns why the read cannot tell deletions, in words for a person; empty if it can.
   *
   * @param lists the partitions of the read
   */
  Optional<String> obstacle(Operation read, List<Partition> lists) {
    if (lists.stream().anyMatch(list -> list.state() == PartitionState.FAILED)) {
      return Optional.of("the read is incomplete");
    }
    return ranAlone(read)
        ? Optional.empty()
        : Optional.of("another read of the object ran at the same time");
  }

  /** Messages of two reads overtake each other. */
  private boolean ranAlone(Operation read) {
    Work.Comparison comparison = read.read().comparison();
    return comparison != null && comparison.alone() && noneBeside(read);
  }

  private boolean noneBeside(Operation read) {
    return history
        .newest(
            read.installation(),
            read.objectName(),
            found -> !found.getLast().startedAt().isBefore(read.startedAt()))
        .reads()
        .stream()
        .filter(other -> !other.id().equals(read.id()))
        .allMatch(
            other ->
                other.startedAt().isBefore(read.startedAt()) && other.endedBy(read.startedAt()));
  }
}
