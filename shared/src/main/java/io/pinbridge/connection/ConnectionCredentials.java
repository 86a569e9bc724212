package io.pinbridge.connection;

import io.pinbridge.base.PinbridgeException.NotAllowed;
import io.pinbridge.base.PinbridgeException.ProviderRejected;
import io.pinbridge.read.Operation;
import io.pinbridge.read.ReadCredentials;
import java.util.function.Supplier;

/** The tokens of connections, for reads. */
public final class ConnectionCredentials implements ReadCredentials {
  private final AccessTokens tokens;

  public ConnectionCredentials(AccessTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public Token token(Operation operation) {
    return orNotAllowed(() -> tokens.accessTokenFor(operation.project(), operation.connection()));
  }

  @Override
  public Token tokenAfterRejection(Operation operation, Token rejected) {
    return orNotAllowed(
        () ->
            tokens.refreshAfterRejection(
                operation.project(), operation.connection(), rejected.version()));
  }

  private static Token orNotAllowed(Supplier<AccessToken> source) {
    AccessToken token;
    try {
      token = source.get();
    } catch (ProviderRejected e) {
      throw NotAllowed.forbidden(
          String.valueOf(e.getMessage()), e.remedy().orElse("connect the account again"));
    }
    return new Token(token.token(), token.version());
  }
}
