package io.pinbridge.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What became of one record. */
sealed interface RecordResult {
  /**
   * It is as asked.
   *
   * @param recordId its id; null where Pinterest gives none
   * @param data what Pinterest says about it; null if nothing
   */
  record Succeeded(@Nullable String recordId, @Nullable ObjectNode data) implements RecordResult {}

  /**
   * It is not, or nobody knows.
   *
   * @param message why, and what to do, in a person's words
   */
  record Failed(String message) implements RecordResult {}
}
