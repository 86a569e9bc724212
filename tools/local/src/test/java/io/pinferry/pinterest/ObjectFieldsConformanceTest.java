package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinferry.local.RepositoryRoot;
import io.pinferry.local.oracle.PinterestOracle;
import io.pinferry.pinterest.ObjectFields.FieldUse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fields that are offered are those of Pinterest's document, no more and no fewer. */
final class ObjectFieldsConformanceTest {
  /** Fields with members that are conditions of some thirty kinds, or depend on the time. */
  private static final Set<String> WITHOUT_MEMBERS = Set.of("filters", "pin_metrics");

  private JsonNode document;

  @BeforeEach
  void theDocument() throws IOException {
    PinterestOracle.orSkip();
    document =
        new ObjectMapper()
            .readTree(RepositoryRoot.oracle().resolve("pinterest-v5-openapi.json").toFile());
  }

  /** A member, with what all parts and variants of its schema say of it. */
  private static final class Member {
    private String type = "";
    private String format = "";
    private boolean readOnly;
    private final Set<String> words = new TreeSet<>();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final List<JsonNode> entries = new ArrayList<>();
  }

  private JsonNode resolved(JsonNode node) {
    JsonNode found = node;
    while (found.has("$ref")) {
      found = document.at(found.path("$ref").asText().substring(1));
    }
    return found;
  }

  private void read(JsonNode schema, Member into) {
    JsonNode node = resolved(schema);
    into.type = into.type.isEmpty() ? node.path("type").asText() : into.type;
    into.format = into.format.isEmpty() ? node.path("format").asText() : into.format;
    into.readOnly |= node.path("readOnly").asBoolean();
    for (JsonNode word : node.path("enum")) {
      if (!word.isNull()) {
        into.words.add(word.asText());
      }
    }
    if (node.has("items")) {
      into.entries.add(node.path("items"));
    }
    for (String parts : List.of("allOf", "oneOf", "anyOf")) {
      node.path(parts).forEach(part -> read(part, into));
    }
    node.path("properties")
        .properties()
        .forEach(
            property ->
                read(
                    property.getValue(),
                    into.members.computeIfAbsent(property.getKey(), name -> new Member())));
  }

  private static Member member(Member outer, String name) {
    Member member = outer.members.get(name);
    if (member == null) {
      throw new AssertionError("there is no " + name + " among " + outer.members.keySet());
    }
    return member;
  }

  /** Returns what the records of a list are. */
  private Member recordOf(String path) {
    Member answer = new Member();
    JsonNode response = resolved(document.path("paths").path(path).at("/get/responses/200"));
    JsonNode schema = response.at("/content/application~1json/schema");
    read(schema.isMissingNode() ? response : schema, answer);
    Member items = member(answer, "items");
    Member found = new Member();
    items.entries.forEach(entry -> read(entry, found));
    return found;
  }

  static Set<String> objects() {
    return ReadCatalogue.names();
  }

  @ParameterizedTest
  @MethodSource("objects")
  void theFieldsOfAnObjectAreThoseOfItsRecords(String object) {
    for (ReadPlan plan : ReadCatalogue.get(object).plans()) {
      for (ReadPlan.Step step : plan.steps().values()) {
        if (step.delivers()) {
          Member described = recordOf(step.call().path().substring("/v5".length()));
          assertSame(object, ReadFields.of(object), described);
          assertThat(ReadFields.observed(object))
              .as("what is documented needs no observation")
              .extracting(ObjectField::name)
              .doesNotContainAnyElementsOf(described.members.keySet());
        }
      }
    }
  }

  private void assertSame(String place, List<ObjectField> fields, Member described) {
    assertThat(fields)
        .as(place)
        .extracting(ObjectField::name)
        .containsExactlyInAnyOrderElementsOf(described.members.keySet());
    for (ObjectField field : fields) {
      String name = place + "." + field.name();
      Member member = member(described, field.name());
      assertThat(field.providerType()).as(name).isEqualTo(member.type);
      Member entry = new Member();
      member.entries.forEach(each -> read(each, entry));
      Set<String> words = member.type.equals("array") ? entry.words : member.words;
      assertThat(new TreeSet<>(field.words())).as(name).isEqualTo(words);
      assertThat(field.type()).as(name).isEqualTo(type(field, member, words));
      if (!field.type().equals(ObjectField.Type.OTHER)) {
        assertThat(field.members()).as(name).isEmpty();
      } else if (!WITHOUT_MEMBERS.contains(field.name())) {
        assertSame(name, field.members(), member);
      }
    }
  }

  /** Adds what the specification leaves open: the object to which an id belongs. */
  private static ObjectField.Type type(ObjectField field, Member member, Set<String> words) {
    return switch (member.type) {
      case "string" ->
          !words.isEmpty()
              ? ObjectField.Type.SINGLE_SELECT
              : member.format.equals("date-time")
                  ? ObjectField.Type.DATETIME
                  : field.name().endsWith("_id") && field.refersTo() != null
                      ? ObjectField.Type.REFERENCE
                      : ObjectField.Type.STRING;
      case "integer" -> ObjectField.Type.INT;
      case "number" -> ObjectField.Type.FLOAT;
      case "boolean" -> ObjectField.Type.BOOLEAN;
      case "array" -> words.isEmpty() ? ObjectField.Type.OTHER : ObjectField.Type.MULTI_SELECT;
      default -> ObjectField.Type.OTHER;
    };
  }

  @ParameterizedTest
  @MethodSource("objects")
  void whatPinterestCallsReadOnlyCannotBeSet(String object) {
    ReadPlan plan = ReadCatalogue.get(object).defaultPlan();
    ReadPlan.Step step =
        plan.steps().values().stream().filter(ReadPlan.Step::delivers).findFirst().orElseThrow();
    Member described = recordOf(step.call().path().substring("/v5".length()));
    Map<String, FieldUse> fields = ObjectFields.find(object).orElseThrow().fields();

    Set<String> wrong = new TreeSet<>();
    described.members.forEach(
        (name, member) -> {
          FieldUse field = fields.get(name);
          if (member.readOnly && (field == null || !field.readOnly())) {
            wrong.add(name);
          }
        });
    assertThat(wrong).isEmpty();
  }

  @Test
  void referencesAreToObjectsThatThereAre() {
    Set<String> known = new TreeSet<>(ReadCatalogue.names());
    known.addAll(WriteObjects.names());
    for (String object : known) {
      assertThat(ObjectFields.find(object).orElseThrow().fields().values())
          .as(object)
          .extracting(field -> field.field().refersTo())
          .allSatisfy(to -> assertThat(to == null || known.contains(to)).isTrue());
    }
  }
}
