package io.pinferry.directory;

import io.pinferry.base.Codec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One conditional write of a {@link DirectoryStore}. */
public sealed interface DirectoryWrite {
  DocumentKey key();

  /**
   * Creates a document; refused if there is one (an expired one counts as none).
   *
   * @param expiresAt the time of its end, null for never; a fraction of a second is dropped
   */
  record Create(DocumentKey key, String json, @Nullable Instant expiresAt)
      implements DirectoryWrite {
    /** Creates a document that does not expire. */
    public static Create of(DocumentKey key, Object content) {
      return new Create(key, Codec.text(content), null);
    }
  }

  /**
   * Replaces a document's content; refused unless it has this version (an expired one counts as
   * none).
   *
   * @param expiresAt the new time of its end, null to keep the present one; a fraction of a second
   *     is dropped
   */
  record Replace(DocumentKey key, String json, long expectedVersion, @Nullable Instant expiresAt)
      implements DirectoryWrite {
    /** Replaces the content and keeps the expiry. */
    public Replace(DocumentKey key, String json, long expectedVersion) {
      this(key, json, expectedVersion, null);
    }
  }

  /** Removes a document; refused unless it has this version (an expired one counts as none). */
  record Remove(DocumentKey key, long expectedVersion) implements DirectoryWrite {}

  /** Removes a document if there is one; never refused. */
  record Discard(DocumentKey key) implements DirectoryWrite {}

  /** Changes nothing; refused unless there is a document. */
  record Require(DocumentKey key) implements DirectoryWrite {}

  /** Changes nothing; refused if there is a document (an expired one counts as none). */
  record Absent(DocumentKey key) implements DirectoryWrite {}

  /** Removes all documents of a partition, in several steps. */
  static void discardAll(DirectoryStore store, String partition) {
    Documents.discardAll(
        store, Documents.listAll(store, partition, "").stream().map(Document::key).toList());
  }
}
