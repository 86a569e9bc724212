package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.directory.ConnectionViews;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.time.InstantSource;
import java.util.List;

/**
 * Groups and consumers, for old clients (SDK 0.2.3) that create them before they connect. Nothing
 * is stored: the first connection brings their names again.
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

  private record NewParty(String ref, String name) {}

  private ApiResponse group(RouteCall call) {
    NewParty party = newParty(call, "group");
    return created(
        ConnectionViews.group(
            project(call), new Group(party.ref(), party.name(), Now.of(clock), null)));
  }

  private ApiResponse consumer(RouteCall call) {
    NewParty party = newParty(call, "consumer");
    return created(
        ConnectionViews.consumer(
            project(call), new Consumer(party.ref(), party.name(), Now.of(clock), null)));
  }

  private static NewParty newParty(RouteCall call, String what) {
    return call.body(
        body -> {
          body.allowOnlyNew(what + "Ref", what + "Name");
          String ref = body.requireText(what + "Ref", Group.REF_LENGTH_MAX);
          return new NewParty(ref, body.given(what + "Name").orElse(ref));
        });
  }

  private ProjectId project(RouteCall call) {
    return projects.get(call.project()).value().id();
  }

  private static ApiResponse created(ObjectNode json) {
    return ApiResponse.json(201, json);
  }
}
