package io.pinferry.simulation.invariant;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.net.HttpCall;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the traces of records in requests to Pinterest. */
final class WriteTraces {
  private static final Pattern MARK = Pattern.compile("<w\\d+\\.\\d+>");

  private WriteTraces() {}

  /** Returns the traces of the records that a request is about, in their order. */
  static List<String> of(HttpCall call) {
    String path = call.uri().getPath();
    if (call.method().equals("DELETE")) {
      return List.of(SimulatedWrite.deletion(path));
    }
    if (call.method().equals("GET") || call.body() == null) {
      return List.of();
    }
    if (path.equals("/v5/catalogs/reports")) {
      return List.of(SimulatedWrite.report(body(call).at("/report/feed_id").asText()));
    }
    return MARK.matcher(text(call)).results().map(MatchResult::group).toList();
  }

  static Optional<String> markIn(String text) {
    Matcher mark = MARK.matcher(text);
    return mark.find() ? Optional.of(mark.group()) : Optional.empty();
  }

  /** Returns whether an effect is the creation of a record that has a mark. */
  static boolean isMarkedCreate(Event.WriteEffect effect) {
    return effect.call().method().equals("POST") && MARK.matcher(effect.trace()).matches();
  }

  static JsonNode body(HttpCall call) {
    return Json.trusted(text(call));
  }

  private static String text(HttpCall call) {
    byte[] body = call.body();
    return body == null ? "" : new String(body, UTF_8);
  }
}
