package io.pinferry.local.cloud;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinferry.local.loopback.Loopback;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request as it arrived, and the event that API Gateway makes of it (payload format 2.0).
 * Source: <a
 * href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">Lambda
 * proxy integrations for HTTP APIs</a>.
 *
 * @param path percent-encoded
 * @param query percent-encoded, without the question mark; null when there is none
 * @param headers names in any case
 */
record ApiRequest(
    String method,
    String path,
    @Nullable String query,
    String protocol,
    String sourceIp,
    int port,
    Map<String, List<String>> headers,
    byte[] body) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** Headers that concern one connection only. They never reach a function. */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  static boolean isHopByHop(String lowerCaseName) {
    return HOP_BY_HOP.contains(lowerCaseName);
  }

  Optional<String> header(String name) {
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty()) {
        return Optional.of(header.getValue().getFirst());
      }
    }
    return Optional.empty();
  }

  List<String> segments() {
    return RouteKey.segments(path.isEmpty() ? "/" : path);
  }

  /**
   * Returns the event as JSON.
   *
   * @param variables values of the route's variables, still percent-encoded
   */
  byte[] toEvent(
      RouteKey route,
      Map<String, String> variables,
      LocalAddresses addresses,
      String api,
      String requestId,
      Instant now) {
    var bytes = new ByteArrayOutputStream(body.length + 2048);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("version", "2.0");
      json.writeStringField("routeKey", route.toString());
      json.writeStringField("rawPath", rawPath());
      json.writeStringField("rawQueryString", query == null ? "" : query);
      writeCookies(json);
      writeMap(json, "headers", joinedHeaders());
      Map<String, String> parameters = queryParameters();
      if (!parameters.isEmpty()) {
        writeMap(json, "queryStringParameters", parameters);
      }
      writeContext(json, route, addresses, api, requestId, now);
      if (!variables.isEmpty()) {
        var decoded = new LinkedHashMap<String, String>();
        variables.forEach((name, value) -> decoded.put(name, decodePath(value)));
        writeMap(json, "pathParameters", decoded);
      }
      boolean text = isText();
      if (body.length > 0) {
        json.writeStringField(
            "body",
            text
                ? new String(body, StandardCharsets.UTF_8)
                : Base64.getEncoder().encodeToString(body));
      }
      json.writeBooleanField("isBase64Encoded", body.length > 0 && !text);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an event cannot be written to memory", e);
    }
    return bytes.toByteArray();
  }

  private void writeContext(
      JsonGenerator json,
      RouteKey route,
      LocalAddresses addresses,
      String api,
      String requestId,
      Instant now)
      throws IOException {
    String domain = header("host").orElse(Loopback.HOST).replaceFirst(":\\d+$", "");
    json.writeObjectFieldStart("requestContext");
    json.writeStringField("accountId", addresses.account());
    json.writeStringField("apiId", api);
    json.writeStringField("domainName", domain);
    json.writeStringField("domainPrefix", domain.replaceFirst("\\..*", ""));
    json.writeObjectFieldStart("http");
    json.writeStringField("method", method);
    json.writeStringField("path", rawPath());
    json.writeStringField("protocol", protocol);
    json.writeStringField("sourceIp", sourceIp);
    json.writeStringField("userAgent", header("user-agent").orElse(""));
    json.writeEndObject();
    json.writeStringField("requestId", requestId);
    json.writeStringField("routeKey", route.toString());
    json.writeStringField("stage", RouteKey.DEFAULT);
    json.writeStringField("time", TIME.format(now));
    json.writeNumberField("timeEpoch", now.toEpochMilli());
    json.writeEndObject();
  }

  /** API Gateway decodes the path, and a question mark that thereby appears ends it. */
  private String rawPath() {
    String decoded = decodePath(path.isEmpty() ? "/" : path);
    int mark = decoded.indexOf('?');
    return mark < 0 ? decoded : decoded.substring(0, mark);
  }

  private static String decodePath(String path) {
    // A plus sign in a path is a plus sign; the decoder is made for forms.
    return decode(path.replace("+", "%2B"));
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private void writeCookies(JsonGenerator json) throws IOException {
    var cookies = new ArrayList<String>();
    headers.forEach(
        (name, values) -> {
          if (name.equalsIgnoreCase("cookie")) {
            values.forEach(value -> cookies.addAll(List.of(value.split(";\\s*", -1))));
          }
        });
    if (!cookies.isEmpty()) {
      json.writeArrayFieldStart("cookies");
      for (String cookie : cookies) {
        json.writeString(cookie);
      }
      json.writeEndArray();
    }
  }

  private Map<String, String> joinedHeaders() {
    var joined = new TreeMap<String, String>();
    headers.forEach(
        (name, values) -> {
          String lowerCase = name.toLowerCase(Locale.ROOT);
          if (!isHopByHop(lowerCase) && !lowerCase.equals("cookie")) {
            joined.merge(lowerCase, String.join(",", values), (one, two) -> one + "," + two);
          }
        });
    joined.merge("x-forwarded-for", sourceIp, (one, two) -> one + ", " + two);
    joined.put("x-forwarded-port", Integer.toString(port));
    joined.put("x-forwarded-proto", "http");
    return joined;
  }

  private Map<String, String> queryParameters() {
    var parameters = new LinkedHashMap<String, String>();
    if (query == null) {
      return parameters;
    }
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      parameters.merge(name, value, (one, two) -> one + "," + two);
    }
    return parameters;
  }

  private boolean isText() {
    if (header("content-encoding").isPresent()) {
      return false;
    }
    String type =
        header("content-type").orElse("").toLowerCase(Locale.ROOT).replaceFirst(";.*", "").strip();
    return type.startsWith("text/")
        || type.equals("application/json")
        || type.equals("application/javascript")
        || type.equals("application/xml")
        || type.endsWith("+json")
        || type.endsWith("+xml");
  }

  private static void writeMap(JsonGenerator json, String name, Map<String, String> values)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> entry : values.entrySet()) {
      json.writeStringField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }
}
