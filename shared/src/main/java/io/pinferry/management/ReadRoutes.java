package io.pinferry.management;

import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.install.PauseReads;
import io.pinferry.install.TriggerRead;
import io.pinferry.operation.OperationId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The read door: reads on demand, and pauses. */
public final class ReadRoutes {
  private static final int OBJECTS_MAX = 100;
  private static final int NOTE_LENGTH_MAX = 500;

  private final ProjectRepository projects;
  private final IntegrationRepository integrations;
  private final InstallationRepository installations;
  private final TriggerRead trigger;
  private final PauseReads pause;

  private ReadRoutes(DirectoryStore store, TriggerRead trigger, PauseReads pause) {
    this.projects = new ProjectRepository(store);
    this.integrations = new IntegrationRepository(store);
    this.installations = new InstallationRepository(store);
    this.trigger = trigger;
    this.pause = pause;
  }

  /** Returns the door's routes. */
  public static List<Route> of(DirectoryStore store, TriggerRead trigger, PauseReads pause) {
    var routes = new ReadRoutes(store, trigger, pause);
    String integration = "/v1/projects/{project}/integrations/{integration}";
    String installation = integration + "/installations/{installation}";
    return List.of(
        Route.post(integration, Permission.READ_TRIGGER, ReadRoutes::search),
        Route.post(integration + "/objects/{object}", Permission.READ_TRIGGER, routes::start),
        Route.post(
            integration + "/objects/{object}:deliverResults",
            Permission.READ_TRIGGER,
            ReadRoutes::deliverResults),
        Route.post(installation + ":pause", Permission.INSTALLATION_OPERATE, routes::pause),
        Route.post(installation + ":unpause", Permission.INSTALLATION_OPERATE, routes::unpause));
  }

  /** The contract's search, which has a host of its own there. */
  private static ApiResponse search(RouteCall call) {
    throw InvalidRequest.unprocessable(
        Issue.path(
            "integration",
            null,
            "cannot be searched: Pinterest has no search over a customer's records; read the"
                + " object, or ask Pinterest through the proxy"));
  }

  private static ApiResponse deliverResults(RouteCall call) {
    throw InvalidRequest.unprocessable(
        Issue.path(
            "object",
            null,
            "has nothing that waits to be asked for: results are delivered as they are read"));
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

  /**
   * What to pause or unpause.
   *
   * @param objects empty for all
   */
  private record Paused(List<String> objects, @Nullable String note) {}

  private ApiResponse pause(RouteCall call) {
    Paused wanted = paused(call);
    pause.pause(installation(call), wanted.objects(), wanted.note());
    return ApiResponse.noContent();
  }

  private ApiResponse unpause(RouteCall call) {
    pause.unpause(installation(call), paused(call).objects());
    return ApiResponse.noContent();
  }

  private static Paused paused(RouteCall call) {
    if (call.request().body().length == 0) {
      return new Paused(List.of(), null);
    }
    return JsonBody.read(
        call.request(),
        body -> {
          body.allowOnly("objects", "note");
          return new Paused(
              body.texts("objects", OBJECTS_MAX), body.text("note", NOTE_LENGTH_MAX).orElse(null));
        });
  }

  private Installation installation(RouteCall call) {
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    return installations.get(project.id(), integration.id(), call.variable("installation")).value();
  }
}
