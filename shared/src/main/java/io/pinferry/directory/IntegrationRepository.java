package io.pinferry.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and keeps integrations and their revisions. Names are unique within a project. */
public final class IntegrationRepository {
  private static final String INTEGRATION = "INTEGRATION#";
  private static final String REMOVAL = "INTEGRATION-REMOVAL#";
  private static final String NAME = "INTEGRATION-NAME#";
  private static final String REVISION = "REVISION#";

  private final DirectoryStore store;

  public IntegrationRepository(DirectoryStore store) {
    this.store = store;
  }

  public Optional<Versioned<Integration>> find(ProjectId project, IntegrationId id) {
    return find(key(project, id));
  }

  public Optional<Versioned<Integration>> findByName(ProjectId project, String name) {
    return idOf(project, name).flatMap(id -> find(project, id));
  }

  /**
   * Returns the integration that a path names.
   *
   * @throws NotFound if there is none
   */
  public Versioned<Integration> get(ProjectId project, String idOrName) {
    Optional<Versioned<Integration>> byId =
        Ids.isUuid(idOrName) ? find(project, new IntegrationId(idOrName)) : Optional.empty();
    return byId.or(() -> findByName(project, idOrName))
        .orElseThrow(() -> new NotFound("there is no integration " + idOrName));
  }

  /** Returns the project's integrations in the order of their names. */
  public List<Versioned<Integration>> list(ProjectId project) {
    return Stored.listAll(store, DirectoryKeys.partition(project), INTEGRATION).stream()
        .map(IntegrationRepository::read)
        .sorted(Comparator.comparing(integration -> integration.value().name()))
        .toList();
  }

  public Optional<Revision> findRevision(
      ProjectId project, IntegrationId integration, RevisionId revision) {
    return store
        .find(revisionKey(project, integration, revision))
        .map(document -> revision(Stored.json(document)));
  }

  /**
   * Creates an integration with its first revision.
   *
   * @throws Conflict if the name is taken
   * @throws NotFound if there is no such project (any more)
   */
  public void create(Integration integration) {
    ProjectId project = integration.project();
    List<DirectoryWrite> refused =
        Stored.createIn(
            store,
            project,
            List.of(
                new DirectoryWrite.Create(
                    nameKey(project, integration.name()),
                    Json.text(Json.object().put("id", integration.id().value())),
                    null),
                new DirectoryWrite.Create(key(project, integration.id()), write(integration), null),
                createRevision(integration)));
    if (!refused.isEmpty()) {
      throw new Conflict(
          "there is already an integration named " + integration.name(),
          "Choose another name, or deploy a new revision of that integration.");
    }
  }

  /**
   * Makes a revision the latest one.
   *
   * @param after as {@link Integration#revised} returned it
   * @throws Conflict if the integration was changed or removed since it was read
   */
  public void revise(Versioned<Integration> before, Integration after) {
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                new DirectoryWrite.Replace(
                    key(after.project(), after.id()), write(after), before.version()),
                createRevision(after)));
    if (!refused.isEmpty()) {
      throw Stored.changedMeanwhile("integration " + after.name());
    }
  }

  /**
   * Takes an integration out of sight: from here on nothing new can be installed from it. Its name
   * stays taken until {@link #finishRemoval}, so that an interrupted removal is found again by name
   * and by id.
   *
   * @throws Conflict if the integration was changed since it was read
   */
  public void beginRemoval(Versioned<Integration> integration) {
    ProjectId project = integration.value().project();
    IntegrationId id = integration.value().id();
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                new DirectoryWrite.Remove(key(project, id), integration.version()),
                new DirectoryWrite.Create(
                    removalKey(project, id), write(integration.value()), null)));
    if (!refused.isEmpty()) {
      throw Stored.changedMeanwhile("integration " + integration.value().name());
    }
  }

  /** Finds an integration whose removal was begun but not finished. */
  public Optional<Integration> findRemoval(ProjectId project, String idOrName) {
    Optional<IntegrationId> id =
        Ids.isUuid(idOrName) ? Optional.of(new IntegrationId(idOrName)) : idOf(project, idOrName);
    return id.flatMap(known -> find(removalKey(project, known))).map(Versioned::value);
  }

  /**
   * Removes what is left of an integration: its revisions, its name and the note of its removal.
   */
  public void finishRemoval(Integration integration) {
    ProjectId project = integration.project();
    String revisions = REVISION + integration.id() + "#";
    Stored.discardAll(
        store,
        Stored.listAll(store, DirectoryKeys.partition(project), revisions).stream()
            .map(Document::key)
            .toList());
    store.write(
        List.of(
            new DirectoryWrite.Discard(nameKey(project, integration.name())),
            new DirectoryWrite.Discard(removalKey(project, integration.id()))));
  }

  /** Returns a condition that the integration exists, for writes that build on it. */
  public static DirectoryWrite exists(ProjectId project, IntegrationId id) {
    return new DirectoryWrite.Require(key(project, id));
  }

  private Optional<IntegrationId> idOf(ProjectId project, String name) {
    return store
        .find(nameKey(project, name))
        .map(document -> new IntegrationId(Stored.text(Stored.json(document), "id")));
  }

  private Optional<Versioned<Integration>> find(DocumentKey key) {
    return store.find(key).map(IntegrationRepository::read);
  }

  private static DirectoryWrite createRevision(Integration integration) {
    return new DirectoryWrite.Create(
        revisionKey(integration.project(), integration.id(), integration.latestRevision().id()),
        Json.text(json(integration.latestRevision())),
        null);
  }

  private static DocumentKey key(ProjectId project, IntegrationId id) {
    return new DocumentKey(DirectoryKeys.partition(project), INTEGRATION + id);
  }

  private static DocumentKey removalKey(ProjectId project, IntegrationId id) {
    return new DocumentKey(DirectoryKeys.partition(project), REMOVAL + id);
  }

  /** The name may be any text of a path here, so its digest stands in the key. */
  private static DocumentKey nameKey(ProjectId project, String name) {
    return new DocumentKey(DirectoryKeys.partition(project), NAME + DirectoryKeys.digest(name));
  }

  private static DocumentKey revisionKey(
      ProjectId project, IntegrationId integration, RevisionId revision) {
    return new DocumentKey(
        DirectoryKeys.partition(project), REVISION + integration + "#" + revision);
  }

  private static String write(Integration integration) {
    ObjectNode json = Json.object();
    json.put("id", integration.id().value());
    json.put("projectId", integration.project().value());
    json.put("name", integration.name());
    json.put("provider", integration.provider());
    json.set("latestRevision", json(integration.latestRevision()));
    json.put("createTime", integration.createTime().toString());
    Stored.putIfPresent(json, "updateTime", integration.updateTime());
    return Json.text(json);
  }

  private static ObjectNode json(Revision revision) {
    ObjectNode json = Json.object();
    json.put("id", revision.id().value());
    json.put("specVersion", revision.specVersion());
    json.put("createTime", revision.createTime().toString());
    json.set("content", Json.trusted(revision.content()));
    return json;
  }

  private static Versioned<Integration> read(Document document) {
    JsonNode json = Stored.json(document);
    return new Versioned<>(
        new Integration(
            new IntegrationId(Stored.text(json, "id")),
            new ProjectId(Stored.text(json, "projectId")),
            Stored.text(json, "name"),
            Stored.text(json, "provider"),
            revision(json.path("latestRevision")),
            Stored.instant(json, "createTime"),
            Stored.instantOrNull(json, "updateTime")),
        document.version());
  }

  private static Revision revision(JsonNode json) {
    return new Revision(
        new RevisionId(Stored.text(json, "id")),
        Stored.text(json, "specVersion"),
        Stored.instant(json, "createTime"),
        Json.text(json.path("content")));
  }
}
