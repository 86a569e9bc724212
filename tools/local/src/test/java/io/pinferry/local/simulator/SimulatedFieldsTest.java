package io.pinferry.local.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.pinterest.ObjectField;
import io.pinferry.pinterest.ObjectFields;
import io.pinferry.pinterest.ObjectFields.FieldUse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No record has a field that an installation's page was not offered. */
final class SimulatedFieldsTest {
  static List<String> objects() {
    return Truth.OBJECTS;
  }

  @ParameterizedTest
  @MethodSource("objects")
  void everyMemberOfEveryRecordIsAKnownField(String object) {
    List<ObjectField> fields =
        ObjectFields.find(object).orElseThrow().fields().values().stream()
            .filter(FieldUse::readable)
            .map(FieldUse::field)
            .toList();
    List<JsonNode> records = new ArrayList<>(truth(object, PinPlan.OWNED));
    if (object.equals("pins")) {
      records.addAll(truth(object, PinPlan.BOARDS));
    }

    Set<String> unknown = new TreeSet<>();
    Set<String> unoffered = new TreeSet<>();
    for (JsonNode each : records) {
      for (var member : each.properties()) {
        if (!member.getKey().equals("_source")) {
          check(object, member.getKey(), member.getValue(), fields, unknown, unoffered);
        }
      }
    }

    assertThat(records).isNotEmpty();
    assertThat(unknown).isEmpty();
    assertThat(unoffered).as("values that are no choice").isEmpty();
  }

  private static List<JsonNode> truth(String object, PinPlan plan) {
    return SimulatorClient.of(1, 2_000).truth(object, plan);
  }

  private static void check(
      String place,
      String name,
      JsonNode value,
      Collection<ObjectField> fields,
      Set<String> unknown,
      Set<String> unoffered) {
    ObjectField field =
        fields.stream().filter(one -> one.name().equals(name)).findFirst().orElse(null);
    if (field == null) {
      unknown.add(place + "." + name);
      return;
    }
    if (!field.words().isEmpty() && value.isTextual() && !field.words().contains(value.asText())) {
      unoffered.add(place + "." + name + " " + value.asText());
    }
    if (!field.members().isEmpty()) {
      for (var member : value.properties()) {
        check(
            place + "." + name,
            member.getKey(),
            member.getValue(),
            field.members(),
            unknown,
            unoffered);
      }
    }
  }
}
