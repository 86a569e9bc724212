package io.pinferry.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.http.ApiResponse;
import io.pinferry.net.HttpAnswer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converts an answer of Pinterest to the form that API Gateway expects, byte for byte. */
final class ProxyBody {
  /** In a text a byte can become six (an escaped control character); Lambda's limit is 6 MB. */
  static final int TEXT_BYTES_MAX = 900_000;

  private static final Pattern TEXTUAL =
      Pattern.compile("(text/.*|application/([^;]*\\+)?(json|xml)|application/x-www-form.*)");

  private ProxyBody() {}

  static ApiResponse response(HttpAnswer answer) {
    Map<String, String> headers = ProxyHeaders.toCaller(answer.headers());
    String contentType = headers.remove("content-type");
    return new ApiResponse(answer.status(), headers, contentType, body(answer, contentType));
  }

  private static ApiResponse.@Nullable Body body(HttpAnswer answer, @Nullable String contentType) {
    byte[] bytes = answer.body();
    if (bytes.length == 0) {
      return null;
    }
    Optional<String> text =
        contentType != null
                && bytes.length <= TEXT_BYTES_MAX
                && answer.header("content-encoding").isEmpty()
                && isUtf8Text(contentType.toLowerCase(Locale.ROOT))
            ? decoded(bytes)
            : Optional.empty();
    return text.isPresent()
        ? new ApiResponse.Body.Text(text.get())
        : new ApiResponse.Body.Bytes(bytes);
  }

  private static boolean isUtf8Text(String contentType) {
    String[] parts = contentType.split(";", 2);
    boolean otherCharset =
        parts.length == 2 && parts[1].contains("charset") && !parts[1].contains("utf-8");
    return !otherCharset && TEXTUAL.matcher(parts[0].strip()).matches();
  }

  /** Returns the bytes as text if they are valid UTF-8. */
  private static Optional<String> decoded(byte[] bytes) {
    try {
      return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }
}
