package io.pinferry.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pinferry.base.Issue;
import io.pinferry.base.PinferryException.InvalidRequest;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {
  @Test
  void membersAreReadByKind() {
    JsonBody body =
        body(
            """
            {"name":"n","flag":true,"count":3,"at":"2026-09-01T10:00:00+02:00","list":["a","b"],
             "inner":{"name":"m"},"type":"create","nothing":null}
            """);
    assertThat(body.requireText("name")).isEqualTo("n");
    assertThat(body.flag("flag", false)).isTrue();
    assertThat(body.flag("other", true)).isTrue();
    assertThat(body.number("count", 1, 3)).contains(3);
    assertThat(body.instant("at")).contains(Instant.parse("2026-09-01T08:00:00Z"));
    assertThat(body.texts("list", 2)).containsExactly("a", "b");
    assertThat(body.requireObject("inner").requireText("name")).isEqualTo("m");
    assertThat(body.requireChoice("type", List.of("create", "update"))).isEqualTo("create");
    assertThat(body.text("nothing")).isEmpty();
    assertThat(body.tree("nothing")).isEmpty();
    body.check();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":\"Blue \\ud83d\"}|name",
        "{\"name\":\"\\udca1 Blue\"}|name",
        "{\"record\":{\"title\":\"\\ud83d\\ud83d\\udca1\"}}|record.title",
        "{\"batch\":[{\"a\":[1,\"\\udca1\\ud83d\"]}]}|batch[0].a[1]",
        "{\"record\":{\"\\ud83d\":1}}|record",
        "{\"unknown\":\"\\ud83d\"}|unknown",
      })
  void halfOfACharacterIsRefusedWhereverItIs(String json, String name) {
    var failure = catchThrowableOfType(InvalidRequest.class, () -> body(json));

    assertThat(failure.kind()).isEqualTo(InvalidRequest.Kind.MALFORMED);
    assertThat(failure.issues()).extracting(Issue::name).containsExactly(name);
    assertThat(failure).hasMessageContaining("half of a character");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "3.0", "3.00", "30e-1", "0.3e1"})
  void aWholeNumberMayBeWrittenAsADecimal(String number) {
    JsonBody body = body("{\"count\":%s}".formatted(number));

    assertThat(body.number("count", 1, 3)).contains(3);
    body.check();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.1", "\"3\"", "1e400", "1e999999999", "1e-999999999", "-1.0", "4.0"})
  void anotherNumberIsRefused(String number) {
    JsonBody body = body("{\"count\":%s}".formatted(number));

    assertThat(body.number("count", 1, 3)).isEmpty();
    assertThatThrownBy(body::check).hasMessageContaining("count");
  }

  @Test
  void limitsCountCodePoints() {
    JsonBody body = body("{\"name\":\"%s\"}".formatted("\ud83d\udca1".repeat(5)));

    assertThat(body.requireText("name", 5)).hasSize(10);
    body.check();
    assertThat(body.text("name", 4)).isEmpty();
    assertThatThrownBy(body::check).hasMessageContaining("has 5 characters, at most 4");
  }

  @Test
  void allIssuesComeAtOnce() {
    var failure =
        catchThrowableOfType(
            InvalidRequest.class,
            () ->
                JsonBody.read(
                    HttpEvents.request("POST", "/")
                        .body(
                            """
                            {"empty":" ","long":"123456","kind":7,"mode":"synchronus",
                             "count":99,"at":"yesterday","list":[1],"inner":{"flag":"x"}}
                            """)
                        .read(),
                    body -> {
                      body.requireText("groupRef");
                      body.requireText("empty");
                      body.text("long", 5);
                      body.text("kind");
                      body.choice("mode", List.of("synchronous", "asynchronous"));
                      body.number("count", 1, 50);
                      body.instant("at");
                      body.texts("list", 5);
                      body.requireObject("inner").flag("flag", false);
                      body.requireObject("outer").requireText("unreported");
                      return "";
                    }));
    assertThat(failure.kind()).isEqualTo(InvalidRequest.Kind.MALFORMED);
    assertThat(failure).hasMessage("the body has 10 problems");
    assertThat(failure.issues())
        .extracting(Issue::name, Issue::detail)
        .containsExactly(
            tuple("groupRef", "is missing"),
            tuple("empty", "must not be empty"),
            tuple("long", "has 6 characters, at most 5 are allowed"),
            tuple("kind", "is a number, but a text is needed; put it in quotes"),
            tuple("mode", "must be one of synchronous, asynchronous, did you mean synchronous?"),
            tuple("count", "must be from 1 to 50"),
            tuple("at", "must be a time like 2026-09-01T08:00:00Z"),
            tuple("list[0]", "is a number, but a text is needed; put it in quotes"),
            tuple("inner.flag", "is a text, but true or false is needed"),
            tuple("outer", "is missing"));
  }

  @Test
  void aRecordThatRefusesAStandInDoesNotHideTheIssues() {
    assertThatThrownBy(
            () ->
                JsonBody.read(
                    HttpEvents.request("POST", "/").body("{}").read(),
                    body -> {
                      if (body.requireText("name").isEmpty()) {
                        throw new IllegalArgumentException("no name");
                      }
                      return "";
                    }))
        .isInstanceOf(InvalidRequest.class)
        .hasMessage("name: is missing");
  }

  @Test
  void unknownMembersAreRefusedWithASuggestion() {
    JsonBody body = body("{\"groupref\":\"g\",\"provider\":\"pinterest\"}");
    body.allowOnly("groupRef", "provider");
    assertThatThrownBy(body::check)
        .hasMessage("groupref: is not a known member, did you mean groupRef?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":tr0e_s3cret}|the body is not JSON, near line 1, column 18",
        "{\"a\":1,`|the body is not JSON",
        "{\"a\":1,\"a\":2}|the body has the same member twice, at line 1, column",
        "{} s3cret|the body is not JSON",
        "[1]|the body is a list, but a JSON object is needed",
        "\"s3cret\"|the body is a text, but",
        "null|the body is null, but",
        "``|the body is empty",
      })
  void whatIsNoObjectIsRefusedWithoutQuotingIt(String text, String message) {
    assertThatThrownBy(() -> body(text))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining(message)
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("s3cret");
  }

  @Test
  void theLineOfAMistakeIsNamed() {
    assertThatThrownBy(() -> body("{\n \"a\": 1,\n \"b\": oops\n}"))
        .hasMessageContaining("line 3, column");
  }

  @Test
  void nestingHasABound() {
    assertThatThrownBy(() -> body("{\"a\":" + "[".repeat(70) + "]".repeat(70) + "}"))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("deeper than 64 levels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1e999999999}", "{\"a\":123456789012345678901234567890}"})
  void absurdNumbersAreAnIssueAndNoFault(String text) {
    JsonBody body = body(text);
    body.number("a", 0, 5);
    assertThatThrownBy(body::check).isInstanceOf(InvalidRequest.class);
  }

  private static org.assertj.core.groups.Tuple tuple(String name, String detail) {
    return org.assertj.core.groups.Tuple.tuple(name, detail);
  }

  private static JsonBody body(String text) {
    return JsonBody.of(Objects.requireNonNullElse(text, "").getBytes(UTF_8));
  }
}
