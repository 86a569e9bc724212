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
 * Sends dead letters again. One atomic step turns a dead letter into a parked message that is due,
 * so it is never in both places or in none, and a request can be repeated. If the installation is
 * gone or the object is paused, the message stays a dead letter. If that happens after the step,
 * the message is dropped like any other.
 */
public final class Redrive {
  /** The limit of one call, which is also that of a release. */
  public static final int AT_ONCE_MAX = ParkedRelease.AT_ONCE_MAX;

  private static final int SIDE_BY_SIDE = 16;

  private final DeadLetters letters;
  private final DestinationRepository destinations;
  private final InstallationRepository installations;
  private final AttemptReports reports;
  private final Tasks tasks;
  private final Log log;

  public Redrive(
      DeadLetters letters,
      DestinationRepository destinations,
      InstallationRepository installations,
      Receipts receipts,
      NotificationNotes notes,
      Tasks tasks,
      Log log) {
    this.letters = letters;
    this.destinations = destinations;
    this.installations = installations;
    this.reports = new AttemptReports(receipts, notes);
    this.tasks = tasks;
    this.log = log;
  }

  /**
   * The result of one call.
   *
   * @param count the number of messages that were sent again
   * @param left the dead letters that stay
   * @param nextPageToken the token of the next call, null if there are no more dead letters
   */
  public record Result(int count, List<Remainder> left, @Nullable String nextPageToken) {
    public Result {
      left = List.copyOf(left);
    }
  }

  /**
   * A dead letter that was not sent again.
   *
   * @param reason in words for a person
   */
  public record Remainder(DeadLetter letter, String reason) {}

  /** Messages of one source are all sent, or all stay. */
  private record Source(
      DeliveryMessage.InstallationKey installation, @Nullable String objectName) {}

  /**
   * Sends at most {@link #AT_ONCE_MAX} dead letters again, within a minute.
   *
   * @param pageToken the token of the call before, null for the first call
   * @throws Conflict if the destination of one of them does not exist or is disabled; then nothing
   *     is sent
   * @throws IllegalArgumentException if the page token is invalid
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
    String objectName = DeliveryMessage.objectName(letter.content()).orElse(null);
    return DeliveryMessage.installation(letter.content())
        .map(installation -> new Source(installation, objectName));
  }

  private Optional<String> unwanted(ProjectId project, Source source) {
    return DirectoryTargets.unwanted(
            installations, project, source.installation(), source.objectName())
        .map(
            target ->
                target instanceof DeliveryTargets.MissingInstallation
                    ? "the installation is gone"
                    : "the object is paused, or not read any more");
  }

  private boolean park(DeadLetter letter, Instant now) {
    boolean parked = letters.park(letter, now);
    if (parked) {
      reports.sentAgain(letter, now);
      log.with(Delivery.about(letter.content()))
          .info(
              "dead letter is sent again",
              field("messageId", letter.messageId()),
              field("destination", letter.destination()));
    }
    return parked;
  }

  /** Without its destination a message would fail again, after a day of attempts. */
  private void checkThere(ProjectId project, String name) {
    Optional<Destination> destination = destinations.findByName(project, name).map(Snapshot::value);
    if (destination.isEmpty()) {
      throw new Conflict(
          "there is no destination " + name + " any more, but some of these messages need it",
          "create a destination of that name, or choose messages for another one");
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
