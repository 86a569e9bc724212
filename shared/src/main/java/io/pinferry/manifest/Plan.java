package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Which way an object with several ways is read: our own addition to the manifest, {@code
 * x-pinferry-plan} on a read object.
 */
public enum Plan {
  /** One list of what the Pinterest user owns. */
  OWNED,
  /** The contents of each board, in parallel, others' records on shared boards included. */
  BOARDS;

  static final String KEY = "x-pinferry-plan";

  /** Returns the plan's name in manifests. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> texts() {
    return Stream.of(values()).map(Plan::text).toList();
  }
}
