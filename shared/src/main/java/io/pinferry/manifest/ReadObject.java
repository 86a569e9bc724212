package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An object that an integration reads, in the form of the contract.
 *
 * @param objectName its name at Pinterest
 * @param destination the name of the destination of its records
 * @param schedule null for reads on demand only
 * @param enabled {@code always} if it is read without a choice too; otherwise null
 * @param mapToName the name in deliveries; null for its own name
 * @param optionalFieldsAuto {@code all} if every other field is offered too; otherwise null
 * @param backfill the history to read first; null for none
 * @param plan null for the default of the object
 * @param mode which records scheduled reads deliver; null for all
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
    @JsonProperty(Plan.KEY) @Nullable Plan plan,
    @JsonProperty(DeliveryMode.KEY) @Nullable DeliveryMode mode) {
  public ReadObject {
    requiredFields = List.copyOf(requiredFields);
    optionalFields = List.copyOf(optionalFields);
  }

  public String deliveredName() {
    return mapToName == null ? objectName : mapToName;
  }

  /** Returns the required and the optional fields. */
  Stream<ManifestField> fields() {
    return Stream.concat(requiredFields.stream(), optionalFields.stream());
  }

  public boolean always() {
    return enabled != null;
  }

  public boolean allOptional() {
    return optionalFieldsAuto != null;
  }
}
