package io.pinferry.notification;

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
import io.pinferry.directory.ProviderApp;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notification of an event to a builder.
 *
 * @param id follows from the event: the same for each repetition, and different for other events
 * @param project the project with the routes
 * @param subject the notification is not sent without this installation; null if it needs none
 * @param data the contract's {@code data}, without {@code integrationName} if there is a subject
 */
public record Notification(
    String id,
    NotificationType type,
    ProjectId project,
    @Nullable Subject subject,
    ObjectNode data) {

  /** The only provider, in the contract's words. */
  private static final String PROVIDER = "pinterest";

  /** A longer config is left out, since messages have a limit. */
  private static final int CONFIG_LENGTH_MAX = 100_000;

  /**
   * The subject of a notification.
   *
   * @param operation the operation that has ended; null for other events
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
   * Makes a notification about a connection.
   *
   * @param version the version of the connection before the change; each change has another one
   * @param errors the problems, in words for a person; only for {@code connection.error}
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
      List.of(errors).forEach(data.putArray("errors")::add);
      // The contract also has the old name.
      List.of(errors).forEach(data.putArray("error")::add);
    }
    return new Notification(
        id(type, connection.id().value(), Long.toString(version)),
        type,
        connection.project(),
        null,
        data);
  }

  /**
   * Makes the notification about a provider app that the provider refuses.
   *
   * @param error the provider's words
   * @param since when the refusal was noticed
   */
  public static Notification ofProviderApp(ProviderApp app, String error, Instant since) {
    ObjectNode data = Json.object();
    data.put("projectId", app.project().value());
    data.put("providerAppId", app.id().value());
    data.put("provider", app.provider());
    data.put("clientId", app.clientId());
    data.put("error", error);
    return new Notification(
        id(NotificationType.PROVIDER_APP_ERROR, app.id().value(), since.toString()),
        NotificationType.PROVIDER_APP_ERROR,
        app.project(),
        null,
        data);
  }

  /**
   * Makes a notification about an existing installation.
   *
   * @param lastConfig the config before the present one; null for none
   * @param error the problem; null for none
   * @param cause distinguishes notifications of this type about this installation
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

  /** Makes the notification about a removed installation, with its last config. */
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
   * Makes the notification about the end of an operation.
   *
   * @param data from {@link #installedData}, with the members of the type
   */
  public static Notification ofOperation(
      NotificationType type, ProjectId project, Subject subject, ObjectNode data) {
    String operation = subject.operation();
    if (operation == null) {
      throw new IllegalArgumentException("the subject has no operation");
    }
    return new Notification(id(type, operation), type, project, subject, data);
  }

  /**
   * Makes the notification about a destination that no longer accepts messages.
   *
   * @param version the version of the destination before the change; each change has another one
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

  /** Returns the common data of all notifications about an installation. */
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
    return Digest.of("notification", type.text()).and(parts).uuid();
  }
}
