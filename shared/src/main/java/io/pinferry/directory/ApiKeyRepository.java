package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and stores API keys: by the hash of their text for callers, by project for people. */
public final class ApiKeyRepository {
  private static final String API_KEY = "API-KEY#";

  private final DirectoryStore store;
  private final Documents<ApiKey> keys;
  private final Documents<KeyHash> hashes;

  public ApiKeyRepository(DirectoryStore store) {
    this.store = store;
    this.keys = new Documents<>(store, ApiKey.class);
    this.hashes = new Documents<>(store, KeyHash.class);
  }

  /** Points from a project and an id to the key. */
  private record KeyHash(String sha256) {}

  /**
   * Finds an active or inactive key by the hash of its text.
   *
   * @param sha256 in lower-case hexadecimal
   */
  public Optional<Snapshot<ApiKey>> findByHash(String sha256) {
    return keys.find(DirectoryKeys.apiKeyHash(sha256));
  }

  public Optional<Snapshot<ApiKey>> find(ProjectId project, ApiKeyId id) {
    return hashes.find(idKey(project, id)).flatMap(this::find);
  }

  /**
   * Returns a key by its id.
   *
   * @throws NotFound if there is none; the message does not repeat the given id, since it may be
   *     the text of a key
   */
  public Snapshot<ApiKey> get(ProjectId project, String id) {
    return Ids.find(id)
        .flatMap(uuid -> find(project, new ApiKeyId(uuid)))
        .orElseThrow(
            () ->
                new NotFound(
                    "there is no API key with this id",
                    "Use the id from the list of API keys. The text of a key is shown only once,"
                        + " when it is made."));
  }

  /** Returns the project's keys, oldest first. */
  public List<ApiKey> list(ProjectId project) {
    return hashes.list(project, API_KEY).stream()
        .flatMap(found -> find(found).stream())
        .map(Snapshot::value)
        .sorted(Comparator.comparing(ApiKey::createTime).thenComparing(key -> key.id().value()))
        .toList();
  }

  public void create(ApiKey key) {
    List<DirectoryWrite> refused =
        Documents.createIn(
            store,
            key.project(),
            DirectoryWrite.Create.of(DirectoryKeys.apiKeyHash(key.sha256()), key),
            DirectoryWrite.Create.of(idKey(key.project(), key.id()), new KeyHash(key.sha256())));
    if (!refused.isEmpty()) {
      throw new IllegalStateException("a new API key exists already");
    }
  }

  /**
   * Replaces a key as it was read. Its text and id stay.
   *
   * @throws Conflict if it was changed since
   */
  public void update(Snapshot<ApiKey> before, ApiKey after) {
    Documents.change(
        store,
        "API key " + after.label(),
        Documents.replace(DirectoryKeys.apiKeyHash(after.sha256()), before, after));
  }

  /** Removes a key, even if it was changed since it was read. */
  public void remove(ApiKey key) {
    store.write(
        List.of(
            new DirectoryWrite.Discard(DirectoryKeys.apiKeyHash(key.sha256())),
            new DirectoryWrite.Discard(idKey(key.project(), key.id()))));
  }

  private Optional<Snapshot<ApiKey>> find(Snapshot<KeyHash> found) {
    return findByHash(found.value().sha256());
  }

  private static DocumentKey idKey(ProjectId project, ApiKeyId id) {
    return DirectoryKeys.of(project, API_KEY + id);
  }
}
