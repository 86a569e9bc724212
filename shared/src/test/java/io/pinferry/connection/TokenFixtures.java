package io.pinferry.connection;

import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens as they are kept in a secret store. */
public final class TokenFixtures {
  private TokenFixtures() {}

  /** Returns tokens from a customer's consent, good for 30 days. */
  public static Secret granted(
      String accessToken, @Nullable String refreshToken, Instant obtainedAt) {
    return new TokenPair(
            new Secret(accessToken),
            refreshToken == null ? null : new Secret(refreshToken),
            obtainedAt.plus(Duration.ofDays(30)),
            obtainedAt.plus(Duration.ofDays(60)),
            List.of("boards:read", "pins:read"),
            obtainedAt,
            false,
            "grant-1",
            new AccountId("account-1"),
            null)
        .toSecret();
  }
}
