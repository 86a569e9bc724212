package io.pinbridge.read;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.Log;
import io.pinbridge.connection.AccessToken;
import io.pinbridge.connection.AccessTokens;
import io.pinbridge.directory.AccountId;

/** Reads with the tokens of the operation's connection. */
public final class ConnectionReads implements ReadCredentials {
  private final AccessTokens tokens;
  private final Log log;

  public ConnectionReads(AccessTokens tokens, Log log) {
    this.tokens = tokens;
    this.log = log;
  }

  @Override
  public Token token(Operation operation, AccountId account) {
    return token(tokens.accessTokenFor(operation.project(), operation.connection(), account));
  }

  @Override
  public Token tokenAfterRejection(Operation operation, Token rejected) {
    return token(
        tokens.refreshAfterRejection(
            operation.project(), operation.connection(), rejected.version()));
  }

  @Override
  public void accepted(Operation operation) {
    try {
      tokens.reportSuccess(operation.project(), operation.connection());
    } catch (RuntimeException e) {
      // The page that is there matters more than this note, which the next success makes up for.
      log.warn("success not noted", e, field("connection", operation.connection()));
    }
  }

  private static Token token(AccessToken token) {
    return new Token(token.token(), token.version(), token.account(), token.budgetOwner());
  }
}
