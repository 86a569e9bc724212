package io.pinferry.functions.proxy;

import io.pinferry.base.Environment;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** What the function reads from its environment. */
record Settings(
    Environment environment,
    String directoryTable,
    String limitsTable,
    String secretPrefix,
    URI pinterestApiUrl,
    URI pinterestAuthorizeUrl,
    URI pinterestTokenUrl,
    String adminKeySha256) {

  /** Returns the names of all settings. */
  static Set<String> names() {
    return Set.of(
        "PINFERRY_DIRECTORY_TABLE",
        "PINFERRY_LIMITS_TABLE",
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
        environment.text("PINFERRY_LIMITS_TABLE"),
        environment.text("PINFERRY_SECRET_PREFIX"),
        environment.uri("PINFERRY_PINTEREST_API_URL"),
        environment.uri("PINFERRY_PINTEREST_AUTHORIZE_URL"),
        environment.uri("PINFERRY_PINTEREST_TOKEN_URL"),
        environment.text("PINFERRY_ADMIN_KEY_SHA256"));
  }
}
