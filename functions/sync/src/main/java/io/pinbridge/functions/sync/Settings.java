package io.pinbridge.functions.sync;

import io.pinbridge.base.Environment;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the function reads from its environment.
 *
 * @param processes how many of it run at the same time, at most
 */
record Settings(
    Environment environment,
    String directoryTable,
    String readsTable,
    String timersTable,
    String limitsTable,
    String readQueueUrl,
    String deliveryQueueUrl,
    String secretPrefix,
    URI pinterestApiUrl,
    URI pinterestAuthorizeUrl,
    URI pinterestTokenUrl,
    Duration lease,
    int processes) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of(
        "PINBRIDGE_DIRECTORY_TABLE",
        "PINBRIDGE_READS_TABLE",
        "PINBRIDGE_TIMERS_TABLE",
        "PINBRIDGE_LIMITS_TABLE",
        "PINBRIDGE_READ_QUEUE_URL",
        "PINBRIDGE_DELIVERY_QUEUE_URL",
        "PINBRIDGE_SECRET_PREFIX",
        "PINBRIDGE_PINTEREST_API_URL",
        "PINBRIDGE_PINTEREST_AUTHORIZE_URL",
        "PINBRIDGE_PINTEREST_TOKEN_URL",
        "PINBRIDGE_LEASE",
        "PINBRIDGE_SYNC_CONCURRENCY");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINBRIDGE_DIRECTORY_TABLE"),
        environment.text("PINBRIDGE_READS_TABLE"),
        environment.text("PINBRIDGE_TIMERS_TABLE"),
        environment.text("PINBRIDGE_LIMITS_TABLE"),
        environment.text("PINBRIDGE_READ_QUEUE_URL"),
        environment.text("PINBRIDGE_DELIVERY_QUEUE_URL"),
        environment.text("PINBRIDGE_SECRET_PREFIX"),
        environment.uri("PINBRIDGE_PINTEREST_API_URL"),
        environment.uri("PINBRIDGE_PINTEREST_AUTHORIZE_URL"),
        environment.uri("PINBRIDGE_PINTEREST_TOKEN_URL"),
        environment.duration("PINBRIDGE_LEASE"),
        environment.count("PINBRIDGE_SYNC_CONCURRENCY"));
  }
}
