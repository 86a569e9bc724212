package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.delivery.DeliveryAttempt;
import io.pinferry.delivery.DeliveryAttempts;
import io.pinferry.delivery.Redrive;
import io.pinferry.delivery.Replay;
import io.pinferry.delivery.SendingAgain;
import io.pinferry.delivery.TimeRange;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.operation.OperationStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Attempts to deliver messages, and messages that are sent again. */
final class DeliveryRoutes {
  private static final int PAGE_SIZE_MAX = 1000;
  private static final int PAGE_SIZE = 100;
  private static final int TEXT_LENGTH_MAX = 256;
  private static final int TOKEN_LENGTH_MAX = 1000;

  private final ProjectRepository projects;
  private final KnownNames known;
  private final DeliveryAttempts attempts;
  private final Replay replay;

  DeliveryRoutes(
      DirectoryStore store, OperationStore operations, DeliveryAttempts attempts, Replay replay) {
    this.projects = new ProjectRepository(store);
    this.known = new KnownNames(store, operations);
    this.attempts = attempts;
    this.replay = replay;
  }

  List<Route> routes() {
    String all = "/v1/projects/{project}/deliveries";
    return List.of(
        Route.post(all + ":replay", Permission.DEAD_LETTER, this::replay),
        Route.get(all, Permission.OPERATION_READ, this::list)
            .taking(
                "destination",
                "operationId",
                "messageId",
                "status",
                "since",
                "until",
                "pageSize",
                "pageToken"));
  }

  private ApiResponse list(RouteCall call) {
    int pageSize = call.queryNumber("pageSize", 1, PAGE_SIZE_MAX, PAGE_SIZE);
    var filter =
        new DeliveryAttempts.Filter(
            call.filter("destination").orElse(null),
            call.filter("operationId").orElse(null),
            call.filter("messageId").map(Set::of).orElse(Set.of()),
            call.filter("status").map(DeliveryRoutes::isAccepted).orElse(null),
            new TimeRange(time(call, "since").orElse(null), time(call, "until").orElse(null)));
    ProjectId project = projects.get(call.project()).value().id();
    // The attempts of an operation go with it, while those at a destination stay.
    known.check(project, null, filter.operation(), Issue::query, Issue::malformed);
    DeliveryAttempts.Page page;
    try {
      page = attempts.list(project, filter, pageSize, call.query("pageToken").orElse(null));
    } catch (IllegalArgumentException e) {
      throw Issue.query("pageToken", "is not a pageToken returned by this list").malformed();
    }
    if (page.attempts().isEmpty() && page.nextPageToken() == null) {
      known.check(project, filter.destination(), null, Issue::query, Issue::malformed);
    }
    List<ObjectNode> results = page.attempts().stream().map(DeliveryRoutes::view).toList();
    return ApiResponse.json(200, Views.Page.of(results, page.nextPageToken()));
  }

  private static boolean isAccepted(String status) {
    return switch (status) {
      case "accepted" -> true;
      case "failed" -> false;
      default ->
          throw Issue.query("status", clipped(status), "must be failed or accepted").malformed();
    };
  }

  private static Optional<Instant> time(RouteCall call, String name) {
    return call.filter(name).map(text -> Times.query(name, text));
  }

  private record ReplayRequest(Replay.Choice choice, @Nullable String pageToken) {}

  private ApiResponse replay(RouteCall call) {
    ReplayRequest request =
        call.body(
            body -> {
              body.allowOnly(
                  "destination",
                  "operationId",
                  "messageIds",
                  "since",
                  "until",
                  "onlyUndelivered",
                  "pageToken");
              var choice =
                  new Replay.Choice(
                      body.text("destination", TEXT_LENGTH_MAX).orElse(null),
                      body.text("operationId", TEXT_LENGTH_MAX).orElse(null),
                      MessageIds.of(body, Redrive.AT_ONCE_MAX),
                      new TimeRange(
                          body.instant("since").orElse(null), body.instant("until").orElse(null)),
                      body.flag("onlyUndelivered", false));
              return new ReplayRequest(
                  choice, body.text("pageToken", TOKEN_LENGTH_MAX).orElse(null));
            });
    Replay.Choice choice = request.choice();
    if (choice.isEverything()) {
      throw Issue.body(
              "since",
              "is missing; name the time, the destination, the operationId or the messageIds of"
                  + " the messages to send again")
          .malformed();
    }
    ProjectId project = projects.get(call.project()).value().id();
    known.check(project, null, choice.operation(), Issue::body, Issue::unprocessable);
    Redrive.Result sent;
    try {
      sent = replay.send(project, choice, request.pageToken());
    } catch (IllegalArgumentException e) {
      throw Issue.body("pageToken", "is not a pageToken returned for the same request").malformed();
    }
    if (sent.count() == 0 && sent.left().isEmpty() && sent.nextPageToken() == null) {
      known.check(project, choice.destination(), null, Issue::body, Issue::unprocessable);
    }
    return ApiResponse.json(
        200,
        new ReplayAnswer(sent.count(), sent.left(), Views.Pagination.of(sent.nextPageToken())));
  }

  private record ReplayAnswer(
      int replayed, List<SendingAgain.Remainder> left, Views.Pagination pagination) {}

  private static ObjectNode view(DeliveryAttempt attempt) {
    ObjectNode json = Json.object();
    json.put("messageId", attempt.messageId());
    json.put("destination", attempt.destination());
    Views.putContent(json, attempt.content());
    json.put("attempt", attempt.number());
    json.put("outcome", attempt.outcome().text());
    DeliveryAttempt.Answer answer = attempt.answer();
    if (answer != null) {
      json.put("statusCode", answer.status());
      json.put("durationMillis", answer.durationMillis());
      if (!answer.body().isEmpty()) {
        json.put("answer", answer.body());
      }
    }
    if (attempt.reason() != null) {
      json.put("reason", attempt.reason());
    }
    json.put("createTime", attempt.at().toString());
    if (attempt.nextAttemptAt() != null) {
      json.put("nextAttemptTime", attempt.nextAttemptAt().toString());
    }
    if (attempt.sentAgainAt() != null) {
      json.put("sentAgainTime", attempt.sentAgainAt().toString());
    }
    return json;
  }
}
