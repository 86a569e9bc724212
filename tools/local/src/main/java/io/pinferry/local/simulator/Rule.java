package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;

/** Says what one value of a JSON body may be. */
@FunctionalInterface
interface Rule {
  /** Refuses a value that does not fit, with an error that names {@code where}. */
  void check(String where, JsonNode value);
}
