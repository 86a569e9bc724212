package io.pinferry.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.directory.DestinationRules;
import io.pinferry.local.oracle.PinterestOracle;
import io.pinferry.local.oracle.SchemaSamples;
import io.pinferry.local.oracle.SchemaSamples.Place;
import io.pinferry.local.oracle.SchemaSamples.Sample;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.pinterest.WriteCall;
import io.pinferry.pinterest.WriteCatalogue;
import io.pinferry.pinterest.WriteVerb;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Sends every member of every request body at, inside and outside each bound of Pinterest's
 * document, and compares the two verdicts. What we judge otherwise on purpose stands in {@code
 * differences-from-pinterest.txt} with its reason.
 */
final class RequestSchemaWalkTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String LAMP = "\ud83d\udca1";
  private static final int LONG_TEXT = 9_000;

  /** A request that writes. */
  private record Written(WritableObject object, WriteVerb verb, WriteCall call) {
    String name() {
      return object.name() + " " + (isOther() ? "save" : verb.text());
    }

    private boolean isOther() {
      return object.otherCreate() != null && object.otherCreate().call().equals(call);
    }

    String path() {
      return call.path().replaceAll("\\{[a-z_]+}", "7");
    }

    /** Returns the record that gives this body. */
    ObjectNode record(ObjectNode body) {
      ObjectNode record = body.deepCopy();
      call.parameters().forEach(name -> record.put(name, "7"));
      return record;
    }
  }

  /**
   * A kind of difference that is meant.
   *
   * @param verdict {@code refused} if we refuse what the document allows, else {@code sent}
   */
  private record Meant(String verdict, String request, String place, String change) {
    boolean covers(
        String otherVerdict, String otherRequest, String otherPlace, String otherChange) {
      return verdict.equals(otherVerdict)
          && fits(request, otherRequest)
          && fits(place, otherPlace)
          && fits(change, otherChange);
    }

    private static boolean fits(String pattern, String text) {
      return text.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E");
    }
  }

  private static List<Written> requests() {
    List<Written> all = new ArrayList<>();
    for (WritableObject object : WriteCatalogue.all()) {
      object
          .calls()
          .forEach(
              (verb, call) -> {
                if (call.shape() != null) {
                  all.add(new Written(object, verb, call));
                }
              });
      if (object.otherCreate() != null) {
        all.add(new Written(object, WriteVerb.CREATE, object.otherCreate().call()));
      }
    }
    return all;
  }

  private static List<Meant> meant() throws IOException {
    List<Meant> all = new ArrayList<>();
    try (InputStream file =
        Objects.requireNonNull(
            RequestSchemaWalkTest.class.getResourceAsStream("differences-from-pinterest.txt"))) {
      for (String line : new String(file.readAllBytes(), UTF_8).lines().toList()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String[] parts = line.split("\\s*\\|\\s*", -1);
        assertThat(parts).as(line).hasSize(5).doesNotContain("");
        all.add(new Meant(parts[0].strip(), parts[1], parts[2], parts[3]));
      }
    }
    return all;
  }

  private static RecordRequest ours(Written written, ObjectNode body) {
    return RecordRequest.of(
        written.object(),
        written.verb(),
        written.object().find(written.verb()).orElseThrow(),
        new WriteSettings(Json.object(), null, Set.of()),
        written.record(body),
        "record",
        new DestinationRules(false));
  }

  @Test
  void everyMemberIsJudgedAsPinterestsDocumentJudgesIt() throws IOException {
    var oracle = PinterestOracle.orSkip();
    List<Meant> meant = meant();
    Set<Meant> used = new LinkedHashSet<>();
    Set<String> differences = new TreeSet<>();
    int compared = 0;
    for (Written written : requests()) {
      List<Sample> samples = oracle.requestSamples(written.call().method(), written.path());
      assertThat(samples).as(written.name()).isNotEmpty();
      Set<String> seen = new LinkedHashSet<>();
      Set<JsonNode> words = new LinkedHashSet<>();
      for (Sample sample : samples) {
        ObjectNode good = (ObjectNode) sample.value();
        RecordRequest request = ours(written, good);
        assertThat(request.issues()).as(written.name() + " " + good).isEmpty();
        assertThat(request.body()).as("what is sent").isEqualTo(good);
        for (Place place : sample.places()) {
          for (Map.Entry<String, @Nullable JsonNode> change :
              changes(place, good, words).entrySet()) {
            JsonNode body = SchemaSamples.changed(good, place.pointer(), change.getValue());
            if (!(body instanceof ObjectNode object) || !seen.add(body.toString())) {
              continue;
            }
            compared++;
            RecordRequest sent = ours(written, object);
            boolean accepted = sent.issues().isEmpty();
            JsonNode judged = accepted ? Objects.requireNonNull(sent.body()) : body;
            boolean allowed =
                oracle
                    .validateRequest(written.call().method(), written.path(), judged.toString())
                    .isEmpty();
            if (accepted) {
              assertSame(written.name() + " " + place + " " + change.getKey(), judged, body);
            }
            if (allowed == accepted) {
              continue;
            }
            String verdict = allowed ? "refused" : "sent";
            String at = place.pointer().isEmpty() ? "-" : place.pointer().substring(1);
            List<Meant> covering =
                meant.stream()
                    .filter(each -> each.covers(verdict, written.name(), at, change.getKey()))
                    .toList();
            used.addAll(covering);
            if (covering.isEmpty()) {
              differences.add(
                  String.join(" | ", verdict, written.name(), at, change.getKey())
                      + (allowed ? "   " + sent.issues().getFirst().text() : ""));
            }
          }
        }
      }
    }
    assertThat(differences).as("differences that are not listed").isEmpty();
    assertThat(meant).as("all listed differences exist").allMatch(used::contains);
    assertThat(compared).isGreaterThan(2_000);
  }

  /** Asserts that nothing was changed but the form of a number and of an address. */
  private static void assertSame(String what, JsonNode sent, JsonNode body) {
    Comparator<JsonNode> same =
        (a, b) ->
            a.isNumber() && b.isNumber()
                ? a.decimalValue().compareTo(b.decimalValue())
                : a.isTextual() && a.asText().contains("://")
                    ? a.asText().compareToIgnoreCase(b.asText())
                    : a.equals(b) ? 0 : 1;
    assertThat(sent.equals(same, body)).as(what + sent).isTrue();
  }

  /** Returns changes of the value at a place, by their names; null removes it. */
  private static Map<String, @Nullable JsonNode> changes(
      Place place, ObjectNode good, Set<JsonNode> words) {
    JsonNode rules = place.rules();
    JsonNode value = good.at(place.pointer());
    Map<String, @Nullable JsonNode> all = new LinkedHashMap<>();
    if (!place.pointer().isEmpty()) {
      if (!place.pointer().endsWith("/0")) {
        all.put("absent", null);
      }
      all.put("null", JSON.nullNode());
      all.put("a text", JSON.textNode("word"));
      all.put("a number", JSON.numberNode(7));
      all.put("a flag", JSON.booleanNode(true));
      all.put("a list", JSON.arrayNode());
      all.put("an object", JSON.objectNode());
    }
    switch (value) {
      case ObjectNode object -> {
        ObjectNode more = object.deepCopy();
        all.put("another member", more.put("other", "x"));
        if (rules.path("additionalProperties").isObject()) {
          all.put("a text inside", JSON.objectNode().put("a", "b"));
          all.put("a number inside", JSON.objectNode().put("a", 1));
        }
      }
      case ArrayNode list -> counts(rules, list, all);
      case JsonNode number when number.isNumber() -> {
        all.put("a whole decimal", JSON.numberNode(new BigDecimal("7.0")));
        all.put("a fraction", JSON.numberNode(new BigDecimal("1.5")));
        all.put("zero", JSON.numberNode(0));
        all.put("below zero", JSON.numberNode(-1));
        all.put("milliseconds", JSON.numberNode(1_790_000_000_000L));
        all.put("milliseconds as decimal", JSON.numberNode(new BigDecimal("1790000000000.0")));
        if (rules.has("minimum")) {
          all.put("least", rules.get("minimum"));
          all.put("below least", JSON.numberNode(rules.get("minimum").asLong() - 1));
        }
        if (rules.has("maximum")) {
          all.put("most", rules.get("maximum"));
          all.put("above most", JSON.numberNode(rules.get("maximum").asLong() + 1));
        }
      }
      // Each of some eighty conditions would be tried with the same texts.
      case JsonNode text when text.isTextual() && !place.pointer().contains("/filters/") ->
          texts(rules, text.asText(), words, all);
      case JsonNode _ -> {}
    }
    return all;
  }

  private static void counts(JsonNode rules, ArrayNode list, Map<String, @Nullable JsonNode> all) {
    for (String bound : List.of("minItems", "maxItems")) {
      if (rules.has(bound)) {
        int count = rules.get(bound).asInt();
        all.put(bound, repeated(list, count));
        all.put("one fewer than " + bound, repeated(list, count - 1));
        all.put("one more than " + bound, repeated(list, count + 1));
      }
    }
    all.put("six entries", repeated(list, 6));
  }

  private static ArrayNode repeated(ArrayNode list, int count) {
    ArrayNode repeated = JSON.arrayNode();
    for (int i = 0; i < count; i++) {
      repeated.add(list.get(0).deepCopy());
    }
    return repeated;
  }

  /**
   * @param words lists of words that were tried; each is tried once for a request
   */
  private static void texts(
      JsonNode rules, String good, Set<JsonNode> words, Map<String, @Nullable JsonNode> all) {
    all.put("an empty text", JSON.textNode(""));
    all.put("a blank text", JSON.textNode(" "));
    all.put("an emoji", JSON.textNode(LAMP));
    all.put("digits", JSON.textNode("813744226420795884"));
    all.put("digits and a letter", JSON.textNode("81374x"));
    all.put("a long text", JSON.textNode("x".repeat(LONG_TEXT)));
    all.put("many digits", JSON.textNode("8".repeat(65)));
    for (String address :
        List.of("https://a.example/", "HTTPS://A.example/x", "sftp://a.example/x", "a.example/x")) {
      all.put("the address " + address, JSON.textNode(address));
    }
    all.put("a long address", JSON.textNode("https://a.example/" + "x".repeat(7_900)));
    all.put("a longer address", JSON.textNode("https://a.example/" + "x".repeat(LONG_TEXT)));
    all.put("the time 23:59", JSON.textNode("23:59"));
    all.put("the time 24:00", JSON.textNode("24:00"));
    all.put("the time 2:00", JSON.textNode("2:00"));
    for (String bound : List.of("minLength", "maxLength")) {
      if (rules.has(bound)) {
        int length = rules.get(bound).asInt();
        for (String letter : List.of("x", LAMP)) {
          String of = letter.equals("x") ? "" : " of emoji";
          all.put(bound + of, JSON.textNode(letter.repeat(length)));
          all.put("one more than " + bound + of, JSON.textNode(letter.repeat(length + 1)));
          all.put(
              "one fewer than " + bound + of,
              JSON.textNode(letter.repeat(Math.max(0, length - 1))));
        }
      }
    }
    if (rules.has("enum") && words.add(rules.get("enum"))) {
      all.put("in small letters", JSON.textNode(good.toLowerCase(java.util.Locale.ROOT)));
      all.put("two capital letters", JSON.textNode("QQ"));
      all.put("three capital letters", JSON.textNode("QQQ"));
      for (JsonNode word : rules.get("enum")) {
        all.put("the word " + word.asText(), word);
      }
    }
  }
}
