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

/** Tells what a connection may not read. */
public final class MissingScopes {
  private MissingScopes() {}

  /**
   * Returns what a read needs that the connection was not granted, and what to do about it, in
   * words for a person; empty if nothing is missing.
   *
   * @param plan which way the object is read; null for its usual one
   */
  public static Optional<String> of(Connection connection, String objectName, @Nullable Plan plan) {
    Set<String> missing = new TreeSet<>(planOf(objectName, plan).requiredScopes());
    connection.access().scopes().forEach(missing::remove);
    // Imported tokens may come without their scopes; Pinterest will tell.
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
