package io.pinferry.connection;

import io.pinferry.base.Codec;
import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection's tokens, with their account and the granted scopes, which must change in the same
 * step. One version of one secret.
 *
 * @param refreshToken null if there is none, so that access ends with the access token
 * @param accessExpiresAt null if not known
 * @param refreshExpiresAt null if not known
 * @param scopes the granted scopes
 * @param obtainedAt when the provider issued them
 * @param refreshed whether they came from a refresh, not from the customer's consent or an import
 * @param grant which consent (or import) they go back to; refreshes keep it
 * @param account the account that they open
 * @param userId the provider's id of the account's user, null if not known
 */
public record TokenPair(
    Secret accessToken,
    @Nullable Secret refreshToken,
    @Nullable Instant accessExpiresAt,
    @Nullable Instant refreshExpiresAt,
    List<String> scopes,
    Instant obtainedAt,
    boolean refreshed,
    String grant,
    AccountId account,
    @Nullable String userId) {
  /** The longest time ahead of expiry at which a refresh is tried. */
  static final Duration REFRESH_AHEAD_MAX = Duration.ofDays(1);

  /** The access token of an idle connection is refreshed when less than this is left. */
  private static final Duration KEEP_ALIVE_AHEAD = Duration.ofDays(7);

  public TokenPair {
    scopes = List.copyOf(scopes);
  }

  /** Returns whether the access token has expired, as far as known. */
  boolean expired(Instant now) {
    return accessExpiresAt != null && !now.isBefore(accessExpiresAt);
  }

  /**
   * Returns from when on these should be refreshed: a day before they expire, or for short-lived
   * ones in the last tenth of their life; null if it is not known when they expire.
   */
  @Nullable Instant refreshDueAt() {
    if (accessExpiresAt == null) {
      return null;
    }
    Duration tenth = Duration.between(obtainedAt, accessExpiresAt).dividedBy(10);
    return accessExpiresAt.minus(
        tenth.compareTo(REFRESH_AHEAD_MAX) < 0 ? tenth : REFRESH_AHEAD_MAX);
  }

  /**
   * Returns whether these should be refreshed even if nobody uses them: in the last week of the
   * access token (the last half of a shorter life), and in the last half of the refresh token's
   * life.
   */
  boolean keepAliveDue(Instant now) {
    if (refreshToken == null) {
      return false;
    }
    boolean weekLeft =
        accessExpiresAt != null && !now.isBefore(accessExpiresAt.minus(KEEP_ALIVE_AHEAD));
    return (weekLeft && inLastHalf(accessExpiresAt, now)) || inLastHalf(refreshExpiresAt, now);
  }

  private boolean inLastHalf(@Nullable Instant expiresAt, Instant now) {
    return expiresAt != null
        && !now.isBefore(obtainedAt.plus(Duration.between(obtainedAt, expiresAt).dividedBy(2)));
  }

  /**
   * Returns whether these go back to the same consent as others and were not issued before them.
   */
  boolean succeeds(TokenPair other) {
    return grant.equals(other.grant) && !obtainedAt.isBefore(other.obtainedAt);
  }

  /** Returns these as they are kept in the secret store. */
  public Secret toSecret() {
    return Codec.secret(this);
  }

  /** Reads what {@link #toSecret} wrote. */
  static TokenPair of(Secret secret) {
    return Codec.stored(TokenPair.class, secret.value());
  }
}
