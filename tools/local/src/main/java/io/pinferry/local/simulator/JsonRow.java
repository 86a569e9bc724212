package io.pinferry.local.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** A record that is kept as it is sent. */
record JsonRow(long key, ObjectNode json) implements Row {
  @Override
  public void writeMembers(JsonGenerator generator) throws IOException {
    for (var member : json.properties()) {
      generator.writeFieldName(member.getKey());
      generator.writeTree(member.getValue());
    }
  }
}
