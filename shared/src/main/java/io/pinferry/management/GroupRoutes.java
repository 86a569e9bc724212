package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Deadline;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.delivery.ResultStore;
import io.pinferry.directory.ConnectionViews;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Group;
import io.pinferry.directory.GroupRemoval;
import io.pinferry.directory.GroupRemoval.Counts;
import io.pinferry.directory.GroupRemovalRepository;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.install.RemoveGroup;
import io.pinferry.notification.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Groups and consumers. Old clients (SDK 0.2.3) create them before they connect. Nothing is stored
 * then: the first connection brings their names again. A group is removed with all that it has.
 */
final class GroupRoutes {
  /** How long a request may remove things. API Gateway waits for 30 s. */
  private static final Duration REMOVAL_MAX = Duration.ofSeconds(18);

  private static final Duration REMOVAL_PAUSE = Duration.ofSeconds(1);

  /** An attempt begins and ends in one invocation of deliver; this is the function's timeout. */
  private static final Duration ATTEMPTS_END = Duration.ofMinutes(1);

  /** How long the queues keep messages. They are dropped when they are received. */
  private static final Duration QUEUES_KEEP = Duration.ofDays(14);

  /** How long tables can be restored. */
  private static final Duration BACKUPS_KEEP = Duration.ofDays(35);

  private final ProjectRepository projects;
  private final RemoveGroup removal;
  private final int logRetentionDays;
  private final InstantSource clock;

  GroupRoutes(
      DirectoryStore store, RemoveGroup removal, int logRetentionDays, InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.removal = removal;
    this.logRetentionDays = logRetentionDays;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/v1/projects/{project}/groups", Permission.GROUP, this::group),
        Route.post("/v1/projects/{project}/groups:remove", Permission.GROUP_REMOVE, this::remove),
        Route.post("/v1/projects/{project}/consumers", Permission.GROUP, this::consumer));
  }

  private record NewParty(String ref, String name) {}

  private ApiResponse group(RouteCall call) {
    NewParty party = newParty(call, "group");
    return created(
        ConnectionViews.group(
            project(call), new Group(party.ref(), party.name(), Now.of(clock), null)));
  }

  /**
   * The things that were removed, and those that stay for a while.
   *
   * @param finishTime when all was removed
   */
  private record RemovalAnswer(
      String groupRef, Instant finishTime, Counts removed, List<Remainder> stays) {}

  /**
   * @param what in words for a person
   * @param until when it is gone at the latest
   */
  private record Remainder(String what, Instant until) {}

  private ApiResponse remove(RouteCall call) {
    String groupRef =
        call.body(
            body -> {
              body.allowOnly("groupRef");
              return body.requireText("groupRef", Group.REF_LENGTH_MAX);
            });
    Instant now = clock.instant();
    GroupRemoval removed =
        removal.remove(project(call), groupRef, new Deadline(now.plus(REMOVAL_MAX)));
    Instant end = removed.finishedAt();
    if (end == null) {
      throw new ProviderUnavailable(
          "the group is being removed, and more belongs to it than one request can remove; repeat"
              + " the request until it is answered with 200",
          clock.instant().plus(REMOVAL_PAUSE),
          null);
    }
    return ApiResponse.json(
        200,
        new RemovalAnswer(
            groupRef,
            end,
            removed.removed(),
            List.of(
                new Remainder("attempts to deliver that had begun", end.plus(ATTEMPTS_END)),
                new Remainder(
                    "times and ids of its operations, to remove what a busy worker stored late",
                    end.plus(RemoveGroup.SWEPT_BY)),
                new Remainder(
                    "messages in queues, and notifications and messages that wait for a later"
                        + " attempt and that no read counts any more; they are dropped when they"
                        + " are received",
                    end.plus(QUEUES_KEEP)),
                new Remainder(
                    "delivered records above 300 KB, whose links do not open any more",
                    end.plus(ResultStore.KEPT)),
                new Remainder(
                    "the notifications about this removal, until they are sent",
                    end.plus(Outbox.KEPT)),
                new Remainder(
                    "the note of this removal, with ids only",
                    removed.startedAt().plus(GroupRemovalRepository.KEPT)),
                new Remainder(
                    "log lines, with ids and no records",
                    end.plus(Duration.ofDays(logRetentionDays))),
                new Remainder("backups of the tables", end.plus(BACKUPS_KEEP)))));
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
