package io.pinferry.delivery;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Keeps troubles in the destinations themselves. */
public final class DirectoryTroubles implements DestinationTroubles {
  /** Several attempts at one destination may fail at the same time. */
  private static final int TRIES_MAX = 5;

  private final DestinationRepository destinations;
  private final InstantSource clock;

  public DirectoryTroubles(DestinationRepository destinations, InstantSource clock) {
    this.destinations = destinations;
    this.clock = clock;
  }

  @Override
  public void note(ProjectId project, String destinationName, DestinationTrouble trouble) {
    change(
        project,
        destinationName,
        destination -> {
          DestinationTrouble known = destination.trouble();
          boolean graver = known == null || (trouble.disabled() && !known.disabled());
          return graver ? destination.with(trouble) : destination;
        });
  }

  @Override
  public void recovered(ProjectId project, String destinationName) {
    change(
        project,
        destinationName,
        destination -> {
          DestinationTrouble known = destination.trouble();
          return known != null && !known.disabled() ? destination.with(null) : destination;
        });
  }

  private void change(ProjectId project, String name, UnaryOperator<Destination> to) {
    for (int tries = 1; ; tries++) {
      Optional<Snapshot<Destination>> before = destinations.findByName(project, name);
      if (before.isEmpty()) {
        return;
      }
      Destination after = to.apply(before.get().value());
      if (after.equals(before.get().value())) {
        return;
      }
      List<DirectoryWrite> told =
          after.trouble() == null
              ? List.of()
              : List.of(
                  Outbox.put(
                      Notification.ofDestination(after, before.get().version()), clock.instant()));
      try {
        destinations.update(before.get(), after, told);
        return;
      } catch (Conflict changedMeanwhile) {
        if (tries >= TRIES_MAX) {
          throw changedMeanwhile;
        }
      }
    }
  }
}
