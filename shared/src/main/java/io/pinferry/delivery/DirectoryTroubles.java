package io.pinferry.delivery;

import io.pinferry.base.Attempts;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/** Stores troubles in the documents of the destinations. */
public final class DirectoryTroubles implements DestinationTroubles {
  /** Several attempts at one destination may fail at the same time. */
  private static final int ATTEMPTS_MAX = 5;

  private final DestinationRepository destinations;
  private final InstantSource clock;

  public DirectoryTroubles(DestinationRepository destinations, InstantSource clock) {
    this.destinations = destinations;
    this.clock = clock;
  }

  @Override
  public void note(ProjectId project, String destinationName, DestinationTrouble trouble) {
    boolean changed =
        change(
            project,
            destinationName,
            destination -> {
              DestinationTrouble known = destination.trouble();
              if (known == null) {
                return destination.with(trouble);
              }
              return trouble.graverThan(known)
                  ? destination.with(trouble.after(known))
                  : destination;
            });
    if (!changed && trouble.isGrave()) {
      throw Conflict.overtaken("destination " + destinationName);
    }
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

  /**
   * Returns whether it is changed; false if others keep changing it, as they do while it accepts
   * one message and refuses the next. Then a later attempt notes the same again, and this one must
   * not fail.
   */
  private boolean change(ProjectId project, String name, UnaryOperator<Destination> to) {
    return Attempts.untilDone(ATTEMPTS_MAX, () -> tryChange(project, name, to));
  }

  private boolean tryChange(ProjectId project, String name, UnaryOperator<Destination> to) {
    Snapshot<Destination> before = destinations.findByName(project, name).orElse(null);
    Destination after = before == null ? null : to.apply(before.value());
    if (before == null || after == null || after.equals(before.value())) {
      return true;
    }
    Notification notification = Notification.ofDestination(after, before.version());
    DestinationTrouble trouble = after.trouble();
    boolean notified = trouble != null && trouble.isGrave();
    try {
      destinations.update(
          before, after, notified ? List.of(Outbox.put(notification, clock.instant())) : List.of());
      return true;
    } catch (Conflict overtaken) {
      return false;
    }
  }
}
