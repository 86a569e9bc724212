package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Pointer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and stores projects. Their names are unique, even when requests run at the same time. */
public final class ProjectRepository {
  private static final int REMOVED_AT_ONCE = 500;

  private final DirectoryStore store;
  private final Documents<Project> projects;
  private final Documents<Pointer> names;

  public ProjectRepository(DirectoryStore store) {
    this.store = store;
    this.projects = new Documents<>(store, Project.class);
    this.names = new Documents<>(store, Pointer.class);
  }

  public Optional<Snapshot<Project>> find(ProjectId id) {
    return projects.find(DirectoryKeys.project(id));
  }

  /** Finds by name in any case. */
  public Optional<Snapshot<Project>> findByName(String name) {
    if (!Project.isName(name)) {
      return Optional.empty();
    }
    return idOf(name).flatMap(this::find);
  }

  /**
   * Returns the project that a path names.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Project> get(String idOrName) {
    return (Ids.isUuid(idOrName) ? find(new ProjectId(idOrName)) : findByName(idOrName))
        .orElseThrow(() -> new NotFound("there is no project " + idOrName));
  }

  /** Returns all projects in the order of their names. */
  public List<Project> list() {
    var projects = new ArrayList<Project>();
    for (Document listed : Documents.listAll(store, DirectoryKeys.PROJECTS, "")) {
      find(new ProjectId(listed.key().sort())).map(Snapshot::value).ifPresent(projects::add);
    }
    projects.sort(Comparator.comparing(Project::name));
    return List.copyOf(projects);
  }

  /**
   * Creates a project.
   *
   * @throws Conflict if its name is taken
   */
  public void create(Project project) {
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                DirectoryWrite.Create.of(
                    DirectoryKeys.projectName(project.name()), pointer(project)),
                DirectoryWrite.Create.of(DirectoryKeys.project(project.id()), project),
                new DirectoryWrite.Create(DirectoryKeys.projectListed(project.id()), "{}", null)));
    if (!refused.isEmpty()) {
      throw nameTaken(project.name());
    }
  }

  /**
   * Replaces a project as it was read; a new name takes effect together with it.
   *
   * @throws Conflict if the new name is taken, or the project was changed since
   */
  public void update(Snapshot<Project> before, Project after) {
    var writes = new ArrayList<DirectoryWrite>();
    writes.add(Documents.replace(DirectoryKeys.project(after.id()), before, after));
    DocumentKey newName = DirectoryKeys.projectName(after.name());
    writes.addAll(
        Documents.rename(
            DirectoryKeys.projectName(before.value().name()), newName, pointer(after)));
    List<DirectoryWrite> refused = store.write(writes);
    if (refused.stream().anyMatch(write -> write.key().equals(newName))) {
      throw nameTaken(after.name());
    }
    if (!refused.isEmpty()) {
      throw Documents.changedMeanwhile("project " + after.name());
    }
  }

  /**
   * Takes a project out of sight: its keys open nothing from here on, and nothing new can be made
   * in it. Its name stays taken until {@link #finishRemoval}, so that an interrupted removal is
   * found again by name and by id.
   *
   * @throws Conflict if the project was changed since it was read
   */
  public void beginRemoval(Snapshot<Project> project) {
    ProjectId id = project.value().id();
    Documents.change(
        store,
        "project " + project.value().name(),
        new DirectoryWrite.Remove(DirectoryKeys.project(id), project.version()),
        DirectoryWrite.Create.of(removalKey(id), project.value()));
  }

  /** Finds a project whose removal was begun but not finished. */
  public Optional<Project> findRemoval(String idOrName) {
    Optional<ProjectId> id =
        Ids.isUuid(idOrName) ? Optional.of(new ProjectId(idOrName)) : idOf(idOrName);
    return id.flatMap(known -> projects.find(removalKey(known))).map(Snapshot::value);
  }

  /**
   * Removes some documents of a project, of any kind.
   *
   * @return whether nothing is left but the note of its removal
   */
  public boolean removeSome(Project project) {
    List<DocumentKey> keys =
        store.list(DirectoryKeys.partition(project.id()), "", null, REMOVED_AT_ONCE).stream()
            .map(Document::key)
            .toList();
    Documents.discardAll(
        store, keys.stream().filter(key -> !key.equals(removalKey(project.id()))).toList());
    return keys.size() < REMOVED_AT_ONCE;
  }

  /** Removes the note of a project's removal, and with it its name. */
  public void finishRemoval(Project project) {
    store.write(
        List.of(
            new DirectoryWrite.Discard(DirectoryKeys.projectName(project.name())),
            new DirectoryWrite.Discard(DirectoryKeys.projectListed(project.id())),
            new DirectoryWrite.Discard(removalKey(project.id()))));
  }

  private Optional<ProjectId> idOf(String name) {
    return names
        .find(DirectoryKeys.projectName(Project.canonicalName(name)))
        .map(pointer -> new ProjectId(pointer.value().id()));
  }

  private static DocumentKey removalKey(ProjectId project) {
    return new DocumentKey(DirectoryKeys.partition(project), "PROJECT-REMOVAL");
  }

  private static Conflict nameTaken(String name) {
    return new Conflict("there is already a project named " + name, "Choose another name.");
  }

  private static Pointer pointer(Project project) {
    return new Pointer(project.id().value());
  }
}
