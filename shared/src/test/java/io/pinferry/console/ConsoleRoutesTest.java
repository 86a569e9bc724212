package io.pinferry.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.directory.DirectoryCredentials;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.http.Door;
import io.pinferry.http.Endpoint;
import io.pinferry.http.Guard;
import io.pinferry.http.HttpEvents;
import io.pinferry.http.Router;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's files, as a browser gets them. */
final class ConsoleRoutesTest {
  private static final int BYTES_MAX = 300_000;

  /** An import of a module, or a link or script of the page. */
  private static final Pattern REFERENCE =
      Pattern.compile("(?:from |href=|src=)['\"]([^'\"$]+)['\"]");

  private final ManualClock clock = new ManualClock(Instant.parse("2026-09-01T08:00:00Z"));
  private final Endpoint door =
      new Endpoint(
          Door.API,
          new Router(ConsoleRoutes.routes()),
          new Guard(
              new DirectoryCredentials(new InMemoryDirectoryStore(clock)),
              null,
              Duration.ZERO,
              clock),
          Log.none(),
          clock);

  static Set<String> files() {
    return new TreeSet<>(ConsoleRoutes.FILES.keySet());
  }

  /** Returns the scripts of our own. */
  static List<String> scripts() {
    return files().stream()
        .filter(name -> name.endsWith(".js"))
        .filter(name -> !name.equals("lit-html.js"))
        .toList();
  }

  private JsonNode get(String path) {
    return HttpEvents.request("GET", path).sendTo(door);
  }

  @Test
  void thePageNeedsNoKey() {
    JsonNode page = get("/console");

    assertThat(page.path("statusCode").asInt()).isEqualTo(200);
    assertThat(page.at("/headers/content-type").asText()).isEqualTo("text/html; charset=utf-8");
    assertThat(page.path("body").asText())
        .startsWith("<!DOCTYPE html>")
        .contains("/console/main.js");
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFileHasItsTypeAndTheStrictHeaders(String name) {
    JsonNode answer = get("/console/" + name);

    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
    assertThat(answer.path("body").asText()).isNotBlank();
    JsonNode headers = answer.path("headers");
    assertThat(headers.path("content-type").asText())
        .isEqualTo(
            switch (name.substring(name.lastIndexOf('.'))) {
              case ".html" -> "text/html; charset=utf-8";
              case ".css" -> "text/css; charset=utf-8";
              case ".js" -> "text/javascript; charset=utf-8";
              case ".svg" -> "image/svg+xml";
              default -> "no type is known";
            });
    assertThat(headers.path("content-security-policy").asText().split("; "))
        .containsExactlyInAnyOrder(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types lit-html");
    assertThat(headers.path("x-content-type-options").asText()).isEqualTo("nosniff");
    assertThat(headers.path("referrer-policy").asText()).isEqualTo("no-referrer");
    assertThat(headers.path("cross-origin-opener-policy").asText()).isEqualTo("same-origin");
    assertThat(headers.path("cross-origin-resource-policy").asText()).isEqualTo("same-origin");
    assertThat(headers.path("cache-control").asText()).isEqualTo("no-cache");
  }

  @Test
  void aFileThatTheBrowserHasIsNotSentAgain() {
    String tag = get("/console/main.js").at("/headers/etag").asText();

    JsonNode same =
        HttpEvents.request("GET", "/console/main.js")
            .header("if-none-match", "\"other\", W/" + tag)
            .sendTo(door);
    JsonNode other =
        HttpEvents.request("GET", "/console/api.js").header("if-none-match", tag).sendTo(door);

    assertThat(tag).matches("\"[0-9a-f]{64}\"");
    assertThat(same.path("statusCode").asInt()).isEqualTo(304);
    assertThat(same.path("body").asText()).isEmpty();
    assertThat(same.at("/headers/etag").asText()).isEqualTo(tag);
    assertThat(other.path("statusCode").asInt()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/",
        "/console/nothing.js",
        "/console/MAIN.JS",
        "/console/.",
        "/console/..",
        "/console/../management/openapi-api.json",
        "/console/..\\management\\openapi-api.json",
        "/console//main.js",
        "/console/main.js/",
        "/console/./main.js",
        "/console/package-info.class",
        "/console/%2e%2e%2fmain.js",
        "/console//META-INF/MANIFEST.MF",
        "/console/log4j2.xml"
      })
  void noOtherFileIsServed(String path) {
    JsonNode answer = get(path);

    assertThat(answer.path("statusCode").asInt()).isEqualTo(404);
    assertThat(answer.at("/headers/content-type").asText()).isEqualTo("application/problem+json");
  }

  @Test
  void thePageAndAllThatItLoadsIsSmall() {
    int bytes =
        files().stream()
            .mapToInt(name -> get("/console/" + name).path("body").asText().getBytes(UTF_8).length)
            .sum();

    assertThat(bytes).isBetween(10_000, BYTES_MAX);
  }

  @ParameterizedTest
  @MethodSource("files")
  void aFileRefersOnlyToFilesOfTheConsole(String name) {
    List<String> references =
        REFERENCE
            .matcher(get("/console/" + name).path("body").asText())
            .results()
            .map((MatchResult found) -> found.group(1))
            .toList();

    assertThat(references)
        .allSatisfy(
            reference ->
                assertThat(reference)
                    .startsWith("/console/")
                    .satisfies(
                        path ->
                            assertThat(files()).contains(path.substring("/console/".length()))));
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void noScriptStoresAnythingOrMakesHtmlOfText(String name) {
    assertThat(get("/console/" + name).path("body").asText())
        .doesNotContain(
            "localStorage",
            "sessionStorage",
            "indexedDB",
            "document.cookie",
            "innerHTML",
            "insertAdjacentHTML",
            "unsafeHTML",
            "eval(",
            "http://",
            "https://");
  }
}
