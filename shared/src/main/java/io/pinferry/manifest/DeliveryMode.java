package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which records a scheduled read delivers. It is an extension of the manifest: {@code
 * x-pinferry-changes} of a read object.
 */
public enum DeliveryMode {
  /** All records, each time. */
  ALL("all"),
  /** The records that are new, or have changed since the read before. */
  CHANGED("changed"),
  /** These, and which records are deleted. */
  CHANGED_AND_DELETED("changedAndDeleted");

  static final String KEY = "x-pinferry-changes";

  private final String text;

  DeliveryMode(String text) {
    this.text = text;
  }

  /** Returns the word in the manifest. */
  @JsonValue
  public String text() {
    return text;
  }

  static List<String> texts() {
    return Stream.of(values()).map(DeliveryMode::text).toList();
  }
}
