package io.pinbridge.management;

import io.pinbridge.base.Issue;
import io.pinbridge.base.PinbridgeException.InvalidRequest;
import io.pinbridge.base.PinbridgeException.NotFound;
import io.pinbridge.directory.Connection;
import io.pinbridge.directory.ConnectionRepository;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.Ids;
import io.pinbridge.directory.Integration;
import io.pinbridge.directory.IntegrationRepository;
import io.pinbridge.directory.Project;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.directory.Revision;
import io.pinbridge.directory.RevisionId;
import io.pinbridge.http.ApiResponse;
import io.pinbridge.http.Permission;
import io.pinbridge.http.Route;
import io.pinbridge.http.RouteCall;
import java.util.List;
import java.util.Optional;

/** Revisions as the page that configures an installation needs them. */
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
            this::hydrate));
  }

  private ApiResponse hydrate(RouteCall call) {
    String connectionId =
        call.query("connectionId")
            .orElseThrow(
                () ->
                    InvalidRequest.malformed(
                        Issue.query("connectionId", null, "is missing; name the connection")));
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    Revision revision = revision(integration, call.variable("revision"));
    Connection connection =
        connections
            .get(
                project.id(),
                connectionId,
                found -> call.caller().sees(found.group().ref(), found.consumer().ref()))
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
