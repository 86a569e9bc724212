package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** A field that a manifest asks for or offers. */
public sealed interface ManifestField {
  /**
   * A field that exists at Pinterest.
   *
   * @param mapTo the name to deliver it by; null to deliver it unmapped
   */
  record PinterestField(FieldPath field, @Nullable FieldPath mapTo) implements ManifestField {}

  /**
   * A slot for a field that the group chooses.
   *
   * @param mapTo the name to deliver it by
   * @param preset the field that is taken if the group chooses none; null for none
   */
  record Slot(FieldPath mapTo, @Nullable FieldPath preset) implements ManifestField {}

  /** Reads the contract's form, in which one of the first two is there. */
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
