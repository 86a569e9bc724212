package io.pinferry.connection;

import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProjectId;

/** The access tokens of connections. */
public interface Tokens {
  /**
   * Returns an access token. Refreshes it first if it expires soon.
   *
   * @throws NotFound if there is no such connection
   * @throws ProviderRejected if the connection's credentials are bad: the customer must connect
   *     again
   * @throws ProviderUnavailable if the token has expired and cannot be refreshed now
   */
  AccessToken accessTokenFor(ProjectId project, ConnectionId id);

  /**
   * Returns an access token as {@link #accessTokenFor(ProjectId, ConnectionId)} does. A token of
   * another account than the expected one is not taken from memory, since the account may have been
   * connected meanwhile. It is returned if it is still of another account then.
   */
  AccessToken accessTokenFor(ProjectId project, ConnectionId id, AccountId expected);

  /**
   * Returns another access token after Pinterest rejected one (401 with code 2).
   *
   * @param rejectedVersion the version of the token that was rejected
   * @throws NotFound if there is no such connection
   * @throws ProviderRejected if the connection's credentials are bad: the customer must connect
   *     again
   * @throws ProviderUnavailable if there is no other token now: Pinterest does not answer, or the
   *     rejected token was refreshed just before. It says when to retry
   */
  AccessToken refreshAfterRejection(ProjectId project, ConnectionId id, String rejectedVersion);

  /** Notes that Pinterest accepted a connection's token. */
  void reportSuccess(ProjectId project, ConnectionId id);
}
