package io.pinferry.directory;

import io.pinferry.directory.ApiKey.Scope;
import io.pinferry.http.Caller;
import io.pinferry.http.Credentials;
import io.pinferry.http.Guard;
import io.pinferry.http.JwtSigner;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds API keys and JWT keys in the directory. */
public final class DirectoryCredentials implements Credentials {
  private final ApiKeyRepository apiKeys;
  private final JwtKeyRepository jwtKeys;
  private final ProjectRepository projects;

  public DirectoryCredentials(DirectoryStore store) {
    this.apiKeys = new ApiKeyRepository(store);
    this.jwtKeys = new JwtKeyRepository(store);
    this.projects = new ProjectRepository(store);
  }

  /**
   * Returns the guard of a door.
   *
   * @param adminKeySha256 the SHA-256 of the operator's key in hexadecimal; null if there is none
   */
  public static Guard guard(
      DirectoryStore store, @Nullable String adminKeySha256, InstantSource clock) {
    return new Guard(new DirectoryCredentials(store), adminKeySha256, Guard.KNOWN_TTL_MAX, clock);
  }

  @Override
  public Optional<Caller> findApiKey(String sha256OfKey) {
    return apiKeys
        .findByHash(sha256OfKey)
        .map(Snapshot::value)
        .filter(ApiKey::active)
        .flatMap(
            key -> projects.find(key.project()).flatMap(project -> caller(key, project.value())));
  }

  private static Optional<Caller> caller(ApiKey key, Project project) {
    String projectId = project.id().value();
    if (key.scopes().contains(Scope.FULL)) {
      return Optional.of(Caller.full(projectId, project.name(), key.id().value()));
    }
    if (!key.scopes().contains(Scope.FRONTEND)) {
      return Optional.empty();
    }
    return Optional.of(
        project.requireJwt()
            ? Caller.shutFrontend(projectId, project.name(), key.id().value())
            : Caller.frontend(projectId, project.name(), key.id().value()));
  }

  @Override
  public Optional<JwtSigner> findJwtSigner(String kid) {
    return Ids.find(kid)
        .flatMap(id -> jwtKeys.find(new JwtKeyId(id)))
        .map(Snapshot::value)
        .filter(JwtKey::active)
        .flatMap(key -> projects.find(key.project()).map(project -> signer(key, project.value())));
  }

  private static JwtSigner signer(JwtKey key, Project project) {
    return new JwtSigner(
        project.id().value(),
        project.name(),
        key.id().value(),
        RsaPublicKeys.trusted(key.publicKeyPem()));
  }
}
