package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Secret;
import java.util.Base64;
import java.util.SplittableRandom;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;

final class EnvelopeTest {
  private static final String NAME = "stack/connection/1";

  /** The value "tokens" in the first form. It stays readable. */
  private static final String STORED =
      "AQAHd3JhcHBlZMFcAonsLQqRZ+yOZcT4jl8hYfDkQRDs0xv0TWkErEhiQ6g=";

  private final Envelope envelope = new Envelope(new OneKey(), new SplittableRandom(1));

  /** A key of zeros that is wrapped as the text "wrapped". */
  private static final class OneKey implements DataKeys {
    private static final SdkBytes WRAPPED = SdkBytes.fromUtf8String("wrapped");
    private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");

    @Override
    public DataKey current() {
      return new DataKey(KEY, WRAPPED);
    }

    @Override
    public SecretKey unwrap(SdkBytes wrapped) {
      assertThat(wrapped).isEqualTo(WRAPPED);
      return KEY;
    }
  }

  @Test
  void theStoredFormIsReadAndWritten() {
    byte[] stored = Base64.getDecoder().decode(STORED);

    assertThat(envelope.open(NAME, stored)).isEqualTo(new Secret("tokens"));
    assertThat(Base64.getEncoder().encodeToString(envelope.seal(NAME, new Secret("tokens"))))
        .isEqualTo(STORED);
  }

  @Test
  void theSameValueIsNeverTheSameBytes() {
    assertThat(envelope.seal(NAME, new Secret("tokens")))
        .isNotEqualTo(envelope.seal(NAME, new Secret("tokens")));
  }

  @Test
  void aChangedByteIsNoticed() {
    byte[] sealed = envelope.seal(NAME, new Secret("tokens"));
    sealed[sealed.length - 1] ^= 1;

    assertThatThrownBy(() -> envelope.open(NAME, sealed))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the value of " + NAME + " cannot be decrypted");
  }

  @Test
  void bytesOfAnotherFormAreRefused() {
    assertThatThrownBy(() -> envelope.open(NAME, new byte[] {2, 0, 0}))
        .hasMessage("the stored value of " + NAME + " has an unknown form");
    assertThatThrownBy(() -> envelope.open(NAME, new byte[] {1, 0, 9, 1}))
        .hasMessage("the stored value of " + NAME + " is cut off");
    assertThatThrownBy(() -> envelope.open(NAME, "{}".getBytes(UTF_8)))
        .hasMessage("the stored value of " + NAME + " has an unknown form");
  }
}
