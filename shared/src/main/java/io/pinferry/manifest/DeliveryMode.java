package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Which records a scheduled read delivers. It is an extension of the manifest: {@code
 * x-pinferry-changes} of a read object.
 */
public enum DeliveryMode {
  /** All records, each time. */
  ALL,
  /** The records that are new, or have changed since the read before. */
  CHANGED;

  static final String KEY = "x-pinferry-changes";

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> texts() {
    return Stream.of(values()).map(DeliveryMode::text).toList();
  }
}
