package io.pinferry.functions.deliver;

import io.pinferry.base.Environment;
import io.pinferry.delivery.RetrySchedule;
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
        "PINFERRY_DIRECTORY_TABLE",
        "PINFERRY_READS_TABLE",
        "PINFERRY_TIMERS_TABLE",
        "PINFERRY_READ_QUEUE_URL",
        "PINFERRY_DELIVERY_QUEUE_URL",
        "PINFERRY_SECRET_PREFIX",
        "PINFERRY_API_URL",
        "PINFERRY_PUBLIC_API_URL",
        "PINFERRY_DELIVERY_RETRY_DELAYS");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINFERRY_DIRECTORY_TABLE"),
        environment.text("PINFERRY_READS_TABLE"),
        environment.text("PINFERRY_TIMERS_TABLE"),
        environment.text("PINFERRY_READ_QUEUE_URL"),
        environment.text("PINFERRY_DELIVERY_QUEUE_URL"),
        environment.text("PINFERRY_SECRET_PREFIX"),
        environment.optionalText("PINFERRY_PUBLIC_API_URL").isEmpty()
            ? environment.uri("PINFERRY_API_URL")
            : environment.uri("PINFERRY_PUBLIC_API_URL"),
        RetrySchedule.parse(environment.text("PINFERRY_DELIVERY_RETRY_DELAYS")));
  }
}
