package io.pinferry.simulation.invariant;

import java.util.List;

/** The outcome of a record of a write, as the engine reports it. */
public sealed interface RecordOutcome {
  /** Returns the place of the record in its request, from 0. */
  int index();

  /** The record was written under this id. */
  record Success(int index, String id) implements RecordOutcome {}

  /** The record was not written, or nobody knows whether it was. */
  record Failure(int index, String message) implements RecordOutcome {
    /** Words of messages about installations that have lost the right to write. */
    private static final List<String> NO_RIGHT =
        List.of("uninstalled", "another account", "the installation does not allow");

    /** Returns whether the engine says that it does not know the outcome. */
    boolean isUnknown() {
      return message.contains("outcome unknown");
    }

    /** Returns whether the worker goes on with the record after this answer. */
    boolean isPreliminary() {
      return message.contains("not finished, and not failed");
    }

    /** Returns whether the engine has lost the right to write the record, or to look for it. */
    boolean isWithoutRight() {
      return NO_RIGHT.stream().anyMatch(message::contains);
    }
  }
}
