package io.pinferry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.pinferry.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, as an API Gateway HTTP API hands it over (payload format 2.0).
 *
 * @param door the front door that it came through
 * @param method in upper case
 * @param path as API Gateway sends it: already percent-decoded, so never to be decoded again.
 *     Source:
 *     docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *     and middleapi/standard-server issue 93
 * @param segments the path's parts between slashes, without the empty one before the first slash
 * @param rawQuery the query as the caller wrote it, without its question mark; empty if there is
 *     none
 * @param query decoded names and values, each name's values in their order
 * @param headers names in lower case; API Gateway joins repeated ones with commas
 * @param body as sent by the caller, empty if there is none
 * @param requestId API Gateway's id of the request, {@code -} if the event has none
 * @param domainName the host that was called, empty if the event has none
 */
public record ApiRequest(
    Door door,
    String method,
    String path,
    List<String> segments,
    String rawQuery,
    Map<String, List<String>> query,
    Map<String, String> headers,
    byte[] body,
    String requestId,
    String domainName) {
  public ApiRequest {
    segments = List.copyOf(segments);
    query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** Returns the first value of a query parameter, if there is one. */
  public Optional<String> queryValue(String name) {
    List<String> values = query.get(name);
    return values == null ? Optional.empty() : Optional.of(values.getFirst());
  }

  /** Returns a header's value, if there is one. */
  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /** Headers, query and body may hold credentials. */
  @Override
  public String toString() {
    return method + " " + path + " (" + requestId + ")";
  }

  /**
   * Reads an event. Parts that it lacks are taken as empty.
   *
   * @throws IOException if the stream cannot be read or holds no JSON object
   */
  public static ApiRequest read(Door door, InputStream event) throws IOException {
    var reader = new EventReader();
    try (JsonParser json = Json.streams().createParser(event)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the event is no JSON object");
      }
      reader.event(json);
    }
    return reader.request(door);
  }

  private static final class EventReader {
    private @Nullable String method;
    private @Nullable String rawPath;
    private @Nullable String contextPath;
    private @Nullable String rawQuery;
    private @Nullable String requestId;
    private @Nullable String domainName;
    private @Nullable String body;
    private boolean isBase64;
    private final Map<String, String> headers = new LinkedHashMap<>();

    void event(JsonParser json) throws IOException {
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "rawPath" -> rawPath = json.getValueAsString();
          case "rawQueryString" -> rawQuery = json.getValueAsString();
          case "body" -> body = json.getValueAsString();
          case "isBase64Encoded" -> isBase64 = json.getValueAsBoolean();
          case "headers" -> {
            if (value == JsonToken.START_OBJECT) {
              readHeaders(json);
            }
          }
          case "requestContext" -> {
            if (value == JsonToken.START_OBJECT) {
              context(json);
            }
          }
          default -> json.skipChildren();
        }
      }
    }

    private void readHeaders(JsonParser json) throws IOException {
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        String text = json.getValueAsString();
        if (text != null) {
          headers.put(name.toLowerCase(Locale.ROOT), text);
        }
        json.skipChildren();
      }
    }

    private void context(JsonParser json) throws IOException {
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "requestId" -> requestId = json.getValueAsString();
          case "domainName" -> domainName = json.getValueAsString();
          case "http" -> {
            if (value == JsonToken.START_OBJECT) {
              http(json);
            }
          }
          default -> json.skipChildren();
        }
      }
    }

    private void http(JsonParser json) throws IOException {
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        json.nextToken();
        switch (name) {
          case "method" -> method = json.getValueAsString();
          case "path" -> contextPath = json.getValueAsString();
          default -> json.skipChildren();
        }
      }
    }

    ApiRequest request(Door door) throws IOException {
      String path =
          Objects.requireNonNullElse(rawPath, Objects.requireNonNullElse(contextPath, "/"));
      return new ApiRequest(
          door,
          Objects.requireNonNullElse(method, "GET").toUpperCase(Locale.ROOT),
          path,
          segments(path),
          Objects.requireNonNullElse(rawQuery, ""),
          query(Objects.requireNonNullElse(rawQuery, "")),
          headers,
          body(),
          Objects.requireNonNullElse(requestId, "-"),
          Objects.requireNonNullElse(domainName, ""));
    }

    private byte[] body() throws IOException {
      if (body == null) {
        return new byte[0];
      }
      if (!isBase64) {
        return body.getBytes(UTF_8);
      }
      try {
        return Base64.getDecoder().decode(body);
      } catch (IllegalArgumentException e) {
        throw new IOException("the event calls its body base64, but it is not", e);
      }
    }

    private static List<String> segments(String path) {
      String rest = path.startsWith("/") ? path.substring(1) : path;
      if (rest.isEmpty()) {
        return List.of();
      }
      List<String> segments = new ArrayList<>();
      int from = 0;
      for (int slash = rest.indexOf('/'); slash >= 0; slash = rest.indexOf('/', from)) {
        segments.add(rest.substring(from, slash));
        from = slash + 1;
      }
      segments.add(rest.substring(from));
      return segments;
    }

    private static Map<String, List<String>> query(String raw) {
      Map<String, List<String>> query = new LinkedHashMap<>();
      int from = 0;
      while (from < raw.length()) {
        int end = raw.indexOf('&', from);
        String pair = raw.substring(from, end < 0 ? raw.length() : end);
        from = end < 0 ? raw.length() : end + 1;
        if (!pair.isEmpty()) {
          int equals = pair.indexOf('=');
          String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
          String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
          query.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        }
      }
      query.replaceAll((name, values) -> List.copyOf(values));
      return query;
    }

    /** A broken escape is kept as it is, and then fails as the value that it is. */
    private static String decoded(String text) {
      try {
        return URLDecoder.decode(text, UTF_8);
      } catch (IllegalArgumentException e) {
        return text;
      }
    }
  }
}
