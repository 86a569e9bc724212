package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** A field that a manifest requires or offers. */
public sealed interface ManifestField {
  /** Returns the name to deliver it by; null to deliver it unmapped. */
  @Nullable FieldPath mapTo();

  /**
   * A field of Pinterest.
   *
   * @param mapTo the name to deliver it by; null to deliver it unmapped
   */
  record PinterestField(FieldPath field, @Nullable FieldPath mapTo) implements ManifestField {}

  /**
   * A slot for a field that the group chooses.
   *
   * @param mapTo the name to deliver it by
   * @param preset the default; null for none
   */
  record Slot(FieldPath mapTo, @Nullable FieldPath preset) implements ManifestField {}

  /** Reads the form of the contract. It has a field, a target, or both. */
  @JsonCreator
  static ManifestField of(
      @JsonProperty("fieldName") @Nullable FieldPath field,
      @JsonProperty("mapToName") @Nullable FieldPath mapTo,
      @JsonProperty("default") @Nullable FieldPath preset) {
    if (field != null) {
      return new PinterestField(field, mapTo);
    }
    if (mapTo == null) {
      throw new IllegalArgumentException("a field needs fieldName or mapToName");
    }
    return new Slot(mapTo, preset);
  }
}
