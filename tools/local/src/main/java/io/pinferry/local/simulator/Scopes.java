package io.pinferry.local.simulator;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The permissions a user can grant to an application. */
final class Scopes {
  /** All scopes Pinterest knows. */
  static final List<String> ALL =
      List.of(
          "ads:read",
          "ads:write",
          "billing:read",
          "billing:write",
          "biz_access:read",
          "biz_access:write",
          "boards:read",
          "boards:read_secret",
          "boards:write",
          "boards:write_secret",
          "catalogs:read",
          "catalogs:write",
          "msot:write",
          "pins:read",
          "pins:read_secret",
          "pins:write",
          "pins:write_secret",
          "user_accounts:read",
          "user_accounts:write");

  private Scopes() {}

  /** Splits a list with commas or spaces; keeps the order and drops repetitions. */
  static Set<String> split(String text) {
    var scopes = new LinkedHashSet<String>();
    for (String scope : List.of(text.split("[, ]", -1))) {
      if (!scope.isEmpty()) {
        scopes.add(scope);
      }
    }
    return scopes;
  }
}
