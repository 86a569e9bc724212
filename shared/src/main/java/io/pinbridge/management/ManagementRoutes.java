package io.pinbridge.management;

import io.pinbridge.base.IdSource;
import io.pinbridge.connection.SecretStore;
import io.pinbridge.directory.DestinationRules;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.http.Route;
import io.pinbridge.read.ReadStore;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** The api door's routes, but for those of connections. */
public final class ManagementRoutes {
  private ManagementRoutes() {}

  /** Returns the routes over these stores. */
  public static List<Route> of(
      DirectoryStore directory,
      ReadStore reads,
      SecretStore secrets,
      DestinationRules rules,
      IdSource ids,
      InstantSource clock) {
    return Stream.of(
            new ProjectRoutes(directory, ids, clock).routes(),
            new ApiKeyRoutes(directory, ids, clock).routes(),
            new DestinationRoutes(directory, secrets, rules, ids, clock).routes(),
            new OperationRoutes(directory, reads).routes())
        .flatMap(List::stream)
        .toList();
  }
}
