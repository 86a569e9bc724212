package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.CodePoints;
import io.pinferry.base.Deadline;
import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.directory.ApiKeyRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.ProxyRule;
import io.pinferry.directory.Snapshot;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Caller;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.http.UpdateMask;
import io.pinferry.install.ProjectRemoval;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Projects. Only the operator creates them; their own keys read and rename them. */
final class ProjectRoutes {
  /** The organisation of a project whose creator names none. A deployment has one owner. */
  private static final String ORG_ID = "self-hosted";

  private static final List<String> CHANGEABLE =
      List.of("appName", "name", "proxyAllowed", "requireJwt");

  private static final int PROXY_RULES_MAX = 100;

  /** How long a request may remove things. API Gateway waits for 30 s. */
  private static final Duration REMOVAL_MAX = Duration.ofSeconds(20);

  private static final Duration REMOVAL_PAUSE = Duration.ofSeconds(1);

  private final ProjectRepository projects;
  private final ApiKeyRepository keys;
  private final ProjectRemoval removal;
  private final IdSource ids;
  private final InstantSource clock;

  ProjectRoutes(DirectoryStore store, ProjectRemoval removal, IdSource ids, InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.keys = new ApiKeyRepository(store);
    this.removal = removal;
    this.ids = ids;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/projects", Permission.PROJECT_LIST, this::list),
        Route.post("/v1/projects", Permission.PROJECT_CREATE, this::create),
        Route.get("/v1/projects/{project}", Permission.PROJECT_READ, this::get)
            .taking("includeEntitlements"),
        Route.patch("/v1/projects/{project}", Permission.PROJECT_CHANGE, this::change),
        Route.delete("/v1/projects/{project}", Permission.PROJECT_DELETE, this::delete),
        Route.get("/v1/my-info", Permission.PROJECT_LIST, this::myInfo));
  }

  private List<Project> reached(Caller caller) {
    String own = caller.projectId();
    return own == null ? projects.list() : List.of(projects.get(own).value());
  }

  private ApiResponse list(RouteCall call) {
    return ApiResponse.json(200, reached(call.caller()).stream().map(Views::project).toList());
  }

  private record NewProject(String name, String appName, String orgId) {}

  private ApiResponse create(RouteCall call) {
    NewProject wanted =
        call.body(
            body -> {
              body.allowOnlyNew("name", "appName", "orgId");
              return new NewProject(
                  body.requireText("name"),
                  body.requireText("appName"),
                  body.given("orgId").orElse(ORG_ID));
            });
    check("", wanted.name(), wanted.appName());
    var project =
        new Project(
            new ProjectId(ids.uuid()),
            Project.canonicalName(wanted.name()),
            wanted.appName(),
            wanted.orgId(),
            Now.of(clock),
            null,
            false,
            List.of());
    projects.create(project);
    return ApiResponse.json(201, Views.project(project));
  }

  private ApiResponse get(RouteCall call) {
    boolean includeEntitlements = call.queryFlag("includeEntitlements");
    ObjectNode json = Views.project(projects.get(call.project()).value());
    if (includeEntitlements) {
      ObjectNode entitlements = json.putObject("entitlements");
      // Pinferry has no plans, so nothing is forbidden.
      entitlements.putObject("brandingRemoval").put("value", true);
      entitlements.putObject("logRetentionDays").put("value", Views.LOG_RETENTION_DAYS);
    }
    return ApiResponse.json(200, json);
  }

  private record Change(
      UpdateMask mask,
      @Nullable String name,
      @Nullable String appName,
      boolean requireJwt,
      List<ProxyRule> proxyAllowed) {}

  private ApiResponse change(RouteCall call) {
    Change change =
        call.body(
            body -> {
              UpdateMask mask = UpdateMask.of(body, CHANGEABLE);
              JsonBody project = body.requireObject("project");
              CHANGEABLE.forEach(member -> mask.changes(project, member));
              return new Change(
                  mask,
                  mask.named("name", project.text("name").orElse(null)),
                  mask.named("appName", project.text("appName").orElse(null)),
                  project.flag("requireJwt", false),
                  proxyRules(project));
            });
    Snapshot<Project> before = projects.get(call.project());
    Project old = before.value();
    UpdateMask mask = change.mask();
    String name = Objects.requireNonNullElse(change.name(), old.name());
    String appName = Objects.requireNonNullElse(change.appName(), old.appName());
    check("project.", name, appName);
    var after =
        new Project(
            old.id(),
            Project.canonicalName(name),
            appName,
            old.orgId(),
            old.createTime(),
            Now.of(clock),
            mask.names("requireJwt") ? change.requireJwt() : old.requireJwt(),
            mask.names("proxyAllowed") ? change.proxyAllowed() : old.proxyAllowed());
    projects.update(before, after);
    return ApiResponse.json(200, Views.project(after));
  }

  private static List<ProxyRule> proxyRules(JsonBody project) {
    List<ProxyRule> rules = new ArrayList<>();
    List<String> texts = project.texts("proxyAllowed", PROXY_RULES_MAX);
    for (int i = 0; i < texts.size(); i++) {
      Optional<ProxyRule> rule = ProxyRule.parse(texts.get(i));
      if (rule.isPresent()) {
        rules.add(rule.get());
      } else {
        project.issue("proxyAllowed[" + i + "]", Issue.clipped(texts.get(i)), ProxyRule.FORM);
      }
    }
    return rules;
  }

  private ApiResponse delete(RouteCall call) {
    Instant now = clock.instant();
    if (removal.remove(call.project(), new Deadline(now.plus(REMOVAL_MAX)))) {
      return ApiResponse.noContent();
    }
    throw new ProviderUnavailable(
        "the project is being removed, and more belongs to it than one request can remove; nothing"
            + " in it works any more; repeat the request until it is answered with 204",
        clock.instant().plus(REMOVAL_PAUSE),
        null);
  }

  /** The contract asks for a person. Pinferry knows only keys, so it shows the key. */
  private ApiResponse myInfo(RouteCall call) {
    List<Project> reached = reached(call.caller());
    String id = String.valueOf(call.caller().keyId());
    Instant since =
        reached.stream().map(Project::createTime).min(Instant::compareTo).orElse(Now.of(clock));
    String own = call.caller().projectId();
    if (own != null) {
      since = keys.get(new ProjectId(own), id).value().createTime();
    }
    ObjectNode json = Json.object();
    json.putObject("builder")
        .put("id", id)
        .put("idpProvider", "pinferry")
        .put("idpRef", id)
        .put("createTime", since.toString());
    ObjectNode roles = json.putObject("projectRoles");
    for (Project project : reached) {
      roles
          .putObject(project.id().value())
          .put("role", "admin")
          .put("principalType", "builder")
          .put("principalId", id)
          .set("project", Views.project(project));
    }
    return ApiResponse.json(200, json);
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
    if (appName.isBlank() || CodePoints.count(appName) > Project.APP_NAME_LENGTH_MAX) {
      issues.add(
          Issue.body(
              path + "appName", "must have 1 to " + Project.APP_NAME_LENGTH_MAX + " characters"));
    }
    if (!issues.isEmpty()) {
      throw InvalidRequest.unprocessable("the project", issues);
    }
  }
}
