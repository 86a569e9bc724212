package io.pinferry.notification;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Digest;
import io.pinferry.base.Json;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.Destination;
import io.pinferry.directory.Group;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstalledConfig;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import org.jspecify.annotations.Nullable;

/**
 * Something a builder is told of.
 *
 * @param id follows from what it tells of: the same however often it is told, another for anything
 *     else
 * @param type what it tells of
 * @param project whose routes it goes by
 * @param subject the installation without which nobody is told; null if it is about none that must
 *     be there
 * @param data the contract's {@code data}, without {@code integrationName} where there is a subject
 */
public record Notification(
    String id,
    NotificationType type,
    ProjectId project,
    @Nullable Subject subject,
    ObjectNode data) {

  /** The one provider there is; the contract's word for it. */
  private static final String PROVIDER = "pinterest";

  /** A longer config is left out, since a message can hold only so much. */
  private static final int CONFIG_LENGTH_MAX = 100_000;

  /**
   * What a notification is about.
   *
   * @param operation the read whose end it tells of; null if of none
   */
  public record Subject(
      IntegrationId integration, InstallationId installation, @Nullable String operation) {}

  /** A customer: a group or a consumer, by the builder's reference and name. */
  public record Party(String ref, String name) {
    public static Party of(Group group) {
      return new Party(group.ref(), group.name());
    }

    public static Party of(Consumer consumer) {
      return new Party(consumer.ref(), consumer.name());
    }
  }

  /**
   * What happened to a connection.
   *
   * @param version of the connection before it; no two changes of a connection have the same
   * @param errors what is wrong, in words for a person; empty but for {@code connection.error}
   */
  public static Notification ofConnection(
      NotificationType type, Connection connection, long version, String... errors) {
    ObjectNode data = Json.object();
    data.put("projectId", connection.project().value());
    data.put("connectionId", connection.id().value());
    data.put("provider", connection.provider());
    data.put("groupRef", connection.owner().group().ref());
    data.put("consumerRef", connection.owner().consumer().ref());
    data.put("consumerName", connection.owner().consumer().name());
    if (errors.length > 0) {
      ArrayNode array = data.putArray("errors");
      for (String error : errors) {
        array.add(error);
      }
      // The contract keeps its old name, too.
      data.set("error", array.deepCopy());
    }
    return new Notification(
        id(type, connection.id().value(), Long.toString(version)),
        type,
        connection.project(),
        null,
        data);
  }

  /**
   * What happened to an installation that is there.
   *
   * @param lastConfig the config before its present one; null for none
   * @param error what is wrong; null for nothing
   * @param cause tells this from other notifications of the type about the installation
   */
  public static Notification ofInstallation(
      NotificationType type,
      Installation installation,
      @Nullable InstalledConfig lastConfig,
      @Nullable String error,
      String cause) {
    ObjectNode data = data(installation);
    putConfig(data, "config", installation.config());
    if (lastConfig != null) {
      putConfig(data, "lastConfig", lastConfig);
    }
    if (error != null) {
      data.put("error", error);
    }
    return new Notification(
        id(type, installation.id().value(), cause),
        type,
        installation.project(),
        new Subject(installation.integration(), installation.id(), null),
        data);
  }

  /** An installation that is no longer there, with the config that it had. */
  public static Notification ofUninstalled(Installation installation, String integrationName) {
    ObjectNode data = data(installation);
    data.put("integrationName", integrationName);
    putConfig(data, "config", installation.config());
    return new Notification(
        id(NotificationType.INSTALLATION_DELETED, installation.id().value()),
        NotificationType.INSTALLATION_DELETED,
        installation.project(),
        null,
        data);
  }

  /**
   * The end of an operation.
   *
   * @param data what {@link #installedData} made, with what is special about the type
   */
  public static Notification ofOperation(
      NotificationType type, ProjectId project, Subject subject, ObjectNode data) {
    String operation = subject.operation();
    if (operation == null) {
      throw new IllegalArgumentException("the end of no operation");
    }
    return new Notification(id(type, operation), type, project, subject, data);
  }

  /**
   * A destination that takes messages no longer.
   *
   * @param version of the destination before that was noted; no two changes of it have the same
   */
  public static Notification ofDestination(Destination destination, long version) {
    ObjectNode data = Json.object();
    data.put("projectId", destination.project().value());
    data.put("destinationId", destination.id().value());
    data.put("destinationName", destination.name());
    switch (destination.target()) {
      case Destination.Webhook webhook -> data.put("url", webhook.url());
    }
    NotificationType type = NotificationType.DESTINATION_WEBHOOK_DISABLED;
    return new Notification(
        id(type, destination.id().value(), Long.toString(version)),
        type,
        destination.project(),
        null,
        data);
  }

  /** Returns the data that all notifications about an installation have. */
  public static ObjectNode installedData(
      ProjectId project,
      IntegrationId integration,
      InstallationId installation,
      ConnectionId connection,
      Party group,
      Party consumer) {
    ObjectNode data = Json.object();
    data.put("projectId", project.value());
    data.put("provider", PROVIDER);
    data.put("integrationId", integration.value());
    data.put("installationId", installation.value());
    data.put("connectionId", connection.value());
    data.put("groupRef", group.ref());
    data.put("groupName", group.name());
    data.put("consumerRef", consumer.ref());
    data.put("consumerName", consumer.name());
    return data;
  }

  private static ObjectNode data(Installation installation) {
    return installedData(
        installation.project(),
        installation.integration(),
        installation.id(),
        installation.connection(),
        Party.of(installation.owner().group()),
        Party.of(installation.owner().consumer()));
  }

  private static void putConfig(ObjectNode data, String name, InstalledConfig config) {
    ObjectNode shown = InstalledConfigView.of(config);
    if (Json.text(shown).length() <= CONFIG_LENGTH_MAX) {
      data.set(name, shown);
    }
  }

  private static String id(NotificationType type, String... parts) {
    Digest digest = Digest.of("notification", type.text());
    for (String part : parts) {
      digest.and(part);
    }
    return digest.uuid();
  }
}
