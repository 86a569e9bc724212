package io.pinbridge.functions.deliver;

import io.pinbridge.base.Environment;
import io.pinbridge.delivery.RetrySchedule;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** What the function reads from its environment. */
record Settings(
    Environment environment,
    String directoryTable,
    String readsTable,
    String timersTable,
    String readQueueUrl,
    String deliveryQueueUrl,
    String secretPrefix,
    URI apiUrl,
    RetrySchedule retries) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of(
        "PINBRIDGE_DIRECTORY_TABLE",
        "PINBRIDGE_READS_TABLE",
        "PINBRIDGE_TIMERS_TABLE",
        "PINBRIDGE_READ_QUEUE_URL",
        "PINBRIDGE_DELIVERY_QUEUE_URL",
        "PINBRIDGE_SECRET_PREFIX",
        "PINBRIDGE_API_URL",
        "PINBRIDGE_PUBLIC_API_URL",
        "PINBRIDGE_DELIVERY_RETRY_DELAYS");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINBRIDGE_DIRECTORY_TABLE"),
        environment.text("PINBRIDGE_READS_TABLE"),
        environment.text("PINBRIDGE_TIMERS_TABLE"),
        environment.text("PINBRIDGE_READ_QUEUE_URL"),
        environment.text("PINBRIDGE_DELIVERY_QUEUE_URL"),
        environment.text("PINBRIDGE_SECRET_PREFIX"),
        environment.optionalText("PINBRIDGE_PUBLIC_API_URL").isEmpty()
            ? environment.uri("PINBRIDGE_API_URL")
            : environment.uri("PINBRIDGE_PUBLIC_API_URL"),
        RetrySchedule.parse(environment.text("PINBRIDGE_DELIVERY_RETRY_DELAYS")));
  }
}
