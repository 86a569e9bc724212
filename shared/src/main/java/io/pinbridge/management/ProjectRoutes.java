package io.pinbridge.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinbridge.base.IdSource;
import io.pinbridge.base.Issue;
import io.pinbridge.base.Json;
import io.pinbridge.base.PinbridgeException.InvalidRequest;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.Project;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.directory.Versioned;
import io.pinbridge.http.ApiResponse;
import io.pinbridge.http.JsonBody;
import io.pinbridge.http.Permission;
import io.pinbridge.http.Route;
import io.pinbridge.http.RouteCall;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Projects: created by the operator alone, seen and renamed by their own keys. */
final class ProjectRoutes {
  /** Whose a project is if its creator does not say; there is one owner of a deployment anyhow. */
  private static final String ORG_ID = "self-hosted";

  private static final List<String> CHANGEABLE = List.of("appName", "name");

  private final ProjectRepository projects;
  private final IdSource ids;
  private final InstantSource clock;

  ProjectRoutes(DirectoryStore store, IdSource ids, InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.ids = ids;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/projects", Permission.PROJECT_LIST, this::list),
        Route.post("/v1/projects", Permission.PROJECT_CREATE, this::create),
        Route.get("/v1/projects/{project}", Permission.PROJECT_READ, this::get),
        Route.patch("/v1/projects/{project}", Permission.PROJECT_CHANGE, this::change));
  }

  private ApiResponse list(RouteCall call) {
    String own = call.caller().projectId();
    List<Project> reached = own == null ? projects.list() : List.of(projects.get(own).value());
    ArrayNode array = Json.object().arrayNode();
    reached.forEach(project -> array.add(Views.project(project)));
    return ApiResponse.json(200, array);
  }

  private record NewProject(String name, String appName, String orgId) {}

  private ApiResponse create(RouteCall call) {
    NewProject wanted =
        JsonBody.read(
            call.request(),
            body -> {
              body.allowOnly("name", "appName", "orgId");
              return new NewProject(
                  body.requireText("name"),
                  body.requireText("appName"),
                  body.text("orgId").filter(text -> !text.isBlank()).orElse(ORG_ID));
            });
    check("", wanted.name(), wanted.appName());
    var project =
        new Project(
            new ProjectId(ids.uuid()),
            Project.canonicalName(wanted.name()),
            wanted.appName(),
            wanted.orgId(),
            Now.of(clock),
            null);
    projects.create(project);
    return ApiResponse.json(201, Views.project(project));
  }

  private ApiResponse get(RouteCall call) {
    boolean includeEntitlements = call.queryFlag("includeEntitlements");
    ObjectNode json = Views.project(projects.get(call.project()).value());
    if (includeEntitlements) {
      ObjectNode entitlements = json.putObject("entitlements");
      // There are no plans here: everything a plan could forbid is allowed.
      entitlements.putObject("brandingRemoval").put("value", true);
      entitlements.putObject("logRetentionDays").put("value", Views.LOG_RETENTION_DAYS);
    }
    return ApiResponse.json(200, json);
  }

  private record Change(@Nullable String name, @Nullable String appName) {}

  private ApiResponse change(RouteCall call) {
    Change change =
        JsonBody.read(
            call.request(),
            body -> {
              UpdateMask mask = UpdateMask.of(body, CHANGEABLE);
              JsonBody project = body.requireObject("project");
              CHANGEABLE.forEach(member -> mask.requireValue(project, member, member));
              return new Change(
                  mask.names("name") ? project.text("name").orElse(null) : null,
                  mask.names("appName") ? project.text("appName").orElse(null) : null);
            });
    Versioned<Project> before = projects.get(call.project());
    Project old = before.value();
    String name = change.name() == null ? old.name() : change.name();
    String appName = change.appName() == null ? old.appName() : change.appName();
    check("project.", name, appName);
    var after =
        new Project(
            old.id(),
            Project.canonicalName(name),
            appName,
            old.orgId(),
            old.createTime(),
            Now.of(clock));
    projects.update(before, after);
    return ApiResponse.json(200, Views.project(after));
  }

  private static void check(String path, String name, String appName) {
    var issues = new ArrayList<Issue>();
    if (!Project.isName(name)) {
      issues.add(
          Issue.body(
              path + "name",
              name.length() > 200 ? null : name,
              "must be 2 to 128 letters, digits and hyphens, with no hyphen at either end, and must"
                  + " not look like an id"));
    }
    if (appName.isBlank() || appName.length() > Project.APP_NAME_LENGTH_MAX) {
      issues.add(
          Issue.body(
              path + "appName",
              null,
              "must have 1 to " + Project.APP_NAME_LENGTH_MAX + " characters"));
    }
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the project", issues);
    }
  }
}
