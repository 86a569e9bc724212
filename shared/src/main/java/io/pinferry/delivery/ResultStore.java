package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.util.Optional;

/** Stores the records of messages that only link to them, because they are too large. */
public interface ResultStore {
  /**
   * Keeps the records of a message; a second call replaces them. Not one atomic step: after an
   * exception they may be kept in part, and are then not found.
   *
   * @param result a JSON array
   * @param until when it may be forgotten
   */
  void keep(ProjectId project, String messageId, byte[] result, Instant until);

  /** Finds the records of a project's message. */
  Optional<byte[]> find(ProjectId project, String messageId);
}
