package io.pinferry.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and keeps JWT keys: by their id alone for callers, by project for people. */
public final class JwtKeyRepository {
  private static final String LISTED = "JWT-KEY#";

  private final DirectoryStore store;

  public JwtKeyRepository(DirectoryStore store) {
    this.store = store;
  }

  /** Finds the key that a JWT names, whichever project's it is, active or not. */
  public Optional<Versioned<JwtKey>> find(JwtKeyId id) {
    return store.find(DirectoryKeys.jwtKey(id)).map(JwtKeyRepository::read);
  }

  /**
   * Returns the key of a project that a path names.
   *
   * @throws NotFound if there is none
   */
  public Versioned<JwtKey> get(ProjectId project, String id) {
    Optional<Versioned<JwtKey>> found = Ids.isUuid(id) ? find(new JwtKeyId(id)) : Optional.empty();
    return found
        .filter(key -> key.value().project().equals(project))
        .orElseThrow(() -> new NotFound("there is no JWT key " + id));
  }

  /** Returns the project's keys, oldest first. */
  public List<JwtKey> list(ProjectId project) {
    return Stored.listAll(store, DirectoryKeys.partition(project), LISTED).stream()
        .flatMap(
            listed -> find(new JwtKeyId(listed.key().sort().substring(LISTED.length()))).stream())
        .map(Versioned::value)
        .sorted(Comparator.comparing(JwtKey::createTime).thenComparing(key -> key.id().value()))
        .toList();
  }

  /**
   * Creates a key.
   *
   * @throws NotFound if there is no such project
   */
  public void create(JwtKey key) {
    List<DirectoryWrite> refused =
        Stored.createIn(
            store,
            key.project(),
            List.of(
                new DirectoryWrite.Create(DirectoryKeys.jwtKey(key.id()), write(key), null),
                new DirectoryWrite.Create(listedKey(key), "{}", null)));
    if (!refused.isEmpty()) {
      throw new IllegalStateException("a new JWT key is not new");
    }
  }

  /**
   * Replaces a key as it was read.
   *
   * @throws Conflict if it was changed since
   */
  public void update(Versioned<JwtKey> before, JwtKey after) {
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                new DirectoryWrite.Replace(
                    DirectoryKeys.jwtKey(after.id()), write(after), before.version())));
    if (!refused.isEmpty()) {
      throw Stored.changedMeanwhile("JWT key " + after.id());
    }
  }

  /** Removes a key, whatever was changed since it was read. */
  public void remove(JwtKey key) {
    store.write(
        List.of(
            new DirectoryWrite.Discard(DirectoryKeys.jwtKey(key.id())),
            new DirectoryWrite.Discard(listedKey(key))));
  }

  private static DocumentKey listedKey(JwtKey key) {
    return new DocumentKey(DirectoryKeys.partition(key.project()), LISTED + key.id());
  }

  private static String write(JwtKey key) {
    ObjectNode json = Json.object();
    json.put("id", key.id().value());
    json.put("projectId", key.project().value());
    json.put("label", key.label());
    json.put("publicKeyPem", key.publicKeyPem());
    json.put("active", key.active());
    json.put("createTime", key.createTime().toString());
    json.put("updateTime", key.updateTime().toString());
    return Json.text(json);
  }

  private static Versioned<JwtKey> read(Document document) {
    JsonNode json = Stored.json(document);
    return new Versioned<>(
        new JwtKey(
            new JwtKeyId(Stored.text(json, "id")),
            new ProjectId(Stored.text(json, "projectId")),
            Stored.text(json, "label"),
            Stored.text(json, "publicKeyPem"),
            Stored.bool(json, "active"),
            Stored.instant(json, "createTime"),
            Stored.instant(json, "updateTime")),
        document.version());
  }
}
