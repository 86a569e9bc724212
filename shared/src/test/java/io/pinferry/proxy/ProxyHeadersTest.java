package io.pinferry.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.PinferryException.InvalidRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyHeadersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "true-client-ip",
        "upgrade",
        "via",
        "x-amp-anything-new",
        "x-amp-group-ref",
        "x-amp-installation-id",
        "x-amp-project-id",
        "x-amp-proxy-version",
        "x-amp-rate-limiter-mode",
        "x-amzn-trace-id",
        "x-api-key",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
        "x-original-method",
        "x-original-uri",
        "x-original-url",
        "x-real-ip",
        "x-rewrite-url",
      })
  void whatIsNotMeantForPinterestEndsHere(String name) {
    assertThat(ProxyHeaders.toPinterest(Map.of(name, "x", "accept", "*/*")))
        .containsOnlyKeys("accept");
  }

  @Test
  void whatAConnectionHeaderNamesEndsHereToo() {
    assertThat(
            ProxyHeaders.toPinterest(
                Map.of("connection", "close, X-Secret-Hop", "x-secret-hop", "1", "accept", "*/*")))
        .containsOnlyKeys("accept");
    assertThat(
            ProxyHeaders.toCaller(
                Map.of(
                    "connection", List.of("close", "X-Hop"),
                    "x-hop", List.of("1"),
                    "etag", List.of("e"))))
        .containsOnlyKeys("etag");
  }

  @ParameterizedTest
  @CsvSource({
    "accept, application/json",
    "content-type, multipart/form-data; boundary=x",
    "user-agent, shop/1.0",
    "if-none-match, \"abc\"",
    "range, bytes=0-9",
    "accept-language, de",
    "x-anything, 1",
  })
  void otherRequestHeadersTravelAsTheyAre(String name, String value) {
    assertThat(ProxyHeaders.toPinterest(Map.of(name, value)))
        .containsExactly(Map.entry(name, value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "GZIP",
        "x-gzip",
        "gzip, deflate, br",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "identity, gzip ; q=0.001",
        "gzip;q=1",
        "gzip;q=1.000",
        "gzip;q=0.50",
      })
  void whoTakesGzipLetsPinterestSendIt(String accepted) {
    assertThat(ProxyHeaders.toPinterest(Map.of("accept-encoding", accepted)))
        .containsExactly(Map.entry("accept-encoding", "gzip"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "identity",
        "br",
        "*",
        "gzip;q=0",
        "gzip;q=0.000",
        "br, gzip; q=0.0",
        "gzip;q=x",
        "gzip;q=2",
        "notgzip",
        "gzip-like",
      })
  void whoDoesNotNameGzipGetsAPlainAnswer(String accepted) {
    assertThat(ProxyHeaders.toPinterest(Map.of("accept-encoding", accepted))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nx: 1", "a\nb", "a\u0000", "a\u007f", "caf\u00e9", "\u2028"})
  void aValueThatCannotBeSentIsRefusedByName(String value) {
    assertThatThrownBy(() -> ProxyHeaders.toPinterest(Map.of("x-note", value)))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("x-note")
        .hasMessageNotContaining(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\r\nb", "a:b", "a(b)", "\u00e4"})
  void aNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(() -> ProxyHeaders.toPinterest(Map.of(name, "1")))
        .isInstanceOf(InvalidRequest.class);
  }

  @Test
  void answersLoseOnlyWhatBelongsToTheirOwnWay() {
    assertThat(
            ProxyHeaders.toCaller(
                Map.ofEntries(
                    Map.entry(":status", List.of("200")),
                    Map.entry("alt-svc", List.of("h3=\":443\"")),
                    Map.entry("strict-transport-security", List.of("max-age=1")),
                    Map.entry("clear-site-data", List.of("\"*\"")),
                    Map.entry("refresh", List.of("0; url=https://x.test/")),
                    Map.entry("nel", List.of("{}")),
                    Map.entry("report-to", List.of("{}")),
                    Map.entry("content-length", List.of("3")),
                    Map.entry("keep-alive", List.of("timeout=5")),
                    Map.entry("set-cookie", List.of("a=1", "b=2")),
                    Map.entry("transfer-encoding", List.of("chunked")),
                    Map.entry("x-amp-retryable", List.of("true")),
                    Map.entry("cache-control", List.of("private")),
                    Map.entry("content-encoding", List.of("br")),
                    Map.entry("etag", List.of("e")),
                    Map.entry("location", List.of("https://elsewhere.example/")),
                    Map.entry("vary", List.of("accept", "origin")),
                    Map.entry("x-pinterest-rid", List.of("77")),
                    Map.entry("x-ratelimit-remaining", List.of("9")))))
        .isEqualTo(
            Map.of(
                "cache-control", "private",
                "content-encoding", "br",
                "etag", "e",
                "location", "https://elsewhere.example/",
                "vary", "accept, origin",
                "x-pinterest-rid", "77",
                "x-ratelimit-remaining", "9"));
  }
}
