package io.pinferry.connection;

import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import io.pinferry.limit.BudgetOwner;
import java.time.Instant;
import java.util.List;

/**
 * An access token of a connection.
 *
 * @param token for the Authorization header
 * @param issuedAt when Pinterest issued it
 * @param version distinguishes this token from later tokens of the connection
 * @param account the account of the token; a read must not go on with the token of another account
 * @param scopes the granted scopes
 * @param budgetOwner the owner of the budget that requests with this token use
 */
public record AccessToken(
    Secret token,
    Instant issuedAt,
    String version,
    AccountId account,
    List<String> scopes,
    BudgetOwner budgetOwner) {
  public AccessToken {
    scopes = List.copyOf(scopes);
  }
}
