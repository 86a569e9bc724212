package io.pinferry.directory;

import io.pinferry.base.Codec;
import io.pinferry.base.PinferryException.NotFound;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds and stores provider apps. A project may have several for one provider. */
public final class ProviderAppRepository {
  private static final String PROVIDER_APP = "PROVIDER-APP#";
  private static final String REFUSAL = "REFUSED-APP#";

  /** After this time a refusal that lasts is told again. */
  private static final Duration REFUSAL_KEPT = Duration.ofDays(7);

  private final DirectoryStore store;
  private final Documents<ProviderApp> apps;

  public ProviderAppRepository(DirectoryStore store) {
    this.store = store;
    this.apps = new Documents<>(store, ProviderApp.class);
  }

  public Optional<Snapshot<ProviderApp>> find(ProjectId project, ProviderAppId id) {
    return apps.find(key(project, id));
  }

  /**
   * Returns a provider app by its id.
   *
   * @throws NotFound if there is none
   */
  public Snapshot<ProviderApp> get(ProjectId project, String id) {
    return Ids.find(id)
        .flatMap(uuid -> find(project, new ProviderAppId(uuid)))
        .orElseThrow(() -> new NotFound("there is no provider app " + id));
  }

  /** Returns a project's provider apps, oldest first. */
  public List<ProviderApp> list(ProjectId project) {
    return apps.list(project, PROVIDER_APP).stream()
        .map(Snapshot::value)
        .sorted(
            Comparator.comparing(ProviderApp::createTime).thenComparing(app -> app.id().value()))
        .toList();
  }

  /** Finds the default app of a project for a provider: the oldest one. */
  public Optional<ProviderApp> findDefault(ProjectId project, String provider) {
    return list(project).stream().filter(app -> app.provider().equals(provider)).findFirst();
  }

  /**
   * Creates a provider app.
   *
   * @throws NotFound if the project does not exist
   */
  public void create(ProviderApp app) {
    var creation = DirectoryWrite.Create.of(key(app.project(), app.id()), app);
    if (!Documents.createIn(store, app.project(), creation).isEmpty()) {
      throw new IllegalStateException("a new provider app exists already");
    }
  }

  /**
   * Replaces a provider app as it was read.
   *
   * @throws io.pinferry.base.PinferryException.Conflict if it was changed since
   */
  public void update(Snapshot<ProviderApp> before, ProviderApp after) {
    change(after, Documents.replace(key(after.project(), after.id()), before, after));
  }

  /**
   * Removes a provider app as it was read.
   *
   * @throws io.pinferry.base.PinferryException.Conflict if it was changed since
   */
  public void remove(Snapshot<ProviderApp> before) {
    ProviderApp app = before.value();
    change(
        app,
        new DirectoryWrite.Remove(key(app.project(), app.id()), before.version()),
        new DirectoryWrite.Discard(refusalKey(app)));
  }

  /**
   * Notes that the provider refuses an app. The note is kept for a week.
   *
   * @param along a write that takes effect together with the note
   * @return false, with nothing written, if that is noted already
   */
  public boolean noteRefusal(ProviderApp app, Instant now, DirectoryWrite along) {
    var note =
        new DirectoryWrite.Create(
            refusalKey(app), Codec.text(new Refusal(now)), now.plus(REFUSAL_KEPT));
    return store.write(List.of(note, along)).isEmpty();
  }

  /** Forgets that the provider refuses an app. Does nothing if that is not noted. */
  public void forgetRefusal(ProviderApp app) {
    store.write(List.of(new DirectoryWrite.Discard(refusalKey(app))));
  }

  private record Refusal(Instant since) {}

  private void change(ProviderApp app, DirectoryWrite... writes) {
    Documents.change(store, "provider app " + app.id(), writes);
  }

  private static DocumentKey refusalKey(ProviderApp app) {
    return DirectoryKeys.of(app.project(), REFUSAL + app.id());
  }

  private static DocumentKey key(ProjectId project, ProviderAppId id) {
    return DirectoryKeys.of(project, PROVIDER_APP + id);
  }
}
