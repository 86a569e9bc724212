package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object that an integration reads, in the contract's shape.
 *
 * @param objectName its name at Pinterest
 * @param destination the name of the destination that its records go to
 * @param schedule when it is read; null for on demand only
 * @param enabled {@code always} if it is read for installations that have not chosen it too
 * @param mapToName the name that its records are delivered by; null for its own
 * @param optionalFieldsAuto {@code all} if every other field is offered too
 * @param backfill what is read first; null for nothing
 * @param plan which way it is read; null if the manifest does not say
 */
public record ReadObject(
    String objectName,
    String destination,
    @Nullable Cron schedule,
    @Nullable String enabled,
    @Nullable String mapToName,
    List<ManifestField> requiredFields,
    List<ManifestField> optionalFields,
    @Nullable String optionalFieldsAuto,
    @Nullable Backfill backfill,
    @JsonProperty(Plan.KEY) @Nullable Plan plan) {
  public ReadObject {
    requiredFields = List.copyOf(requiredFields);
    optionalFields = List.copyOf(optionalFields);
  }

  /** Returns the name that its records are delivered by. */
  public String deliveredName() {
    return mapToName == null ? objectName : mapToName;
  }

  /** Returns whether it is read for installations that have not chosen it too. */
  public boolean always() {
    return enabled != null;
  }

  /** Returns whether every other field is offered too. */
  public boolean allOptional() {
    return optionalFieldsAuto != null;
  }
}
