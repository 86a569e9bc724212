package io.pinferry.directory;

import io.pinferry.base.Codec;
import io.pinferry.base.IdSource;
import io.pinferry.base.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a destination, as the secret store holds them.
 *
 * @param signingKeys messages are signed with each valid key; the newest comes first
 * @param headers extra headers of each message, by name; the values are often credentials
 */
public record DestinationSecret(List<SigningKey> signingKeys, Map<String, Secret> headers) {
  /** How long the old key still signs after a rotation, so that receivers can follow. */
  public static final Duration ROTATION_OVERLAP = Duration.ofHours(24);

  /** Standard Webhooks allows 24 to 64 bytes. */
  private static final int KEY_BYTES = 32;

  public DestinationSecret {
    signingKeys = List.copyOf(signingKeys);
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /**
   * A key to sign with.
   *
   * @param text {@code whsec_} and the key in base64, as receivers configure it
   * @param validUntil the time when it stops signing; null for the present key
   */
  public record SigningKey(Secret text, @Nullable Instant validUntil) {}

  /** Returns a secret with its first signing key. */
  public static DestinationSecret create(Map<String, Secret> headers, IdSource ids) {
    return new DestinationSecret(List.of(newKey(ids)), headers);
  }

  /** Returns the secret with a new signing key. The present one stays valid for a while. */
  public DestinationSecret rotated(IdSource ids, Instant now) {
    var keys = new ArrayList<SigningKey>();
    keys.add(newKey(ids));
    for (SigningKey key : validKeys(now)) {
      keys.add(
          key.validUntil() == null ? new SigningKey(key.text(), now.plus(ROTATION_OVERLAP)) : key);
    }
    return new DestinationSecret(keys, headers);
  }

  /** Returns the secret with other headers. */
  public DestinationSecret withHeaders(Map<String, Secret> others) {
    return new DestinationSecret(signingKeys, others);
  }

  /** Returns the valid keys at an instant, the newest first. There is always one. */
  public List<SigningKey> validKeys(Instant now) {
    return signingKeys.stream()
        .filter(key -> key.validUntil() == null || now.isBefore(key.validUntil()))
        .toList();
  }

  /** Returns the text for the secret store. */
  public Secret toSecret() {
    return Codec.secret(this);
  }

  /** Reads the text of {@link #toSecret}. */
  public static DestinationSecret of(Secret secret) {
    return Codec.stored(DestinationSecret.class, secret.value());
  }

  private static SigningKey newKey(IdSource ids) {
    return new SigningKey(
        new Secret("whsec_" + Base64.getEncoder().encodeToString(ids.secret(KEY_BYTES))), null);
  }
}
