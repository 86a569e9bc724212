package io.pinbridge.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One conditional write of a {@link DirectoryStore}. */
public sealed interface DirectoryWrite {
  DocumentKey key();

  /** Creates a document; refused if there is one (an expired one counts as none). */
  record Create(DocumentKey key, String json, @Nullable Instant expiresAt)
      implements DirectoryWrite {}

  /** Replaces a document; refused unless it has this version. */
  record Replace(DocumentKey key, String json, long expectedVersion) implements DirectoryWrite {}

  /** Removes a document; refused unless it has this version (an expired one counts as none). */
  record Remove(DocumentKey key, long expectedVersion) implements DirectoryWrite {}

  /** Removes a document if there is one; never refused. */
  record Discard(DocumentKey key) implements DirectoryWrite {}

  /** Changes nothing; refused unless there is a document. */
  record Require(DocumentKey key) implements DirectoryWrite {}
}
