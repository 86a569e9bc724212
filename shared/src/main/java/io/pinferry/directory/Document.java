package io.pinferry.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stored document.
 *
 * @param json its content
 * @param version grows with each write; 1 when created
 * @param expiresAt from when on it does not exist, null for never; whole seconds
 */
public record Document(DocumentKey key, String json, long version, @Nullable Instant expiresAt) {}
