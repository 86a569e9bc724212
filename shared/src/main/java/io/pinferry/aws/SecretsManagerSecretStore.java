package io.pinferry.aws;

import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Secret;
import io.pinferry.directory.SecretStore;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * Secrets in AWS Secrets Manager. The current version bears the label AWSCURRENT; the one stored
 * last the label {@code PINFERRY_PENDING}, also after its promotion. Promoting moves AWSCURRENT
 * away from the version that was read, which Secrets Manager refuses if it is no longer there.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html">UpdateSecretVersionStage</a>
 */
public final class SecretsManagerSecretStore implements SecretStore {
  private static final String CURRENT = "AWSCURRENT";
  private static final String PENDING = "PINFERRY_PENDING";

  private final Supplier<SecretsManagerClient> client;
  private final String prefix;

  /**
   * Makes a store.
   *
   * @param prefix what all names begin with in Secrets Manager; callers do not see it
   */
  public SecretsManagerSecretStore(SecretsManagerClient client, String prefix) {
    this(() -> client, prefix);
  }

  /**
   * Makes a store whose client is built when it is first needed.
   *
   * @param client returns the same client each time
   */
  public SecretsManagerSecretStore(Supplier<SecretsManagerClient> client, String prefix) {
    this.client = client;
    this.prefix = prefix;
  }

  @Override
  public StoredSecret create(String name, Secret value) {
    String version =
        calling(
            () ->
                client
                    .get()
                    .createSecret(
                        request -> request.name(prefix + name).secretString(value.value()))
                    .versionId());
    return new StoredSecret(name, version, value);
  }

  @Override
  public Optional<StoredSecret> find(String name) {
    return find(name, CURRENT).map(found -> stored(name, found));
  }

  @Override
  public Optional<StoredSecret> findPending(String name) {
    return find(name, PENDING)
        .filter(found -> !found.versionStages().contains(CURRENT))
        .map(found -> stored(name, found));
  }

  @Override
  public StoredSecret storePending(String name, Secret value) {
    try {
      String version =
          calling(
              () ->
                  client
                      .get()
                      .putSecretValue(
                          request ->
                              request
                                  .secretId(prefix + name)
                                  .secretString(value.value())
                                  .versionStages(PENDING))
                      .versionId());
      return new StoredSecret(name, version, value);
    } catch (ResourceNotFoundException | InvalidRequestException gone) {
      throw notFound(name);
    }
  }

  @Override
  public boolean promote(String name, String expectedCurrentVersion, String pendingVersion) {
    try {
      calling(
          () ->
              client
                  .get()
                  .updateSecretVersionStage(
                      request ->
                          request
                              .secretId(prefix + name)
                              .versionStage(CURRENT)
                              .removeFromVersionId(expectedCurrentVersion)
                              .moveToVersionId(pendingVersion)));
      return true;
    } catch (InvalidParameterException refused) {
      String current = find(name).map(StoredSecret::version).orElseThrow(() -> notFound(name));
      if (current.equals(expectedCurrentVersion)) {
        // Not the race that this refusal usually means.
        throw refused;
      }
      return current.equals(pendingVersion);
    } catch (ResourceNotFoundException | InvalidRequestException gone) {
      throw notFound(name);
    }
  }

  @Override
  public void delete(String name) {
    try {
      calling(
          () ->
              client
                  .get()
                  .deleteSecret(
                      request -> request.secretId(prefix + name).forceDeleteWithoutRecovery(true)));
    } catch (ResourceNotFoundException gone) {
      // As wanted.
    }
  }

  /** Finds the version that bears a label; a secret that is being deleted is none. */
  private Optional<GetSecretValueResponse> find(String name, String label) {
    try {
      return Optional.of(
          calling(
              () ->
                  client
                      .get()
                      .getSecretValue(
                          request -> request.secretId(prefix + name).versionStage(label))));
    } catch (ResourceNotFoundException | InvalidRequestException none) {
      return Optional.empty();
    }
  }

  private static StoredSecret stored(String name, GetSecretValueResponse found) {
    return new StoredSecret(name, found.versionId(), new Secret(found.secretString()));
  }

  private static NotFound notFound(String name) {
    return new NotFound("there is no secret " + name + ", or not that version of it");
  }

  /** What may pass by itself is told so, after the SDK's own repetitions. */
  private static <T> T calling(Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException failure) {
      if (failure instanceof SdkClientException
          || (failure instanceof SdkServiceException service
              && (service.isThrottlingException() || service.statusCode() >= 500))) {
        throw new ProviderUnavailable(
            "Secrets Manager cannot answer now: " + failure.getMessage(), null, failure);
      }
      throw failure;
    }
  }
}
