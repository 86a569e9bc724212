package io.pinferry.local.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExplanationTest {
  private static ObjectNode operation(String status, String result) {
    ObjectNode json =
        Json.object()
            .put("id", "op-1")
            .put("installationId", "inst-1")
            .put("actionType", "read")
            .put("status", status);
    json.putObject("metadata").putArray("objects").add("boards");
    return result.isEmpty() ? json : json.put("result", result);
  }

  private static JsonNode line(String severity, String text) {
    ObjectNode line = Json.object().put("timestamp", "t").put("severity", severity);
    line.putObject("message").put("msg", text);
    return line;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pins stopped at page 3: message 2 of page 1 was not delivered: the destination answered"
            + " 422 | Your webhook answered 422 | \"operationId\":\"op-1\"",
        "message 1 of page 1 was not delivered: the destination was not reached (timeout)"
            + " | Your webhook was not reached | ./pinferry doctor",
        "[pins] account changed: the connection now has another Pinterest account"
            + " | Another Pinterest account was connected | ./pinferry read inst-1 boards",
        "boards stopped at page 1: Pinterest 401 code 2, Authentication failed."
            + " | Pinterest refuses the tokens | connect again",
        "boards stopped at page 1: connection 1 has bad credentials: Pinterest answered 401 code"
            + " 283 | Pinterest refuses the tokens | connect again",
        "ad_accounts stopped at page 1: Pinterest 403 code 29, needs ads:read"
            + " | Add the scope ads:read | connect again",
        "catalogs stopped at page 1: Pinterest 401 code 29, not permitted"
            + " | may not see this | gives it access",
        "boards stopped at page 9: Pinterest 502, bad gateway | Pinterest failed for long"
            + " | read again: ./pinferry read inst-1 boards",
        "boards stopped at page 1: no progress in many attempts: Pinterest gave no answer"
            + " | Pinterest failed for long | ./pinferry read inst-1 boards",
        "[boards] not finished after 36 hours; 3 partitions were open | took too long"
            + " | ./pinferry doctor",
        "[boards] paused while it was read: invoice open | Somebody paused it"
            + " | docs/reads.md#pause",
        "[boards] uninstalled while it was read | Somebody changed | Nothing is to be done",
        "pins stopped at page 400: Pinterest repeated a bookmark | longer than Pinterest lists"
            + " | docs/limits.md#reads",
        "[boards] something nobody knows | Read again | ./pinferry read inst-1 boards"
      })
  void eachCauseHasAnAdvice(String result, String advice, String more) {
    Explanation why = Explanation.of(operation("failure", result.strip()), List.of());

    assertThat(why.advice()).singleElement().asString().contains(advice.strip(), more.strip());
  }

  @Test
  void ifTheResultSaysNothingTheLogDoes() {
    Explanation why =
        Explanation.of(
            operation("failure", "[boards] incomplete"),
            List.of(
                line("INFO", "Pinterest 429 once"),
                line("ERROR", "boards of ad account 3 stopped at page 2: Pinterest 503, down")));

    assertThat(why.lines()).hasSize(1);
    assertThat(why.advice()).singleElement().asString().contains("Pinterest failed for long");
  }

  @Test
  void theNewestGraveLinesAreShownAndTheEndIsNotRepeated() {
    List<JsonNode> log = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      log.add(line("WARNING", "attempt " + i));
    }
    ObjectNode end = line("ERROR", "the end").deepCopy();
    end.withObject("/message/details").put("records", "0").put("pages", "7").put("failed", "1");
    log.add(end);

    Explanation why = Explanation.of(operation("failure", "the end"), log);

    assertThat(why.left()).isEqualTo(3);
    assertThat(why.lines()).extracting(Explanation::message).hasSize(10).endsWith("attempt 12");
    assertThat(why.counts()).containsExactly("pages 7", "failed 1");
  }

  @Test
  void aSuccessNeedsNoAdviceAndARunningReadCanBeFollowed() {
    assertThat(Explanation.of(operation("success", "[boards] 3 records read"), List.of()).advice())
        .isEmpty();
    assertThat(
            Explanation.of(
                    operation(
                        "success",
                        "[stats] 3 records read; skipped: catalogs of ad account 1: Pinterest 403"
                            + " code 29, no"),
                    List.of())
                .advice())
        .singleElement()
        .asString()
        .contains("may not see this");
    assertThat(Explanation.of(operation("in_progress", ""), List.of()).advice())
        .containsExactly("It still runs. ./pinferry logs op-1 -f shows how it goes on.");
  }
}
