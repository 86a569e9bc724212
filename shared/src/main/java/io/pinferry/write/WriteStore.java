package io.pinferry.write;

import io.pinferry.operation.OperationId;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where it is kept of each record of a write whether it was sent and what became of it. Every read
 * is strongly consistent, each method is one atomic step unless it says otherwise, and a call that
 * throws may or may not have taken effect. Instants are kept to the millisecond.
 */
public interface WriteStore {
  /**
   * Keeps what is to be written later: a JSON text for each record, in their order, beside what is
   * known of them. Not one atomic step, so it comes before what tells others of it.
   */
  void put(OperationId operation, Instant at, List<String> inputs);

  /**
   * Marks a record as about to be sent. Only whoever marked it may send it: that is what keeps a
   * record from being created twice.
   *
   * @return whether the record bears this mark now, by this call or by an earlier one whose answer
   *     was lost; false if it bears another one
   */
  boolean mark(OperationId operation, int index, Mark mark);

  /** Takes a mark away, since nothing was done; nothing happens if the record bears another. */
  void unmark(OperationId operation, int index, String by);

  /** Keeps how far a record that takes several requests has come; a later one replaces it. */
  void progress(OperationId operation, int index, Instant at, String progress);

  /** Keeps what became of a record, whose input goes. The first outcome stays. */
  void keep(OperationId operation, int index, Instant at, String outcome);

  /**
   * Returns what is known of an operation's records, in their order; nothing of those untouched.
   */
  List<KeptRecord> recordsOf(OperationId operation);

  /**
   * Takes the right to send an operation's records, if nobody has it and it is not to rest.
   *
   * @param until when it ends by itself
   * @return how often it was taken before; empty if it cannot be had
   */
  OptionalInt tryLease(OperationId operation, String by, Instant now, Instant until);

  /** Gives the right back; nothing happens if another has it. */
  void release(OperationId operation, String by, Instant notBefore);

  /**
   * That a record may have been sent.
   *
   * @param by whoever sends it, different for each attempt of anybody
   * @param at when it was marked
   * @param sameBefore ids of the records that had the same natural key just before; null if that is
   *     not known, or the object has no natural key
   */
  record Mark(String by, Instant at, @Nullable Set<String> sameBefore) {
    public Mark {
      sameBefore = sameBefore == null ? null : Set.copyOf(sameBefore);
    }
  }

  /**
   * What is known of a record.
   *
   * @param index where it is in its request, from 0
   * @param input as {@link #put} got it; null if nothing was put, or an outcome came after it
   * @param mark null if it was not sent, or if sending it is harmless
   * @param progress as {@link #progress} got it last
   * @param outcome as {@link #keep} got it; null if it is not known yet
   */
  record KeptRecord(
      int index,
      @Nullable String input,
      @Nullable Mark mark,
      @Nullable String progress,
      @Nullable String outcome) {}
}
