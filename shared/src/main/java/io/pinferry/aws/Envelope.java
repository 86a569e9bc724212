package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Secret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import software.amazon.awssdk.core.SdkBytes;

/**
 * Encrypts values with AES-GCM under data keys, and keeps the wrapped key beside each value. The
 * bytes: a 1 for this form, the length of the wrapped key in two bytes, the wrapped key, 12 bytes
 * nonce, the encrypted value with its tag of 16 bytes. The name of a value is its associated data,
 * so a value that was copied to another name cannot be decrypted.
 */
final class Envelope {
  private static final byte FORM = 1;
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final DataKeys keys;
  private final RandomGenerator random;

  /**
   * @param random draws nonces that must never repeat
   */
  Envelope(DataKeys keys, RandomGenerator random) {
    this.keys = keys;
    this.random = random;
  }

  byte[] seal(String name, Secret value) {
    DataKeys.DataKey key = keys.current();
    byte[] wrapped = key.wrapped().asByteArray();
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] encrypted =
        crypt(Cipher.ENCRYPT_MODE, key.key(), nonce, name, value.value().getBytes(UTF_8));
    return ByteBuffer.allocate(1 + Short.BYTES + wrapped.length + nonce.length + encrypted.length)
        .put(FORM)
        .putShort((short) wrapped.length)
        .put(wrapped)
        .put(nonce)
        .put(encrypted)
        .array();
  }

  /**
   * Returns the value.
   *
   * @throws IllegalStateException if the bytes are not what {@link #seal} made for this name
   */
  Secret open(String name, byte[] sealed) {
    var bytes = ByteBuffer.wrap(sealed);
    if (bytes.remaining() < 1 + Short.BYTES || bytes.get() != FORM) {
      throw new IllegalStateException("the stored value of " + name + " has an unknown form");
    }
    int wrappedLength = Short.toUnsignedInt(bytes.getShort());
    if (bytes.remaining() < wrappedLength + NONCE_BYTES) {
      throw new IllegalStateException("the stored value of " + name + " is cut off");
    }
    SecretKey key = keys.unwrap(SdkBytes.fromByteArray(take(bytes, wrappedLength)));
    byte[] nonce = take(bytes, NONCE_BYTES);
    return new Secret(
        new String(
            crypt(Cipher.DECRYPT_MODE, key, nonce, name, take(bytes, bytes.remaining())), UTF_8));
  }

  private static byte[] take(ByteBuffer bytes, int length) {
    byte[] taken = new byte[length];
    bytes.get(taken);
    return taken;
  }

  private static byte[] crypt(int mode, SecretKey key, byte[] nonce, String name, byte[] value) {
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(name.getBytes(UTF_8));
      return cipher.doFinal(value);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "the value of "
              + name
              + " cannot be "
              + (mode == Cipher.ENCRYPT_MODE ? "en" : "de")
              + "crypted",
          e);
    }
  }
}
