package io.pinferry.functions.management;

import io.pinferry.base.Environment;
import io.pinferry.base.LocalMode;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the function reads from its environment.
 *
 * @param publicApiUrl the origin that the api door is reached by; empty for the one that a request
 *     came in by
 * @param adminKeySha256 the SHA-256 of the operator's key, in hexadecimal
 * @param localMode follows from where the AWS services are, not from a setting of ours
 */
record Settings(
    Environment environment,
    String directoryTable,
    String readsTable,
    String timersTable,
    String limitsTable,
    String readQueueUrl,
    String secretPrefix,
    URI pinterestApiUrl,
    URI pinterestAuthorizeUrl,
    URI pinterestTokenUrl,
    String publicApiUrl,
    String adminKeySha256,
    Duration watchdog,
    LocalMode localMode) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of(
        "PINFERRY_DIRECTORY_TABLE",
        "PINFERRY_READS_TABLE",
        "PINFERRY_TIMERS_TABLE",
        "PINFERRY_LIMITS_TABLE",
        "PINFERRY_READ_QUEUE_URL",
        "PINFERRY_SECRET_PREFIX",
        "PINFERRY_PINTEREST_API_URL",
        "PINFERRY_PINTEREST_AUTHORIZE_URL",
        "PINFERRY_PINTEREST_TOKEN_URL",
        "PINFERRY_PUBLIC_API_URL",
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
        environment.text("PINFERRY_LIMITS_TABLE"),
        environment.text("PINFERRY_READ_QUEUE_URL"),
        environment.text("PINFERRY_SECRET_PREFIX"),
        environment.uri("PINFERRY_PINTEREST_API_URL"),
        environment.uri("PINFERRY_PINTEREST_AUTHORIZE_URL"),
        environment.uri("PINFERRY_PINTEREST_TOKEN_URL"),
        environment.optionalText("PINFERRY_PUBLIC_API_URL"),
        environment.text("PINFERRY_ADMIN_KEY_SHA256"),
        environment.duration("PINFERRY_WATCHDOG"),
        LocalMode.of(variables));
  }
}
