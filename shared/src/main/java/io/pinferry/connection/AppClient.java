package io.pinferry.connection;

import io.pinferry.directory.ProjectId;
import io.pinferry.directory.ProviderApp;
import io.pinferry.directory.ProviderAppId;
import io.pinferry.directory.ProviderAppRepository;
import io.pinferry.directory.SecretStore;
import io.pinferry.directory.Snapshot;
import io.pinferry.pinterest.PinterestOauth;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A provider app with its credentials. */
record AppClient(ProviderApp app, PinterestOauth.Client client) {
  /**
   * Finds a provider app and its credentials.
   *
   * @param id null for none
   */
  static Optional<AppClient> find(
      ProviderAppRepository apps,
      SecretStore secrets,
      ProjectId project,
      @Nullable ProviderAppId id) {
    return findOnce(apps, secrets, project, id)
        // If the secret was just replaced, the app names the new one.
        .or(() -> findOnce(apps, secrets, project, id));
  }

  private static Optional<AppClient> findOnce(
      ProviderAppRepository apps,
      SecretStore secrets,
      ProjectId project,
      @Nullable ProviderAppId id) {
    return Optional.ofNullable(id)
        .flatMap(known -> apps.find(project, known))
        .map(Snapshot::value)
        .flatMap(
            app ->
                secrets
                    .find(app.secretName())
                    .map(secret -> new PinterestOauth.Client(app.clientId(), secret.value()))
                    .map(client -> new AppClient(app, client)));
  }
}
