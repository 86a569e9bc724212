package io.pinbridge.functions.write;

import io.pinbridge.base.Environment;
import java.util.Map;
import java.util.Set;

/** What the function reads from its environment. */
record Settings(Environment environment, String directoryTable, String adminKeySha256) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of("PINBRIDGE_DIRECTORY_TABLE", "PINBRIDGE_ADMIN_KEY_SHA256");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINBRIDGE_DIRECTORY_TABLE"),
        environment.text("PINBRIDGE_ADMIN_KEY_SHA256"));
  }
}
