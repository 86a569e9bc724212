package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.directory.Documents.Pointer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and stores integrations and their revisions. Names are unique within a project. */
public final class IntegrationRepository {
  private static final String INTEGRATION = "INTEGRATION#";
  private static final String REMOVAL = "INTEGRATION-REMOVAL#";
  private static final String NAME = "INTEGRATION-NAME#";
  private static final String REVISION = "REVISION#";

  private final DirectoryStore store;
  private final Documents<Integration> integrations;
  private final Documents<Revision> revisions;
  private final Documents<Pointer> names;

  public IntegrationRepository(DirectoryStore store) {
    this.store = store;
    this.integrations = new Documents<>(store, Integration.class);
    this.revisions = new Documents<>(store, Revision.class);
    this.names = new Documents<>(store, Pointer.class);
  }

  public Optional<Snapshot<Integration>> find(ProjectId project, IntegrationId id) {
    return integrations.find(key(project, id));
  }

  public Optional<Snapshot<Integration>> findByName(ProjectId project, String name) {
    return idOf(project, name).flatMap(id -> find(project, id));
  }

  /**
   * Returns an integration by its id or name.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<Integration> get(ProjectId project, String idOrName) {
    return Ids.find(idOrName)
        .flatMap(uuid -> find(project, new IntegrationId(uuid)))
        .or(() -> findByName(project, idOrName))
        .orElseThrow(() -> new NotFound("there is no integration " + idOrName));
  }

  /** Returns the project's integrations in the order of their names. */
  public List<Snapshot<Integration>> list(ProjectId project) {
    return integrations.list(project, INTEGRATION).stream()
        .sorted(Comparator.comparing(integration -> integration.value().name()))
        .toList();
  }

  public Optional<Revision> findRevision(
      ProjectId project, IntegrationId integration, RevisionId revision) {
    return revisions.find(revisionKey(project, integration, revision)).map(Snapshot::value);
  }

  /** Returns the revisions of an integration, the newest first. */
  public List<Revision> listRevisions(ProjectId project, IntegrationId integration) {
    return revisions.list(project, REVISION + integration + "#").stream()
        .map(Snapshot::value)
        .sorted(Comparator.comparing(Revision::createTime).reversed())
        .toList();
  }

  /**
   * Creates an integration with its first revision.
   *
   * @throws Conflict if the name is taken
   * @throws NotFound if the project does not exist
   */
  public void create(Integration integration) {
    ProjectId project = integration.project();
    List<DirectoryWrite> refused =
        Documents.createIn(
            store,
            project,
            DirectoryWrite.Create.of(
                nameKey(project, integration.name()), new Pointer(integration.id().value())),
            DirectoryWrite.Create.of(key(project, integration.id()), integration),
            createRevision(integration));
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
  public void revise(Snapshot<Integration> before, Integration after) {
    Documents.change(
        store,
        "integration " + after.name(),
        Documents.replace(key(after.project(), after.id()), before, after),
        createRevision(after));
  }

  /**
   * Hides an integration: nothing new can be installed from it. Its name stays taken until {@link
   * #finishRemoval}, so that an interrupted removal is found by name and by id.
   *
   * @throws Conflict if the integration was changed since it was read
   */
  public void beginRemoval(Snapshot<Integration> integration) {
    ProjectId project = integration.value().project();
    IntegrationId id = integration.value().id();
    Documents.change(
        store,
        "integration " + integration.value().name(),
        new DirectoryWrite.Remove(key(project, id), integration.version()),
        DirectoryWrite.Create.of(removalKey(project, id), integration.value()));
  }

  /** Finds an integration whose removal has begun but not finished. */
  public Optional<Integration> findRemoval(ProjectId project, String idOrName) {
    return Ids.find(idOrName)
        .map(IntegrationId::new)
        .or(() -> idOf(project, idOrName))
        .flatMap(id -> integrations.find(removalKey(project, id)))
        .map(Snapshot::value);
  }

  /** Removes the rest of an integration: its revisions, its name and the note of its removal. */
  public void finishRemoval(Integration integration) {
    ProjectId project = integration.project();
    String revisions = REVISION + integration.id() + "#";
    Documents.discardAll(
        store,
        Documents.listAll(store, DirectoryKeys.partition(project), revisions).stream()
            .map(Document::key)
            .toList());
    store.write(
        List.of(
            new DirectoryWrite.Discard(nameKey(project, integration.name())),
            new DirectoryWrite.Discard(removalKey(project, integration.id()))));
  }

  /** Returns the condition that the integration exists. */
  public static DirectoryWrite exists(ProjectId project, IntegrationId id) {
    return new DirectoryWrite.Require(key(project, id));
  }

  private Optional<IntegrationId> idOf(ProjectId project, String name) {
    return names
        .find(nameKey(project, name))
        .map(pointer -> new IntegrationId(pointer.value().id()));
  }

  private static DirectoryWrite createRevision(Integration integration) {
    Revision revision = integration.latestRevision();
    return DirectoryWrite.Create.of(
        revisionKey(integration.project(), integration.id(), revision.id()), revision);
  }

  private static DocumentKey key(ProjectId project, IntegrationId id) {
    return DirectoryKeys.of(project, INTEGRATION + id);
  }

  private static DocumentKey removalKey(ProjectId project, IntegrationId id) {
    return DirectoryKeys.of(project, REMOVAL + id);
  }

  /** The name may be any text of a path, so the key has its digest. */
  private static DocumentKey nameKey(ProjectId project, String name) {
    return DirectoryKeys.of(project, NAME + DirectoryKeys.digest(name));
  }

  private static DocumentKey revisionKey(
      ProjectId project, IntegrationId integration, RevisionId revision) {
    return DirectoryKeys.of(project, REVISION + integration + "#" + revision);
  }
}
