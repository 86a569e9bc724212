package io.pinbridge.management;

import io.pinbridge.base.Json;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.Group;
import io.pinbridge.directory.Integration;
import io.pinbridge.directory.IntegrationRepository;
import io.pinbridge.directory.Project;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.http.ApiResponse;
import io.pinbridge.http.JsonBody;
import io.pinbridge.http.Permission;
import io.pinbridge.http.Route;
import io.pinbridge.http.RouteCall;
import io.pinbridge.install.TriggerRead;
import io.pinbridge.read.OperationId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The read door: reads on demand. */
public final class ReadRoutes {
  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final TriggerRead trigger;

  private ReadRoutes(DirectoryStore store, TriggerRead trigger) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.trigger = trigger;
  }

  /** Returns the door's routes. */
  public static List<Route> of(DirectoryStore store, TriggerRead trigger) {
    var routes = new ReadRoutes(store, trigger);
    return List.of(
        Route.post(
            "/v1/projects/{project}/integrations/{integration}/objects/{object}",
            Permission.READ_TRIGGER,
            routes::start));
  }

  private record Trigger(String groupRef, @Nullable Instant since, @Nullable Instant until) {}

  private ApiResponse start(RouteCall call) {
    Trigger wanted =
        JsonBody.read(
            call.request(),
            body -> {
              body.allowOnly("groupRef", "mode", "sinceTimestamp", "untilTimestamp");
              body.requireChoice("mode", List.of("async"));
              return new Trigger(
                  body.requireText("groupRef", Group.REF_LENGTH_MAX),
                  body.instant("sinceTimestamp").orElse(null),
                  body.instant("untilTimestamp").orElse(null));
            });
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    OperationId operation =
        trigger.start(
            integration,
            call.variable("object"),
            wanted.groupRef(),
            wanted.since(),
            wanted.until());
    return ApiResponse.json(201, Json.object().put("operationId", operation.value()));
  }
}
