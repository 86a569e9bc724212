package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Pointer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds and keeps topics and the routes to and from them. Names of topics are unique within a
 * project. A route is made only between things that exist, and goes with either of them.
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

  /** Finds the topic that a request names. */
  public Optional<Snapshot<Topic>> find(ProjectId project, String id) {
    return Ids.isUuid(id) ? find(project, new TopicId(id)) : Optional.empty();
  }

  /**
   * Returns the topic that a path names.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Topic> get(ProjectId project, String id) {
    return find(project, id).orElseThrow(() -> noTopic(id));
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
   * @throws NotFound if there is no such project (any more)
   * @throws Conflict if its name is taken
   */
  public void create(Topic topic) {
    ProjectId project = topic.project();
    List<DirectoryWrite> refused =
        Documents.createIn(
            store,
            project,
            DirectoryWrite.Create.of(nameKey(project, topic.name()), pointer(topic)),
            DirectoryWrite.Create.of(key(project, topic.id()), topic));
    if (!refused.isEmpty()) {
      throw nameTaken(topic.name());
    }
  }

  /**
   * Replaces a topic as it was read.
   *
   * @throws Conflict if the new name is taken, or the topic was changed since
   */
  public void update(Snapshot<Topic> before, Topic after) {
    ProjectId project = after.project();
    List<DirectoryWrite> writes = new ArrayList<>();
    writes.add(Documents.replace(key(project, after.id()), before, after));
    DocumentKey newName = nameKey(project, after.name());
    writes.addAll(
        Documents.rename(nameKey(project, before.value().name()), newName, pointer(after)));
    List<DirectoryWrite> refused = store.write(writes);
    if (refused.stream().anyMatch(write -> write.key().equals(newName))) {
      throw nameTaken(after.name());
    }
    if (!refused.isEmpty()) {
      throw Documents.changedMeanwhile("topic " + after.name());
    }
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
        new DirectoryWrite.Discard(nameKey(project, topic.value().name())));
    // No route is made to a topic that is gone, so none is left after this. If it is cut off, what
    // is left leads nowhere.
    List<DocumentKey> routes = new ArrayList<>();
    listEventRoutes(project).stream()
        .filter(route -> route.topic().equals(id))
        .forEach(route -> routes.add(eventRouteKey(project, route.id())));
    listDestinationRoutes(project).stream()
        .filter(route -> route.topic().equals(id))
        .forEach(route -> routes.add(destinationRouteKey(project, route.id())));
    Documents.discardAll(store, routes);
  }

  /** Removes the routes that lead to a destination, which is gone. */
  public void removeRoutesTo(ProjectId project, DestinationId destination) {
    Documents.discardAll(
        store,
        listDestinationRoutes(project).stream()
            .filter(route -> route.destination().equals(destination))
            .map(route -> destinationRouteKey(project, route.id()))
            .toList());
  }

  /** Returns the project's routes of types to topics, oldest first. */
  public List<EventTopicRoute> listEventRoutes(ProjectId project) {
    return eventRoutes.list(project, EVENT_ROUTE).stream()
        .map(Snapshot::value)
        .sorted(
            Comparator.comparing(EventTopicRoute::createTime).thenComparing(EventTopicRoute::id))
        .toList();
  }

  /** Returns the project's routes of topics to destinations, oldest first. */
  public List<TopicDestinationRoute> listDestinationRoutes(ProjectId project) {
    return destinationRoutes.list(project, DESTINATION_ROUTE).stream()
        .map(Snapshot::value)
        .sorted(
            Comparator.comparing(TopicDestinationRoute::createTime)
                .thenComparing(TopicDestinationRoute::id))
        .toList();
  }

  /**
   * Creates a route.
   *
   * @throws NotFound if its topic is gone
   * @throws Conflict if there is one already
   */
  public void create(EventTopicRoute route) {
    DocumentKey topic = key(route.project(), route.topic());
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                new DirectoryWrite.Require(topic),
                DirectoryWrite.Create.of(eventRouteKey(route.project(), route.id()), route)));
    if (refused.stream().anyMatch(write -> write.key().equals(topic))) {
      throw noTopic(route.topic().value());
    }
    if (!refused.isEmpty()) {
      throw routeExists(route.eventType().text() + " to topic " + route.topic(), route.id());
    }
  }

  /**
   * Creates a route.
   *
   * @throws NotFound if its topic or its destination is gone
   * @throws Conflict if there is one already
   */
  public void create(TopicDestinationRoute route) {
    DocumentKey topic = key(route.project(), route.topic());
    DocumentKey destination = DestinationRepository.key(route.project(), route.destination());
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                new DirectoryWrite.Require(topic),
                new DirectoryWrite.Require(destination),
                DirectoryWrite.Create.of(destinationRouteKey(route.project(), route.id()), route)));
    if (refused.stream().anyMatch(write -> write.key().equals(topic))) {
      throw noTopic(route.topic().value());
    }
    if (refused.stream().anyMatch(write -> write.key().equals(destination))) {
      throw new NotFound("there is no destination " + route.destination());
    }
    if (!refused.isEmpty()) {
      throw routeExists(
          "topic " + route.topic() + " to destination " + route.destination(), route.id());
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

  /** Returns where notifications of a type go, each destination once. */
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

  private static NotFound noTopic(String id) {
    return new NotFound("there is no topic " + id);
  }

  private static Conflict nameTaken(String name) {
    return new Conflict(
        "there is already a topic named " + name, "Choose another name, or use that one.");
  }

  private static Conflict routeExists(String what, String id) {
    return new Conflict("there is already a route of " + what, "It is " + id + ".");
  }

  private static DocumentKey key(ProjectId project, TopicId id) {
    return new DocumentKey(DirectoryKeys.partition(project), TOPIC + id);
  }

  private static Pointer pointer(Topic topic) {
    return new Pointer(topic.id().value());
  }

  private static DocumentKey nameKey(ProjectId project, String name) {
    return new DocumentKey(DirectoryKeys.partition(project), NAME + name);
  }

  private static DocumentKey eventRouteKey(ProjectId project, String id) {
    return new DocumentKey(DirectoryKeys.partition(project), EVENT_ROUTE + id);
  }

  private static DocumentKey destinationRouteKey(ProjectId project, String id) {
    return new DocumentKey(DirectoryKeys.partition(project), DESTINATION_ROUTE + id);
  }
}
