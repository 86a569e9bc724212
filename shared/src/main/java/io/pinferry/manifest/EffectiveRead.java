package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one object is read and delivered for one installation.
 *
 * @param objectName the object's name at Pinterest
 * @param deliveredName the name that messages carry
 * @param schedule when it is read; null for on demand only
 * @param destination the name of the destination
 * @param disabled whether it is neither read on schedule nor on demand
 * @param pauseNote why it was disabled, in the words of whoever did; null if nothing was said
 * @param fields what goes unmapped into {@code fields}; none of them is the source of a mapping
 * @param mappings what goes into {@code mappedFields}: from the path to deliver at, to the path in
 *     the record. No target lies inside another
 * @param valueMappings by the path that is delivered, an entry of {@code fields} or a target of
 *     {@code mappings}: from the value at Pinterest to the value to deliver. A value that it lacks
 *     is delivered as it is
 * @param selectAll whether every other field of a record goes into {@code fields} too
 * @param backfill what is read first
 * @param plan which way it is read; null if the manifest does not say
 */
public record EffectiveRead(
    String objectName,
    String deliveredName,
    @Nullable Cron schedule,
    String destination,
    boolean disabled,
    @Nullable String pauseNote,
    List<FieldPath> fields,
    Map<FieldPath, FieldPath> mappings,
    Map<FieldPath, Map<String, String>> valueMappings,
    boolean selectAll,
    Backfill backfill,
    @Nullable Plan plan) {
  public EffectiveRead {
    fields = List.copyOf(fields);
    mappings = Collections.unmodifiableMap(new LinkedHashMap<>(mappings));
    valueMappings = Collections.unmodifiableMap(new LinkedHashMap<>(valueMappings));
  }

  /**
   * Returns the same read, disabled or not.
   *
   * @param note why, null if nothing was said
   */
  public EffectiveRead withDisabled(boolean value, @Nullable String note) {
    return new EffectiveRead(
        objectName,
        deliveredName,
        schedule,
        destination,
        value,
        note,
        fields,
        mappings,
        valueMappings,
        selectAll,
        backfill,
        plan);
  }

  /** Returns our own form, as it is stored. */
  public ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("objectName", objectName);
    json.put("deliveredName", deliveredName);
    if (schedule != null) {
      json.put("schedule", schedule.toString());
    }
    json.put("destination", destination);
    json.put("disabled", disabled);
    if (pauseNote != null) {
      json.put("pauseNote", pauseNote);
    }
    ArrayNode fieldList = json.putArray("fields");
    fields.forEach(field -> fieldList.add(field.toString()));
    ObjectNode mappingObject = json.putObject("mappings");
    mappings.forEach((to, from) -> mappingObject.put(to.toString(), from.toString()));
    ObjectNode valueObject = json.putObject("valueMappings");
    valueMappings.forEach(
        (field, values) -> values.forEach(valueObject.putObject(field.toString())::put));
    json.put("selectAll", selectAll);
    json.set("backfill", backfill.toJson());
    if (plan != null) {
      json.put("plan", plan.text());
    }
    return json;
  }

  /** Reads what {@link #toJson} wrote. */
  public static EffectiveRead fromJson(JsonNode json) {
    List<FieldPath> fields = new ArrayList<>();
    json.path("fields").forEach(field -> fields.add(FieldPath.parse(field.asText())));
    Map<FieldPath, FieldPath> mappings = new LinkedHashMap<>();
    json.path("mappings")
        .properties()
        .forEach(
            entry ->
                mappings.put(
                    FieldPath.parse(entry.getKey()), FieldPath.parse(entry.getValue().asText())));
    Map<FieldPath, Map<String, String>> valueMappings = new LinkedHashMap<>();
    json.path("valueMappings")
        .properties()
        .forEach(
            entry -> {
              Map<String, String> values = new LinkedHashMap<>();
              entry
                  .getValue()
                  .properties()
                  .forEach(value -> values.put(value.getKey(), value.getValue().asText()));
              valueMappings.put(FieldPath.parse(entry.getKey()), values);
            });
    JsonNode schedule = json.get("schedule");
    JsonNode plan = json.get("plan");
    return new EffectiveRead(
        json.path("objectName").asText(),
        json.path("deliveredName").asText(),
        schedule == null ? null : Cron.parse(schedule.asText()),
        json.path("destination").asText(),
        json.path("disabled").asBoolean(),
        json.path("pauseNote").textValue(),
        fields,
        mappings,
        valueMappings,
        json.path("selectAll").asBoolean(),
        RevisionReader.backfill(json.path("backfill").path("defaultPeriod")),
        plan == null ? null : Plan.of(plan.asText()));
  }
}
