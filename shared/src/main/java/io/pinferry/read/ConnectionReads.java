package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.connection.AccessToken;
import io.pinferry.connection.AccessTokens;
import io.pinferry.directory.AccountId;
import io.pinferry.operation.Operation;

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
