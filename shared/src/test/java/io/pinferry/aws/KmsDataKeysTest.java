package io.pinferry.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.KmsException;

final class KmsDataKeysTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-02T08:00:00Z"));
  private final FakeKms kms = new FakeKms();
  private final KmsDataKeys keys = new KmsDataKeys(() -> kms, "key-1", "stack/", clock);

  /** Wraps a key by adding a byte to it. */
  private static final class FakeKms implements KmsClient {
    private boolean refuses;
    private int made;
    private int unwrapped;

    @Override
    public GenerateDataKeyResponse generateDataKey(GenerateDataKeyRequest request) {
      answerOrRefuse();
      byte[] key = new byte[32];
      key[0] = (byte) ++made;
      return GenerateDataKeyResponse.builder()
          .plaintext(SdkBytes.fromByteArray(key))
          .ciphertextBlob(wrapped(made))
          .build();
    }

    @Override
    public DecryptResponse decrypt(DecryptRequest request) {
      answerOrRefuse();
      unwrapped++;
      byte[] key = new byte[32];
      key[0] = request.ciphertextBlob().asByteArray()[1];
      return DecryptResponse.builder().plaintext(SdkBytes.fromByteArray(key)).build();
    }

    private void answerOrRefuse() {
      if (refuses) {
        throw KmsException.builder().statusCode(400).message("the key is disabled").build();
      }
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private static SdkBytes wrapped(int number) {
    return SdkBytes.fromByteArray(new byte[] {9, (byte) number});
  }

  @Test
  void aKeyEncryptsForAnHour() {
    DataKeys.DataKey first = keys.current();
    clock.advance(Duration.ofMinutes(59));
    assertThat(keys.current()).isEqualTo(first);

    clock.advance(Duration.ofMinutes(1));
    assertThat(keys.current().wrapped()).isEqualTo(wrapped(2));
    assertThat(kms.made).isEqualTo(2);
  }

  @Test
  void aKeyIsUnwrappedOnceAnHour() {
    assertThat(keys.unwrap(wrapped(7))).isEqualTo(keys.unwrap(wrapped(7)));
    assertThat(kms.unwrapped).isEqualTo(1);

    clock.advance(Duration.ofHours(1));
    keys.unwrap(wrapped(7));
    assertThat(kms.unwrapped).isEqualTo(2);
  }

  @Test
  void theLastKeyStaysInUseIfNoNewOneCanBeHad() {
    DataKeys.DataKey last = keys.current();
    clock.advance(Duration.ofHours(2));
    kms.refuses = true;
    assertThat(keys.current()).isEqualTo(last);

    kms.refuses = false;
    assertThat(keys.current().wrapped()).isEqualTo(wrapped(2));
  }

  @Test
  void aProcessThatHasOnlyReadEncryptsWithTheKeyItHasReadIfNoNewOneCanBeHad() {
    var read = new DataKeys.DataKey(keys.unwrap(wrapped(7)), wrapped(7));
    kms.refuses = true;
    assertThat(keys.current()).isEqualTo(read);

    kms.refuses = false;
    assertThat(keys.current().wrapped()).isEqualTo(wrapped(1));
  }

  @Test
  void withoutAnyKeyARefusalIsAnOutage() {
    kms.refuses = true;

    assertThatThrownBy(keys::current)
        .isInstanceOf(ProviderUnavailable.class)
        .hasMessageContaining("KMS cannot answer now: the key is disabled");
  }
}
