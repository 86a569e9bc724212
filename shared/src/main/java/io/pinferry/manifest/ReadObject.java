package io.pinferry.manifest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object that an integration reads.
 *
 * @param objectName its name at Pinterest
 * @param destination the name of the destination that its records go to
 * @param schedule when it is read; null for on demand only
 * @param always whether it is read for installations that have not chosen it too
 * @param mapToName the name that its records are delivered by; null for its own
 * @param allOptional whether every other field is offered too
 * @param backfill what is read first
 * @param plan which way it is read; null if the manifest does not say
 */
public record ReadObject(
    String objectName,
    String destination,
    @Nullable Cron schedule,
    boolean always,
    @Nullable String mapToName,
    List<ManifestField> requiredFields,
    List<ManifestField> optionalFields,
    boolean allOptional,
    Backfill backfill,
    @Nullable Plan plan) {
  public ReadObject {
    requiredFields = List.copyOf(requiredFields);
    optionalFields = List.copyOf(optionalFields);
  }

  /** Returns the name that its records are delivered by. */
  public String deliveredName() {
    return mapToName == null ? objectName : mapToName;
  }
}
