package io.pinferry.local.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes texts that carry a payload and prove who made them, so that what was handed out before a
 * restart is still known after it. The key follows from the seed.
 */
final class Signer {
  private static final int SIGNATURE_BYTES = 12;
  private final SecretKeySpec key;

  Signer(long seed) {
    this.key =
        new SecretKeySpec(
            ("pinterest simulator " + seed).getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  /** Returns signature and payload in one URL-safe text without padding. */
  String seal(String payload) {
    byte[] text = payload.getBytes(StandardCharsets.UTF_8);
    byte[] sealed = new byte[SIGNATURE_BYTES + text.length];
    System.arraycopy(signature(text), 0, sealed, 0, SIGNATURE_BYTES);
    System.arraycopy(text, 0, sealed, SIGNATURE_BYTES, text.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
  }

  /** Returns the payload of a text made by {@link #seal}, nothing for any other text. */
  Optional<String> open(String sealed) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(sealed);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    if (bytes.length < SIGNATURE_BYTES) {
      return Optional.empty();
    }
    byte[] text = java.util.Arrays.copyOfRange(bytes, SIGNATURE_BYTES, bytes.length);
    byte[] claimed = java.util.Arrays.copyOf(bytes, SIGNATURE_BYTES);
    byte[] right = java.util.Arrays.copyOf(signature(text), SIGNATURE_BYTES);
    return MessageDigest.isEqual(claimed, right)
        ? Optional.of(new String(text, StandardCharsets.UTF_8))
        : Optional.empty();
  }

  /** Returns a short mark of a text, for comparing. */
  String mark(String text) {
    byte[] signature = signature(text.getBytes(StandardCharsets.UTF_8));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(java.util.Arrays.copyOf(signature, 9));
  }

  private byte[] signature(byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HmacSHA256", e);
    }
  }
}
