package io.pinbridge.delivery;

import io.pinbridge.base.PinbridgeException.Conflict;
import io.pinbridge.directory.Destination;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.directory.DestinationTrouble;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.directory.Versioned;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Keeps troubles in the destinations themselves. */
public final class DirectoryTroubles implements DestinationTroubles {
  /** Several attempts at one destination may fail at the same time. */
  private static final int TRIES_MAX = 5;

  private final DestinationRepository destinations;

  public DirectoryTroubles(DestinationRepository destinations) {
    this.destinations = destinations;
  }

  @Override
  public @Nullable DestinationTrouble note(
      ProjectId project, String destinationName, DestinationTrouble trouble) {
    return change(
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

  private @Nullable DestinationTrouble change(
      ProjectId project, String name, UnaryOperator<Destination> to) {
    for (int tries = 1; ; tries++) {
      Optional<Versioned<Destination>> before = destinations.findByName(project, name);
      if (before.isEmpty()) {
        return null;
      }
      Destination after = to.apply(before.get().value());
      if (after.equals(before.get().value())) {
        return after.trouble();
      }
      try {
        destinations.update(before.get(), after);
        return after.trouble();
      } catch (Conflict changedMeanwhile) {
        if (tries >= TRIES_MAX) {
          throw changedMeanwhile;
        }
      }
    }
  }
}
