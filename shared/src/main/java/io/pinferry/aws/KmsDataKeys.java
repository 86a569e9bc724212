package io.pinferry.aws;

import io.pinferry.base.ExpiringCache;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/**
 * Data keys of AWS KMS. A key encrypts for an hour, so a stack with many connections asks KMS some
 * times an hour and environment; unwrapped keys are cached as long.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html">GenerateDataKey</a>
 */
final class KmsDataKeys implements DataKeys {
  /** Far below 2^32, after which random nonces of AES-GCM may repeat. */
  private static final int USES_MAX = 100_000;

  private static final Duration CACHED = Duration.ofHours(1);
  private static final int CACHED_COUNT_MAX = 1_000;
  private static final String SERVICE = "KMS";
  private static final String AES = "AES";

  private final Supplier<KmsClient> client;
  private final String keyId;
  private final Map<String, String> context;
  private final InstantSource clock;
  private final ExpiringCache<SdkBytes, SecretKey> unwrapped =
      new ExpiringCache<>(CACHED_COUNT_MAX);
  private @Nullable DataKey current;
  private Instant currentUntil = Instant.MIN;
  private int uses;

  /**
   * @param client returns the same client each time; it is built when it is first needed
   * @param keyId id, ARN or alias of the key that wraps data keys
   * @param owner the encryption context: a wrapped key of another owner is refused
   */
  KmsDataKeys(Supplier<KmsClient> client, String keyId, String owner, InstantSource clock) {
    this.client = client;
    this.keyId = keyId;
    this.context = Map.of("pinferry", owner);
    this.clock = clock;
  }

  @Override
  public synchronized DataKey current() {
    Instant now = clock.instant();
    DataKey key = current;
    if (key == null || uses >= USES_MAX || !now.isBefore(currentUntil)) {
      GenerateDataKeyResponse made =
          AwsFailures.calling(
              SERVICE,
              () ->
                  client
                      .get()
                      .generateDataKey(
                          request ->
                              request
                                  .keyId(keyId)
                                  .keySpec(DataKeySpec.AES_256)
                                  .encryptionContext(context)));
      key = new DataKey(aes(made.plaintext()), made.ciphertextBlob());
      current = key;
      currentUntil = now.plus(CACHED);
      uses = 0;
      unwrapped.put(key.wrapped(), key.key(), currentUntil);
    }
    uses++;
    return key;
  }

  @Override
  public SecretKey unwrap(SdkBytes wrapped) {
    Instant now = clock.instant();
    return unwrapped
        .find(wrapped, now)
        .orElseGet(
            () -> {
              SecretKey key =
                  aes(
                      AwsFailures.calling(
                          SERVICE,
                          () ->
                              client
                                  .get()
                                  .decrypt(
                                      request ->
                                          request
                                              .keyId(keyId)
                                              .ciphertextBlob(wrapped)
                                              .encryptionContext(context))
                                  .plaintext()));
              unwrapped.put(wrapped, key, now.plus(CACHED));
              return key;
            });
  }

  private static SecretKey aes(SdkBytes key) {
    return new SecretKeySpec(key.asByteArrayUnsafe(), AES);
  }
}
