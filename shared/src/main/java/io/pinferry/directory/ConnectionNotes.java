package io.pinferry.directory;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The builder's own data about a connection. Pinferry returns them and does not use them.
 *
 * @param workspaceRef the builder's name of the account at the provider; null for none
 * @param metadata by name
 */
public record ConnectionNotes(@Nullable String workspaceRef, Map<String, Entry> metadata) {

  public static final ConnectionNotes NONE = new ConnectionNotes(null, Map.of());

  /**
   * An entry of the metadata.
   *
   * @param source the origin of the value, in the contract's words
   * @param displayName null for none
   */
  public record Entry(String value, String source, @Nullable String displayName) {}

  public ConnectionNotes {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }
}
