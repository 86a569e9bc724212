package io.pinferry.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.PinferryException.InvalidRequest;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyAddressTest {
  private static final URI API = URI.create("https://api.pinterest.com");

  @ParameterizedTest
  @CsvSource({
    "/v5/pins, /v5/pins",
    "/v5/pins/, /v5/pins/",
    "/v5/pins/813/analytics, /v5/pins/813/analytics",
    "/v5/terms/a b, /v5/terms/a%20b",
    "/v5/boards/Möbel, /v5/boards/M%C3%B6bel",
    "/v5/boards/100%, /v5/boards/100%25",
    "/v5/boards/100%zz, /v5/boards/100%25zz",
    "/v5/boards/a#b, /v5/boards/a%23b",
    "/v5/boards/a;b, /v5/boards/a%3Bb",
    "/v5/boards/user@host:1, /v5/boards/user@host:1",
    "/v5/boards/..a/.b/c.., /v5/boards/..a/.b/c..",
    "/v5/boards/\"<>^`{|}[], /v5/boards/%22%3C%3E%5E%60%7B%7C%7D%5B%5D",
  })
  void aPathKeepsItsMeaning(String path, String encoded) {
    assertThat(ProxyAddress.of(API, path, "")).hasToString("https://api.pinterest.com" + encoded);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "v5/pins",
        "/v5",
        "/v5/",
        "/V5/pins",
        "/v4/pins",
        "/v5pins",
        "/oauth/",
        "//v5/pins",
        "//evil.example/v5/pins",
        "/v5//evil.example/pins",
        "/v5/pins//1",
        "/v5/pins//",
        "/v5/..",
        "/v5/../v3/pins",
        "/v5/../../etc/passwd",
        "/v5/pins/..",
        "/v5/pins/../../admin",
        "/v5/./pins",
        "/v5/pins/.",
        "/v5/..;/admin",
        "/v5/..;a=b/admin",
        "/v5/.;/pins",
        "/v5/.. /admin",
        "/v5/ ../admin",
        "/v5/%2e%2e/admin",
        "/v5/%2E%2E/admin",
        "/v5/pins%2f..%2fadmin",
        "/v5/pins%00",
        "/v5/pins%0d%0aHost:evil",
        "/v5/%252e%252e/admin",
        "/v5/pins\\..\\admin",
        "/v5\\..\\admin",
        "/\\evil.example/v5/pins",
        "/v5/pins\r\nHost: evil.example",
        "/v5/pins\nX: 1",
        "/v5/pins\u0000",
        "/v5/pins\t1",
        "/v5/pins\u007f",
        "/v5/pins\u0085",
        "/v5/pins\u200b",
        "/v5/pins\u202e",
        "/v5/pins\u2028",
        "/v5/pins\ufeff",
        "/v5/\uff0e\uff0e/admin",
        "/v5/\u2024\u2024/admin",
        "/v5/\u2025/admin",
        "/v5/a\uff0f..\uff0fadmin",
        "/v5/a\uff3cadmin",
        "/v5/\ud800/pins",
        "/v5/\ufffd/pins",
        "/v5/pins?access_token=1",
        "https://evil.example/v5/pins",
        "@evil.example/v5/pins",
        ":80@evil.example/v5/pins",
        ".evil.example/v5/pins",
      })
  void aHostilePathIsRefused(String path) {
    assertThatThrownBy(() -> ProxyAddress.of(API, path, ""))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            refused -> assertThat(refused.issues().getFirst().in().text()).isEqualTo("path"));
  }

  @Test
  void aPathHasALongestLength() {
    String longest = "/v5/" + "a".repeat(ProxyAddress.LENGTH_MAX - 4);
    assertThat(ProxyAddress.of(API, longest, "").getRawPath()).isEqualTo(longest);
    assertThatThrownBy(() -> ProxyAddress.of(API, longest + "a", ""))
        .hasMessageContaining("is longer than 10240 characters");
  }

  @ParameterizedTest
  @CsvSource({
    "page_size=25, page_size=25",
    "a=1&a=2&b, a=1&a=2&b",
    "bookmark=Y2JVSG81%3D%3D, bookmark=Y2JVSG81%3D%3D",
    "q=a+b%20c, q=a+b%20c",
    "text=%0D%0A, text=%0D%0A",
    "columns=SPEND;CLICKS, columns=SPEND;CLICKS",
    "ids[]=1, ids[]=1",
    "q=a b, q=a%20b",
    "q=100%, q=100%25",
    "q=%zz, q=%25zz",
    "q={\"a\"|1}, q=%7B%22a%22%7C1%7D",
    "q=ö, q=%C3%B6",
    "u=https://evil.example/../?x, u=https://evil.example/../?x",
    "u=@evil.example, u=@evil.example",
  })
  void aQueryIsPassedOnAsItIs(String query, String passed) {
    URI address = ProxyAddress.of(API, "/v5/pins", query);
    assertThat(address).hasToString("https://api.pinterest.com/v5/pins?" + passed);
    assertThat(address.getHost()).isEqualTo("api.pinterest.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1\r\nHost: evil.example",
        "a=1\rb",
        "a=1\nb",
        "a=\u0000",
        "a=\u007f",
        "a=\u0085",
        "a=1#fragment",
        "a=\ud800",
      })
  void aHostileQueryIsRefused(String query) {
    assertThatThrownBy(() -> ProxyAddress.of(API, "/v5/pins", query))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            refused -> assertThat(refused.issues().getFirst().in().text()).isEqualTo("query"));
  }

  @Test
  void onlySchemeHostAndPortOfTheApiAreUsed() {
    assertThat(ProxyAddress.of(URI.create("http://127.0.0.1:9090/x?y"), "/v5/pins", ""))
        .hasToString("http://127.0.0.1:9090/v5/pins");
  }
}
