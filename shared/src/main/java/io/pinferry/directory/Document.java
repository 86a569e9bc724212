package io.pinferry.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stored document.
 *
 * @param json the content
 * @param version grows with each write; 1 when created
 * @param expiresAt the time of its end, null for never; in whole seconds
 */
public record Document(DocumentKey key, String json, long version, @Nullable Instant expiresAt) {}
