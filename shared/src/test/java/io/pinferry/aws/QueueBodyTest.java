package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

final class QueueBodyTest {
  @Test
  void aSmallBodyTravelsAsItIs() throws IOException {
    String json = "{\"title\":\"caf\u00E9 \uD83D\uDE00 \uFFFD\"}";

    assertThat(QueueBody.encode(json.getBytes(UTF_8))).isEqualTo(json);
    assertThat(QueueBody.decode(json)).isEqualTo(json.getBytes(UTF_8));
  }

  @Test
  void aBodyOfMoreThanSixtyFourKilobytesIsCompressed() throws IOException {
    byte[] atMost = ("{" + " ".repeat(64 * 1024 - 2) + "}").getBytes(UTF_8);
    byte[] more = ("{" + " ".repeat(64 * 1024 - 1) + "}").getBytes(UTF_8);

    assertThat(QueueBody.encode(atMost)).hasSize(64 * 1024);
    assertThat(QueueBody.encode(more)).hasSizeLessThan(1_000).matches("[A-Za-z0-9+/=]+");
    assertThat(QueueBody.decode(QueueBody.encode(more))).isEqualTo(more);
  }

  @Test
  void textThatXmlForbidsIsCompressed() throws IOException {
    for (String odd : List.of("\uFFFE", "\uFFFF", "\u0001", "\u0000")) {
      byte[] json = ("{\"x\":\"" + odd + "\"}").getBytes(UTF_8);
      assertThat(QueueBody.encode(json)).doesNotStartWith("{");
      assertThat(QueueBody.decode(QueueBody.encode(json))).isEqualTo(json);
    }
    for (String fine : List.of("\uFFFD", "\uFEFF", "\t", "\u007F", "\uF000")) {
      assertThat(QueueBody.encode(("{\"x\":\"" + fine + "\"}").getBytes(UTF_8))).startsWith("{");
    }
  }

  @Test
  void aBodyOfAnotherFormIsRefused() {
    for (String body : List.of("", "no!", "AAAA", "[]")) {
      assertThatThrownBy(() -> QueueBody.decode(body)).as(body).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aBodyThatUnpacksToTooMuchIsRefused() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(new byte[17 * 1024 * 1024]);
    }
    String body = Base64.getEncoder().encodeToString(packed.toByteArray());

    assertThatThrownBy(() -> QueueBody.decode(body))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 16777216 bytes");
  }
}
