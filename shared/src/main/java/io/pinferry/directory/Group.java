package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A customer of the product, the owner of connections and installations.
 *
 * @param ref the product's own id of the group, any text
 * @param name for people; the ref if no name was given
 * @param updateTime when the name last changed, null if never
 */
public record Group(
    @JsonProperty("groupRef") String ref,
    @JsonProperty("groupName") String name,
    Instant createTime,
    @Nullable Instant updateTime) {
  /** A ref is part of keys, so it has a bound. */
  public static final int REF_LENGTH_MAX = 256;
}
