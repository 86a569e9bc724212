package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
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
import io.pinferry.manifest.RevisionChange;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Revisions: their list, their differences, and all that the page for a configuration needs. */
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
    String all = "/v1/projects/{project}/integrations/{integration}/revisions";
    String one = all + "/{revision}";
    return List.of(
        Route.get(all, Permission.INTEGRATION_READ, this::list),
        Route.get(one + ":hydrate", Permission.REVISION_HYDRATE, this::hydrate)
            .taking("connectionId"),
        Route.get(one + ":compare", Permission.INTEGRATION_READ, this::compare).taking("before"));
  }

  /** Lists the revisions without their content, since many contents may be too long. */
  private ApiResponse list(RouteCall call) {
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    return ApiResponse.json(
        200,
        integrations.listRevisions(project.id(), integration.id()).stream()
            .map(revision -> Codec.tree(revision).retain("id", "specVersion", "createTime"))
            .toList());
  }

  private ApiResponse compare(RouteCall call) {
    Optional<String> before = call.filter("before");
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    ObjectNode earlier =
        before.map(id -> revision(integration, id).content()).orElseGet(Json::object);
    ObjectNode json = Json.object();
    ArrayNode changes = json.putArray("changes");
    RevisionChange.between(earlier, revision(integration, call.variable("revision")).content())
        .forEach(change -> changes.add(view(change)));
    return ApiResponse.json(200, json);
  }

  private static ObjectNode view(RevisionChange change) {
    ObjectNode json = Json.object();
    json.put("kind", change.kind().name().toLowerCase(Locale.ROOT));
    json.put("part", change.part());
    if (change.objectName() != null) {
      json.put("objectName", change.objectName());
    }
    ArrayNode members = json.putArray("members");
    for (RevisionChange.Member member : change.members()) {
      ObjectNode one = members.addObject().put("name", member.name());
      if (member.before() != null) {
        one.set("before", member.before());
      }
      if (member.after() != null) {
        one.set("after", member.after());
      }
    }
    return json;
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
