package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Ids;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Refuses unknown names in a filter that found nothing. Something that was removed may still have
 * messages, so a filter that found one is not checked.
 */
final class KnownNames {
  private final DestinationRepository destinations;
  private final OperationStore operations;

  KnownNames(DirectoryStore store, OperationStore operations) {
    this.destinations = new DestinationRepository(store);
    this.operations = operations;
  }

  /** Makes an issue of a part of the request. */
  interface Place {
    Issue issue(String name, String value, String detail);
  }

  /**
   * @param destination null for none
   * @param operation null for none
   */
  void check(
      ProjectId project,
      @Nullable String destination,
      @Nullable String operation,
      Place place,
      Function<Issue, InvalidRequest> refusal) {
    if (destination != null && destinations.findByName(project, destination).isEmpty()) {
      throw refusal.apply(
          place.issue(
              "destination",
              clipped(destination),
              "is the name of no destination of this project"));
    }
    boolean known =
        operation != null
            && Ids.isUuid(operation)
            && operations
                .find(new OperationId(operation))
                .filter(one -> one.project().equals(project))
                .isPresent();
    if (operation != null && !known) {
      throw refusal.apply(
          place.issue("operationId", clipped(operation), "is no operation of this project"));
    }
  }
}
