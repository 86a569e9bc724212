package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.delivery.DeliveryMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/**
 * The form of JSON in a queue. Small JSON is unchanged; large JSON is compressed and in Base64. The
 * first character shows the form, since Base64 has no brace.
 */
final class QueueBody {
  /** SQS charges per 64 KiB, so compressing smaller bodies saves nothing. */
  private static final int PLAIN_BYTES_MAX = 64 * 1024;

  /** A larger body was not sent by Pinferry, and is refused instead of unpacked. */
  private static final int JSON_BYTES_MAX = 16 * 1024 * 1024;

  private QueueBody() {}

  static String encode(byte[] json) {
    return json.length <= PLAIN_BYTES_MAX && mayTravel(json)
        ? new String(json, UTF_8)
        : Base64.getEncoder().encodeToString(Gzip.pack(json));
  }

  /**
   * Returns whether SQS accepts this text. It accepts only characters of XML: no control
   * characters, U+FFFE or U+FFFF. JSON from outside may contain the last two. Source:
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
   */
  private static boolean mayTravel(byte[] json) {
    for (int i = 0; i < json.length; i++) {
      byte one = json[i];
      if (one >= 0 && one < ' ' && one != '\t' && one != '\n' && one != '\r') {
        return false;
      }
      if (one == (byte) 0xEF
          && i + 2 < json.length
          && json[i + 1] == (byte) 0xBF
          && (json[i + 2] & 0xFE) == 0xBE) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads the output of {@link #encode}.
   *
   * @throws IOException if it has another form, or is too large
   */
  static byte[] decode(String body) throws IOException {
    if (body.startsWith("{")) {
      return body.getBytes(UTF_8);
    }
    byte[] packed;
    try {
      packed = Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new IOException("the queue body is neither JSON nor Base64", e);
    }
    byte[] json = Gzip.unpack(packed, JSON_BYTES_MAX + 1);
    if (json.length > JSON_BYTES_MAX) {
      throw new IOException("the queue body has more than " + JSON_BYTES_MAX + " bytes");
    }
    return json;
  }

  /** Reads a message that a store keeps compressed. */
  static DeliveryMessage storedMessage(byte[] packed) {
    try {
      return DeliveryMessage.fromJson(Gzip.unpack(packed, JSON_BYTES_MAX));
    } catch (IOException e) {
      throw new UncheckedIOException("a stored message has an unknown form", e);
    }
  }

  /** Reads a message that a store keeps in the form of the queue. */
  static DeliveryMessage storedMessage(String body) {
    try {
      return DeliveryMessage.fromJson(decode(body));
    } catch (IOException e) {
      throw new UncheckedIOException("a stored message has an unknown form", e);
    }
  }
}
