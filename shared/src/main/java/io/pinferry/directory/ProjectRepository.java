package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Name;
import io.pinferry.directory.Documents.Pointer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /** Finds a project by its name, in any case. */
  public Optional<Snapshot<Project>> findByName(String name) {
    return Project.isName(name) ? idOf(name).flatMap(this::find) : Optional.empty();
  }

  /**
   * Returns a project by its id or name.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Project> get(String idOrName) {
    return (Ids.isUuid(idOrName) ? find(new ProjectId(idOrName)) : findByName(idOrName))
        .orElseThrow(() -> new NotFound("there is no project " + idOrName));
  }

  /** Returns all projects in the order of their names. */
  public List<Project> list() {
    return Documents.listAll(store, DirectoryKeys.PROJECTS, "").stream()
        .flatMap(entry -> find(new ProjectId(entry.key().sort())).stream())
        .map(Snapshot::value)
        .sorted(Comparator.comparing(Project::name))
        .toList();
  }

  /**
   * Finds the next project in the order of ids, whether or not it is being removed.
   *
   * @param before the id before it; null for the first project
   */
  public Optional<ProjectId> idAfter(@Nullable ProjectId before) {
    return store
        .list(DirectoryKeys.PROJECTS, "", before == null ? null : before.value(), 1)
        .stream()
        .map(entry -> new ProjectId(entry.key().sort()))
        .findFirst();
  }

  /**
   * Creates a project.
   *
   * @throws Conflict if its name is taken
   */
  public void create(Project project) {
    Name name = name(project);
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                name.creation(),
                DirectoryWrite.Create.of(DirectoryKeys.project(project.id()), project),
                new DirectoryWrite.Create(DirectoryKeys.projectListed(project.id()), "{}", null)));
    if (!refused.isEmpty()) {
      throw name.taken();
    }
  }

  /**
   * Replaces a project as it was read; a new name takes effect together with it.
   *
   * @throws Conflict if the new name is taken, or the project was changed since
   */
  public void update(Snapshot<Project> before, Project after) {
    DirectoryWrite write = Documents.replace(DirectoryKeys.project(after.id()), before, after);
    Documents.change(store, name(before.value()), name(after), List.of(write));
  }

  /**
   * Hides a project: its keys no longer work, and nothing new can be made in it. Its name stays
   * taken until {@link #finishRemoval}, so that an interrupted removal is found by name and by id.
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

  /** Finds a project whose removal has begun but not finished. */
  public Optional<Project> findRemoval(String idOrName) {
    return Ids.find(idOrName)
        .map(ProjectId::new)
        .or(() -> idOf(idOrName))
        .flatMap(id -> projects.find(removalKey(id)))
        .map(Snapshot::value);
  }

  /**
   * Removes some documents of a project, of any kind.
   *
   * @return whether only the note of its removal is left
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

  /** Removes the note of a project's removal, and the name of the project. */
  public void finishRemoval(Project project) {
    store.write(
        List.of(
            name(project).removal(),
            new DirectoryWrite.Discard(DirectoryKeys.projectListed(project.id())),
            new DirectoryWrite.Discard(removalKey(project.id()))));
  }

  private Optional<ProjectId> idOf(String name) {
    return names
        .find(DirectoryKeys.projectName(Project.canonicalName(name)))
        .map(pointer -> new ProjectId(pointer.value().id()));
  }

  private static DocumentKey removalKey(ProjectId project) {
    return DirectoryKeys.of(project, "PROJECT-REMOVAL");
  }

  private static Name name(Project project) {
    DocumentKey key = DirectoryKeys.projectName(project.name());
    return new Name("project", project.name(), key, project.id().value());
  }
}
