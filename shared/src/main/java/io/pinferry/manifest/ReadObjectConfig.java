package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an installation says about one object that it reads. Null is what it does not say.
 *
 * @param objectName the object's name at Pinterest
 * @param schedule instead of the manifest's
 * @param destination instead of the manifest's
 * @param disabled whether it is neither read on schedule nor on demand
 * @param selectedFields fields to deliver, or not to
 * @param selectedFieldMappings from the name to deliver by, to the field
 * @param selectedFieldsAuto whether all fields are to be delivered; null and false say the same
 * @param selectedValueMappings by field, from the value to deliver to the value at Pinterest
 * @param dynamicMappingsInput slots that the builder's page offered, as they came
 * @param backfill instead of the manifest's
 */
public record ReadObjectConfig(
    String objectName,
    @Nullable Cron schedule,
    @Nullable String destination,
    @Nullable Boolean disabled,
    @Nullable Map<FieldPath, Boolean> selectedFields,
    @Nullable Map<FieldPath, FieldPath> selectedFieldMappings,
    @Nullable Boolean selectedFieldsAuto,
    @Nullable Map<FieldPath, Map<String, String>> selectedValueMappings,
    @Nullable JsonNode dynamicMappingsInput,
    @Nullable Backfill backfill) {
  public ReadObjectConfig {
    selectedFields = copy(selectedFields);
    selectedFieldMappings = copy(selectedFieldMappings);
    selectedValueMappings = copy(selectedValueMappings);
  }

  private static <K, V> @Nullable Map<K, V> copy(@Nullable Map<K, V> map) {
    return map == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** Returns the config of an object about which nothing is said. */
  public static ReadObjectConfig empty(String objectName) {
    return new ReadObjectConfig(objectName, null, null, null, null, null, null, null, null, null);
  }

  /**
   * Returns this config in the place of a stored one: what the stored one says of when, where to
   * and whether the object is read stays where this one does not speak of it. The component
   * replaces an object without these keys, which it does not know, and they must not be lost. What
   * is selected is this one's alone, so that it can be taken back.
   */
  public ReadObjectConfig inPlaceOf(ReadObjectConfig stored) {
    return new ReadObjectConfig(
        objectName,
        either(schedule, stored.schedule),
        either(destination, stored.destination),
        either(disabled, stored.disabled),
        selectedFields,
        selectedFieldMappings,
        selectedFieldsAuto,
        selectedValueMappings,
        dynamicMappingsInput,
        either(backfill, stored.backfill));
  }

  /** Returns this config with another word on being disabled. */
  public ReadObjectConfig withDisabled(boolean value) {
    return new ReadObjectConfig(
        objectName,
        schedule,
        destination,
        value,
        selectedFields,
        selectedFieldMappings,
        selectedFieldsAuto,
        selectedValueMappings,
        dynamicMappingsInput,
        backfill);
  }

  private static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
    return first != null ? first : second;
  }

  Map<FieldPath, Boolean> fields() {
    return Objects.requireNonNullElse(selectedFields, Map.of());
  }

  Map<FieldPath, FieldPath> mappings() {
    return Objects.requireNonNullElse(selectedFieldMappings, Map.of());
  }

  Map<FieldPath, Map<String, String>> valueMappings() {
    return Objects.requireNonNullElse(selectedValueMappings, Map.of());
  }

  boolean allFields() {
    return Boolean.TRUE.equals(selectedFieldsAuto);
  }

  /** Returns the contract's form. */
  public ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("objectName", objectName);
    if (schedule != null) {
      json.put("schedule", schedule.toString());
    }
    if (destination != null) {
      json.put("destination", destination);
    }
    if (disabled != null) {
      json.put("disabled", disabled);
    }
    if (selectedFields != null) {
      ObjectNode fields = json.putObject("selectedFields");
      selectedFields.forEach((field, selected) -> fields.put(field.toString(), selected));
    }
    if (selectedFieldMappings != null) {
      ObjectNode mappings = json.putObject("selectedFieldMappings");
      selectedFieldMappings.forEach((to, from) -> mappings.put(to.toString(), from.toString()));
    }
    if (allFields()) {
      json.put("selectedFieldsAuto", "all");
    }
    if (selectedValueMappings != null) {
      ObjectNode mappings = json.putObject("selectedValueMappings");
      selectedValueMappings.forEach(
          (field, values) -> values.forEach(mappings.putObject(field.toString())::put));
    }
    if (dynamicMappingsInput != null) {
      json.set("dynamicMappingsInput", dynamicMappingsInput);
    }
    if (backfill != null) {
      json.set("backfill", backfill.toJson());
    }
    return json;
  }
}
