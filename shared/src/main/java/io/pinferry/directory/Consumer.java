package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The person of a group who connected the account.
 *
 * @param ref the product's own id of the person, any text
 * @param name for people; the ref if no name was given
 * @param updateTime when the name last changed, null if never
 */
public record Consumer(
    @JsonProperty("consumerRef") String ref,
    @JsonProperty("consumerName") String name,
    Instant createTime,
    @Nullable Instant updateTime) {}
