package io.pinferry.delivery;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides which messages may be sent again, and reports those that are. */
public final class SendingAgain {
  private final DestinationRepository destinations;
  private final InstallationRepository installations;
  private final Receipts receipts;
  private final NotificationNotes notes;
  private final Log log;

  public SendingAgain(
      DestinationRepository destinations,
      InstallationRepository installations,
      Receipts receipts,
      NotificationNotes notes,
      Log log) {
    this.destinations = destinations;
    this.installations = installations;
    this.receipts = receipts;
    this.notes = notes;
    this.log = log;
  }

  /**
   * A message that is not sent again.
   *
   * @param reason in words for a person
   */
  public record Remainder(String messageId, String reason) {}

  /** Messages of one source are all sent, or all stay. */
  private record Source(
      DeliveryMessage.InstallationKey installation, @Nullable String objectName) {}

  /** Looks at the source of messages. A source is looked up once. */
  final class Sources {
    private final ProjectId project;
    private final Map<Source, Optional<String>> reasons = new HashMap<>();

    Sources(ProjectId project) {
      this.project = project;
    }

    /** Returns why a message of this content would be dropped; empty if it would be sent. */
    Optional<String> unwanted(DeliveryMessage.Content content) {
      String objectName = DeliveryMessage.objectName(content).orElse(null);
      return DeliveryMessage.installation(content)
          .map(installation -> new Source(installation, objectName))
          .flatMap(source -> reasons.computeIfAbsent(source, this::unwanted));
    }

    private Optional<String> unwanted(Source source) {
      return DirectoryTargets.unwanted(
              installations, project, source.installation(), source.objectName())
          .map(
              target ->
                  target instanceof DeliveryTargets.MissingInstallation
                      ? "the installation is gone"
                      : "the object is paused, or not read any more");
    }
  }

  /**
   * Checks the destinations of messages. Without its destination a message would fail again, after
   * a day of attempts.
   *
   * @throws Conflict if one does not exist or is disabled
   */
  void check(ProjectId project, Collection<String> names) {
    names.stream().distinct().forEach(name -> check(project, name));
  }

  private void check(ProjectId project, String name) {
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

  /** Reports a message that is sent again. */
  void report(String messageId, DeliveryMessage.Content content, String destination, Instant at) {
    switch (content) {
      case DeliveryMessage.Records records ->
          receipts.sentAgain(records.receipt(), destination, at);
      case DeliveryMessage.Notice notice -> {
        if (notice.operation() != null) {
          notes.note(
              notice.operation(),
              messageId + "-" + at.toEpochMilli() + "-again",
              NotificationNotes.Severity.INFO,
              DeliveryMessage.describe(notice)
                  + " is sent again to "
                  + destination
                  + ", as somebody asked for it");
        }
      }
    }
    log.with(Delivery.about(content))
        .info(
            "message is sent again",
            field("messageId", messageId),
            field("destination", destination));
  }
}
