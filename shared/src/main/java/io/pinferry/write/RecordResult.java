package io.pinferry.write;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Codec;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The result of writing one record. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "result")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RecordResult.Success.class, name = "succeeded"),
  @JsonSubTypes.Type(value = RecordResult.Failure.class, name = "failed")
})
sealed interface RecordResult {
  /** The stored data of a record share an item of 400 KB with the request. */
  int STORED_DATA_BYTES_MAX = 64 * 1024;

  /** The most issues that one message names. */
  int ISSUES_SHOWN_MAX = 20;

  /**
   * The record is written as requested.
   *
   * @param recordId its id; null where Pinterest gives none
   * @param data Pinterest's answer about it; null if there is none
   */
  record Success(@Nullable String recordId, @Nullable ObjectNode data) implements RecordResult {}

  /**
   * The record is not written, or nobody knows whether it is.
   *
   * @param message the reason and the advice, in words for a person
   */
  record Failure(@JsonProperty("failure") FailureKind kind, String message)
      implements RecordResult {
    /** Returns the message, which names the record if it is one of a batch. */
    String in(int index, boolean batch) {
      return batch && !message.startsWith("batch[") ? "batch[" + index + "]: " + message : message;
    }
  }

  /**
   * Pinterest still works on the record when a synchronous request has to be answered. This result
   * is never stored; a success or a failure follows it.
   *
   * @param record the record as it is by now; null if only its video is begun
   * @param state the state that is needed to go on
   */
  record Progress(@Nullable Success record, ObjectNode state) implements RecordResult {}

  /** How certain a failure is. */
  enum FailureKind {
    /** Nothing was written, and a repeat of the same request fails, too. */
    REFUSED,
    /** Nothing was written; a repeat is safe and may succeed. */
    NOT_DONE,
    /** Pinterest may or may not have written it. */
    UNKNOWN,
    /** Pinterest may or may not have written it. A later look may tell. Never stored. */
    UNSETTLED;

    /** Returns the word of the API for it. */
    String text() {
      return switch (this) {
        case REFUSED -> "refused";
        case NOT_DONE -> "not_done";
        case UNKNOWN, UNSETTLED -> "unknown";
      };
    }
  }

  static RecordResult refusal(String message) {
    return new Failure(FailureKind.REFUSED, message);
  }

  static RecordResult refusal(List<Issue> issues) {
    return refusal(
        issues.stream().limit(ISSUES_SHOWN_MAX).map(Issue::text).collect(Collectors.joining("; ")));
  }

  /** Returns whether a repeat is safe and may succeed. */
  default boolean isRetryable() {
    return this instanceof Failure failure && failure.kind() == FailureKind.NOT_DONE;
  }

  /** Returns whether another run may know more, or do it. */
  default boolean isOpen() {
    return isRetryable()
        || (this instanceof Failure failure && failure.kind() == FailureKind.UNSETTLED);
  }

  /**
   * Returns the stored form, for {@link #of}. It leaves out data of Pinterest that are too large.
   */
  default String text() {
    return switch (this) {
      case Success(String recordId, ObjectNode data)
          when data != null && Json.bytes(data).length > STORED_DATA_BYTES_MAX ->
          Codec.text(new Success(recordId, null));
      case Success _, Failure _ -> Codec.text(this);
      case Progress _ ->
          throw new IllegalStateException("a record that is not finished has no outcome");
    };
  }

  /** Reads the stored form. */
  static RecordResult of(String text) {
    return Codec.stored(RecordResult.class, text);
  }
}
