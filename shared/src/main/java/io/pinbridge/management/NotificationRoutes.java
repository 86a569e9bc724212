package io.pinbridge.management;

import static io.pinbridge.base.Issue.clipped;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.pinbridge.base.IdSource;
import io.pinbridge.base.Issue;
import io.pinbridge.base.Json;
import io.pinbridge.base.Nearest;
import io.pinbridge.base.PinbridgeException.InvalidRequest;
import io.pinbridge.base.PinbridgeException.NotFound;
import io.pinbridge.directory.DestinationId;
import io.pinbridge.directory.DestinationRepository;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.EventTopicRoute;
import io.pinbridge.directory.NotificationType;
import io.pinbridge.directory.ProjectId;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.directory.Topic;
import io.pinbridge.directory.TopicDestinationRoute;
import io.pinbridge.directory.TopicId;
import io.pinbridge.directory.TopicRepository;
import io.pinbridge.directory.Versioned;
import io.pinbridge.http.ApiResponse;
import io.pinbridge.http.JsonBody;
import io.pinbridge.http.Permission;
import io.pinbridge.http.Route;
import io.pinbridge.http.RouteCall;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Topics, and the routes of notifications to them and from them to destinations. */
final class NotificationRoutes {
  private static final List<String> EVENT_TYPES = NotificationType.texts();

  private final ProjectRepository projects;
  private final TopicRepository topics;
  private final DestinationRepository destinations;
  private final IdSource ids;
  private final InstantSource clock;

  NotificationRoutes(DirectoryStore store, IdSource ids, InstantSource clock) {
    this.projects = new ProjectRepository(store);
    this.topics = new TopicRepository(store);
    this.destinations = new DestinationRepository(store);
    this.ids = ids;
    this.clock = clock;
  }

  List<Route> routes() {
    String project = "/v1/projects/{project}";
    String ofTopics = project + "/topics";
    String ofEvents = project + "/notification-event-topic-routes";
    String toDestinations = project + "/topic-destination-routes";
    return List.of(
        Route.get(ofTopics, Permission.NOTIFICATION, this::listTopics),
        Route.post(ofTopics, Permission.NOTIFICATION, this::createTopic),
        Route.patch(ofTopics + "/{topic}", Permission.NOTIFICATION, this::renameTopic),
        Route.delete(ofTopics + "/{topic}", Permission.NOTIFICATION, this::deleteTopic),
        Route.get(ofEvents, Permission.NOTIFICATION, this::listEventRoutes),
        Route.post(ofEvents, Permission.NOTIFICATION, this::createEventRoute),
        Route.delete(ofEvents + "/{route}", Permission.NOTIFICATION, this::deleteEventRoute),
        Route.get(toDestinations, Permission.NOTIFICATION, this::listDestinationRoutes),
        Route.post(toDestinations, Permission.NOTIFICATION, this::createDestinationRoute),
        Route.delete(
            toDestinations + "/{route}", Permission.NOTIFICATION, this::deleteDestinationRoute));
  }

  private ApiResponse listTopics(RouteCall call) {
    ArrayNode array = Json.object().arrayNode();
    topics.list(project(call)).forEach(topic -> array.add(Views.topic(topic)));
    return ApiResponse.json(200, array);
  }

  private ApiResponse createTopic(RouteCall call) {
    String name = name(call);
    var topic = new Topic(new TopicId(ids.uuid()), project(call), name, Now.of(clock), null);
    topics.create(topic);
    return ApiResponse.json(201, Views.topic(topic));
  }

  private ApiResponse renameTopic(RouteCall call) {
    String name = name(call);
    Versioned<Topic> before = topics.get(project(call), call.variable("topic"));
    Topic old = before.value();
    var after = new Topic(old.id(), old.project(), name, old.createTime(), Now.of(clock));
    topics.update(before, after);
    return ApiResponse.json(200, Views.topic(after));
  }

  private static String name(RouteCall call) {
    String name =
        JsonBody.read(
            call.request(),
            body -> {
              body.allowOnly("name");
              return body.requireText("name");
            });
    if (!Topic.isName(name)) {
      throw InvalidRequest.unprocessable(
          Issue.body("name", clipped(name), "must be 1 to 64 letters, digits and dashes"));
    }
    return name;
  }

  private ApiResponse deleteTopic(RouteCall call) {
    topics.remove(topics.get(project(call), call.variable("topic")));
    return ApiResponse.noContent();
  }

  private ApiResponse listEventRoutes(RouteCall call) {
    Optional<String> topic = call.query("topicId");
    Optional<String> eventType = call.query("eventType");
    if (eventType.isPresent() && !EVENT_TYPES.contains(eventType.get())) {
      throw InvalidRequest.malformed(
          Issue.query("eventType", clipped(eventType.get()), notAType(eventType.get())));
    }
    ArrayNode array = Json.object().arrayNode();
    topics.listEventRoutes(project(call)).stream()
        .filter(route -> topic.isEmpty() || route.topic().value().equals(topic.get()))
        .filter(route -> eventType.isEmpty() || route.eventType().text().equals(eventType.get()))
        .forEach(route -> array.add(Views.eventTopicRoute(route)));
    return ApiResponse.json(200, array);
  }

  private ApiResponse createEventRoute(RouteCall call) {
    record Wanted(String eventType, String topicId) {}
    Wanted wanted =
        JsonBody.read(
            call.request(),
            body -> {
              body.allowOnly("eventType", "topicId");
              return new Wanted(body.requireText("eventType"), body.requireText("topicId"));
            });
    NotificationType type =
        NotificationType.of(wanted.eventType())
            .orElseThrow(
                () ->
                    InvalidRequest.unprocessable(
                        Issue.body(
                            "eventType",
                            clipped(wanted.eventType()),
                            notAType(wanted.eventType()))));
    ProjectId project = project(call);
    TopicId topic =
        topic(project, wanted.topicId())
            .orElseThrow(
                () ->
                    InvalidRequest.unprocessable(
                        Issue.body(
                            "topicId",
                            clipped(wanted.topicId()),
                            "is no topic of this project; create it first")));
    var route = EventTopicRoute.of(project, type, topic, Now.of(clock));
    topics.create(route);
    return ApiResponse.json(201, Views.eventTopicRoute(route));
  }

  private ApiResponse deleteEventRoute(RouteCall call) {
    topics.removeEventRoute(project(call), call.variable("route"));
    return ApiResponse.noContent();
  }

  private ApiResponse listDestinationRoutes(RouteCall call) {
    Optional<String> topic = call.query("topicId");
    Optional<String> destination = call.query("destinationId");
    ArrayNode array = Json.object().arrayNode();
    topics.listDestinationRoutes(project(call)).stream()
        .filter(route -> topic.isEmpty() || route.topic().value().equals(topic.get()))
        .filter(
            route -> destination.isEmpty() || route.destination().value().equals(destination.get()))
        .forEach(route -> array.add(Views.topicDestinationRoute(route)));
    return ApiResponse.json(200, array);
  }

  private ApiResponse createDestinationRoute(RouteCall call) {
    record Wanted(String topicId, String destinationId) {}
    Wanted wanted =
        JsonBody.read(
            call.request(),
            body -> {
              body.allowOnly("topicId", "destinationId");
              return new Wanted(body.requireText("topicId"), body.requireText("destinationId"));
            });
    ProjectId project = project(call);
    TopicId topic =
        topic(project, wanted.topicId())
            .orElseThrow(
                () -> new NotFound("topicId: there is no topic " + clipped(wanted.topicId())));
    DestinationId destination =
        destination(project, wanted.destinationId())
            .orElseThrow(
                () ->
                    new NotFound(
                        "destinationId: there is no destination "
                            + clipped(wanted.destinationId())));
    var route = TopicDestinationRoute.of(project, topic, destination, Now.of(clock));
    topics.create(route);
    return ApiResponse.json(201, Views.topicDestinationRoute(route));
  }

  private ApiResponse deleteDestinationRoute(RouteCall call) {
    topics.removeDestinationRoute(project(call), call.variable("route"));
    return ApiResponse.noContent();
  }

  private Optional<TopicId> topic(ProjectId project, String id) {
    return topics.find(project, id).map(found -> found.value().id());
  }

  /** A name is as good as an id, as everywhere where the contract names a destination. */
  private Optional<DestinationId> destination(ProjectId project, String idOrName) {
    return destinations.find(project, idOrName).map(found -> found.value().id());
  }

  private static String notAType(String text) {
    return "is not a type of notification; there are "
        + String.join(", ", EVENT_TYPES)
        + Nearest.hint(text, EVENT_TYPES);
  }

  private ProjectId project(RouteCall call) {
    return projects.get(call.project()).value().id();
  }
}
