package io.pinferry.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds and keeps destinations. Names are unique within a project. */
public final class DestinationRepository {
  private static final String DESTINATION = "DESTINATION#";
  private static final String NAME = "DESTINATION-NAME#";

  private final DirectoryStore store;

  public DestinationRepository(DirectoryStore store) {
    this.store = store;
  }

  public Optional<Versioned<Destination>> find(ProjectId project, DestinationId id) {
    return store.find(key(project, id)).map(DestinationRepository::read);
  }

  public Optional<Versioned<Destination>> findByName(ProjectId project, String name) {
    if (!Destination.isName(name)) {
      return Optional.empty();
    }
    return store
        .find(nameKey(project, name))
        .flatMap(
            document -> find(project, new DestinationId(Stored.text(Stored.json(document), "id"))));
  }

  /** Finds the destination that a request names. */
  public Optional<Versioned<Destination>> find(ProjectId project, String idOrName) {
    return Ids.isUuid(idOrName)
        ? find(project, new DestinationId(idOrName))
        : findByName(project, idOrName);
  }

  /**
   * Returns the destination that a path names.
   *
   * @throws NotFound if there is none
   */
  public Versioned<Destination> get(ProjectId project, String idOrName) {
    return find(project, idOrName)
        .orElseThrow(() -> new NotFound("there is no destination " + idOrName));
  }

  /** Returns the project's destinations in the order of their names. */
  public List<Destination> list(ProjectId project) {
    return Stored.listAll(store, DirectoryKeys.partition(project), DESTINATION).stream()
        .map(document -> read(document).value())
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
        Stored.createIn(
            store,
            project,
            List.of(
                new DirectoryWrite.Create(
                    nameKey(project, destination.name()), nameJson(destination), null),
                new DirectoryWrite.Create(
                    key(project, destination.id()), write(destination), null)));
    if (!refused.isEmpty()) {
      throw nameTaken(destination.name());
    }
  }

  /**
   * Replaces a destination as it was read; a new name takes effect together with it.
   *
   * @throws Conflict if the new name is taken, or the destination was changed since
   */
  public void update(Versioned<Destination> before, Destination after) {
    update(before, after, List.of());
  }

  /**
   * Replaces a destination as it was read, together with other writes.
   *
   * @param along takes effect with it or not at all
   * @throws Conflict if the new name is taken, or anything was changed since
   */
  public void update(Versioned<Destination> before, Destination after, List<DirectoryWrite> along) {
    ProjectId project = after.project();
    var writes = new ArrayList<DirectoryWrite>(along);
    writes.add(
        new DirectoryWrite.Replace(key(project, after.id()), write(after), before.version()));
    DocumentKey newName = nameKey(project, after.name());
    if (!after.name().equals(before.value().name())) {
      writes.add(new DirectoryWrite.Create(newName, nameJson(after), null));
      writes.add(new DirectoryWrite.Discard(nameKey(project, before.value().name())));
    }
    List<DirectoryWrite> refused = store.write(writes);
    if (refused.stream().anyMatch(write -> write.key().equals(newName))) {
      throw nameTaken(after.name());
    }
    if (!refused.isEmpty()) {
      throw Stored.changedMeanwhile("destination " + after.name());
    }
  }

  /**
   * Removes a destination as it was read.
   *
   * @throws Conflict if it was changed since
   */
  public void remove(Versioned<Destination> destination) {
    ProjectId project = destination.value().project();
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                new DirectoryWrite.Remove(
                    key(project, destination.value().id()), destination.version()),
                new DirectoryWrite.Discard(nameKey(project, destination.value().name()))));
    if (!refused.isEmpty()) {
      throw Stored.changedMeanwhile("destination " + destination.value().name());
    }
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

  private static String nameJson(Destination destination) {
    return Json.text(Json.object().put("id", destination.id().value()));
  }

  private static String write(Destination destination) {
    ObjectNode json = Json.object();
    json.put("id", destination.id().value());
    json.put("projectId", destination.project().value());
    json.put("name", destination.name());
    json.put("type", destination.target().type());
    switch (destination.target()) {
      case Destination.Webhook webhook -> json.put("url", webhook.url());
    }
    json.put("secretName", destination.secretName());
    json.put("createTime", destination.createTime().toString());
    Stored.putIfPresent(json, "updateTime", destination.updateTime());
    DestinationTrouble trouble = destination.trouble();
    if (trouble != null) {
      json.putObject("trouble")
          .put("disabled", trouble.disabled())
          .put("reason", trouble.reason())
          .put("since", trouble.since().toString());
    }
    return Json.text(json);
  }

  private static Versioned<Destination> read(Document document) {
    JsonNode json = Stored.json(document);
    String type = Stored.text(json, "type");
    if (!type.equals(Destination.Webhook.TYPE)) {
      throw new IllegalStateException("a stored destination has the unknown type " + type);
    }
    return new Versioned<>(
        new Destination(
            new DestinationId(Stored.text(json, "id")),
            new ProjectId(Stored.text(json, "projectId")),
            Stored.text(json, "name"),
            new Destination.Webhook(Stored.text(json, "url")),
            Stored.text(json, "secretName"),
            Stored.instant(json, "createTime"),
            Stored.instantOrNull(json, "updateTime"),
            trouble(json.path("trouble"))),
        document.version());
  }

  private static @Nullable DestinationTrouble trouble(JsonNode json) {
    return json.isObject()
        ? new DestinationTrouble(
            json.path("disabled").booleanValue(),
            Stored.text(json, "reason"),
            Stored.instant(json, "since"))
        : null;
  }
}
