package io.pinferry.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.NotFound;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds installations and makes the writes that keep them. Those writes are parts of larger
 * transactions, since an installation begins and ends together with its reads.
 */
public final class InstallationRepository {
  private static final String INSTALLATION = "INSTALLATION#";
  private static final String OF_GROUP = "GROUP-INSTALLATION#";
  private static final String PLACE = "INSTALLATION-PLACE#";

  private final DirectoryStore store;

  public InstallationRepository(DirectoryStore store) {
    this.store = store;
  }

  public Optional<Versioned<Installation>> find(
      ProjectId project, IntegrationId integration, InstallationId id) {
    return store.find(key(project, integration, id)).map(InstallationRepository::read);
  }

  /** Finds an installation of which only the id is known. */
  public Optional<Versioned<Installation>> find(ProjectId project, InstallationId id) {
    return store
        .find(placeKey(project, id))
        .flatMap(
            document ->
                find(
                    project,
                    new IntegrationId(Stored.text(Stored.json(document), "integrationId")),
                    id));
  }

  /** Finds the one installation of an integration for a group. */
  public Optional<Versioned<Installation>> findOfGroup(
      ProjectId project, IntegrationId integration, String groupRef) {
    return store
        .find(groupKey(project, groupRef, integration))
        .flatMap(document -> ofGroup(project, document));
  }

  /**
   * Returns the installation that a path names.
   *
   * @throws NotFound if there is none
   */
  public Versioned<Installation> get(ProjectId project, IntegrationId integration, String id) {
    return get(project, integration, id, installation -> true);
  }

  /**
   * Returns the same for a caller who may not see all installations.
   *
   * @throws NotFound if there is none that the caller sees; the answer is the same whether or not
   *     there is another's
   */
  public Versioned<Installation> get(
      ProjectId project, IntegrationId integration, String id, Predicate<Installation> seen) {
    Optional<Versioned<Installation>> found =
        Ids.isUuid(id) ? find(project, integration, new InstallationId(id)) : Optional.empty();
    return found
        .filter(installation -> seen.test(installation.value()))
        .orElseThrow(() -> new NotFound("there is no installation " + id));
  }

  /** Returns all installations of an integration, oldest first. */
  public List<Versioned<Installation>> list(ProjectId project, IntegrationId integration) {
    return list(project, INSTALLATION + integration + "#");
  }

  /** Returns all installations of a project, oldest first. */
  public List<Versioned<Installation>> list(ProjectId project) {
    return list(project, INSTALLATION);
  }

  /** Returns all installations of a group, of whatever integration, oldest first. */
  public List<Versioned<Installation>> listOfGroup(ProjectId project, String groupRef) {
    return Stored.listAll(store, DirectoryKeys.partition(project), groupPrefix(groupRef)).stream()
        .flatMap(document -> ofGroup(project, document).stream())
        .sorted(OLDEST_FIRST)
        .toList();
  }

  /**
   * Returns the writes that create an installation. If {@link DirectoryStore#write} refuses the
   * group's, the group has this integration installed already; if it refuses a requirement, the
   * integration is gone.
   */
  public static List<DirectoryWrite> creation(Installation installation) {
    ProjectId project = installation.project();
    ObjectNode place = Json.object().put("integrationId", installation.integration().value());
    ObjectNode ofGroup = place.deepCopy().put("id", installation.id().value());
    return List.of(
        IntegrationRepository.exists(project, installation.integration()),
        new DirectoryWrite.Create(
            groupKey(project, installation.group().ref(), installation.integration()),
            Json.text(ofGroup),
            null),
        new DirectoryWrite.Create(placeKey(project, installation.id()), Json.text(place), null),
        new DirectoryWrite.Create(key(installation), write(installation), null));
  }

  /** Returns the write that replaces an installation, refused if it was changed since. */
  public static DirectoryWrite replacement(Versioned<Installation> before, Installation after) {
    return new DirectoryWrite.Replace(key(after), write(after), before.version());
  }

  /** Returns the writes that remove an installation, refused if it was changed since. */
  public static List<DirectoryWrite> removal(Versioned<Installation> before) {
    Installation installation = before.value();
    ProjectId project = installation.project();
    return List.of(
        new DirectoryWrite.Remove(key(installation), before.version()),
        new DirectoryWrite.Discard(
            groupKey(project, installation.group().ref(), installation.integration())),
        new DirectoryWrite.Discard(placeKey(project, installation.id())));
  }

  /** Returns whether any installation of a group uses a connection. */
  public boolean uses(ProjectId project, String groupRef, ConnectionId connection) {
    return listOfGroup(project, groupRef).stream()
        .anyMatch(installation -> installation.value().connection().equals(connection));
  }

  private static final Comparator<Versioned<Installation>> OLDEST_FIRST =
      Comparator.comparing(
              (Versioned<Installation> installation) -> installation.value().createTime())
          .thenComparing(installation -> installation.value().id().value());

  private List<Versioned<Installation>> list(ProjectId project, String prefix) {
    return Stored.listAll(store, DirectoryKeys.partition(project), prefix).stream()
        .map(InstallationRepository::read)
        .sorted(OLDEST_FIRST)
        .toList();
  }

  private Optional<Versioned<Installation>> ofGroup(ProjectId project, Document document) {
    JsonNode json = Stored.json(document);
    return find(
        project,
        new IntegrationId(Stored.text(json, "integrationId")),
        new InstallationId(Stored.text(json, "id")));
  }

  private static DocumentKey key(Installation installation) {
    return key(installation.project(), installation.integration(), installation.id());
  }

  private static DocumentKey key(ProjectId project, IntegrationId integration, InstallationId id) {
    return new DocumentKey(DirectoryKeys.partition(project), INSTALLATION + integration + "#" + id);
  }

  private static DocumentKey placeKey(ProjectId project, InstallationId id) {
    return new DocumentKey(DirectoryKeys.partition(project), PLACE + id);
  }

  private static DocumentKey groupKey(
      ProjectId project, String groupRef, IntegrationId integration) {
    return new DocumentKey(DirectoryKeys.partition(project), groupPrefix(groupRef) + integration);
  }

  /** A group's ref may be any text, so its digest stands in the key. */
  private static String groupPrefix(String groupRef) {
    return OF_GROUP + DirectoryKeys.digest(groupRef) + "#";
  }

  private static String write(Installation installation) {
    ObjectNode json = Json.object();
    json.put("id", installation.id().value());
    json.put("projectId", installation.project().value());
    json.put("integrationId", installation.integration().value());
    json.set("group", Stored.group(installation.group()));
    json.set("consumer", Stored.consumer(installation.consumer()));
    json.put("connectionId", installation.connection().value());
    json.set("config", json(installation.config()));
    json.put("health", installation.health().text());
    json.put("createdBy", installation.createdBy());
    json.put("createTime", installation.createTime().toString());
    Stored.putIfPresent(json, "updateTime", installation.updateTime());
    return Json.text(json);
  }

  private static ObjectNode json(InstalledConfig config) {
    ObjectNode json = Json.object();
    json.put("id", config.id());
    json.put("revisionId", config.revision().value());
    json.put("createTime", config.createTime().toString());
    json.put("createdBy", config.createdBy());
    json.set("choice", Json.trusted(config.choice()));
    json.set("effective", Json.trusted(config.effective()));
    return json;
  }

  private static Versioned<Installation> read(Document document) {
    JsonNode json = Stored.json(document);
    JsonNode config = json.path("config");
    return new Versioned<>(
        new Installation(
            new InstallationId(Stored.text(json, "id")),
            new ProjectId(Stored.text(json, "projectId")),
            new IntegrationId(Stored.text(json, "integrationId")),
            Stored.group(json.path("group")),
            Stored.consumer(json.path("consumer")),
            new ConnectionId(Stored.text(json, "connectionId")),
            new InstalledConfig(
                Stored.text(config, "id"),
                new RevisionId(Stored.text(config, "revisionId")),
                Stored.instant(config, "createTime"),
                Stored.text(config, "createdBy"),
                Json.text(config.path("choice")),
                Json.text(config.path("effective"))),
            Health.valueOf(Stored.text(json, "health").toUpperCase(Locale.ROOT)),
            Stored.text(json, "createdBy"),
            Stored.instant(json, "createTime"),
            Stored.instantOrNull(json, "updateTime")),
        document.version());
  }
}
