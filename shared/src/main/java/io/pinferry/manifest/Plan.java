package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The choice among several ways to read an object. It is an extension of the manifest: {@code
 * x-pinferry-plan} of a read object.
 */
public enum Plan {
  /** One list of all records that the Pinterest user owns. */
  OWNED,
  /** The contents of each board, in parallel. Shared boards include records of others. */
  BOARDS;

  static final String KEY = "x-pinferry-plan";

  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> texts() {
    return Stream.of(values()).map(Plan::text).toList();
  }
}
