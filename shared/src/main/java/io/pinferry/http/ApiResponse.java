package io.pinferry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.Codec;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer for an API Gateway HTTP API (payload format 2.0). Caches may not store answers unless a
 * header allows it, since some are only for their caller.
 *
 * @param headers names in lower case, without {@code content-type}
 * @param contentType the body's media type, null without a body
 * @param body the body, null for none
 */
public record ApiResponse(
    int status, Map<String, String> headers, @Nullable String contentType, @Nullable Body body) {
  /** Lambda passes on 6 MB, and the rest of the answer needs some of them. */
  static final int BYTES_MAX = 6_000_000;

  /** A body. Text is sent as UTF-8. */
  public sealed interface Body {

    record Text(String value) implements Body {}

    record Bytes(byte[] value) implements Body {}
  }

  public ApiResponse {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** Returns an answer in JSON: a record, a list of records, or a tree. */
  public static ApiResponse json(int status, Object value) {
    return text(status, "application/json", Codec.text(value));
  }

  public static ApiResponse plainText(int status, String text) {
    return text(status, "text/plain; charset=utf-8", text);
  }

  public static ApiResponse html(int status, String page) {
    return text(status, "text/html; charset=utf-8", page);
  }

  public static ApiResponse text(int status, String contentType, String text) {
    return new ApiResponse(status, Map.of(), contentType, new Body.Text(text));
  }

  public static ApiResponse bytes(int status, String contentType, byte[] bytes) {
    return new ApiResponse(status, Map.of(), contentType, new Body.Bytes(bytes));
  }

  public static ApiResponse noContent() {
    return empty(204);
  }

  public static ApiResponse empty(int status) {
    return new ApiResponse(status, Map.of(), null, null);
  }

  /** Returns this answer with another header. */
  public ApiResponse withHeader(String lowerCaseName, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(lowerCaseName, value);
    return new ApiResponse(status, more, contentType, body);
  }

  /** Returns the body as text, empty if there is none. */
  public String bodyText() {
    return switch (body) {
      case null -> "";
      case Body.Text text -> text.value();
      case Body.Bytes bytes -> new String(bytes.value(), UTF_8);
    };
  }

  /** Writes the answer to an event. The stream stays open. */
  public void writeTo(OutputStream answer) throws IOException {
    answer.write(toBytes());
  }

  /** Returns the answer to an event. */
  byte[] toBytes() {
    Map<String, String> all = new LinkedHashMap<>();
    if (contentType != null) {
      all.put("content-type", contentType);
    }
    all.put("cache-control", "no-store");
    all.putAll(headers);
    return Codec.bytes(
        switch (body) {
          case null -> new Answer(status, all, null, null);
          case Body.Text text -> new Answer(status, all, text.value(), false);
          case Body.Bytes bytes ->
              new Answer(status, all, Base64.getEncoder().encodeToString(bytes.value()), true);
        });
  }

  private record Answer(
      int statusCode,
      Map<String, String> headers,
      @Nullable String body,
      @Nullable Boolean isBase64Encoded) {}
}
