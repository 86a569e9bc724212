package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** One record of a list, which knows its place in the list and how it looks. */
interface Row {
  /** The place: lists are in the order of their keys, each key once. */
  long key();

  /** Writes the members of the record's object, without its braces. */
  void writeMembers(JsonGenerator json) throws IOException;

  default void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    writeMembers(json);
    json.writeEndObject();
  }
}
