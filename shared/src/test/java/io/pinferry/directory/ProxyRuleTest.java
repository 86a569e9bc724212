package io.pinferry.directory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProxyRuleTest {
  @ParameterizedTest
  @CsvSource({
    "GET /v5/pins,              GET,    /v5/pins,          true",
    "GET /v5/pins,              POST,   /v5/pins,          false",
    "GET /v5/pins,              GET,    /v5/pins/7,        false",
    "GET /v5/pins,              GET,    /v5/pins/,         false",
    "GET /v5/pins,              GET,    /v5/pinsandmore,   false",
    "* /v5/pins,                DELETE, /v5/pins,          true",
    "GET /v5/pins/*,            GET,    /v5/pins/7,        true",
    "GET /v5/pins/*,            GET,    /v5/pins,          false",
    "GET /v5/pins/*,            GET,    /v5/pins/7/save,   false",
    "GET /v5/pins/*/analytics,  GET,    /v5/pins/7/analytics, true",
    "GET /v5/pins/**,           GET,    /v5/pins,          true",
    "GET /v5/pins/**,           GET,    /v5/pins/7/save,   true",
    "GET /v5/pins/**,           GET,    /v5/boards,        false",
    "GET /v5/pins/**,           GET,    /v5/pinsandmore,   false",
    "GET /v5/*/**,              GET,    /v5/boards/7/pins, true",
  })
  void aRuleAllowsItsMethodAndPathAndNoOther(
      String rule, String method, String path, boolean allowed) {
    assertThat(ProxyRule.parse(rule).orElseThrow().allows(method, path)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET /v5/pins", "* /v5/pins/**", "PATCH /v5/boards/*/sections/*", "GET /v5/*/**"})
  void aRuleIsWrittenAsItIsRead(String text) {
    assertThat(ProxyRule.parse(text).orElseThrow().text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET",
        "/v5/pins",
        "get /v5/pins",
        "FETCH /v5/pins",
        "GET pins",
        "GET /v4/pins",
        "GET /v5",
        "GET /v5/",
        "GET /v5//pins",
        "GET /v5/pins/",
        "GET /v5/pi*ns",
        "GET /v5/**/pins",
        "GET /v5/pins?x=1",
        "GET /v5/pins%2F7",
        "GET  /v5/pins",
        "GET https://api.pinterest.com/v5/pins",
      })
  void whatIsNoRuleIsNotRead(String text) {
    assertThat(ProxyRule.parse(text)).isEmpty();
  }
}
