package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiRequestTest {

  private static final LocalAddresses ADDRESSES =
      new LocalAddresses("eu-central-1", "123456789012", URI.create("http://q"), Map.of());
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:05.678Z");

  private static JsonNode event(
      String path, @Nullable String query, Map<String, List<String>> headers, byte[] body)
      throws IOException {
    var request = new ApiRequest("POST", path, query, "HTTP/1.1", "127.0.0.1", 8080, headers, body);
    var route = new RouteKey("ANY", "/v1/{path+}");
    return new ObjectMapper()
        .readTree(
            request.toEvent(
                route,
                route.match(request.segments()).orElse(Map.of()),
                ADDRESSES,
                "Api",
                "id-1",
                NOON));
  }

  @Test
  void theEventHasTheShapeOfPayloadFormat2() throws IOException {
    JsonNode event =
        event(
            "/v1/a",
            "q=1",
            Map.of(
                "Host", List.of("127.0.0.1:8080"),
                "User-Agent", List.of("test"),
                "Content-Type", List.of("application/json")),
            "{}".getBytes(StandardCharsets.UTF_8));

    assertThat(fields(event))
        .containsExactlyInAnyOrder(
            "version",
            "routeKey",
            "rawPath",
            "rawQueryString",
            "headers",
            "queryStringParameters",
            "requestContext",
            "pathParameters",
            "body",
            "isBase64Encoded");
    assertThat(event.at("/version").asText()).isEqualTo("2.0");
    assertThat(event.at("/body").asText()).isEqualTo("{}");
    assertThat(event.at("/isBase64Encoded").isBoolean()).isTrue();
    JsonNode context = event.at("/requestContext");
    assertThat(fields(context))
        .containsExactlyInAnyOrder(
            "accountId",
            "apiId",
            "domainName",
            "domainPrefix",
            "http",
            "requestId",
            "routeKey",
            "stage",
            "time",
            "timeEpoch");
    assertThat(context.at("/accountId").asText()).isEqualTo("123456789012");
    assertThat(context.at("/stage").asText()).isEqualTo("$default");
    assertThat(context.at("/time").asText()).isEqualTo("02/Mar/2026:12:00:05 +0000");
    assertThat(context.at("/timeEpoch").asLong()).isEqualTo(NOON.toEpochMilli());
    assertThat(context.at("/domainName").asText()).isEqualTo("127.0.0.1");
    assertThat(context.at("/http/sourceIp").asText()).isEqualTo("127.0.0.1");
    assertThat(context.at("/http/userAgent").asText()).isEqualTo("test");
    assertThat(context.at("/http/protocol").asText()).isEqualTo("HTTP/1.1");
  }

  private static Iterable<String> fields(JsonNode node) {
    return () -> {
      Iterator<String> names = node.fieldNames();
      return names;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/a%20b, /v1/a b",
    "/v1/a+b, /v1/a+b",
    "/v1/%C3%A4, /v1/ä",
    "/v1/a%2Fb, /v1/a/b",
    "/v1/a%3Fb/c, /v1/a",
    "/v1/a%2525, /v1/a%25",
  })
  void thePathArrivesDecodedOnceAndEndsAtADecodedQuestionMark(String path, String expected)
      throws IOException {
    JsonNode event = event(path, null, Map.of(), new byte[0]);

    assertThat(event.at("/rawPath").asText()).isEqualTo(expected);
    assertThat(event.at("/requestContext/http/path").asText()).isEqualTo(expected);
  }

  @Test
  void theQueryStaysRawAndItsParametersAreDecodedAndJoined() throws IOException {
    JsonNode event = event("/v1/a", "a=1%2C2&b=x+y&a=3&flag&=empty&&c=%zz", Map.of(), new byte[0]);

    assertThat(event.at("/rawQueryString").asText())
        .isEqualTo("a=1%2C2&b=x+y&a=3&flag&=empty&&c=%zz");
    assertThat(event.at("/queryStringParameters/a").asText()).isEqualTo("1,2,3");
    assertThat(event.at("/queryStringParameters/b").asText()).isEqualTo("x y");
    assertThat(event.at("/queryStringParameters/flag").asText()).isEmpty();
    assertThat(event.at("/queryStringParameters/c").asText()).isEqualTo("%zz");
  }

  @Test
  void whatIsAbsentIsLeftOut() throws IOException {
    JsonNode event = event("/v1/a", null, Map.of(), new byte[0]);

    assertThat(event.at("/rawQueryString").asText("none")).isEmpty();
    assertThat(event.has("queryStringParameters")).isFalse();
    assertThat(event.has("cookies")).isFalse();
    assertThat(event.has("body")).isFalse();
    assertThat(event.at("/isBase64Encoded").asBoolean()).isFalse();
  }

  @Test
  void headersAreLowerCaseAndJoinedAndThoseOfTheConnectionStay() throws IOException {
    JsonNode event =
        event(
            "/v1/a",
            null,
            Map.of(
                "X-Multi", List.of("one", "two"),
                "Connection", List.of("Upgrade, HTTP2-Settings"),
                "Upgrade", List.of("h2c"),
                "Http2-settings", List.of("x"),
                "X-forwarded-for", List.of("10.0.0.1"),
                "Cookie", List.of("a=1; b=2")),
            new byte[0]);

    assertThat(event.at("/headers/x-multi").asText()).isEqualTo("one,two");
    assertThat(event.at("/headers/x-forwarded-for").asText()).isEqualTo("10.0.0.1, 127.0.0.1");
    assertThat(event.at("/headers/x-forwarded-port").asText()).isEqualTo("8080");
    assertThat(fields(event.at("/headers")))
        .doesNotContain("connection", "upgrade", "http2-settings", "cookie");
    assertThat(event.at("/cookies/0").asText()).isEqualTo("a=1");
    assertThat(event.at("/cookies/1").asText()).isEqualTo("b=2");
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, false",
    "application/json; charset=utf-8, false",
    "text/plain, false",
    "application/problem+json, false",
    "application/x-www-form-urlencoded, true",
    "application/octet-stream, true",
    "image/png, true",
  })
  void onlyTextTravelsAsText(String type, boolean encoded) throws IOException {
    byte[] body = "body".getBytes(StandardCharsets.UTF_8);
    JsonNode event = event("/v1/a", null, Map.of("Content-Type", List.of(type)), body);

    assertThat(event.at("/isBase64Encoded").asBoolean()).isEqualTo(encoded);
    assertThat(
            encoded
                ? event.at("/body").binaryValue()
                : event.at("/body").asText().getBytes(StandardCharsets.UTF_8))
        .isEqualTo(body);
  }

  @Test
  void aCompressedBodyIsBinaryWhateverItsType() throws IOException {
    JsonNode event =
        event(
            "/v1/a",
            null,
            Map.of(
                "Content-Type", List.of("application/json"), "Content-Encoding", List.of("gzip")),
            new byte[] {31, -117});

    assertThat(event.at("/isBase64Encoded").asBoolean()).isTrue();
  }
}
