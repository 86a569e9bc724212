package io.pinferry.delivery;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.Tasks;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters again. Each becomes a parked message that is due, in one step, so it is never
 * in both places and never in none, and whoever repeats a request finds what is left. What would be
 * dropped before it is sent, since it was uninstalled or paused, stays a dead letter; what becomes
 * so until then is dropped as any message is.
 */
public final class Redrive {
  /** No more than are released at once. */
  public static final int AT_ONCE_MAX = ParkedRelease.AT_ONCE_MAX;

  private static final int SIDE_BY_SIDE = 16;

  private final DeadLetters letters;
  private final DestinationRepository destinations;
  private final InstallationRepository installations;
  private final Tasks tasks;
  private final Log log;

  public Redrive(
      DeadLetters letters,
      DestinationRepository destinations,
      InstallationRepository installations,
      Tasks tasks,
      Log log) {
    this.letters = letters;
    this.destinations = destinations;
    this.installations = installations;
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * What was sent again.
   *
   * @param count how many messages
   * @param left what stays a dead letter
   * @param nextPageToken where to go on, null if nothing is left of what was chosen
   */
  public record Result(int count, List<Remainder> left, @Nullable String nextPageToken) {
    public Result(int count, List<Remainder> left, @Nullable String nextPageToken) {
      this.count = count;
      this.left = List.copyOf(left);
      this.nextPageToken = nextPageToken;
    }
  }

  /**
   * A dead letter that was not sent again.
   *
   * @param reason in words for a person
   */
  public record Remainder(DeadLetter letter, String reason) {}

  /** What has in common whether it may be sent. */
  private record Source(DeliveryMessage.InstallationKey installed, @Nullable String objectName) {}

  /**
   * Sends some again, at most {@link #AT_ONCE_MAX}, within a minute.
   *
   * @param pageToken where the call before ended, null to begin
   * @throws Conflict if one to be sent is for a destination that is missing or disabled; nothing is
   *     sent then
   * @throws IllegalArgumentException if the page token is none of ours
   */
  public Result send(ProjectId project, DeadLetters.Filter filter, @Nullable String pageToken) {
    DeadLetters.Page page = letters.list(project, filter, AT_ONCE_MAX, pageToken);
    List<DeadLetter> sent = new ArrayList<>();
    List<Remainder> left = new ArrayList<>();
    Map<Source, Optional<String>> reasons = new HashMap<>();
    for (DeadLetter letter : page.letters()) {
      source(letter)
          .flatMap(source -> reasons.computeIfAbsent(source, key -> unwanted(project, key)))
          .ifPresentOrElse(
              reason -> left.add(new Remainder(letter, reason)), () -> sent.add(letter));
    }
    sent.stream()
        .map(DeadLetter::destination)
        .distinct()
        .forEach(name -> checkThere(project, name));
    Instant now = tasks.now();
    long count =
        tasks.all(sent, SIDE_BY_SIDE, letter -> park(letter, now)).stream()
            .filter(parked -> parked)
            .count();
    return new Result((int) count, left, page.nextPageToken());
  }

  private static Optional<Source> source(DeadLetter letter) {
    return DeliveryMessage.installed(letter.content())
        .map(
            installed ->
                new Source(installed, DeliveryMessage.objectName(letter.content()).orElse(null)));
  }

  private Optional<String> unwanted(ProjectId project, Source source) {
    return DirectoryTargets.unwanted(
            installations, project, source.installed(), source.objectName())
        .map(
            why ->
                why instanceof DeliveryTargets.MissingInstallation
                    ? "the installation is gone"
                    : "the object is paused, or not read any more");
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
    Optional<Destination> destination = destinations.findByName(project, name).map(Snapshot::value);
    if (destination.isEmpty()) {
      throw new Conflict(
          "there is no destination " + name + " any more, which some of these messages are for",
          "create one of that name, or choose messages for another destination");
    }
    DestinationTrouble trouble = destination.get().trouble();
    if (trouble != null && trouble.disabled()) {
      throw new Conflict(
          "destination %s is disabled since %s (%s)"
              .formatted(name, trouble.since(), trouble.reason()),
          "change its URL, which enables it, or choose messages for another destination");
    }
  }
}
