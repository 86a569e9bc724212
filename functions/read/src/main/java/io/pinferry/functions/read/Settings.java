package io.pinferry.functions.read;

import io.pinferry.base.Environment;
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
        "PINFERRY_DIRECTORY_TABLE",
        "PINFERRY_READS_TABLE",
        "PINFERRY_TIMERS_TABLE",
        "PINFERRY_READ_QUEUE_URL",
        "PINFERRY_ADMIN_KEY_SHA256",
        "PINFERRY_WATCHDOG");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINFERRY_DIRECTORY_TABLE"),
        environment.text("PINFERRY_READS_TABLE"),
        environment.text("PINFERRY_TIMERS_TABLE"),
        environment.text("PINFERRY_READ_QUEUE_URL"),
        environment.text("PINFERRY_ADMIN_KEY_SHA256"),
        environment.duration("PINFERRY_WATCHDOG"));
  }
}
