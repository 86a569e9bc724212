package io.pinferry.read;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.oracle.PinterestOracle;
import io.pinferry.local.oracle.SchemaSamples;
import io.pinferry.local.oracle.SchemaSamples.Place;
import io.pinferry.local.oracle.SchemaSamples.Sample;
import io.pinferry.operation.Selection;
import io.pinferry.pinterest.Children;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.PageRecord;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.pinterest.ReadableObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Delivers every record that Pinterest's document allows, with each nullable member null, each
 * optional one absent, each word another one, more members, and numbers as decimals. A read neither
 * fails nor changes a value.
 */
final class ResponseSchemaWalkTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String ENTRY = "/items/0";
  private static final String SOURCE = "_source";

  @Test
  void everyRecordOfTheDocumentIsDeliveredAsItIs() throws MalformedPage {
    var oracle = PinterestOracle.orSkip();
    int delivered = 0;
    for (String name : ReadCatalogue.names()) {
      ReadableObject object = ReadCatalogue.get(name);
      for (ReadPlan plan : object.plans()) {
        for (ReadPlan.Step step : plan.steps().values()) {
          Set<String> seen = new LinkedHashSet<>();
          for (Sample sample : oracle.entrySamples(step.call().path())) {
            for (Place place : sample.places()) {
              for (Map.Entry<String, @Nullable JsonNode> change :
                  changes(place, sample.value()).entrySet()) {
                JsonNode page =
                    SchemaSamples.changed(sample.value(), place.pointer(), change.getValue());
                if (!page.at(ENTRY).isObject()
                    || !hasChildren(step, page)
                    || !seen.add(page.toString())) {
                  continue;
                }
                String what = name + " " + step.name() + " " + place.pointer() + " " + change;
                assertDelivered(what, object, plan, step, page);
                delivered++;
              }
            }
          }
        }
      }
    }
    assertThat(delivered).isGreaterThan(1_000);
  }

  /**
   * Returns whether a record has what its children are listed by. The document allows a section
   * without an id; nobody can list its pins, so its read fails and says so.
   */
  private static boolean hasChildren(ReadPlan.Step step, JsonNode page) {
    return step.children().stream()
        .flatMap(child -> child.parameters().values().stream())
        .allMatch(name -> page.at(ENTRY).hasNonNull(name));
  }

  /** Returns values that the document allows at a place, or may allow one day; null removes it. */
  private static Map<String, @Nullable JsonNode> changes(Place place, JsonNode page) {
    JsonNode value = page.at(place.pointer());
    JsonNode rules = place.rules();
    Map<String, @Nullable JsonNode> all = new LinkedHashMap<>();
    all.put("as it is", value);
    if (!place.required()) {
      all.put("absent", null);
    }
    if (rules.path("nullable").asBoolean()) {
      all.put("null", JSON.nullNode());
    }
    if (rules.has("enum")) {
      all.put("another word", JSON.textNode("SOMETHING_NEW"));
    }
    if (value.isNumber()) {
      all.put("a decimal", JSON.numberNode(new BigDecimal("1790000000.0")));
      all.put("an exponent", JSON.numberNode(new BigDecimal("1.79E+12")));
      all.put("a long number", JSON.numberNode(new BigDecimal("813744226420795884.25")));
    }
    if (value instanceof ObjectNode object) {
      ObjectNode more = object.deepCopy();
      more.put("other", "\ud83d\udca1").putArray("others").addObject().put("id", 1.50);
      all.put("more members", more);
    }
    return all;
  }

  private static void assertDelivered(
      String what, ReadableObject object, ReadPlan plan, ReadPlan.Step step, JsonNode page)
      throws MalformedPage {
    JsonNode expected = page.at(ENTRY);
    List<String> names = new ArrayList<>();
    expected.fieldNames().forEachRemaining(names::add);
    String first = names.getFirst();
    List<Selection> selections =
        List.of(
            ReadFixtures.EVERYTHING,
            new Selection(
                names.stream().map(name -> new Selection.Path(List.of(name))).toList(),
                List.of(ReadFixtures.mapping(first, "mapped.first")),
                false,
                Map.of()));
    for (Selection selection : selections) {
      var spec =
          ReadFixtures.spec(object.name(), selection, Instant.parse("1970-01-01T00:00:00Z"), null);
      var writer = new RecordWriter(spec, Map.of(), Children.membersNeeded(step));
      // Written by Jackson, as Pinterest's bytes are not ours.
      byte[] body = page.toString().getBytes(UTF_8);
      ListPage read = ListPage.read(body, writer.paths());
      PageRecord record = read.records().getFirst();

      Children.of(plan, step, Map.of("ad_account_id", "7"), path -> writer.text(record, path), "1");
      if (!step.delivers()) {
        continue;
      }
      assertThat(writer.isWanted(record)).as(what).isTrue();
      String text = new String(writer.write(record), UTF_8);

      JsonNode delivered = Json.trusted(text);
      assertSame(what, delivered.path("raw"), expected, object);
      for (String name : names) {
        if (delivered.path("fields").has(name)) {
          assertThat(delivered.path("fields").get(name).toString())
              .as(what + " " + name)
              .isEqualTo(delivered.path("raw").get(name).toString());
        } else {
          assertThat(delivered.path("raw").has(name) && !selection.all())
              .as(what + " " + name + " is selected")
              .isFalse();
        }
      }
    }
  }

  /** Asserts that a record is delivered digit by digit, with its secrets redacted. */
  private static void assertSame(
      String what, JsonNode raw, JsonNode expected, ReadableObject object) {
    ObjectNode without = expected.deepCopy();
    for (String secret : object.secretFields()) {
      int dot = secret.lastIndexOf('.');
      JsonNode holder = dot < 0 ? without : without.path(secret.substring(0, dot));
      String name = secret.substring(dot + 1);
      if (holder instanceof ObjectNode members && members.hasNonNull(name)) {
        members.put(name, "[redacted]");
      }
    }
    ObjectNode delivered = raw.deepCopy();
    delivered.remove(SOURCE);
    assertThat(delivered.toString()).as(what).isEqualTo(without.toString());
  }
}
