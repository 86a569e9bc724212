package io.pinferry.manifest;

import org.jspecify.annotations.Nullable;

/** A field that a manifest asks for or offers. */
public sealed interface ManifestField {
  /**
   * A field that exists at Pinterest.
   *
   * @param mapTo the name to deliver it by; null to deliver it unmapped
   */
  record Existing(FieldPath field, @Nullable FieldPath mapTo) implements ManifestField {}

  /**
   * A slot for a field that the group chooses.
   *
   * @param mapTo the name to deliver it by
   * @param preset the field that is taken if the group chooses none; null for none
   */
  record Slot(FieldPath mapTo, @Nullable FieldPath preset) implements ManifestField {}
}
