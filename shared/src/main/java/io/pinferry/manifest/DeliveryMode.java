package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which records a scheduled read delivers. It is an extension of the manifest: {@code
 * x-pinferry-changes} of a read object, and of the config of an installation.
 */
public enum DeliveryMode {
  /** All records, each time. */
  ALL("all"),
  /** The records that are new, or have changed since the read before. */
  CHANGED("changed"),
  /** These, and which records are deleted. */
  CHANGED_AND_DELETED("changedAndDeleted");

  public static final String KEY = "x-pinferry-changes";

  private final String text;

  DeliveryMode(String text) {
    this.text = text;
  }

  /** Returns the word in the manifest. */
  @JsonValue
  public String text() {
    return text;
  }

  /** Returns the mode of one of {@link #texts}. */
  static DeliveryMode of(String text) {
    return Stream.of(values()).filter(mode -> mode.text.equals(text)).findFirst().orElseThrow();
  }

  static List<String> texts() {
    return Stream.of(values()).map(DeliveryMode::text).toList();
  }
}
