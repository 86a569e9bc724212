package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.directory.ConnectionViews;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.JsonBody;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.time.InstantSource;
import java.util.List;

/**
 * Groups and consumers for clients from the time when these had to be made before they could
 * connect (SDK 0.2.3). They begin with their first connection, which gives their names once more,
 * so that nothing is kept of them before.
 */
final class GroupRoutes {
  private final ProjectRepository projects;
  private final InstantSource clock;

  GroupRoutes(DirectoryStore store, InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/projects/{project}/groups", Permission.GROUP, this::group),
        Route.post("/v1/projects/{project}/consumers", Permission.GROUP, this::consumer));
  }

  private record Wanted(String ref, String name) {}

  private ApiResponse group(RouteCall call) {
    Wanted wanted = wanted(call, "group");
    return created(
        ConnectionViews.group(
            project(call), new Group(wanted.ref(), wanted.name(), Now.of(clock), null)));
  }

  private ApiResponse consumer(RouteCall call) {
    Wanted wanted = wanted(call, "consumer");
    return created(
        ConnectionViews.consumer(
            project(call), new Consumer(wanted.ref(), wanted.name(), Now.of(clock), null)));
  }

  private static Wanted wanted(RouteCall call, String what) {
    return JsonBody.read(
        call.request(),
        body -> {
          body.allowOnly(what + "Ref", what + "Name");
          String ref = body.requireText(what + "Ref", Group.REF_LENGTH_MAX);
          return new Wanted(ref, body.text(what + "Name").orElse(ref));
        });
  }

  private ProjectId project(RouteCall call) {
    return projects.get(call.project()).value().id();
  }

  private static ApiResponse created(ObjectNode json) {
    return ApiResponse.json(201, json);
  }
}
