package io.pinferry.management;

import static io.pinferry.base.Issue.clipped;

import io.pinferry.base.IdSource;
import io.pinferry.base.Issue;
import io.pinferry.base.Nearest;
import io.pinferry.base.PinferryException.InvalidRequest;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.DestinationId;
import io.pinferry.directory.DestinationRepository;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.EventTopicRoute;
import io.pinferry.directory.NotificationType;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProjectRepository;
import io.pinferry.directory.Snapshot;
import io.pinferry.directory.Topic;
import io.pinferry.directory.TopicDestinationRoute;
import io.pinferry.directory.TopicId;
import io.pinferry.directory.TopicRepository;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Topics, and the routes from notifications to topics and from topics to destinations. */
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
        Route.get(ofEvents, Permission.NOTIFICATION, this::listEventRoutes)
            .taking("topicId", "eventType"),
        Route.post(ofEvents, Permission.NOTIFICATION, this::createEventRoute),
        Route.delete(ofEvents + "/{route}", Permission.NOTIFICATION, this::deleteEventRoute),
        Route.get(toDestinations, Permission.NOTIFICATION, this::listDestinationRoutes)
            .taking("topicId", "destinationId"),
        Route.post(toDestinations, Permission.NOTIFICATION, this::createDestinationRoute),
        Route.delete(
            toDestinations + "/{route}", Permission.NOTIFICATION, this::deleteDestinationRoute));
  }

  private ApiResponse listTopics(RouteCall call) {
    return ApiResponse.json(200, topics.list(project(call)));
  }

  private ApiResponse createTopic(RouteCall call) {
    String name = name(call);
    var topic = new Topic(new TopicId(ids.uuid()), project(call), name, Now.of(clock), null);
    topics.create(topic);
    return ApiResponse.json(201, topic);
  }

  private ApiResponse renameTopic(RouteCall call) {
    String name = name(call);
    Snapshot<Topic> before = topics.get(project(call), call.variable("topic"));
    Topic old = before.value();
    var after = new Topic(old.id(), old.project(), name, old.createTime(), Now.of(clock));
    topics.update(before, after);
    return ApiResponse.json(200, after);
  }

  private static String name(RouteCall call) {
    String name =
        call.body(
            body -> {
              body.allowOnlyNew("name");
              return body.requireText("name");
            });
    if (!Topic.isName(name)) {
      throw Issue.body("name", clipped(name), "must be 1 to 64 letters, digits and dashes")
          .unprocessable();
    }
    return name;
  }

  private ApiResponse deleteTopic(RouteCall call) {
    topics.remove(topics.get(project(call), call.variable("topic")));
    return ApiResponse.noContent();
  }

  private ApiResponse listEventRoutes(RouteCall call) {
    Optional<TopicId> topic = call.filter("topicId").map(id -> knownTopic(call, id));
    Optional<String> eventType = call.filter("eventType");
    if (eventType.isPresent() && !EVENT_TYPES.contains(eventType.get())) {
      throw Issue.query("eventType", clipped(eventType.get()), notAType(eventType.get()))
          .malformed();
    }
    List<EventTopicRoute> found =
        topics.listEventRoutes(project(call)).stream()
            .filter(route -> topic.isEmpty() || route.topic().equals(topic.get()))
            .filter(
                route -> eventType.isEmpty() || route.eventType().text().equals(eventType.get()))
            .toList();
    return ApiResponse.json(200, found);
  }

  private ApiResponse createEventRoute(RouteCall call) {
    record NewEventRoute(String eventType, String topicId) {}
    NewEventRoute request =
        call.body(
            body -> {
              body.allowOnlyNew("eventType", "topicId");
              return new NewEventRoute(body.requireText("eventType"), body.requireText("topicId"));
            });
    NotificationType type =
        NotificationType.of(request.eventType())
            .orElseThrow(
                () ->
                    Issue.body(
                            "eventType",
                            clipped(request.eventType()),
                            notAType(request.eventType()))
                        .unprocessable());
    ProjectId project = project(call);
    TopicId topic =
        topic(project, request.topicId())
            .orElseThrow(
                () ->
                    Issue.body(
                            "topicId",
                            clipped(request.topicId()),
                            "is no topic of this project; create it first")
                        .unprocessable());
    var route = EventTopicRoute.of(project, type, topic, Now.of(clock));
    topics.create(route);
    return ApiResponse.json(201, route);
  }

  private ApiResponse deleteEventRoute(RouteCall call) {
    topics.removeEventRoute(project(call), call.variable("route"));
    return ApiResponse.noContent();
  }

  private ApiResponse listDestinationRoutes(RouteCall call) {
    Optional<TopicId> topic = call.filter("topicId").map(id -> knownTopic(call, id));
    Optional<DestinationId> destination =
        call.filter("destinationId")
            .map(
                id ->
                    destination(project(call), id)
                        .orElseThrow(
                            () ->
                                unknown("destinationId", id, "is no destination of this project")));
    List<TopicDestinationRoute> found =
        topics.listDestinationRoutes(project(call)).stream()
            .filter(route -> topic.isEmpty() || route.topic().equals(topic.get()))
            .filter(route -> destination.isEmpty() || route.destination().equals(destination.get()))
            .toList();
    return ApiResponse.json(200, found);
  }

  private ApiResponse createDestinationRoute(RouteCall call) {
    record NewDestinationRoute(String topicId, String destinationId) {}
    NewDestinationRoute request =
        call.body(
            body -> {
              body.allowOnlyNew("topicId", "destinationId");
              return new NewDestinationRoute(
                  body.requireText("topicId"), body.requireText("destinationId"));
            });
    ProjectId project = project(call);
    TopicId topic =
        topic(project, request.topicId())
            .orElseThrow(
                () -> new NotFound("topicId: there is no topic " + clipped(request.topicId())));
    DestinationId destination =
        destination(project, request.destinationId())
            .orElseThrow(
                () ->
                    new NotFound(
                        "destinationId: there is no destination "
                            + clipped(request.destinationId())));
    var route = TopicDestinationRoute.of(project, topic, destination, Now.of(clock));
    topics.create(route);
    return ApiResponse.json(201, route);
  }

  private ApiResponse deleteDestinationRoute(RouteCall call) {
    topics.removeDestinationRoute(project(call), call.variable("route"));
    return ApiResponse.noContent();
  }

  private TopicId knownTopic(RouteCall call, String id) {
    return topic(project(call), id)
        .orElseThrow(() -> unknown("topicId", id, "is no topic of this project"));
  }

  private static InvalidRequest unknown(String parameter, String id, String detail) {
    return Issue.query(parameter, clipped(id), detail).malformed();
  }

  private Optional<TopicId> topic(ProjectId project, String id) {
    return topics.find(project, id).map(found -> found.value().id());
  }

  /** A destination can be named by its name or its id, as everywhere in the contract. */
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
