package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.delivery.DeadLetter;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeadLetters.Filter;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.Redrive;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.Ids;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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
  private final DestinationRepository destinations;
  private final OperationStore operations;
  private final Redrive redrive;

  DeadLetterRoutes(
      DirectoryStore store, OperationStore operations, DeadLetters letters, Redrive redrive) {
    this.projects = new ProjectRepository(store);
    this.letters = letters;
    this.destinations = new DestinationRepository(store);
    this.operations = operations;
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
      checkKnown(project(call), filter, Issue::query, Issue::malformed);
    }
    List<ObjectNode> results = page.letters().stream().map(DeadLetterRoutes::view).toList();
    return ApiResponse.json(200, Views.Page.of(results, page.nextPageToken()));
  }

  private static ObjectNode view(DeadLetter letter) {
    ObjectNode json = Json.object();
    json.put("messageId", letter.messageId());
    json.put("destination", letter.destination());
    switch (letter.content()) {
      case DeliveryMessage.Records records -> {
        json.put("operationId", records.receipt().operation());
        json.put("integrationId", records.integration().value());
        json.put("installationId", records.installation().value());
        String objectName = records.objectName();
        if (objectName != null) {
          json.put("objectName", objectName);
        }
      }
      case DeliveryMessage.Notice notice -> json.put("notificationType", notice.type().text());
    }
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
              if (body.tree("messageIds")
                  .filter(ids -> ids.isArray() && ids.isEmpty())
                  .isPresent()) {
                body.issue("messageIds", "is empty; leave it out for all messages");
              }
              var filter =
                  new Filter(
                      body.text("destination", TEXT_LENGTH_MAX).orElse(null),
                      body.text("operationId", TEXT_LENGTH_MAX).orElse(null),
                      Set.copyOf(body.texts("messageIds", Redrive.AT_ONCE_MAX)));
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
      checkKnown(project(call), request.filter(), Issue::body, Issue::unprocessable);
    }
    List<Remainder> left =
        sent.left().stream()
            .map(one -> new Remainder(one.letter().messageId(), one.reason()))
            .toList();
    return ApiResponse.json(
        200, new RedriveAnswer(sent.count(), left, Views.Pagination.of(sent.nextPageToken())));
  }

  /** A name of something that was removed is known as long as there are dead letters of it. */
  private void checkKnown(
      ProjectId project, Filter filter, Place place, Function<Issue, InvalidRequest> refusal) {
    String destination = filter.destination();
    if (destination != null && destinations.findByName(project, destination).isEmpty()) {
      throw refusal.apply(
          place.issue(
              "destination",
              clipped(destination),
              "is the name of no destination of this project"));
    }
    String operation = filter.operation();
    boolean known =
        operation != null
            && Ids.isUuid(operation)
            && operations
                .find(new OperationId(operation))
                .filter(one -> one.project().equals(project))
                .isPresent();
    if (operation != null && !known) {
      throw refusal.apply(
          place.issue("operationId", clipped(operation), "is no operation of this project"));
    }
  }

  /** Makes an issue of a part of the request. */
  private interface Place {
    Issue issue(String name, String value, String detail);
  }

  private record RedriveAnswer(int redriven, List<Remainder> left, Views.Pagination pagination) {}

  private record Remainder(String messageId, String reason) {}

  private ProjectId project(RouteCall call) {
    return projects.get(call.project()).value().id();
  }
}
