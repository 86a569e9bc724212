package io.pinferry.install;

import io.pinferry.directory.Connection;
import io.pinferry.manifest.Plan;
import io.pinferry.pinterest.ReadCatalogue;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.pinterest.ReadableObject;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds scopes that a read needs and a connection does not have. */
public final class MissingScopes {
  private MissingScopes() {}

  /**
   * Returns a text for people about the missing scopes and what to do; empty if no scope is
   * missing.
   *
   * @param plan the plan of the read; null for the default
   */
  public static Optional<String> of(Connection connection, String objectName, @Nullable Plan plan) {
    Set<String> missing = new TreeSet<>(planOf(objectName, plan).requiredScopes());
    connection.access().scopes().forEach(missing::remove);
    // The scopes of imported tokens may be unknown; then Pinterest decides.
    if (missing.isEmpty() || connection.access().scopes().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        ("needs the scope %s, which was not granted; add it to the provider app and"
                + " connect the account again")
            .formatted(String.join(" and ", missing)));
  }

  static ReadPlan planOf(String objectName, @Nullable Plan plan) {
    ReadableObject object = ReadCatalogue.get(objectName);
    return Optional.ofNullable(plan)
        .flatMap(named -> object.findPlan(named.text()))
        .orElseGet(object::defaultPlan);
  }
}
