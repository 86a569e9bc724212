package io.pinferry.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds and keeps API keys: by the hash of their text for callers, by project for people. */
public final class ApiKeyRepository {
  private static final String LISTED = "API-KEY#";

  private final DirectoryStore store;

  public ApiKeyRepository(DirectoryStore store) {
    this.store = store;
  }

  /**
   * Finds a key by its text's hash, whether or not it is active.
   *
   * @param sha256 in lower-case hexadecimal
   */
  public Optional<Versioned<ApiKey>> findByHash(String sha256) {
    return store.find(DirectoryKeys.apiKeyHash(sha256)).map(ApiKeyRepository::read);
  }

  public Optional<Versioned<ApiKey>> find(ProjectId project, ApiKeyId id) {
    return store.find(listedKey(project, id)).flatMap(this::ofListed);
  }

  /**
   * Returns the key that a path names by its id.
   *
   * @throws NotFound if there is none; the message does not repeat what was asked for, since that
   *     may be a key's text
   */
  public Versioned<ApiKey> get(ProjectId project, String id) {
    Optional<Versioned<ApiKey>> found =
        Ids.isUuid(id) ? find(project, new ApiKeyId(id)) : Optional.empty();
    return found.orElseThrow(
        () ->
            new NotFound(
                "there is no API key with this id",
                "Name the key by its id, which the list of API keys shows; a key's text is shown"
                    + " only once, when it is made."));
  }

  /** Returns the project's keys, oldest first. */
  public List<ApiKey> list(ProjectId project) {
    return Stored.listAll(store, DirectoryKeys.partition(project), LISTED).stream()
        .flatMap(listed -> ofListed(listed).stream())
        .map(Versioned::value)
        .sorted(Comparator.comparing(ApiKey::createTime).thenComparing(key -> key.id().value()))
        .toList();
  }

  /** Creates a key. */
  public void create(ApiKey key) {
    List<DirectoryWrite> refused =
        Stored.createIn(
            store,
            key.project(),
            List.of(
                new DirectoryWrite.Create(DirectoryKeys.apiKeyHash(key.sha256()), write(key), null),
                new DirectoryWrite.Create(
                    listedKey(key.project(), key.id()),
                    Json.text(Json.object().put("sha256", key.sha256())),
                    null)));
    if (!refused.isEmpty()) {
      throw new IllegalStateException("a new API key is not new");
    }
  }

  /**
   * Replaces a key as it was read; its text and id stay.
   *
   * @throws Conflict if it was changed since
   */
  public void update(Versioned<ApiKey> before, ApiKey after) {
    List<DirectoryWrite> refused =
        store.write(
            List.of(
                new DirectoryWrite.Replace(
                    DirectoryKeys.apiKeyHash(after.sha256()), write(after), before.version())));
    if (!refused.isEmpty()) {
      throw Stored.changedMeanwhile("API key " + after.label());
    }
  }

  /** Removes a key, whatever was changed since it was read. */
  public void remove(ApiKey key) {
    store.write(
        List.of(
            new DirectoryWrite.Discard(DirectoryKeys.apiKeyHash(key.sha256())),
            new DirectoryWrite.Discard(listedKey(key.project(), key.id()))));
  }

  private Optional<Versioned<ApiKey>> ofListed(Document listed) {
    return findByHash(Stored.text(Stored.json(listed), "sha256"));
  }

  private static DocumentKey listedKey(ProjectId project, ApiKeyId id) {
    return new DocumentKey(DirectoryKeys.partition(project), LISTED + id);
  }

  private static String write(ApiKey key) {
    ObjectNode json = Json.object();
    json.put("id", key.id().value());
    json.put("projectId", key.project().value());
    json.put("sha256", key.sha256());
    json.put("label", key.label());
    key.scopes().stream().sorted().forEach(scope -> json.withArray("scopes").add(scope.text()));
    json.put("active", key.active());
    json.put("createTime", key.createTime().toString());
    return Json.text(json);
  }

  private static Versioned<ApiKey> read(Document document) {
    JsonNode json = Stored.json(document);
    return new Versioned<>(
        new ApiKey(
            new ApiKeyId(Stored.text(json, "id")),
            new ProjectId(Stored.text(json, "projectId")),
            Stored.text(json, "sha256"),
            Stored.text(json, "label"),
            Stored.texts(json, "scopes").stream()
                .map(scope -> ApiKey.Scope.valueOf(scope.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toUnmodifiableSet()),
            Stored.bool(json, "active"),
            Stored.instant(json, "createTime")),
        document.version());
  }
}
