package io.pinbridge.read;

import io.pinbridge.base.Secret;
import io.pinbridge.directory.AccountId;
import io.pinbridge.limit.BudgetOwner;

/** The tokens that reads are made with. */
public interface ReadCredentials {
  /**
   * Returns a token that should be accepted now, refreshed before if it is about to expire.
   *
   * @param account whose account is read; the token may be for another one all the same, if the
   *     connection is by now
   * @throws io.pinbridge.base.PinbridgeException.NotFound if the connection is gone
   * @throws io.pinbridge.base.PinbridgeException.ProviderRejected if the account has to be
   *     connected anew
   * @throws io.pinbridge.base.PinbridgeException.ProviderUnavailable if a needed refresh failed for
   *     now
   */
  Token token(Operation operation, AccountId account);

  /**
   * Returns a token to use after Pinterest has rejected one; it may be the same if nothing newer
   * can be had.
   *
   * @throws io.pinbridge.base.PinbridgeException as {@link #token}
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
