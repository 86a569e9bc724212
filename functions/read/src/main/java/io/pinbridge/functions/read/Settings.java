package io.pinbridge.functions.read;

import io.pinbridge.base.Environment;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the function reads from its environment.
 *
 * @param adminKeySha256 the SHA-256 of the operator's key, in hexadecimal
 */
record Settings(
    Environment environment,
    String directoryTable,
    String readsTable,
    String timersTable,
    String readQueueUrl,
    String adminKeySha256,
    Duration watchdog) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of(
        "PINBRIDGE_DIRECTORY_TABLE",
        "PINBRIDGE_READS_TABLE",
        "PINBRIDGE_TIMERS_TABLE",
        "PINBRIDGE_READ_QUEUE_URL",
        "PINBRIDGE_ADMIN_KEY_SHA256",
        "PINBRIDGE_WATCHDOG");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINBRIDGE_DIRECTORY_TABLE"),
        environment.text("PINBRIDGE_READS_TABLE"),
        environment.text("PINBRIDGE_TIMERS_TABLE"),
        environment.text("PINBRIDGE_READ_QUEUE_URL"),
        environment.text("PINBRIDGE_ADMIN_KEY_SHA256"),
        environment.duration("PINBRIDGE_WATCHDOG"));
  }
}
