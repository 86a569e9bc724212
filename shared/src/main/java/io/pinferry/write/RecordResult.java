package io.pinferry.write;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Json;
import org.jspecify.annotations.Nullable;

/** The result of writing one record. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "result")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RecordResult.Succeeded.class, name = "succeeded"),
  @JsonSubTypes.Type(value = RecordResult.Failed.class, name = "failed")
})
sealed interface RecordResult {
  /** The stored data of a record share an item of 400 KB with the request. */
  int KEPT_DATA_BYTES_MAX = 64 * 1024;

  /**
   * The record is written as requested.
   *
   * @param recordId its id; null where Pinterest gives none
   * @param data Pinterest's answer about it; null if there is none
   */
  record Succeeded(@Nullable String recordId, @Nullable ObjectNode data) implements RecordResult {}

  /**
   * The record is not written, or nobody knows.
   *
   * @param message why, and what to do, in a person's words
   */
  record Failed(Failure failure, String message) implements RecordResult {
    /** Returns the message, which names the record if it is one of a batch. */
    String in(int index, boolean batch) {
      return batch && !message.startsWith("batch[") ? "batch[" + index + "]: " + message : message;
    }
  }

  /**
   * Pinterest is still at it when a synchronous request has to be answered. Never kept: it becomes
   * one of the others.
   *
   * @param begun the record as it is by now; null if only what it needs is begun
   * @param known the state that is needed to go on
   */
  record UnderWay(@Nullable Succeeded begun, ObjectNode known) implements RecordResult {}

  /** How certain a failure is. */
  enum Failure {
    /** Nothing was written, and a repeat of the same will not be either. */
    REFUSED,
    /** Nothing was written; a repeat is safe and may succeed. */
    NOT_DONE,
    /** Pinterest may or may not have written it. */
    UNKNOWN
  }

  static RecordResult refused(String message) {
    return new Failed(Failure.REFUSED, message);
  }

  /**
   * Returns the stored form, for {@link #of}. Pinterest's data about the record are left out if
   * they are too large.
   */
  default String text() {
    return switch (this) {
      case Succeeded(String recordId, ObjectNode data)
          when data != null && Json.bytes(data).length > KEPT_DATA_BYTES_MAX ->
          Codec.text(new Succeeded(recordId, null));
      case Succeeded _, Failed _ -> Codec.text(this);
      case UnderWay _ ->
          throw new IllegalStateException("a record that is not finished has no outcome");
    };
  }

  /** Reads what {@link #text} wrote. */
  static RecordResult of(String text) {
    return Codec.stored(RecordResult.class, text);
  }
}
