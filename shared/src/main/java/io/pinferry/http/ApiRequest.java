package io.pinferry.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An HTTP request from an API Gateway HTTP API (payload format 2.0).
 *
 * @param door the front door of the request
 * @param method in upper case
 * @param path percent-decoded by API Gateway, so it must not be decoded again. Source:
 *     docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *     and middleapi/standard-server issue 93. It may hold a question mark that was encoded
 * @param segments the parts of the path between slashes, without the empty one at the beginning.
 *     Empty for a request of the default route
 * @param rawQuery the unchanged query, without its question mark; empty if there is none
 * @param query decoded names and values; the values of a name keep their order
 * @param headers names in lower case; API Gateway joins repeated headers with commas
 * @param body empty if there is none
 * @param requestId API Gateway's id of the request, {@code -} if the event has none
 * @param domainName the called host, empty if the event has none
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
  /** The variable at the end of a door's route in template.yaml. */
  private static final String REST_OF_PATH = "{path+}";

  /** The route of requests that no other route of a door takes. */
  private static final String DEFAULT_ROUTE = "$default";

  private static final Pattern SLASHES_IN_FRONT = Pattern.compile("^/{2,}");

  /** Methods that change nothing, so that a caller may always repeat them. */
  private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

  public ApiRequest {
    segments = List.copyOf(segments);
    query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** Returns whether the request changes nothing, so that a caller may always repeat it. */
  public boolean isSafe() {
    return SAFE_METHODS.contains(method);
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

  /** Does not show headers, query and body, since they may hold credentials. */
  @Override
  public String toString() {
    return method + " " + path + " (" + requestId + ")";
  }

  /**
   * Reads an event. Missing parts count as empty.
   *
   * @throws IOException if the stream cannot be read or holds no JSON object
   */
  public static ApiRequest read(Door door, InputStream event) throws IOException {
    JsonNode json = Json.parse(event.readAllBytes());
    if (!json.isObject()) {
      throw new IOException("the event is no JSON object");
    }
    JsonNode context = json.path("requestContext");
    JsonNode http = context.path("http");
    String path = path(json);
    String rawQuery = json.path("rawQueryString").asText("");
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> header : json.path("headers").properties()) {
      if (header.getValue().isTextual()) {
        headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue().textValue());
      }
    }
    return new ApiRequest(
        door,
        http.path("method").asText("GET").toUpperCase(Locale.ROOT),
        path,
        // The path of the default route may be cut, and no variable has the rest of it.
        json.path("routeKey").asText().equals(DEFAULT_ROUTE) ? List.of() : segments(path),
        rawQuery,
        query(rawQuery),
        headers,
        body(json.path("body").asText(""), json.path("isBase64Encoded").asBoolean()),
        context.path("requestId").asText("-"),
        context.path("domainName").asText(""));
  }

  /**
   * Returns the whole path. API Gateway cuts {@code rawPath} at a question mark that it decoded, so
   * {@code DELETE /v5/pins/1%3F2} would become a request for pin 1. The value of the route's
   * variable is not cut. Where the two differ, the variable is right.
   *
   * <p>A client whose base URL ends in a slash asks for {@code //v1/projects}. Slashes at the
   * beginning cannot stand for another resource, so one of them is left.
   */
  private static String path(JsonNode event) {
    String raw = event.path("rawPath").asText(event.at("/requestContext/http/path").asText("/"));
    JsonNode rest = event.at("/pathParameters/path");
    String route = event.path("routeKey").asText();
    int start = route.indexOf('/');
    if (!rest.isTextual() || start < 0 || !route.endsWith(REST_OF_PATH)) {
      return raw;
    }
    String path = route.substring(start, route.length() - REST_OF_PATH.length());
    return SLASHES_IN_FRONT.matcher(path + rest.textValue()).replaceFirst("/");
  }

  private static byte[] body(String body, boolean base64) throws IOException {
    if (!base64) {
      return body.getBytes(UTF_8);
    }
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new IOException("the body of the event is not base64", e);
    }
  }

  private static List<String> segments(String path) {
    String rest = path.startsWith("/") ? path.substring(1) : path;
    return rest.isEmpty() ? List.of() : List.of(rest.split("/", -1));
  }

  private static Map<String, List<String>> query(String raw) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (String pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        String[] parts = pair.split("=", 2);
        String value = parts.length < 2 ? "" : decoded(parts[1]);
        query.computeIfAbsent(decoded(parts[0]), _ -> new ArrayList<>()).add(value);
      }
    }
    query.replaceAll((name, values) -> List.copyOf(values));
    return query;
  }

  /** Decodes a text. A text with a broken escape is not changed, and is then an invalid value. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
