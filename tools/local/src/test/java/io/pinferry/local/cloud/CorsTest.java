package io.pinferry.local.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorsTest {

  @ParameterizedTest
  @CsvSource({
    "*, https://a.example, true",
    "https://a.example, https://a.example, true",
    "https://a.example, https://b.example, false",
    "https://*, https://a.example, true",
    "https://*, http://a.example, false",
    "http://*, http://a.example, true",
  })
  void anOriginIsAllowedOrNot(String configured, String origin, boolean allowed) {
    var cors = new Cors(List.of(configured), List.of(), List.of(), List.of(), null, false);

    assertThat(cors.simple(origin).isEmpty()).isEqualTo(!allowed);
    assertThat(cors.preflight(origin).isEmpty()).isEqualTo(!allowed);
  }

  @Test
  void aPreflightSaysEverythingAndAnAnswerOnlyWhatConcernsIt() {
    var cors =
        new Cors(
            List.of("https://a.example"),
            List.of("GET", "POST"),
            List.of("x-a"),
            List.of("x-b"),
            60,
            true);

    assertThat(cors.preflight("https://a.example"))
        .containsEntry("access-control-allow-origin", "https://a.example")
        .containsEntry("access-control-allow-methods", "GET,POST")
        .containsEntry("access-control-allow-headers", "x-a")
        .containsEntry("access-control-max-age", "60")
        .containsEntry("access-control-allow-credentials", "true");
    assertThat(cors.simple("https://a.example"))
        .containsOnlyKeys(
            "access-control-allow-origin",
            "access-control-expose-headers",
            "access-control-allow-credentials");
  }
}
