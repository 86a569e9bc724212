package io.pinferry.directory;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.PinferryException.NotFound;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and stores JWT keys: by their id alone for callers, by project for people. */
public final class JwtKeyRepository {
  private static final String LISTED = "JWT-KEY#";

  private final DirectoryStore store;
  private final Documents<JwtKey> keys;

  public JwtKeyRepository(DirectoryStore store) {
    this.store = store;
    this.keys = new Documents<>(store, JwtKey.class);
  }

  /** Finds an active or inactive key of any project. */
  public Optional<Snapshot<JwtKey>> find(JwtKeyId id) {
    return keys.find(DirectoryKeys.jwtKey(id));
  }

  /**
   * Returns a key of a project by its id.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<JwtKey> get(ProjectId project, String id) {
    return Ids.find(id)
        .flatMap(uuid -> find(new JwtKeyId(uuid)))
        .filter(key -> key.value().project().equals(project))
        .orElseThrow(() -> new NotFound("there is no JWT key " + id));
  }

  /** Returns the project's keys, oldest first. */
  public List<JwtKey> list(ProjectId project) {
    return Documents.listAll(store, DirectoryKeys.partition(project), LISTED).stream()
        .flatMap(
            listed -> find(new JwtKeyId(listed.key().sort().substring(LISTED.length()))).stream())
        .map(Snapshot::value)
        .sorted(Comparator.comparing(JwtKey::createTime).thenComparing(key -> key.id().value()))
        .toList();
  }

  /**
   * Creates a key.
   *
   * @throws NotFound if the project does not exist
   */
  public void create(JwtKey key) {
    List<DirectoryWrite> refused =
        Documents.createIn(
            store,
            key.project(),
            DirectoryWrite.Create.of(DirectoryKeys.jwtKey(key.id()), key),
            new DirectoryWrite.Create(listedKey(key), "{}", null));
    if (!refused.isEmpty()) {
      throw new IllegalStateException("a new JWT key exists already");
    }
  }

  /**
   * Replaces a key as it was read.
   *
   * @throws Conflict if it was changed since
   */
  public void update(Snapshot<JwtKey> before, JwtKey after) {
    Documents.change(
        store,
        "JWT key " + after.id(),
        Documents.replace(DirectoryKeys.jwtKey(after.id()), before, after));
  }

  /** Removes a key, even if it was changed since it was read. */
  public void remove(JwtKey key) {
    store.write(
        List.of(
            new DirectoryWrite.Discard(DirectoryKeys.jwtKey(key.id())),
            new DirectoryWrite.Discard(listedKey(key))));
  }

  private static DocumentKey listedKey(JwtKey key) {
    return DirectoryKeys.of(key.project(), LISTED + key.id());
  }
}
