package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiAnswerTest {

  private static ApiAnswer answer(String payload) {
    return ApiAnswer.of(payload.getBytes(StandardCharsets.UTF_8));
  }

  private static String body(ApiAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void anAnswerWithStatusIsTakenApart() {
    ApiAnswer answer =
        answer(
            """
            {"statusCode":404,"headers":{"Content-Type":"application/problem+json","X-Number":7,
            "X-Null":null,"Connection":"close","Content-Length":"99"},
            "cookies":["a=1","b=2"],"body":"{}"}\
            """);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.headers())
        .containsExactly(
            Map.entry("content-type", "application/problem+json"),
            Map.entry("x-number", "7"),
            Map.entry("set-cookie", "a=1"),
            Map.entry("set-cookie", "b=2"));
    assertThat(body(answer)).isEqualTo("{}");
  }

  @Test
  void aStatusAloneIsAnEmptyAnswer() {
    ApiAnswer answer = answer("{\"statusCode\":204}");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void bareJsonIsTheBodyOfASuccess() {
    ApiAnswer answer = answer("{\"message\":\"hi\"}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).containsExactly(Map.entry("content-type", "application/json"));
    assertThat(body(answer)).isEqualTo("{\"message\":\"hi\"}");
    assertThat(body(answer("[1]"))).isEqualTo("[1]");
  }

  @Test
  void binaryBodiesAreDecoded() {
    assertThat(answer("{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"AP8=\"}").body())
        .containsExactly(0, -1);
  }

  @Test
  void textWithoutTypeIsPlain() {
    assertThat(answer("{\"statusCode\":200,\"body\":\"hi\"}").headers())
        .containsExactly(Map.entry("content-type", "text/plain;charset=UTF-8"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "{\"statusCode\":200} trailing",
        "{\"statusCode\":\"many\"}",
        "{\"statusCode\":99}",
        "{\"statusCode\":600}",
        "{\"statusCode\":200,\"body\":{}}",
        "{\"statusCode\":200,\"headers\":{\"a\":[\"b\"]}}",
        "{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"*\"}",
      })
  void whatIsNoAnswerIsAnInternalError(String payload) {
    assertThat(answer(payload)).isEqualTo(ApiAnswer.INTERNAL_SERVER_ERROR);
  }
}
