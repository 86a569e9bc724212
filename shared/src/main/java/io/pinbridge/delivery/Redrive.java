package io.pinbridge.delivery;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.Log;
import io.pinbridge.base.PinbridgeException.Conflict;
import io.pinbridge.base.Tasks;
import io.pinbridge.directory.Destination;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.directory.DestinationTrouble;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.directory.Versioned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters again. Each becomes a parked message that is due, in one step, so it is never
 * in both places and never in none, and whoever repeats a request finds what is left. All that is
 * looked at before a message is sent is looked at again: what was uninstalled since is not sent.
 */
public final class Redrive {
  /** No more than are released at once. */
  public static final int AT_ONCE_MAX = ParkedRelease.AT_ONCE_MAX;

  private static final int SIDE_BY_SIDE = 16;

  private final DeadLetters letters;
  private final DestinationRepository destinations;
  private final Tasks tasks;
  private final Log log;

  public Redrive(DeadLetters letters, DestinationRepository destinations, Tasks tasks, Log log) {
    this.letters = letters;
    this.destinations = destinations;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * What was sent again.
   *
   * @param count how many messages
   * @param nextPageToken where to go on, null if nothing is left of what was chosen
   */
  public record Sent(int count, @Nullable String nextPageToken) {}

  /**
   * Sends some again, at most {@link #AT_ONCE_MAX}, within a minute.
   *
   * @param pageToken where the call before ended, null to begin
   * @throws Conflict if one is for a destination that is missing or disabled; nothing is sent then
   * @throws IllegalArgumentException if the page token is none of ours
   */
  public Sent send(ProjectId project, DeadLetters.Which which, @Nullable String pageToken) {
    DeadLetters.Page page = letters.list(project, which, AT_ONCE_MAX, pageToken);
    page.letters().stream()
        .map(DeadLetter::destination)
        .distinct()
        .forEach(name -> checkThere(project, name));
    Instant now = tasks.now();
    int count = 0;
    for (int from = 0; from < page.letters().size(); from += SIDE_BY_SIDE) {
      int to = Math.min(page.letters().size(), from + SIDE_BY_SIDE);
      List<Callable<Boolean>> some = new ArrayList<>();
      page.letters().subList(from, to).forEach(letter -> some.add(() -> park(letter, now)));
      count += (int) tasks.all(some).stream().filter(Boolean::booleanValue).count();
    }
    return new Sent(count, page.nextPageToken());
  }

  private boolean park(DeadLetter letter, Instant now) {
    boolean parked = letters.park(letter, now);
    if (parked) {
      log.with(Delivery.about(letter.content()))
          .info(
              "dead letter is sent again",
              field("message", letter.messageId()),
              field("destination", letter.destination()));
    }
    return parked;
  }

  /** It would only die again, after a day of attempts. */
  private void checkThere(ProjectId project, String name) {
    Optional<Destination> destination =
        destinations.findByName(project, name).map(Versioned::value);
    if (destination.isEmpty()) {
      throw new Conflict(
          "there is no destination " + name + " any more, which some of these messages are for",
          "create one of that name, or choose messages for another destination");
    }
    DestinationTrouble trouble = destination.get().trouble();
    if (trouble != null && trouble.disabled()) {
      throw new Conflict(
          "destination "
              + name
              + " is disabled since "
              + trouble.since()
              + " ("
              + trouble.reason()
              + ")",
          "change its URL, which enables it, or choose messages for another destination");
    }
  }
}
