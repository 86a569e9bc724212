package io.pinferry.read;

import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.operation.Operation;

/** The tokens that reads are made with. */
public interface ReadCredentials {
  /**
   * Returns a token that should be accepted now, refreshed before if it is about to expire.
   *
   * @param account whose account is read; the token may be for another one all the same, if the
   *     connection is by now
   * @throws io.pinferry.base.PinferryException.NotFound if the connection is gone
   * @throws io.pinferry.base.PinferryException.ProviderRejected if the account has to be connected
   *     anew
   * @throws io.pinferry.base.PinferryException.ProviderUnavailable if a needed refresh failed for
   *     now
   */
  Token token(Operation operation, AccountId account);

  /**
   * Returns a token to use after Pinterest has rejected one; it may be the same if nothing newer
   * can be had.
   *
   * @throws io.pinferry.base.PinferryException as {@link #token}
   */
  Token tokenAfterRejection(Operation operation, Token rejected);

  /** Notes that Pinterest has accepted a token of the operation's connection. Never fails. */
  void accepted(Operation operation);

  /**
   * An access token.
   *
   * @param version which version of the connection's secret it came from
   * @param account whose account it opens
   * @param budgetOwner whose requests count together with those that are made with it
   */
  record Token(Secret secret, String version, AccountId account, BudgetOwner budgetOwner) {}
}
