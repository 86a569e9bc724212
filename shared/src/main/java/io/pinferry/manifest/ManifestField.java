package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** A field that a manifest requires or offers. */
public sealed interface ManifestField {
  /** Returns the name under which it is delivered; null to deliver it unmapped. */
  @Nullable FieldPath mapTo();

  /**
   * A field of Pinterest.
   *
   * @param mapTo the name under which it is delivered; null to deliver it unmapped
   */
  record PinterestField(FieldPath field, @Nullable FieldPath mapTo) implements ManifestField {}

  /**
   * A slot for a field that the group chooses.
   *
   * @param mapTo the name under which it is delivered
   * @param preset the default; null for none
   */
  record Slot(FieldPath mapTo, @Nullable FieldPath preset) implements ManifestField {}

  /** Reads a field in the form of the contract: with a field name, a target name, or both. */
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
