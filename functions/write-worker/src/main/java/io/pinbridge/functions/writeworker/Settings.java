package io.pinbridge.functions.writeworker;

import io.pinbridge.base.Environment;
import java.util.Map;
import java.util.Set;

/**
 * What the function reads from its environment.
 *
 * @param queueUrl the queue it stands at
 */
record Settings(String queueUrl) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of("PINBRIDGE_WRITE_QUEUE_URL");
  }

  static Settings of(Map<String, String> variables) {
    return new Settings(Environment.of(variables, names()).text("PINBRIDGE_WRITE_QUEUE_URL"));
  }
}
