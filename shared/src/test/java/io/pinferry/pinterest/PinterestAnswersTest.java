package io.pinferry.pinterest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.net.HttpAnswer;
import io.pinferry.pinterest.PinterestFailure.Kind;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PinterestAnswersTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private static PinterestFailure failure(int status, String body, @Nullable String reset) {
    Map<String, List<String>> headers =
        reset == null
            ? Map.of("x-pinterest-rid", List.of("4711"))
            : Map.of("x-pinterest-rid", List.of("4711"), "x-ratelimit-reset", List.of(reset));
    var answer = new HttpAnswer(status, headers, body.getBytes(UTF_8), false);
    return PinterestAnswers.failure(answer, RateLimits.of(answer), NOON);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {'code':1,'message':'bad bookmark'} | REFUSED",
        "400 | | UNAVAILABLE",
        "401 | {'code':2,'message':'Authentication failed.'} | TOKEN_REJECTED",
        "401 | {'message':'no code'} | UNAVAILABLE",
        "401 | <html> | UNAVAILABLE",
        "401 | {'code':3,'message':'missing scope'} | FORBIDDEN",
        "401 | {'code':7,'message':'not this board'} | FORBIDDEN",
        "401 | {'code':29,'message':'not permitted'} | FORBIDDEN",
        "403 | {'code':2,'message':'x'} | FORBIDDEN",
        "403 | {'code':29,'message':'x'} | FORBIDDEN",
        "404 | {'code':40,'message':'Board not found.'} | NOT_FOUND",
        "404 | {'code':2,'message':'x'} | NOT_FOUND",
        "404 | <html>Not found</html> | UNAVAILABLE",
        "404 | {'error':'not found'} | UNAVAILABLE",
        "404 | {'code':'40','message':'x'} | UNAVAILABLE",
        "403 | <html>Forbidden</html> | UNAVAILABLE",
        "403 | {'message':'Forbidden'} | UNAVAILABLE",
        "410 | {'code':40,'message':'gone'} | NOT_FOUND",
        "410 | | UNAVAILABLE",
        "405 | {'code':5,'message':'x'} | REFUSED",
        "408 | | UNAVAILABLE",
        "409 | {'code':4182,'message':'no catalog'} | NO_CATALOG",
        "409 | {'code':409,'message':'could not lock the board'} | UNAVAILABLE",
        "409 | | UNAVAILABLE",
        "409 | {'code':4162,'message':'active promotions'} | REFUSED",
        "409 | {'code':4168,'message':'no website'} | REFUSED",
        "409 | {'code':4178,'message':'same filters'} | REFUSED",
        "409 | {'code':4179,'message':'same name'} | REFUSED",
        "422 | {'code':4170,'message':'same name'} | REFUSED",
        "422 | {'code':1,'message':'x'} | REFUSED",
        "429 | {'code':8,'message':'exceeded a rate limit'} | RATE_LIMITED",
        "429 | {'code':30,'message':'x'} | RATE_LIMITED",
        "429 | | RATE_LIMITED",
        "429 | {'code':8,'message':'This was blocked as SPAM'} | SPAM_BLOCKED",
        "429 | {'code':8,'message':'x','message_detail':'looks like spam'} | SPAM_BLOCKED",
        "500 | {'code':12,'message':'Something went wrong'} | UNAVAILABLE",
        "501 | | UNAVAILABLE",
        "501 | {'code':4181,'message':'x'} | REFUSED",
        "502 | <html>Bad gateway</html> | UNAVAILABLE",
        "503 | | UNAVAILABLE",
        "504 | | UNAVAILABLE",
        "204 | | UNAVAILABLE",
        "302 | | UNAVAILABLE"
      })
  void eachAnswerHasItsKind(int status, @Nullable String body, Kind kind) {
    String text = body == null ? "" : body.replace('\'', '"');

    PinterestFailure failure = failure(status, text, null);

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure.requestId()).isEqualTo("4711");
    assertThat(failure.retryAt() != null).isEqualTo(kind == Kind.RATE_LIMITED);
  }

  @Test
  void codeAndMessageAreKept() {
    PinterestFailure failure =
        failure(403, "{\"code\":29,\"message\":\"You are not permitted.\"}", null);

    assertThat(failure.code()).isEqualTo(29);
    assertThat(failure.describe())
        .isEqualTo("Pinterest 403 code 29, You are not permitted. (request 4711)");
  }

  @ParameterizedTest
  @CsvSource({", 60", "0, 1", "1, 1", "37, 37", "86400, 86400", "86401, 60", "999999999, 60"})
  void aRateLimitSaysWhenToComeBack(@Nullable String reset, int seconds) {
    assertThat(failure(429, "{\"code\":8}", reset).retryAt()).isEqualTo(NOON.plusSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "300 | | 300",
        "0 | | 1",
        "Sun, 01 Mar 2026 12:05:00 GMT | | 300",
        "Sun, 01 Mar 2026 11:00:00 GMT | | 60",
        "999999999 | | 86400",
        "Mon, 01 Mar 2027 12:00:00 GMT | | 86400",
        "soon | | 60",
        "-5 | | 60",
        "300 | 40 | 300",
        "10 | 40 | 40"
      })
  void anEdgeSaysWhenToComeBack(String retryAfter, @Nullable String reset, int seconds) {
    Map<String, List<String>> headers = new HashMap<>(Map.of("retry-after", List.of(retryAfter)));
    if (reset != null) {
      headers.put("x-ratelimit-reset", List.of(reset));
    }
    var answer = new HttpAnswer(429, headers, "<html>".getBytes(UTF_8), false);

    PinterestFailure failure = PinterestAnswers.failure(answer, RateLimits.of(answer), NOON);

    assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(failure.retryAt()).isEqualTo(NOON.plusSeconds(seconds));
  }

  @Test
  void aDateOfAnEdgeIsOfItsOwnClock() {
    var answer =
        new HttpAnswer(
            429,
            Map.of(
                "date", List.of("Sun, 01 Mar 2026 13:00:00 GMT"),
                "retry-after", List.of("Sun, 01 Mar 2026 13:00:30 GMT")),
            new byte[0],
            false);

    assertThat(PinterestAnswers.failure(answer, RateLimits.of(answer), NOON).retryAt())
        .isEqualTo(NOON.plusSeconds(30));
  }

  @Test
  void aMessageShowsNoTokenAndHasABound() {
    PinterestFailure failure =
        failure(
            400,
            "{\"code\":1,\"message\":\"token pina_abcdefghijk " + "x".repeat(100_000) + "\"}",
            null);

    assertThat(failure.message()).doesNotContain("abcdefghijk").hasSizeLessThan(600);
  }

  @Test
  void anAnswerThatNestsTooDeepIsJustAFailure() {
    PinterestFailure failure = failure(500, "[".repeat(10_000), null);

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure.code()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {'code':1,'message':'Invalid bookmark'} | true",
        "400 | {'code':1,'message':'Pagination beyond 100.000 pins are not allowed'} | false",
        "400 | {'code':15,'message':'x'} | false",
        "400 | {'message':'x'} | false",
        "404 | {'code':1,'message':'x'} | false",
      })
  void onlySomeRefusalsMayBeOfTheBookmark(int status, String body, boolean expected) {
    assertThat(failure(status, body.replace('\'', '"'), null).mayBeOfBookmark())
        .isEqualTo(expected);
  }
}
