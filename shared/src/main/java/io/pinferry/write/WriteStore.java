package io.pinferry.write;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.operation.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores the state of each record of a write: whether it was sent, and its outcome. Every read is
 * strongly consistent, each method is one atomic step unless it says otherwise, and a call that
 * throws may or may not have taken effect. Instants are stored to the millisecond.
 */
public interface WriteStore {
  /** The longest input in bytes: an item of DynamoDB holds 400 kB, with all else of the record. */
  int INPUT_BYTES_MAX = 300_000;

  /** Returns whether an input cannot be stored. */
  static boolean isTooLong(String input) {
    return input.getBytes(UTF_8).length > INPUT_BYTES_MAX;
  }

  /**
   * Stores the inputs of an asynchronous write: a JSON text for each record, in their order. The
   * state of the records stays. This is not one atomic step, so it has to end before others learn
   * of the write.
   */
  void put(OperationId operation, Instant at, List<String> inputs);

  /**
   * Marks a record as about to be sent. Only the sender that marked it may send it, so that no
   * record is created twice.
   *
   * @param input kept beside the mark, so that the record can be looked for if its sender dies;
   *     null if it is there already, or if nobody could look for it
   * @return whether the record has this mark now, from this call or from an earlier one whose
   *     answer was lost; false if it has another mark
   */
  boolean mark(OperationId operation, int index, Mark mark, @Nullable String input);

  /** Removes a mark, since nothing was done. Nothing happens if the record has another mark. */
  void unmark(OperationId operation, int index, String by);

  /** Stores the progress of a record that takes several requests. A later one replaces it. */
  void progress(OperationId operation, int index, Instant at, String progress);

  /** Stores the outcome of a record and removes its input. The first outcome stays. */
  void keep(OperationId operation, int index, Instant at, String outcome);

  /** Removes the records of an operation and the lease on them. The call is not atomic. */
  void remove(OperationId operation);

  /** Returns the state of an operation's records, in their order; none for untouched records. */
  List<RecordState> recordsOf(OperationId operation);

  /**
   * Takes the lease on an operation's records, if nobody has it and the pause is over.
   *
   * @param until when the lease ends by itself
   * @return how often it was taken before; empty if it was not taken
   */
  OptionalInt tryLease(OperationId operation, String by, Instant now, Instant until);

  /** Returns whether a runner has the lease, alive or dead. */
  boolean isLeased(OperationId operation, Instant now);

  /**
   * Gives the lease back. Nothing happens if another runner has it.
   *
   * @param notBefore the end of a pause in which nobody can take it
   */
  void release(OperationId operation, String by, Instant notBefore);

  /**
   * The sign that a record may have been sent.
   *
   * @param by the id of the sender, which is different for each run
   * @param at when it was marked
   * @param sameBefore ids of the records that had the same natural key just before; null if
   *     unknown, or if the object has no natural key
   */
  record Mark(String by, Instant at, @Nullable Set<String> sameBefore) {
    public Mark {
      sameBefore = sameBefore == null ? null : Set.copyOf(sameBefore);
    }
  }

  /**
   * The stored state of a record.
   *
   * @param index its position in the request, from 0
   * @param input see {@link #put} and {@link #mark}; null if there is none, or once there is an
   *     outcome
   * @param mark null if it was not sent, or if a repeat does no harm
   * @param progress see {@link #progress}; null for none
   * @param outcome see {@link #keep}; null until it is known
   */
  record RecordState(
      int index,
      @Nullable String input,
      @Nullable Mark mark,
      @Nullable String progress,
      @Nullable String outcome) {}
}
