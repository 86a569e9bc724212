package io.pinferry.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Base64;

/**
 * How JSON travels in a queue: as it is while it is small, else compressed and in Base64. The first
 * character tells which: Base64 has no brace.
 */
final class QueueBody {
  /** SQS charges per 64 KiB, so only what is larger is worth compressing. */
  private static final int PLAIN_BYTES_MAX = 64 * 1024;

  /** Nothing we send is nearly as large; a body that pretends to be is refused, not unpacked. */
  private static final int JSON_BYTES_MAX = 16 * 1024 * 1024;

  private QueueBody() {}

  static String encode(byte[] json) {
    return json.length <= PLAIN_BYTES_MAX && mayTravel(json)
        ? new String(json, UTF_8)
        : Base64.getEncoder().encodeToString(Gzip.pack(json));
  }

  /**
   * Returns whether SQS takes this text. It takes what XML does, which leaves out control
   * characters and U+FFFE and U+FFFF, and JSON from elsewhere may hold the latter two. Source:
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
   * Reads what {@link #encode} wrote.
   *
   * @throws IOException if it is not that, or too large
   */
  static byte[] decode(String body) throws IOException {
    if (body.startsWith("{")) {
      return body.getBytes(UTF_8);
    }
    byte[] packed;
    try {
      packed = Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new IOException("a queue body that is neither JSON nor Base64", e);
    }
    byte[] json = Gzip.unpack(packed, JSON_BYTES_MAX + 1);
    if (json.length > JSON_BYTES_MAX) {
      throw new IOException("a queue body of more than " + JSON_BYTES_MAX + " bytes");
    }
    return json;
  }
}
