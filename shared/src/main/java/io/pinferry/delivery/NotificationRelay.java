package io.pinferry.delivery;

import static io.pinferry.base.Field.field;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.Destination;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import io.pinferry.directory.TopicRepository;
import io.pinferry.notification.Notification;
import io.pinferry.notification.Outbox;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Gives notifications from the outbox to the delivery queue: one message for each destination that
 * the project's routes lead the type to. A notification leaves the outbox after the queue has
 * accepted its messages, so it is sent at least once; its messages' ids follow from its own.
 */
public final class NotificationRelay {
  /** The limit of one run. The rest waits for the next run. */
  static final int AT_ONCE_MAX = 1000;

  /** How many notifications are sent at the same time. */
  private static final int SIDE_BY_SIDE = 8;

  private final Outbox outbox;
  private final TopicRepository topics;
  private final DestinationRepository destinations;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final DeliveryQueue queue;
  private final NotificationNotes notes;
  private final Tasks tasks;
  private final Log log;

  public NotificationRelay(
      DirectoryStore directory,
      DeliveryQueue queue,
      NotificationNotes notes,
      Tasks tasks,
      Log log) {
    this.outbox = new Outbox(directory);
    this.topics = new TopicRepository(directory);
    this.destinations = new DestinationRepository(directory);
    this.integrations = new IntegrationRepository(directory);
    this.installations = new InstallationRepository(directory);
    this.queue = queue;
    this.notes = notes;
    this.tasks = tasks;
    this.log = log;
  }

  /** Notifications of one kind have the same destinations. */
  private record Kind(ProjectId project, NotificationType type) {}

  /**
   * Sends the notifications of the outbox. If one fails, it stays there for the next run.
   *
   * @return how many notifications waited
   */
  public int run() {
    List<Notification> pending = outbox.pending(AT_ONCE_MAX);
    Map<Kind, List<Destination>> routes = new HashMap<>();
    for (Notification notification : pending) {
      find(routes, notification);
    }
    return tasks.all(pending, SIDE_BY_SIDE, one -> relay(one, routes)).size();
  }

  /** Finds the destinations of a notification and of those that follow, once for each kind. */
  private void find(Map<Kind, List<Destination>> routes, Notification notification) {
    ProjectId project = notification.project();
    List<NotificationType> types =
        notification.type() == NotificationType.CONNECTION_ERROR
            ? List.of(NotificationType.CONNECTION_ERROR, NotificationType.READ_SCHEDULE_PAUSED)
            : List.of(notification.type());
    for (NotificationType type : types) {
      routes.computeIfAbsent(new Kind(project, type), _ -> destinationsFor(project, type));
    }
  }

  private List<Destination> destinationsFor(ProjectId project, NotificationType type) {
    return topics.destinationsFor(project, type).stream()
        .flatMap(id -> destinations.find(project, id).stream())
        .map(Snapshot::value)
        .toList();
  }

  /** Returns whether the notification has left the outbox. */
  private boolean relay(Notification notification, Map<Kind, List<Destination>> routes) {
    try {
      send(notification, routes);
      for (Notification following : following(notification)) {
        send(following, routes);
      }
      outbox.remove(notification);
      return true;
    } catch (RuntimeException e) {
      log.error(
          "notification not sent; it stays in the outbox",
          e,
          field("notification", notification.type().text()),
          field("notificationId", notification.id()));
      return false;
    }
  }

  /** Bad credentials pause the schedules of the connection. Each has its own notification. */
  private List<Notification> following(Notification notification) {
    if (notification.type() != NotificationType.CONNECTION_ERROR) {
      return List.of();
    }
    ObjectNode data = notification.data();
    var connection = new ConnectionId(data.path("connectionId").asText());
    return installations
        .listOfGroup(notification.project(), data.path("groupRef").asText())
        .stream()
        .map(Snapshot::value)
        .filter(installation -> installation.connection().equals(connection))
        .filter(NotificationRelay::readsOnSchedule)
        .map(
            installation ->
                Notification.ofInstallation(
                    NotificationType.READ_SCHEDULE_PAUSED,
                    installation,
                    null,
                    data.path("errors").path(0).asText(),
                    // The content has the config, and another content needs another id.
                    notification.id() + "/" + installation.config().id()))
        .toList();
  }

  private static boolean readsOnSchedule(Installation installation) {
    return installation.config().effective().read().stream()
        .anyMatch(read -> read.schedule() != null && !read.disabled());
  }

  private void send(Notification notification, Map<Kind, List<Destination>> routes) {
    List<Destination> to =
        routes.getOrDefault(new Kind(notification.project(), notification.type()), List.of());
    if (to.isEmpty()) {
      return;
    }
    Optional<ObjectNode> data = complete(notification);
    if (data.isEmpty()) {
      log.info(
          "nobody is notified: the installation is gone",
          field("notification", notification.type().text()),
          field("notificationId", notification.id()));
      return;
    }
    byte[] body =
        Json.text(
                Json.object()
                    .put("notificationType", notification.type().text())
                    .<ObjectNode>set("data", data.get()))
            .getBytes(UTF_8);
    Notification.Subject subject = notification.subject();
    var content =
        new DeliveryMessage.Notice(
            notification.type(),
            subject == null
                ? null
                : new DeliveryMessage.InstallationKey(
                    subject.integration(), subject.installation()),
            subject == null ? null : subject.operation());
    queue.send(
        to.stream()
            .map(
                destination ->
                    new DeliveryMessage(
                        // Parked messages are stored by their ids, so each destination needs
                        // another id.
                        "msg_" + Digest.of(notification.id(), destination.id().value()).hex(16),
                        notification.project(),
                        content,
                        destination.name(),
                        body))
            .toList());
    String names = to.stream().map(Destination::name).collect(Collectors.joining(", "));
    log.info(
        "notification sent",
        field("notification", notification.type().text()),
        field("notificationId", notification.id()),
        field("destinations", names));
    if (subject != null && subject.operation() != null) {
      notes.note(
          subject.operation(),
          notification.id(),
          NotificationNotes.Severity.INFO,
          "notification " + notification.type().text() + " sent to " + names);
    }
  }

  /** Returns the data with the integration's name; empty if the installation is gone. */
  private Optional<ObjectNode> complete(Notification notification) {
    Notification.Subject subject = notification.subject();
    if (subject == null) {
      return Optional.of(notification.data());
    }
    if (installations
        .find(notification.project(), subject.integration(), subject.installation())
        .isEmpty()) {
      return Optional.empty();
    }
    return integrations
        .find(notification.project(), subject.integration())
        .map(Snapshot::value)
        .map(Integration::name)
        .map(name -> notification.data().deepCopy().put("integrationName", name));
  }
}
