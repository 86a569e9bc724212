package io.pinbridge.read;

import io.pinbridge.base.Secret;
import io.pinbridge.limit.BudgetOwner;

/** The tokens that reads are made with. */
public interface ReadCredentials {
  /**
   * Returns a token that should be accepted now, refreshed before if it is about to expire.
   *
   * @throws io.pinbridge.base.PinbridgeException.NotFound if the connection is gone
   * @throws io.pinbridge.base.PinbridgeException.ProviderRejected if the account has to be
   *     connected anew
   * @throws io.pinbridge.base.PinbridgeException.ProviderUnavailable if a needed refresh failed for
   *     now
   */
  Token token(Operation operation);

  /**
   * Returns a token to use after Pinterest has rejected one; it may be the same if nothing newer
   * can be had.
   *
   * @throws io.pinbridge.base.PinbridgeException as {@link #token}
   */
  Token tokenAfterRejection(Operation operation, Token rejected);

  /**
   * An access token.
   *
   * @param version which version of the connection's secret it came from
   * @param budgetOwner whose requests count together with those that are made with it
   */
  record Token(Secret secret, String version, BudgetOwner budgetOwner) {}
}
