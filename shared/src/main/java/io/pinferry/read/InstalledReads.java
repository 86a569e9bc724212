package io.pinferry.read;

import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.Snapshot;
import io.pinferry.manifest.EffectiveRead;
import io.pinferry.manifest.FieldPath;
import io.pinferry.manifest.FieldSelection;
import io.pinferry.operation.Customer;
import io.pinferry.operation.Origin;
import io.pinferry.operation.Selection;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.ReadCatalogue;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the objects that an installation reads now. */
public final class InstalledReads {
  private final InstallationRepository installations;
  private final ConnectionRepository connections;

  public InstalledReads(InstallationRepository installations, ConnectionRepository connections) {
    this.installations = installations;
    this.connections = connections;
  }

  /**
   * An object that an installation reads.
   *
   * @param connection the status of the connection
   */
  public record InstalledRead(
      ReadTarget target, EffectiveRead config, ConnectionStatus connection) {}

  /**
   * Finds an object of an installation.
   *
   * @param objectName Pinterest's name of the object
   * @return empty if the installation, its connection or the object in its config is gone
   */
  public Optional<InstalledRead> find(
      ProjectId project, IntegrationId integration, InstallationId id, String objectName) {
    return installations
        .find(project, integration, id)
        .map(Snapshot::value)
        .flatMap(installation -> find(installation, objectName));
  }

  private Optional<InstalledRead> find(Installation installation, String objectName) {
    return connections
        .find(installation.project(), installation.connection())
        .map(Snapshot::value)
        .flatMap(
            connection ->
                installation
                    .config()
                    .effective()
                    .findRead(objectName)
                    .map(
                        read ->
                            new InstalledRead(
                                target(installation, connection, read),
                                read,
                                connection.access().status())));
  }

  /** Returns the target of a read of an object. */
  public static ReadTarget target(
      Installation installation, Connection connection, EffectiveRead read) {
    return new ReadTarget(
        Origin.of(installation),
        read.objectName(),
        planName(read),
        new Work.Envelope(
            read.deliveredName(),
            read.destination(),
            Customer.of(installation),
            installation.lastUpdateTime()),
        new Work.Account(connection.access().account(), connection.access().userId()),
        Set.copyOf(connection.access().scopes()),
        selection(read),
        read.mode());
  }

  /** Returns null if the object does not have the plan of the config. */
  private static @Nullable String planName(EffectiveRead read) {
    if (read.plan() == null) {
      return null;
    }
    String name = read.plan().text();
    return ReadCatalogue.get(read.objectName()).findPlan(name).isPresent() ? name : null;
  }

  private static Selection selection(EffectiveRead read) {
    Map<String, Map<String, String>> values = new LinkedHashMap<>();
    FieldSelection fields = read.selection();
    fields
        .valueMappings()
        .forEach((field, map) -> values.put(path(field).text(), new HashMap<>(map)));
    return new Selection(
        fields.fields().stream().map(InstalledReads::path).toList(),
        fields.mappings().entrySet().stream()
            .map(mapping -> new Selection.Mapping(path(mapping.getValue()), path(mapping.getKey())))
            .toList(),
        fields.all(),
        values);
  }

  private static Selection.Path path(FieldPath path) {
    return new Selection.Path(path.names());
  }
}
