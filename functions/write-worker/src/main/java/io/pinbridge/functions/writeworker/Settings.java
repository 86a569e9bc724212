package io.pinbridge.functions.writeworker;

import io.pinbridge.base.Environment;
import io.pinbridge.base.LocalMode;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** What the function reads from its environment. */
record Settings(
    Environment environment,
    String directoryTable,
    String readsTable,
    String timersTable,
    String limitsTable,
    String writeQueueUrl,
    String secretPrefix,
    URI pinterestApiUrl,
    URI pinterestAuthorizeUrl,
    URI pinterestTokenUrl,
    LocalMode localMode) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of(
        "PINBRIDGE_DIRECTORY_TABLE",
        "PINBRIDGE_READS_TABLE",
        "PINBRIDGE_TIMERS_TABLE",
        "PINBRIDGE_LIMITS_TABLE",
        "PINBRIDGE_WRITE_QUEUE_URL",
        "PINBRIDGE_SECRET_PREFIX",
        "PINBRIDGE_PINTEREST_API_URL",
        "PINBRIDGE_PINTEREST_AUTHORIZE_URL",
        "PINBRIDGE_PINTEREST_TOKEN_URL");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINBRIDGE_DIRECTORY_TABLE"),
        environment.text("PINBRIDGE_READS_TABLE"),
        environment.text("PINBRIDGE_TIMERS_TABLE"),
        environment.text("PINBRIDGE_LIMITS_TABLE"),
        environment.text("PINBRIDGE_WRITE_QUEUE_URL"),
        environment.text("PINBRIDGE_SECRET_PREFIX"),
        environment.uri("PINBRIDGE_PINTEREST_API_URL"),
        environment.uri("PINBRIDGE_PINTEREST_AUTHORIZE_URL"),
        environment.uri("PINBRIDGE_PINTEREST_TOKEN_URL"),
        LocalMode.of(variables));
  }
}
