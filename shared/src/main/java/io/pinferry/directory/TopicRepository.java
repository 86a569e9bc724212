package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Name;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds and stores topics and the routes to and from them. Names of topics are unique within a
 * project. A route connects two things that exist, and is removed with either of them.
 */
public final class TopicRepository {
  private static final String TOPIC = "TOPIC#";
  private static final String NAME = "TOPIC-NAME#";
  private static final String EVENT_ROUTE = "EVENT-TOPIC-ROUTE#";
  private static final String DESTINATION_ROUTE = "TOPIC-DESTINATION-ROUTE#";

  private final DirectoryStore store;
  private final Documents<Topic> topics;
  private final Documents<EventTopicRoute> eventRoutes;
  private final Documents<TopicDestinationRoute> destinationRoutes;

  public TopicRepository(DirectoryStore store) {
    this.store = store;
    this.topics = new Documents<>(store, Topic.class);
    this.eventRoutes = new Documents<>(store, EventTopicRoute.class);
    this.destinationRoutes = new Documents<>(store, TopicDestinationRoute.class);
  }

  public Optional<Snapshot<Topic>> find(ProjectId project, TopicId id) {
    return topics.find(key(project, id));
  }

  public Optional<Snapshot<Topic>> find(ProjectId project, String id) {
    return Ids.find(id).flatMap(uuid -> find(project, new TopicId(uuid)));
  }

  /**
   * Returns a topic by its id.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Topic> get(ProjectId project, String id) {
    return find(project, id).orElseThrow(() -> new NotFound("there is no topic " + id));
  }

  /** Returns the project's topics in the order of their names. */
  public List<Topic> list(ProjectId project) {
    return topics.list(project, TOPIC).stream()
        .map(Snapshot::value)
        .sorted(Comparator.comparing(Topic::name))
        .toList();
  }

  /**
   * Creates a topic.
   *
   * @throws NotFound if the project does not exist
   * @throws Conflict if its name is taken
   */
  public void create(Topic topic) {
    ProjectId project = topic.project();
    Name name = name(topic);
    var creation = DirectoryWrite.Create.of(key(project, topic.id()), topic);
    if (!Documents.createIn(store, project, name.creation(), creation).isEmpty()) {
      throw name.taken();
    }
  }

  /**
   * Replaces a topic as it was read.
   *
   * @throws Conflict if the new name is taken, or the topic was changed since
   */
  public void update(Snapshot<Topic> before, Topic after) {
    DirectoryWrite write = Documents.replace(key(after.project(), after.id()), before, after);
    Documents.change(store, name(before.value()), name(after), List.of(write));
  }

  /**
   * Removes a topic as it was read, and the routes to and from it.
   *
   * @throws Conflict if it was changed since
   */
  public void remove(Snapshot<Topic> topic) {
    ProjectId project = topic.value().project();
    TopicId id = topic.value().id();
    Documents.change(
        store,
        "topic " + topic.value().name(),
        new DirectoryWrite.Remove(key(project, id), topic.version()),
        name(topic.value()).removal());
    // A missing topic gets no new routes, so none is left after this. If a crash leaves some, they
    // have no effect.
    Documents.discardAll(
        store,
        listEventRoutes(project).stream()
            .filter(route -> route.topic().equals(id))
            .map(route -> eventRouteKey(project, route.id()))
            .toList());
    removeDestinationRoutes(project, route -> route.topic().equals(id));
  }

  /** Removes the routes to a destination that was removed. */
  public void removeRoutesTo(ProjectId project, DestinationId destination) {
    removeDestinationRoutes(project, route -> route.destination().equals(destination));
  }

  private void removeDestinationRoutes(
      ProjectId project, Predicate<TopicDestinationRoute> condition) {
    Documents.discardAll(
        store,
        listDestinationRoutes(project).stream()
            .filter(condition)
            .map(route -> destinationRouteKey(project, route.id()))
            .toList());
  }

  /** Returns the project's routes from types to topics, oldest first. */
  public List<EventTopicRoute> listEventRoutes(ProjectId project) {
    return eventRoutes.list(project, EVENT_ROUTE).stream()
        .map(Snapshot::value)
        .sorted(
            Comparator.comparing(EventTopicRoute::createTime).thenComparing(EventTopicRoute::id))
        .toList();
  }

  /** Returns the project's routes from topics to destinations, oldest first. */
  public List<TopicDestinationRoute> listDestinationRoutes(ProjectId project) {
    return destinationRoutes.list(project, DESTINATION_ROUTE).stream()
        .map(Snapshot::value)
        .sorted(
            Comparator.comparing(TopicDestinationRoute::createTime)
                .thenComparing(TopicDestinationRoute::id))
        .toList();
  }

  /**
   * Creates a route from a type to a topic.
   *
   * @throws NotFound if its topic does not exist
   * @throws Conflict if the route exists
   */
  public void create(EventTopicRoute route) {
    createRoute(
        DirectoryWrite.Create.of(eventRouteKey(route.project(), route.id()), route),
        Map.of(key(route.project(), route.topic()), "topic " + route.topic()),
        route.eventType().text() + " to topic " + route.topic(),
        route.id());
  }

  /**
   * Creates a route from a topic to a destination.
   *
   * @throws NotFound if its topic or its destination does not exist
   * @throws Conflict if the route exists
   */
  public void create(TopicDestinationRoute route) {
    Map<DocumentKey, String> ends = new LinkedHashMap<>();
    ends.put(key(route.project(), route.topic()), "topic " + route.topic());
    ends.put(
        DestinationRepository.key(route.project(), route.destination()),
        "destination " + route.destination());
    createRoute(
        DirectoryWrite.Create.of(destinationRouteKey(route.project(), route.id()), route),
        ends,
        "topic " + route.topic() + " to destination " + route.destination(),
        route.id());
  }

  /**
   * Creates a route.
   *
   * @param ends the documents that must exist, each with its words for people; in the order in
   *     which a missing one is named
   */
  private void createRoute(
      DirectoryWrite route, Map<DocumentKey, String> ends, String text, String id) {
    List<DirectoryWrite> writes = new ArrayList<>();
    ends.keySet().forEach(end -> writes.add(new DirectoryWrite.Require(end)));
    writes.add(route);
    List<DirectoryWrite> refused = store.write(writes);
    for (DirectoryWrite write : refused) {
      String missing = ends.get(write.key());
      if (missing != null) {
        throw new NotFound("there is no " + missing);
      }
    }
    if (!refused.isEmpty()) {
      throw new Conflict("there is already a route of " + text, "It is " + id + ".");
    }
  }

  /**
   * Removes a route.
   *
   * @throws NotFound if there is none
   */
  public void removeEventRoute(ProjectId project, String id) {
    removeRoute(eventRouteKey(project, id), id);
  }

  /**
   * Removes a route.
   *
   * @throws NotFound if there is none
   */
  public void removeDestinationRoute(ProjectId project, String id) {
    removeRoute(destinationRouteKey(project, id), id);
  }

  /** Returns the destinations of a type of notification, without duplicates. */
  public Set<DestinationId> destinationsFor(ProjectId project, NotificationType type) {
    Set<TopicId> topics =
        listEventRoutes(project).stream()
            .filter(route -> route.eventType() == type)
            .map(EventTopicRoute::topic)
            .filter(topic -> find(project, topic).isPresent())
            .collect(Collectors.toSet());
    if (topics.isEmpty()) {
      return Set.of();
    }
    return listDestinationRoutes(project).stream()
        .filter(route -> topics.contains(route.topic()))
        .map(TopicDestinationRoute::destination)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private void removeRoute(DocumentKey key, String id) {
    if (!Ids.isUuid(id) || store.find(key).isEmpty()) {
      throw new NotFound("there is no route " + id);
    }
    store.write(List.of(new DirectoryWrite.Discard(key)));
  }

  private static DocumentKey key(ProjectId project, TopicId id) {
    return DirectoryKeys.of(project, TOPIC + id);
  }

  private static Name name(Topic topic) {
    DocumentKey key = DirectoryKeys.of(topic.project(), NAME + topic.name());
    return new Name("topic", topic.name(), key, topic.id().value());
  }

  private static DocumentKey eventRouteKey(ProjectId project, String id) {
    return DirectoryKeys.of(project, EVENT_ROUTE + id);
  }

  private static DocumentKey destinationRouteKey(ProjectId project, String id) {
    return DirectoryKeys.of(project, DESTINATION_ROUTE + id);
  }
}
