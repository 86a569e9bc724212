package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and keeps API keys: by the hash of their text for callers, by project for people. */
public final class ApiKeyRepository {
  private static final String LISTED = "API-KEY#";

  private final DirectoryStore store;
  private final Documents<ApiKey> keys;
  private final Documents<KeyHash> listed;

  public ApiKeyRepository(DirectoryStore store) {
    this.store = store;
    this.keys = new Documents<>(store, ApiKey.class);
    this.listed = new Documents<>(store, KeyHash.class);
  }

  /** Leads from a project and an id to the key. */
  private record KeyHash(String sha256) {}

  /**
   * Finds a key by its text's hash, whether or not it is active.
   *
   * @param sha256 in lower-case hexadecimal
   */
  public Optional<Snapshot<ApiKey>> findByHash(String sha256) {
    return keys.find(DirectoryKeys.apiKeyHash(sha256));
  }

  public Optional<Snapshot<ApiKey>> find(ProjectId project, ApiKeyId id) {
    return listed.find(listedKey(project, id)).flatMap(this::ofHash);
  }

  /**
   * Returns the key that a path names by its id.
   *
   * @throws NotFound if there is none; the message does not repeat the id of the request, since it
   *     may be a key's text
   */
  public Snapshot<ApiKey> get(ProjectId project, String id) {
    Optional<Snapshot<ApiKey>> found =
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
    return listed.list(project, LISTED).stream()
        .flatMap(found -> ofHash(found).stream())
        .map(Snapshot::value)
        .sorted(Comparator.comparing(ApiKey::createTime).thenComparing(key -> key.id().value()))
        .toList();
  }

  /** Creates a key. */
  public void create(ApiKey key) {
    List<DirectoryWrite> refused =
        Documents.createIn(
            store,
            key.project(),
            DirectoryWrite.Create.of(DirectoryKeys.apiKeyHash(key.sha256()), key),
            DirectoryWrite.Create.of(
                listedKey(key.project(), key.id()), new KeyHash(key.sha256())));
    if (!refused.isEmpty()) {
      throw new IllegalStateException("a new API key is not new");
    }
  }

  /**
   * Replaces a key as it was read; its text and id stay.
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
            new DirectoryWrite.Discard(listedKey(key.project(), key.id()))));
  }

  private Optional<Snapshot<ApiKey>> ofHash(Snapshot<KeyHash> found) {
    return findByHash(found.value().sha256());
  }

  private static DocumentKey listedKey(ProjectId project, ApiKeyId id) {
    return new DocumentKey(DirectoryKeys.partition(project), LISTED + id);
  }
}
