package io.pinbridge.read;

import io.pinbridge.connection.AccessToken;
import io.pinbridge.connection.AccessTokens;

/** Reads with the tokens of the operation's connection. */
public final class ConnectionReads implements ReadCredentials {
  private final AccessTokens tokens;

  public ConnectionReads(AccessTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public Token token(Operation operation) {
    return token(tokens.accessTokenFor(operation.project(), operation.connection()));
  }

  @Override
  public Token tokenAfterRejection(Operation operation, Token rejected) {
    return token(
        tokens.refreshAfterRejection(
            operation.project(), operation.connection(), rejected.version()));
  }

  private static Token token(AccessToken token) {
    return new Token(token.token(), token.version(), token.budgetOwner());
  }
}
