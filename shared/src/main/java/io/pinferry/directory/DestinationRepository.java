package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Name;
import io.pinferry.directory.Documents.Pointer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and stores destinations. Names are unique within a project. */
public final class DestinationRepository {
  private static final String DESTINATION = "DESTINATION#";
  private static final String NAME = "DESTINATION-NAME#";

  private final DirectoryStore store;
  private final Documents<Destination> destinations;
  private final Documents<Pointer> names;

  public DestinationRepository(DirectoryStore store) {
    this.store = store;
    this.destinations = new Documents<>(store, Destination.class);
    this.names = new Documents<>(store, Pointer.class);
  }

  public Optional<Snapshot<Destination>> find(ProjectId project, DestinationId id) {
    return destinations.find(key(project, id));
  }

  public Optional<Snapshot<Destination>> findByName(ProjectId project, String name) {
    if (!Destination.isName(name)) {
      return Optional.empty();
    }
    return names
        .find(nameKey(project, name))
        .flatMap(pointer -> find(project, new DestinationId(pointer.value().id())));
  }

  /** Finds a destination by its id or name. */
  public Optional<Snapshot<Destination>> find(ProjectId project, String idOrName) {
    return Ids.isUuid(idOrName)
        ? find(project, new DestinationId(idOrName))
        : findByName(project, idOrName);
  }

  /**
   * Returns a destination by its id or name.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Destination> get(ProjectId project, String idOrName) {
    return find(project, idOrName)
        .orElseThrow(() -> new NotFound("there is no destination " + idOrName));
  }

  /** Returns the project's destinations in the order of their names. */
  public List<Destination> list(ProjectId project) {
    return destinations.list(project, DESTINATION).stream()
        .map(Snapshot::value)
        .sorted(Comparator.comparing(Destination::name))
        .toList();
  }

  /**
   * Creates a destination.
   *
   * @throws NotFound if the project does not exist
   * @throws Conflict if its name is taken
   */
  public void create(Destination destination) {
    ProjectId project = destination.project();
    Name name = name(destination);
    var creation = DirectoryWrite.Create.of(key(project, destination.id()), destination);
    if (!Documents.createIn(store, project, name.creation(), creation).isEmpty()) {
      throw name.taken();
    }
  }

  /**
   * Replaces a destination as it was read; a new name takes effect together with it.
   *
   * @throws Conflict if the new name is taken, or the destination was changed since
   */
  public void update(Snapshot<Destination> before, Destination after) {
    update(before, after, List.of());
  }

  /**
   * Replaces a destination as it was read, together with other writes.
   *
   * @param along writes that take effect together with it
   * @throws Conflict if the new name is taken, or anything was changed since
   */
  public void update(Snapshot<Destination> before, Destination after, List<DirectoryWrite> along) {
    List<DirectoryWrite> writes = new ArrayList<>(along);
    writes.add(Documents.replace(key(after.project(), after.id()), before, after));
    Documents.change(store, name(before.value()), name(after), writes);
  }

  /**
   * Removes a destination as it was read.
   *
   * @throws Conflict if it was changed since
   */
  public void remove(Snapshot<Destination> destination) {
    Destination value = destination.value();
    Documents.change(
        store,
        "destination " + value.name(),
        new DirectoryWrite.Remove(key(value.project(), value.id()), destination.version()),
        name(value).removal());
  }

  static DocumentKey key(ProjectId project, DestinationId id) {
    return DirectoryKeys.of(project, DESTINATION + id);
  }

  private static DocumentKey nameKey(ProjectId project, String name) {
    return DirectoryKeys.of(project, NAME + name);
  }

  private static Name name(Destination destination) {
    String name = destination.name();
    DocumentKey key = nameKey(destination.project(), name);
    return new Name("destination", name, key, destination.id().value());
  }
}
