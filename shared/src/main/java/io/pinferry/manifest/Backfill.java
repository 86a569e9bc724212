package io.pinferry.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;

/** How much history is read when an object is first installed. */
public sealed interface Backfill {
  /** Nothing: the first read is the first scheduled one. */
  record None() implements Backfill {}

  /**
   * The last days.
   *
   * @param count at least 1
   */
  record Days(int count) implements Backfill {}

  /** Everything there is. */
  record Full() implements Backfill {}

  /** Returns the contract's form: {@code {"defaultPeriod": {...}}}. */
  default ObjectNode toJson() {
    ObjectNode json = Json.object();
    ObjectNode period = json.putObject("defaultPeriod");
    switch (this) {
      case None none -> period.put("days", 0);
      case Days days -> period.put("days", days.count());
      case Full full -> period.put("fullHistory", true);
    }
    return json;
  }
}
