package io.pinferry.local.api;

import org.jspecify.annotations.Nullable;

/** A path of the API with a query. */
final class Query {
  private final StringBuilder text;
  private char separator = '?';

  Query(String path) {
    text = new StringBuilder(path);
  }

  /** Adds a parameter; null is left out. */
  Query with(String name, @Nullable String value) {
    if (value != null) {
      text.append(separator).append(name).append('=').append(Doors.encoded(value));
      separator = '&';
    }
    return this;
  }

  String text() {
    return text.toString();
  }
}
