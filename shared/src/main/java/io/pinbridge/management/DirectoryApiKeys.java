package io.pinbridge.management;

import io.pinbridge.directory.ApiKey;
import io.pinbridge.directory.ApiKey.Scope;
import io.pinbridge.directory.ApiKeyRepository;
import io.pinbridge.directory.DirectoryStore;
import io.pinbridge.directory.Project;
import io.pinbridge.directory.ProjectRepository;
import io.pinbridge.directory.Versioned;
import io.pinbridge.http.ApiKeys;
import io.pinbridge.http.Caller;
import java.util.Optional;

/** The keys that are kept in the directory. */
public final class DirectoryApiKeys implements ApiKeys {
  private final ApiKeyRepository keys;
  private final ProjectRepository projects;

  public DirectoryApiKeys(DirectoryStore store) {
    this.keys = new ApiKeyRepository(store);
    this.projects = new ProjectRepository(store);
  }

  @Override
  public Optional<Caller> find(String sha256OfKey) {
    return keys.findByHash(sha256OfKey)
        .map(Versioned::value)
        .filter(ApiKey::active)
        .flatMap(
            key -> projects.find(key.project()).flatMap(project -> caller(key, project.value())));
  }

  private static Optional<Caller> caller(ApiKey key, Project project) {
    String projectId = project.id().value();
    if (key.scopes().contains(Scope.FULL)) {
      return Optional.of(Caller.full(projectId, project.name(), key.id().value()));
    }
    if (key.scopes().contains(Scope.FRONTEND)) {
      return Optional.of(Caller.frontend(projectId, project.name(), key.id().value()));
    }
    return Optional.empty();
  }
}
