package io.pinferry.management;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Ids;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Revision;
import io.pinferry.directory.RevisionId;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.util.List;
import java.util.Optional;

/** Revisions with everything that the page for a configuration needs. */
final class RevisionRoutes {
  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final ConnectionRepository connections;

  RevisionRoutes(DirectoryStore store) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.connections = new ConnectionRepository(store);
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/v1/projects/{project}/integrations/{integration}/revisions/{revision}:hydrate",
                Permission.REVISION_HYDRATE,
                this::hydrate)
            .taking("connectionId"));
  }

  private ApiResponse hydrate(RouteCall call) {
    String connectionId =
        call.query("connectionId")
            .orElseThrow(
                () -> Issue.query("connectionId", "is missing; name the connection").malformed());
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    Revision revision = revision(integration, call.variable("revision"));
    Connection connection =
        connections
            .get(
                project.id(),
                connectionId,
                found ->
                    call.caller().sees(found.owner().group().ref(), found.owner().consumer().ref()))
            .value();
    return ApiResponse.json(200, HydratedRevision.of(revision, connection));
  }

  private Revision revision(Integration integration, String id) {
    if (integration.latestRevision().id().value().equals(id)) {
      return integration.latestRevision();
    }
    Optional<Revision> earlier =
        Ids.isUuid(id)
            ? integrations.findRevision(integration.project(), integration.id(), new RevisionId(id))
            : Optional.empty();
    return earlier.orElseThrow(
        () ->
            new NotFound(
                "integration " + integration.name() + " has no revision " + id,
                "The latest one is " + integration.latestRevision().id() + "."));
  }
}
