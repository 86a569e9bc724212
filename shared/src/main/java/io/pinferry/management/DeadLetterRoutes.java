package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.delivery.DeadLetter;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeadLetters.Filter;
import io.pinferry.delivery.Redrive;
import io.pinferry.delivery.SendingAgain;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.operation.OperationStore;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Dead letters: listed and sent again. */
final class DeadLetterRoutes {
  private static final int PAGE_SIZE_MAX = 1000;
  private static final int PAGE_SIZE = 200;
  private static final int TEXT_LENGTH_MAX = 256;
  private static final int TOKEN_LENGTH_MAX = 1000;

  private static final Filter EVERYTHING = new Filter(null, null, Set.of());

  private final ProjectRepository projects;
  private final DeadLetters letters;
  private final KnownNames known;
  private final Redrive redrive;

  DeadLetterRoutes(
      DirectoryStore store, OperationStore operations, DeadLetters letters, Redrive redrive) {
    this.projects = new ProjectRepository(store);
    this.letters = letters;
    this.known = new KnownNames(store, operations);
    this.redrive = redrive;
  }

  List<Route> routes() {
    String all = "/v1/projects/{project}/dead-letters";
    return List.of(
        Route.get(all, Permission.DEAD_LETTER, this::list)
            .taking("destination", "operationId", "pageSize", "pageToken"),
        Route.post(all + ":redrive", Permission.DEAD_LETTER, this::redrive));
  }

  private ApiResponse list(RouteCall call) {
    int pageSize = call.queryNumber("pageSize", 1, PAGE_SIZE_MAX, PAGE_SIZE);
    var filter =
        new Filter(
            call.filter("destination").orElse(null),
            call.filter("operationId").orElse(null),
            Set.of());
    DeadLetters.Page page;
    try {
      page = letters.list(project(call), filter, pageSize, call.query("pageToken").orElse(null));
    } catch (IllegalArgumentException e) {
      throw Issue.query("pageToken", "is none that an answer of this list has given").malformed();
    }
    if (page.letters().isEmpty() && page.nextPageToken() == null) {
      known.check(
          project(call), filter.destination(), filter.operation(), Issue::query, Issue::malformed);
    }
    List<ObjectNode> results = page.letters().stream().map(DeadLetterRoutes::view).toList();
    return ApiResponse.json(200, Views.Page.of(results, page.nextPageToken()));
  }

  private static ObjectNode view(DeadLetter letter) {
    ObjectNode json = Json.object();
    json.put("messageId", letter.messageId());
    json.put("destination", letter.destination());
    Views.putContent(json, letter.content());
    json.put("reason", letter.reason());
    json.put("createTime", letter.at().toString());
    json.put("expireTime", letter.at().plus(DeadLetters.KEPT).toString());
    return json;
  }

  private record RedriveRequest(Filter filter, @Nullable String pageToken) {}

  private ApiResponse redrive(RouteCall call) {
    RedriveRequest request =
        call.body(
            body -> {
              body.allowOnly("destination", "operationId", "messageIds", "pageToken");
              var filter =
                  new Filter(
                      body.text("destination", TEXT_LENGTH_MAX).orElse(null),
                      body.text("operationId", TEXT_LENGTH_MAX).orElse(null),
                      MessageIds.of(body, Redrive.AT_ONCE_MAX));
              return new RedriveRequest(
                  filter, body.text("pageToken", TOKEN_LENGTH_MAX).orElse(null));
            });
    if (request.filter().equals(EVERYTHING)) {
      throw Issue.body(
              "destination",
              "is missing; name the destination, the operationId or the messageIds of what is to be"
                  + " sent again")
          .malformed();
    }
    Redrive.Result sent;
    try {
      sent = redrive.send(project(call), request.filter(), request.pageToken());
    } catch (IllegalArgumentException e) {
      throw Issue.body("pageToken", "is none that an answer to the same request has given")
          .malformed();
    }
    if (sent.count() == 0 && sent.left().isEmpty() && sent.nextPageToken() == null) {
      known.check(
          project(call),
          request.filter().destination(),
          request.filter().operation(),
          Issue::body,
          Issue::unprocessable);
    }
    return ApiResponse.json(
        200,
        new RedriveAnswer(sent.count(), sent.left(), Views.Pagination.of(sent.nextPageToken())));
  }

  private record RedriveAnswer(
      int redriven, List<SendingAgain.Remainder> left, Views.Pagination pagination) {}

  private ProjectId project(RouteCall call) {
    return projects.get(call.project()).value().id();
  }
}
