package io.pinferry.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and keeps projects. Their names are unique, whatever runs at the same time. */
public final class ProjectRepository {
  private static final int REMOVED_AT_ONCE = 500;

  private final DirectoryStore store;

  public ProjectRepository(DirectoryStore store) {
    this.store = store;
  }

  public Optional<Versioned<Project>> find(ProjectId id) {
    return store
        .find(DirectoryKeys.project(id))
        .map(document -> new Versioned<>(read(Stored.json(document)), document.version()));
  }

  /** Finds by name in any case. */
  public Optional<Versioned<Project>> findByName(String name) {
    if (!Project.isName(name)) {
      return Optional.empty();
    }
    return store
        .find(DirectoryKeys.projectName(Project.canonicalName(name)))
        .flatMap(document -> find(new ProjectId(Stored.text(Stored.json(document), "id"))));
  }

  /**
   * Returns the project that a path names.
   *
   * @throws NotFound if there is none
   */
  public Versioned<Project> get(String idOrName) {
    return (Ids.isUuid(idOrName) ? find(new ProjectId(idOrName)) : findByName(idOrName))
        .orElseThrow(() -> new NotFound("there is no project " + idOrName));
  }

  /** Returns all projects in the order of their names. */
  public List<Project> list() {
    var projects = new ArrayList<Project>();
    for (Document listed : Stored.listAll(store, DirectoryKeys.PROJECTS, "")) {
      find(new ProjectId(listed.key().sort())).map(Versioned::value).ifPresent(projects::add);
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
                new DirectoryWrite.Create(
                    DirectoryKeys.projectName(project.name()), nameJson(project), null),
                new DirectoryWrite.Create(
                    DirectoryKeys.project(project.id()), write(project), null),
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
  public void update(Versioned<Project> before, Project after) {
    var writes = new ArrayList<DirectoryWrite>();
    writes.add(
        new DirectoryWrite.Replace(
            DirectoryKeys.project(after.id()), write(after), before.version()));
    DocumentKey newName = DirectoryKeys.projectName(after.name());
    if (!after.name().equals(before.value().name())) {
      writes.add(new DirectoryWrite.Create(newName, nameJson(after), null));
      writes.add(new DirectoryWrite.Discard(DirectoryKeys.projectName(before.value().name())));
    }
    List<DirectoryWrite> refused = store.write(writes);
    if (refused.stream().anyMatch(write -> write.key().equals(newName))) {
      throw nameTaken(after.name());
    }
    if (!refused.isEmpty()) {
      throw Stored.changedMeanwhile("project " + after.name());
    }
  }

  /**
   * Takes a project out of sight: its keys open nothing from here on, and nothing new can be made
   * in it. Its name stays taken until {@link #finishRemoval}, so that an interrupted removal is
   * found again by name and by id.
   *
   * @throws Conflict if the project was changed since it was read
   */
  public void beginRemoval(Versioned<Project> project) {
    ProjectId id = project.value().id();
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                new DirectoryWrite.Remove(DirectoryKeys.project(id), project.version()),
                new DirectoryWrite.Create(removalKey(id), write(project.value()), null)));
    if (!refused.isEmpty()) {
      throw Stored.changedMeanwhile("project " + project.value().name());
    }
  }

  /** Finds a project whose removal was begun but not finished. */
  public Optional<Project> findRemoval(String idOrName) {
    Optional<ProjectId> id =
        Ids.isUuid(idOrName)
            ? Optional.of(new ProjectId(idOrName))
            : store
                .find(DirectoryKeys.projectName(Project.canonicalName(idOrName)))
                .map(document -> new ProjectId(Stored.text(Stored.json(document), "id")));
    return id.flatMap(known -> store.find(removalKey(known)))
        .map(document -> read(Stored.json(document)));
  }

  /**
   * Removes some of what is left of a project, whatever it is.
   *
   * @return whether nothing is left but the note of its removal
   */
  public boolean removeSome(Project project) {
    List<DocumentKey> keys =
        store.list(DirectoryKeys.partition(project.id()), "", null, REMOVED_AT_ONCE).stream()
            .map(Document::key)
            .toList();
    Stored.discardAll(
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

  private static DocumentKey removalKey(ProjectId project) {
    return new DocumentKey(DirectoryKeys.partition(project), "PROJECT-REMOVAL");
  }

  private static Conflict nameTaken(String name) {
    return new Conflict("there is already a project named " + name, "Choose another name.");
  }

  private static String nameJson(Project project) {
    return Json.text(Json.object().put("id", project.id().value()));
  }

  private static String write(Project project) {
    ObjectNode json = Json.object();
    json.put("id", project.id().value());
    json.put("name", project.name());
    json.put("appName", project.appName());
    json.put("orgId", project.orgId());
    json.put("createTime", project.createTime().toString());
    Stored.putIfPresent(json, "updateTime", project.updateTime());
    json.put("requireJwt", project.requireJwt());
    ArrayNode allowed = json.putArray("proxyAllowed");
    project.proxyAllowed().forEach(rule -> allowed.add(rule.text()));
    return Json.text(json);
  }

  private static Project read(JsonNode json) {
    return new Project(
        new ProjectId(Stored.text(json, "id")),
        Stored.text(json, "name"),
        Stored.text(json, "appName"),
        Stored.text(json, "orgId"),
        Stored.instant(json, "createTime"),
        Stored.instantOrNull(json, "updateTime"),
        // Projects that are older than these members do not have them.
        json.path("requireJwt").asBoolean(false),
        json.path("proxyAllowed")
            .valueStream()
            .map(rule -> ProxyRule.parse(rule.asText()).orElseThrow())
            .toList());
  }
}
