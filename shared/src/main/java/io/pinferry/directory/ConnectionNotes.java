package io.pinferry.directory;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a builder keeps with a connection. Pinferry gives it back and makes no use of it.
 *
 * @param workspaceRef the builder's word for the account at the provider; null for none
 * @param metadata by name
 */
public record ConnectionNotes(@Nullable String workspaceRef, Map<String, Entry> metadata) {
  /** A connection that nothing is kept with. */
  public static final ConnectionNotes NONE = new ConnectionNotes(null, Map.of());

  /**
   * One of the metadata.
   *
   * @param source where the value is from, in the contract's words
   * @param displayName null for none
   */
  public record Entry(String value, String source, @Nullable String displayName) {}

  public ConnectionNotes {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }
}
