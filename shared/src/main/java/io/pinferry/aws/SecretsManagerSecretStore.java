package io.pinferry.aws;

import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.Secret;
import io.pinferry.directory.SecretStore;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/**
 * Secrets in AWS Secrets Manager. The current version has the label AWSCURRENT. The last stored
 * version has the label {@code PINFERRY_PENDING}, even after its promotion. A promotion moves
 * AWSCURRENT from an expected version; Secrets Manager refuses that if another version is current.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html">UpdateSecretVersionStage</a>
 */
public final class SecretsManagerSecretStore implements SecretStore {
  private static final String CURRENT = "AWSCURRENT";
  private static final String PENDING = "PINFERRY_PENDING";
  private static final String SERVICE = "Secrets Manager";

  /** Ends the name of the secret that holds the value beside another one. */
  private static final String ASIDE = "/aside";

  private final Supplier<SecretsManagerClient> client;
  private final String prefix;
  private final @Nullable String key;

  /** Encrypts secrets with AWS's own key. */
  public SecretsManagerSecretStore(Supplier<SecretsManagerClient> client, String prefix) {
    this(client, prefix, null);
  }

  /**
   * @param client returns the same client each time; it is built when it is first needed
   * @param prefix starts all names in Secrets Manager; callers do not see it
   * @param key the ARN of the key in KMS for new secrets; null for AWS's own
   */
  SecretsManagerSecretStore(
      Supplier<SecretsManagerClient> client, String prefix, @Nullable String key) {
    this.client = client;
    this.prefix = prefix;
    this.key = key;
  }

  @Override
  public StoredSecret create(String name, Secret value) {
    String version =
        calling(
            secrets ->
                secrets
                    .createSecret(
                        request ->
                            request.name(prefix + name).kmsKeyId(key).secretString(value.value()))
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
              secrets ->
                  secrets
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
    } catch (SdkException refused) {
      throw AwsFailures.unavailable(SERVICE, refused);
    }
  }

  @Override
  public StoredSecret storeAside(String name, Secret value) {
    String aside = name + ASIDE;
    return AwsFailures.storing(
        SERVICE, () -> find(aside).isPresent() ? put(aside, value) : create(aside, value));
  }

  private StoredSecret put(String name, Secret value) {
    String version =
        calling(
            secrets ->
                secrets
                    .putSecretValue(
                        request -> request.secretId(prefix + name).secretString(value.value()))
                    .versionId());
    return new StoredSecret(name, version, value);
  }

  @Override
  public Optional<StoredSecret> findAside(String name) {
    return find(name + ASIDE);
  }

  @Override
  public boolean promote(String name, String expectedCurrentVersion, String pendingVersion) {
    try {
      calling(
          secrets ->
              secrets.updateSecretVersionStage(
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
        // The refusal has another cause than the usual race.
        throw refused;
      }
      return current.equals(pendingVersion);
    } catch (ResourceNotFoundException | InvalidRequestException gone) {
      throw notFound(name);
    }
  }

  @Override
  public void delete(String name) {
    deleteOne(name);
    deleteOne(name + ASIDE);
  }

  private void deleteOne(String name) {
    try {
      calling(
          secrets ->
              secrets.deleteSecret(
                  request -> request.secretId(prefix + name).forceDeleteWithoutRecovery(true)));
    } catch (ResourceNotFoundException gone) {
      // It is gone already.
    }
  }

  /** Finds the version with a label. A secret in deletion counts as absent. */
  private Optional<GetSecretValueResponse> find(String name, String label) {
    try {
      return Optional.of(
          calling(
              secrets ->
                  secrets.getSecretValue(
                      request -> request.secretId(prefix + name).versionStage(label))));
    } catch (ResourceNotFoundException | InvalidRequestException none) {
      return Optional.empty();
    }
  }

  private static StoredSecret stored(String name, GetSecretValueResponse found) {
    return new StoredSecret(name, found.versionId(), new Secret(found.secretString()));
  }

  private static NotFound notFound(String name) {
    return new NotFound("there is no secret " + name + ", or no such version of it");
  }

  private <T> T calling(Function<SecretsManagerClient, T> call) {
    return AwsFailures.calling(SERVICE, () -> call.apply(client.get()));
  }
}
