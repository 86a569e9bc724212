package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Pointer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds and stores connections. A group has one per provider, even when requests run at the same
 * time: a second document, with a key of both, is created and removed together with the connection.
 */
public final class ConnectionRepository {
  private static final String CONNECTION = "CONNECTION#";
  private static final String OF_GROUP = "GROUP-CONNECTION#";

  private static final Comparator<Snapshot<Connection>> OLDEST_FIRST =
      Comparator.comparing((Snapshot<Connection> connection) -> connection.value().createTime())
          .thenComparing(connection -> connection.value().id().value());

  private final DirectoryStore store;
  private final Documents<Connection> connections;
  private final Documents<Pointer> ofGroups;
  private final GroupRemovalRepository removals;

  public ConnectionRepository(DirectoryStore store) {
    this.store = store;
    this.connections = new Documents<>(store, Connection.class);
    this.ofGroups = new Documents<>(store, Pointer.class);
    this.removals = new GroupRemovalRepository(store);
  }

  public Optional<Snapshot<Connection>> find(ProjectId project, ConnectionId id) {
    return connections.find(DirectoryKeys.connection(project, id));
  }

  /** Finds the connection of a group to a provider. */
  public Optional<Snapshot<Connection>> findOfGroup(
      ProjectId project, String provider, String groupRef) {
    return ofGroups
        .find(groupKey(project, provider, groupRef))
        .flatMap(pointer -> find(project, new ConnectionId(pointer.value().id())));
  }

  /**
   * Returns a connection by its id.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Connection> get(ProjectId project, String id) {
    return get(project, id, connection -> true);
  }

  /**
   * Returns a connection by its id, if the caller may see it.
   *
   * @throws NotFound if there is none that the caller may see; a hidden one gives the same message
   */
  public Snapshot<Connection> get(ProjectId project, String id, Predicate<Connection> seen) {
    return Ids.find(id)
        .flatMap(uuid -> find(project, new ConnectionId(uuid)))
        .filter(connection -> seen.test(connection.value()))
        .orElseThrow(() -> new NotFound("there is no connection " + id));
  }

  /**
   * Returns some of a project's connections, in the order of their ids.
   *
   * @param after the last connection of the page before; null for the first page
   * @param limit at most this many, 1 to 1000
   */
  public List<Connection> page(ProjectId project, @Nullable ConnectionId after, int limit) {
    return connections
        .page(project, CONNECTION, after == null ? null : after.value(), limit)
        .stream()
        .map(Snapshot::value)
        .toList();
  }

  /**
   * Returns a project's connections that satisfy all filters, oldest first.
   *
   * @param provider null for all
   * @param groupRef null for all
   * @param consumerRef null for all
   */
  public List<Snapshot<Connection>> list(
      ProjectId project,
      @Nullable String provider,
      @Nullable String groupRef,
      @Nullable String consumerRef) {
    // Provider and group identify at most one connection, by its key.
    List<Snapshot<Connection>> candidates =
        provider != null && groupRef != null
            ? findOfGroup(project, provider, groupRef).stream().toList()
            : connections.list(project, CONNECTION);
    return candidates.stream()
        .filter(found -> provider == null || found.value().provider().equals(provider))
        .filter(found -> groupRef == null || found.value().owner().group().ref().equals(groupRef))
        .filter(
            found ->
                consumerRef == null || found.value().owner().consumer().ref().equals(consumerRef))
        .sorted(OLDEST_FIRST)
        .toList();
  }

  /**
   * Creates a connection if its project exists and its group has none to this provider.
   *
   * @param along other writes that take effect together with it
   * @return false, with nothing written, if the group has one
   * @throws NotFound if the project does not exist
   */
  public boolean create(Connection connection, DirectoryWrite... along) {
    return create(connection, connection.createTime(), along);
  }

  /**
   * Creates a connection if its project exists and its group has none to this provider.
   *
   * @param begunAt when the customer began to connect
   * @param along other writes that take effect together with it
   * @return false, with nothing written, if the group has one, or is being removed
   * @throws NotFound if the project does not exist
   * @throws Conflict if the group was removed since the customer began
   */
  public boolean create(Connection connection, Instant begunAt, DirectoryWrite... along) {
    List<DirectoryWrite> writes = new ArrayList<>(List.of(along));
    writes.add(
        removals.notRemovedSince(connection.project(), connection.owner().group().ref(), begunAt));
    var pointer = new Pointer(connection.id().value());
    writes.add(DirectoryWrite.Create.of(groupKey(connection), pointer));
    writes.add(DirectoryWrite.Create.of(key(connection), connection));
    return Documents.createIn(store, connection.project(), writes.toArray(DirectoryWrite[]::new))
        .isEmpty();
  }

  /**
   * Replaces a connection as it was read; its group and provider stay.
   *
   * @param along other writes that take effect together with it
   * @return false, with nothing written, if it was changed or removed since
   */
  public boolean replace(Snapshot<Connection> before, Connection after, DirectoryWrite... along) {
    if (!groupKey(after).equals(groupKey(before.value()))) {
      throw new IllegalArgumentException("a connection cannot move to another group or provider");
    }
    List<DirectoryWrite> writes = new ArrayList<>(List.of(along));
    writes.add(Documents.replace(key(after), before, after));
    return store.write(writes).isEmpty();
  }

  /**
   * Removes a connection as it was read.
   *
   * @param along other writes that take effect together with it
   * @return false, with nothing removed, if it was changed or removed since
   */
  public boolean remove(Snapshot<Connection> before, DirectoryWrite... along) {
    List<DirectoryWrite> writes = new ArrayList<>(List.of(along));
    writes.addAll(removal(before));
    return store.write(writes).isEmpty();
  }

  /**
   * Returns a write that changes only the version of a connection. It is refused if the connection
   * was changed or removed since it was read. An installation that begins to use a connection
   * includes this write, so that a removal of the unused connection at the same time is refused.
   */
  public static DirectoryWrite touch(Snapshot<Connection> before) {
    return Documents.replace(key(before.value()), before, before.value());
  }

  /** Returns the writes that remove a connection. They are refused if it was changed since. */
  public static List<DirectoryWrite> removal(Snapshot<Connection> before) {
    Connection connection = before.value();
    return List.of(
        new DirectoryWrite.Remove(key(connection), before.version()),
        new DirectoryWrite.Discard(groupKey(connection)));
  }

  private static DocumentKey key(Connection connection) {
    return DirectoryKeys.connection(connection.project(), connection.id());
  }

  private static DocumentKey groupKey(Connection connection) {
    return groupKey(connection.project(), connection.provider(), connection.owner().group().ref());
  }

  /** A group's ref may be any text, so the key has its digest. */
  private static DocumentKey groupKey(ProjectId project, String provider, String groupRef) {
    return DirectoryKeys.of(project, OF_GROUP + DirectoryKeys.digest(provider, groupRef));
  }
}
