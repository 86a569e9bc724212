package io.pinferry.functions.oauth;

import io.pinferry.base.Environment;
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
        "PINFERRY_DIRECTORY_TABLE",
        "PINFERRY_TIMERS_TABLE",
        "PINFERRY_SECRET_PREFIX",
        "PINFERRY_PINTEREST_API_URL",
        "PINFERRY_PINTEREST_AUTHORIZE_URL",
        "PINFERRY_PINTEREST_TOKEN_URL",
        "PINFERRY_PUBLIC_API_URL",
        "PINFERRY_ADMIN_KEY_SHA256");
  }

  static Settings of(Map<String, String> variables) {
    Environment environment = Environment.of(variables, names());
    return new Settings(
        environment,
        environment.text("PINFERRY_DIRECTORY_TABLE"),
        environment.text("PINFERRY_TIMERS_TABLE"),
        environment.text("PINFERRY_SECRET_PREFIX"),
        environment.uri("PINFERRY_PINTEREST_API_URL"),
        environment.uri("PINFERRY_PINTEREST_AUTHORIZE_URL"),
        environment.uri("PINFERRY_PINTEREST_TOKEN_URL"),
        environment.optionalText("PINFERRY_PUBLIC_API_URL"),
        environment.text("PINFERRY_ADMIN_KEY_SHA256"));
  }
}
