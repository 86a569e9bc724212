package io.pinferry.management;

import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.Installation;
import io.pinferry.directory.InstallationRepository;
import io.pinferry.directory.Integration;
import io.pinferry.directory.IntegrationRepository;
import io.pinferry.directory.Project;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.install.PauseReads;
import io.pinferry.install.TriggerRead;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.read.ReadRequest;
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

  /** Returns the routes of the door. */
  public static List<Route> of(DirectoryStore store, TriggerRead trigger, PauseReads pause) {
    var routes = new ReadRoutes(store, trigger, pause);
    String integration = "/v1/projects/{project}/integrations/{integration}";
    String installation = integration + "/installations/{installation}";
    return List.of(
        Route.post(integration, Permission.READ_TRIGGER, ReadRoutes::search).takingAnything(),
        Route.post(integration + "/objects/{object}", Permission.READ_TRIGGER, routes::start),
        Route.post(
            integration + "/objects/{object}:deliverResults",
            Permission.READ_TRIGGER,
            ReadRoutes::deliverResults),
        Route.post(installation + ":pause", Permission.INSTALLATION_OPERATE, routes::pause),
        Route.post(installation + ":unpause", Permission.INSTALLATION_OPERATE, routes::unpause));
  }

  /** The contract's search. The hosted service has it on another host. */
  private static ApiResponse search(RouteCall call) {
    throw Issue.path(
            "integration",
            "cannot be searched: Pinterest has no search over a customer's records; read the"
                + " object, or ask Pinterest through the proxy")
        .unprocessable();
  }

  private static ApiResponse deliverResults(RouteCall call) {
    throw Issue.path(
            "object",
            "has nothing that waits to be asked for: results are delivered as they are read")
        .unprocessable();
  }

  private record Trigger(String groupRef, ReadRequest read) {}

  private ApiResponse start(RouteCall call) {
    Trigger request =
        call.body(
            body -> {
              body.allowOnly(
                  "groupRef",
                  "mode",
                  "sinceTimestamp",
                  "untilTimestamp",
                  TriggerRead.DELIVER,
                  TriggerRead.RELEASE);
              body.requireChoice("mode", List.of("async"));
              return new Trigger(
                  body.requireText("groupRef", Group.REF_LENGTH_MAX),
                  new ReadRequest(
                      ReadType.TRIGGERED,
                      new Work.Period(
                          body.instant("sinceTimestamp").orElse(null),
                          body.instant("untilTimestamp").orElse(null)),
                      body.choice(TriggerRead.DELIVER, List.of("all", TriggerRead.CHANGES))
                              .filter(TriggerRead.CHANGES::equals)
                              .isPresent()
                          ? ReadRequest.Delivery.BY_MODE
                          : ReadRequest.Delivery.ALL,
                      body.flag(TriggerRead.RELEASE, false)));
            });
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    OperationId operation =
        trigger.start(integration, call.variable("object"), request.groupRef(), request.read());
    return ApiResponse.json(201, Json.object().put("operationId", operation.value()));
  }

  /**
   * The objects to pause or unpause.
   *
   * @param objects null for all
   */
  private record PauseRequest(@Nullable List<String> objects, @Nullable String note) {}

  private ApiResponse pause(RouteCall call) {
    PauseRequest request = pauseRequest(call);
    pause.pause(installation(call), request.objects(), request.note());
    return ApiResponse.noContent();
  }

  private ApiResponse unpause(RouteCall call) {
    pause.unpause(installation(call), pauseRequest(call).objects());
    return ApiResponse.noContent();
  }

  private static PauseRequest pauseRequest(RouteCall call) {
    if (call.request().body().length == 0) {
      return new PauseRequest(null, null);
    }
    return call.body(
        body -> {
          body.allowOnly("objects", "note");
          return new PauseRequest(
              body.tree("objects").isEmpty() ? null : body.texts("objects", OBJECTS_MAX),
              body.text("note", NOTE_LENGTH_MAX).orElse(null));
        });
  }

  private Installation installation(RouteCall call) {
    Project project = projects.get(call.project()).value();
    Integration integration = integrations.get(project.id(), call.variable("integration")).value();
    return installations.get(project.id(), integration.id(), call.variable("installation")).value();
  }
}
