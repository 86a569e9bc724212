package io.pinferry.directory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.PinferryException.NotFound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds and keeps provider apps. A project may have several for one provider. */
public final class ProviderAppRepository {
  private static final String PROVIDER_APP = "PROVIDER-APP#";

  private final DirectoryStore store;

  public ProviderAppRepository(DirectoryStore store) {
    this.store = store;
  }

  public Optional<Versioned<ProviderApp>> find(ProjectId project, ProviderAppId id) {
    return store.find(key(project, id)).map(ProviderAppRepository::read);
  }

  /**
   * Returns the provider app that a path names.
   *
   * @throws NotFound if there is none
   */
  public Versioned<ProviderApp> get(ProjectId project, String id) {
    Optional<Versioned<ProviderApp>> found =
        Ids.isUuid(id) ? find(project, new ProviderAppId(id)) : Optional.empty();
    return found.orElseThrow(() -> new NotFound("there is no provider app " + id));
  }

  /** Returns a project's provider apps, oldest first. */
  public List<ProviderApp> list(ProjectId project) {
    return Stored.listAll(store, DirectoryKeys.partition(project), PROVIDER_APP).stream()
        .map(document -> read(document).value())
        .sorted(
            Comparator.comparing(ProviderApp::createTime).thenComparing(app -> app.id().value()))
        .toList();
  }

  /** Finds the app that is used where none is named: the project's oldest for the provider. */
  public Optional<ProviderApp> findDefault(ProjectId project, String provider) {
    return list(project).stream().filter(app -> app.provider().equals(provider)).findFirst();
  }

  /**
   * Creates a provider app.
   *
   * @throws NotFound if there is no such project
   */
  public void create(ProviderApp app) {
    List<DirectoryWrite> refused =
        Stored.createIn(
            store,
            app.project(),
            List.of(new DirectoryWrite.Create(key(app.project(), app.id()), write(app), null)));
    if (!refused.isEmpty()) {
      throw new IllegalStateException("a new provider app is not new");
    }
  }

  /**
   * Replaces a provider app as it was read.
   *
   * @throws io.pinferry.base.PinferryException.Conflict if it was changed since
   */
  public void update(Versioned<ProviderApp> before, ProviderApp after) {
    write(
        new DirectoryWrite.Replace(
            key(after.project(), after.id()), write(after), before.version()),
        after);
  }

  /**
   * Removes a provider app as it was read.
   *
   * @throws io.pinferry.base.PinferryException.Conflict if it was changed since
   */
  public void remove(Versioned<ProviderApp> before) {
    ProviderApp app = before.value();
    write(new DirectoryWrite.Remove(key(app.project(), app.id()), before.version()), app);
  }

  private void write(DirectoryWrite write, ProviderApp app) {
    if (!store.write(List.of(write)).isEmpty()) {
      throw Stored.changedMeanwhile("provider app " + app.id());
    }
  }

  private static DocumentKey key(ProjectId project, ProviderAppId id) {
    return new DocumentKey(DirectoryKeys.partition(project), PROVIDER_APP + id);
  }

  private static String write(ProviderApp app) {
    ObjectNode json = Json.object();
    json.put("id", app.id().value());
    json.put("projectId", app.project().value());
    json.put("provider", app.provider());
    json.put("clientId", app.clientId());
    app.scopes().forEach(json.putArray("scopes")::add);
    Stored.putIfPresent(json, "externalRef", app.externalRef());
    json.set("metadata", ConnectionViews.metadata(app.metadata()));
    json.put("secretName", app.secretName());
    json.put("createTime", app.createTime().toString());
    Stored.putIfPresent(json, "updateTime", app.updateTime());
    return Json.text(json);
  }

  private static Versioned<ProviderApp> read(Document document) {
    JsonNode json = Stored.json(document);
    return new Versioned<>(
        new ProviderApp(
            new ProviderAppId(Stored.text(json, "id")),
            new ProjectId(Stored.text(json, "projectId")),
            Stored.text(json, "provider"),
            Stored.text(json, "clientId"),
            Stored.texts(json, "scopes"),
            Stored.textOrNull(json, "externalRef"),
            metadata(json.path("metadata")),
            Stored.text(json, "secretName"),
            Stored.instant(json, "createTime"),
            Stored.instantOrNull(json, "updateTime")),
        document.version());
  }

  private static ProviderApp.Metadata metadata(JsonNode json) {
    Map<String, List<String>> authQueryParams = new LinkedHashMap<>();
    json.path("authQueryParams")
        .properties()
        .forEach(
            parameter -> {
              var values = new ArrayList<String>();
              parameter.getValue().forEach(value -> values.add(value.textValue()));
              authQueryParams.put(parameter.getKey(), List.copyOf(values));
            });
    Map<String, String> providerParams = new LinkedHashMap<>();
    json.path("providerParams")
        .properties()
        .forEach(
            parameter -> providerParams.put(parameter.getKey(), parameter.getValue().textValue()));
    return new ProviderApp.Metadata(authQueryParams, providerParams);
  }
}
