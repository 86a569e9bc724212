package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * An ad account of {@code owner}, as the token user sees it.
 *
 * @param shared whether the token user sees it although it belongs to somebody else
 * @param roles what the token user may do there if it is shared; owners may do everything
 */
record AdAccount(long id, Person owner, boolean shared, Set<String> roles, ObjectNode json) {
  private static final Set<String> ORG_ROLES =
      Set.of("OWNER", "ADMIN", "ANALYST", "CAMPAIGN_MANAGER");
  private static final Set<String> CATALOG_ROLES = Set.of("OWNER", "ADMIN", "CATALOGS_MANAGER");

  boolean allowsOrganic(Person user) {
    return owner == user || roles.stream().anyMatch(ORG_ROLES::contains);
  }

  boolean allowsCatalogs(Person user) {
    return owner == user || roles.stream().anyMatch(CATALOG_ROLES::contains);
  }
}
