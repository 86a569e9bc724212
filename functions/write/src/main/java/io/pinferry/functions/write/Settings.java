package io.pinferry.functions.write;

import io.pinferry.base.Environment;
import io.pinferry.base.LocalMode;
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
    String adminKeySha256,
    LocalMode localMode) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of(
        "PINFERRY_DIRECTORY_TABLE",
        "PINFERRY_READS_TABLE",
        "PINFERRY_TIMERS_TABLE",
        "PINFERRY_LIMITS_TABLE",
        "PINFERRY_WRITE_QUEUE_URL",
        "PINFERRY_SECRET_PREFIX",
        "PINFERRY_PINTEREST_API_URL",
        "PINFERRY_PINTEREST_AUTHORIZE_URL",
        "PINFERRY_PINTEREST_TOKEN_URL",
        "PINFERRY_ADMIN_KEY_SHA256");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINFERRY_DIRECTORY_TABLE"),
        environment.text("PINFERRY_READS_TABLE"),
        environment.text("PINFERRY_TIMERS_TABLE"),
        environment.text("PINFERRY_LIMITS_TABLE"),
        environment.text("PINFERRY_WRITE_QUEUE_URL"),
        environment.text("PINFERRY_SECRET_PREFIX"),
        environment.uri("PINFERRY_PINTEREST_API_URL"),
        environment.uri("PINFERRY_PINTEREST_AUTHORIZE_URL"),
        environment.uri("PINFERRY_PINTEREST_TOKEN_URL"),
        environment.text("PINFERRY_ADMIN_KEY_SHA256"),
        LocalMode.of(variables));
  }
}
