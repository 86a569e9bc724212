package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Stores records that are too large for a message. The message has a link to them. */
public interface ResultStore {
  /** A message with all its retries, and the dead letter after it, is gone by then. */
  Duration KEPT = Duration.ofDays(18);

  /**
   * Stores the records of a message. A second call replaces them. The call is not atomic: after an
   * exception they may be stored in part, and are then not found.
   *
   * @param result a JSON array
   * @param until when they may be removed
   */
  void keep(ProjectId project, String messageId, byte[] result, Instant until);

  /** Finds the records of a message. */
  Optional<byte[]> find(ProjectId project, String messageId);

  /** Removes the records of a message, if they are there. The call is not atomic. */
  void remove(ProjectId project, String messageId);
}
