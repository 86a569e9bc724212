package io.pinbridge.functions.oauth;

import io.pinbridge.base.Environment;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/**
 * What the function reads from its environment.
 *
 * @param publicApiUrl the origin that the api door is reached by; empty for the one that a request
 *     came in by
 * @param adminKeySha256 the SHA-256 of the operator's key, in hexadecimal
 */
record Settings(
    Environment environment,
    String directoryTable,
    String timersTable,
    String secretPrefix,
    URI pinterestApiUrl,
    URI pinterestAuthorizeUrl,
    URI pinterestTokenUrl,
    String publicApiUrl,
    String adminKeySha256) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of(
        "PINBRIDGE_DIRECTORY_TABLE",
        "PINBRIDGE_TIMERS_TABLE",
        "PINBRIDGE_SECRET_PREFIX",
        "PINBRIDGE_PINTEREST_API_URL",
        "PINBRIDGE_PINTEREST_AUTHORIZE_URL",
        "PINBRIDGE_PINTEREST_TOKEN_URL",
        "PINBRIDGE_PUBLIC_API_URL",
        "PINBRIDGE_ADMIN_KEY_SHA256");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINBRIDGE_DIRECTORY_TABLE"),
        environment.text("PINBRIDGE_TIMERS_TABLE"),
        environment.text("PINBRIDGE_SECRET_PREFIX"),
        environment.uri("PINBRIDGE_PINTEREST_API_URL"),
        environment.uri("PINBRIDGE_PINTEREST_AUTHORIZE_URL"),
        environment.uri("PINBRIDGE_PINTEREST_TOKEN_URL"),
        environment.optionalText("PINBRIDGE_PUBLIC_API_URL"),
        environment.text("PINBRIDGE_ADMIN_KEY_SHA256"));
  }
}
