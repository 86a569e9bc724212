package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Pointer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and keeps destinations. Names are unique within a project. */
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

  /** Finds the destination that a request names. */
  public Optional<Snapshot<Destination>> find(ProjectId project, String idOrName) {
    return Ids.isUuid(idOrName)
        ? find(project, new DestinationId(idOrName))
        : findByName(project, idOrName);
  }

  /**
   * Returns the destination that a path names.
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
   * @throws NotFound if there is no such project (any more)
   * @throws Conflict if its name is taken
   */
  public void create(Destination destination) {
    ProjectId project = destination.project();
    List<DirectoryWrite> refused =
        Documents.createIn(
            store,
            project,
            DirectoryWrite.Create.of(nameKey(project, destination.name()), pointer(destination)),
            DirectoryWrite.Create.of(key(project, destination.id()), destination));
    if (!refused.isEmpty()) {
      throw nameTaken(destination.name());
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
   * @param along takes effect with it or not at all
   * @throws Conflict if the new name is taken, or anything was changed since
   */
  public void update(Snapshot<Destination> before, Destination after, List<DirectoryWrite> along) {
    ProjectId project = after.project();
    var writes = new ArrayList<DirectoryWrite>(along);
    writes.add(Documents.replace(key(project, after.id()), before, after));
    DocumentKey newName = nameKey(project, after.name());
    writes.addAll(
        Documents.rename(nameKey(project, before.value().name()), newName, pointer(after)));
    List<DirectoryWrite> refused = store.write(writes);
    if (refused.stream().anyMatch(write -> write.key().equals(newName))) {
      throw nameTaken(after.name());
    }
    if (!refused.isEmpty()) {
      throw Documents.changedMeanwhile("destination " + after.name());
    }
  }

  /**
   * Removes a destination as it was read.
   *
   * @throws Conflict if it was changed since
   */
  public void remove(Snapshot<Destination> destination) {
    ProjectId project = destination.value().project();
    String name = destination.value().name();
    Documents.change(
        store,
        "destination " + name,
        new DirectoryWrite.Remove(key(project, destination.value().id()), destination.version()),
        new DirectoryWrite.Discard(nameKey(project, name)));
  }

  private static Conflict nameTaken(String name) {
    return new Conflict(
        "there is already a destination named " + name, "Choose another name, or change that one.");
  }

  static DocumentKey key(ProjectId project, DestinationId id) {
    return new DocumentKey(DirectoryKeys.partition(project), DESTINATION + id);
  }

  private static DocumentKey nameKey(ProjectId project, String name) {
    return new DocumentKey(DirectoryKeys.partition(project), NAME + name);
  }

  private static Pointer pointer(Destination destination) {
    return new Pointer(destination.id().value());
  }
}
