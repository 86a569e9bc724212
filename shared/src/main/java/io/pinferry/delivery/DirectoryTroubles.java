package io.pinferry.delivery;

import io.pinferry.base.Attempts;
import io.pinferry.base.ExpiringCache;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Stores troubles in the documents of the destinations. */
public final class DirectoryTroubles implements DestinationTroubles {
  /** Several attempts at one destination may fail at the same time. */
  private static final int ATTEMPTS_MAX = 5;

  /**
   * How often a process notes within {@link #NOTES_PERIOD} that a destination fails. Each success
   * clears the note, so this bounds the writes of both.
   */
  static final int NOTES_MAX = 5;

  static final Duration NOTES_PERIOD = Duration.ofMinutes(1);

  private static final int DESTINATIONS_MAX = 1000;

  private final DestinationRepository destinations;
  private final InstantSource clock;
  private final ExpiringCache<Key, AtomicInteger> notes = new ExpiringCache<>(DESTINATIONS_MAX);

  public DirectoryTroubles(DestinationRepository destinations, InstantSource clock) {
    this.destinations = destinations;
    this.clock = clock;
  }

  private record Key(ProjectId project, String destination) {}

  @Override
  public void note(ProjectId project, String destinationName, DestinationTrouble trouble) {
    if (!trouble.isGrave() && !mayNote(new Key(project, destinationName))) {
      return;
    }
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

  private boolean mayNote(Key destination) {
    Instant now = clock.instant();
    Optional<AtomicInteger> count = notes.find(destination, now);
    if (count.isEmpty()) {
      notes.put(destination, new AtomicInteger(1), now.plus(NOTES_PERIOD));
      return true;
    }
    return count.get().incrementAndGet() <= NOTES_MAX;
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
