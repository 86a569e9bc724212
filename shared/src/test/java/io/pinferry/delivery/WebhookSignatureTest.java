package io.pinferry.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WebhookSignatureTest {
  private static final Secret KEY =
      new Secret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
  private static final Secret OTHER_KEY =
      new Secret("whsec_c2Vjb25kIGtleSwgd2hpY2ggaXMgYWxzbyBmaW5lISE=");
  private static final byte[] BODY = "{\"é\":1}".getBytes(UTF_8);
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.999Z");

  /** Computed by another implementation of HMAC-SHA256. */
  private static final String SIGNATURE = "v1,bMkiadjqWNFlz+NOG9DKLseH/vWALkRbn0Q4cIIxSNA=";

  private static final String OTHER_SIGNATURE = "v1,+9CwZjC9cxBZM8XQxBEs9RVEKSIPydLwbMXb4IAOD0k=";

  @Test
  void aMessageIsSignedUnderBothFamiliesOfNames() {
    assertThat(WebhookSignature.headers("msg_0123", NOON, BODY, List.of(KEY)))
        .isEqualTo(
            Map.of(
                "webhook-id", "msg_0123",
                "webhook-timestamp", "1772366400",
                "webhook-signature", SIGNATURE,
                "svix-id", "msg_0123",
                "svix-timestamp", "1772366400",
                "svix-signature", SIGNATURE));
  }

  @Test
  void eachKeySigns() {
    assertThat(WebhookSignature.headers("msg_0123", NOON, BODY, List.of(KEY, OTHER_KEY)))
        .containsEntry("webhook-signature", SIGNATURE + " " + OTHER_SIGNATURE);
  }

  @Test
  void idTimeAndBodyAreAllSigned() {
    for (Map<String, String> headers :
        List.of(
            WebhookSignature.headers("msg_0124", NOON, BODY, List.of(KEY)),
            WebhookSignature.headers("msg_0123", NOON.plusSeconds(1), BODY, List.of(KEY)),
            WebhookSignature.headers("msg_0123", NOON, new byte[0], List.of(KEY)))) {
      assertThat(headers.get("webhook-signature")).startsWith("v1,").isNotEqualTo(SIGNATURE);
    }
  }
}
