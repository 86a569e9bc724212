package io.pinferry.connection;

import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import io.pinferry.limit.BudgetOwner;
import java.util.List;

/**
 * A connection's access token at one time.
 *
 * @param token for the Authorization header
 * @param version tells this token from later ones of the same connection
 * @param account whose account it opens; a read must not go on with a token of another one
 * @param scopes what was granted
 * @param budgetOwner whose requests count together with those that are made with it
 */
public record AccessToken(
    Secret token, String version, AccountId account, List<String> scopes, BudgetOwner budgetOwner) {
  public AccessToken {
    scopes = List.copyOf(scopes);
  }
}
