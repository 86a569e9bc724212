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
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/**
 * Data keys of AWS KMS. A key encrypts for an hour, so a stack with many connections asks KMS some
 * times an hour and environment; unwrapped keys are cached as long. If KMS makes no new key, the
 * last one stays in use.
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
  public DataKey current() {
    Instant now = clock.instant();
    Use last = tryUse(now);
    if (last != null && last.fresh()) {
      return last.key();
    }
    // Not under the lock: others must not wait for a service that hangs.
    GenerateDataKeyResponse made;
    try {
      made =
          client
              .get()
              .generateDataKey(
                  request ->
                      request.keyId(keyId).keySpec(DataKeySpec.AES_256).encryptionContext(context));
    } catch (SdkException e) {
      // Tokens that Pinterest has just issued would be lost if nothing could encrypt them.
      if (last != null) {
        return last.key();
      }
      throw AwsFailures.unavailable(SERVICE, e);
    }
    var key = new DataKey(aes(made.plaintext()), made.ciphertextBlob());
    replace(key, now.plus(CACHED));
    return key;
  }

  /** A key that may be used once more; not fresh if KMS should make another one. */
  private record Use(DataKey key, boolean fresh) {}

  private synchronized @Nullable Use tryUse(Instant now) {
    if (current == null || uses >= USES_MAX) {
      return null;
    }
    uses++;
    return new Use(current, now.isBefore(currentUntil));
  }

  private synchronized void replace(DataKey key, Instant until) {
    current = key;
    currentUntil = until;
    uses = 1;
    unwrapped.put(key.wrapped(), key.key(), until);
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
              inReserve(new DataKey(key, wrapped));
              return key;
            });
  }

  /** Makes an unwrapped key the one to encrypt with as long as KMS makes no new one. */
  private synchronized void inReserve(DataKey key) {
    if (current == null) {
      current = key;
      uses = 0;
    }
  }

  private static SecretKey aes(SdkBytes key) {
    return new SecretKeySpec(key.asByteArrayUnsafe(), AES);
  }
}
