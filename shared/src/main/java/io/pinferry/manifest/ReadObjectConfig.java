package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The choice of an installation for one read object, in the form of the contract. Null is no
 * choice.
 *
 * @param objectName the name of the object at Pinterest
 * @param schedule replaces that of the manifest
 * @param destination replaces that of the manifest
 * @param disabled whether reads on schedule and on demand are off
 * @param selectedFields whether to deliver a field
 * @param selectedFieldMappings from the delivered name to the field
 * @param selectedFieldsAuto {@link #ALL} to deliver all fields
 * @param selectedValueMappings by field, from the delivered value to the value at Pinterest
 * @param dynamicMappingsInput slots that the page of the builder offered, unchanged
 * @param backfill replaces that of the manifest
 * @param mode replaces that of the manifest; an extension of the contract
 */
public record ReadObjectConfig(
    String objectName,
    @Nullable Cron schedule,
    @Nullable String destination,
    @Nullable Boolean disabled,
    @Nullable Map<FieldPath, Boolean> selectedFields,
    @Nullable Map<FieldPath, FieldPath> selectedFieldMappings,
    @Nullable String selectedFieldsAuto,
    @Nullable Map<FieldPath, Map<String, String>> selectedValueMappings,
    @Nullable JsonNode dynamicMappingsInput,
    @Nullable Backfill backfill,
    @JsonProperty(DeliveryMode.KEY) @Nullable DeliveryMode mode) {
  static final String ALL = "all";

  public ReadObjectConfig {
    selectedFields = copy(selectedFields);
    selectedFieldMappings = copy(selectedFieldMappings);
    selectedValueMappings = copy(selectedValueMappings);
  }

  private static <K, V> @Nullable Map<K, V> copy(@Nullable Map<K, V> map) {
    return map == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** Returns the config of an object without any choice. */
  public static ReadObjectConfig empty(String objectName) {
    return new ReadObjectConfig(
        objectName, null, null, null, null, null, null, null, null, null, null);
  }

  /**
   * Returns this config as the replacement of a stored one. The stored schedule, destination,
   * backfill, mode and disabled flag stay if this config does not have them: the component does not
   * know these keys, and must not delete them. The selection comes from this config alone, so that
   * it can be taken back.
   */
  public ReadObjectConfig inPlaceOf(ReadObjectConfig stored) {
    return with(
        either(schedule, stored.schedule),
        either(destination, stored.destination),
        either(disabled, stored.disabled),
        either(backfill, stored.backfill),
        either(mode, stored.mode));
  }

  /** Returns this config, disabled or enabled. */
  public ReadObjectConfig withDisabled(boolean value) {
    return with(schedule, destination, value, backfill, mode);
  }

  private ReadObjectConfig with(
      @Nullable Cron newSchedule,
      @Nullable String newDestination,
      @Nullable Boolean newDisabled,
      @Nullable Backfill newBackfill,
      @Nullable DeliveryMode newMode) {
    return new ReadObjectConfig(
        objectName,
        newSchedule,
        newDestination,
        newDisabled,
        selectedFields,
        selectedFieldMappings,
        selectedFieldsAuto,
        selectedValueMappings,
        dynamicMappingsInput,
        newBackfill,
        newMode);
  }

  static <T> @Nullable T either(@Nullable T first, @Nullable T second) {
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
    return selectedFieldsAuto != null;
  }
}
