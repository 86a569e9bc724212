package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Secret;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs webhook messages by the Standard Webhooks scheme. It sets the headers of that scheme and
 * those of Svix, so that a receiver may use either library.
 *
 * @see <a href="https://github.com/standard-webhooks/standard-webhooks">Standard Webhooks</a>
 */
public final class WebhookSignature {
  /** The beginning of signing keys. The rest is Base64. */
  public static final String KEY_PREFIX = "whsec_";

  private static final String ALGORITHM = "HmacSHA256";

  private WebhookSignature() {}

  /**
   * Returns the signature headers of a message.
   *
   * @param at the time of this attempt; receivers refuse times that are more than minutes old
   * @param keys one signature is made with each; there are two during a rotation
   */
  public static Map<String, String> headers(
      String messageId, Instant at, byte[] body, List<Secret> keys) {
    String timestamp = Long.toString(at.getEpochSecond());
    String signatures =
        keys.stream()
            .map(key -> "v1," + sign(key, messageId, timestamp, body))
            .collect(Collectors.joining(" "));
    Map<String, String> headers = new LinkedHashMap<>();
    for (String family : List.of("webhook", "svix")) {
      headers.put(family + "-id", messageId);
      headers.put(family + "-timestamp", timestamp);
      headers.put(family + "-signature", signatures);
    }
    return headers;
  }

  private static String sign(Secret key, String messageId, String timestamp, byte[] body) {
    return Base64.getEncoder().encodeToString(mac(key, messageId + "." + timestamp, body));
  }

  /** Returns the signature of another content than a message, in hexadecimal. */
  static String hex(Secret key, String purpose, byte[] signed) {
    return HexFormat.of().formatHex(mac(key, purpose, signed));
  }

  private static byte[] mac(Secret key, String head, byte[] body) {
    try {
      byte[] bytes = Base64.getDecoder().decode(key.value().substring(KEY_PREFIX.length()));
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(bytes, ALGORITHM));
      mac.update((head + ".").getBytes(UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the signing key cannot be used", e);
    }
  }
}
