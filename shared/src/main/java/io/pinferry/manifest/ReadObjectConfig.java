package io.pinferry.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The choice of an installation for one object that it reads, in the contract's shape. Null stands
 * for no choice.
 *
 * @param objectName the object's name at Pinterest
 * @param schedule instead of the manifest's
 * @param destination instead of the manifest's
 * @param disabled whether it is neither read on schedule nor on demand
 * @param selectedFields fields to deliver, or not to
 * @param selectedFieldMappings from the name to deliver by, to the field
 * @param selectedFieldsAuto {@link #ALL} if all fields are to be delivered
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
    @Nullable String selectedFieldsAuto,
    @Nullable Map<FieldPath, Map<String, String>> selectedValueMappings,
    @Nullable JsonNode dynamicMappingsInput,
    @Nullable Backfill backfill) {
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
    return new ReadObjectConfig(objectName, null, null, null, null, null, null, null, null, null);
  }

  /**
   * Returns this config in the place of a stored one. The stored schedule, destination, backfill
   * and whether the object is disabled stay where this one does not say them: the component
   * replaces an object without these keys, which it does not know, and they must not be lost. The
   * selection is this one's alone, so that it can be taken back.
   */
  public ReadObjectConfig inPlaceOf(ReadObjectConfig stored) {
    return with(
        either(schedule, stored.schedule),
        either(destination, stored.destination),
        either(disabled, stored.disabled),
        either(backfill, stored.backfill));
  }

  /** Returns this config, disabled or not. */
  public ReadObjectConfig withDisabled(boolean value) {
    return with(schedule, destination, value, backfill);
  }

  private ReadObjectConfig with(
      @Nullable Cron newSchedule,
      @Nullable String newDestination,
      @Nullable Boolean newDisabled,
      @Nullable Backfill newBackfill) {
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
        newBackfill);
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
    return selectedFieldsAuto != null;
  }
}
