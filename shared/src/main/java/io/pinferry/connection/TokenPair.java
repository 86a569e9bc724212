package io.pinferry.connection;

import io.pinferry.base.Codec;
import io.pinferry.base.Secret;
import io.pinferry.directory.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a connection, with their account and scopes, which must change in the same step. A
 * pair is one version of one secret.
 *
 * @param refreshToken null if there is none; then access ends with the access token
 * @param accessExpiresAt null if unknown
 * @param refreshExpiresAt null if unknown
 * @param scopes the granted scopes
 * @param obtainedAt when the provider issued them
 * @param refreshed whether they came from a refresh, not from the customer's consent or an import
 * @param grant the id of the consent or import; a refresh keeps it
 * @param account the account of the tokens
 * @param userId the provider's id of the account's user; null if unknown
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
  /** The longest time between a refresh and the expiry. */
  static final Duration REFRESH_AHEAD_MAX = Duration.ofDays(1);

  /** The access token of an idle connection is refreshed if it expires sooner than this. */
  private static final Duration KEEP_ALIVE_AHEAD = Duration.ofDays(7);

  public TokenPair {
    scopes = List.copyOf(scopes);
  }

  /** Returns whether the access token is known to have expired. */
  boolean expired(Instant now) {
    return accessExpiresAt != null && !now.isBefore(accessExpiresAt);
  }

  /**
   * Returns the time from which on a refresh is due: a day before the expiry, or the last tenth of
   * a short life; null if the expiry is unknown.
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
   * Returns whether an idle connection needs a refresh: in the last week of the access token, or
   * the last half of a shorter life, and in the last half of the life of the refresh token.
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

  /** Returns whether a refresh brought them less than this ago. */
  boolean refreshedWithin(Duration age, Instant now) {
    return refreshed && now.isBefore(obtainedAt.plus(age));
  }

  /** Returns whether these are other tokens of the same grant, not issued before the other ones. */
  boolean succeeds(TokenPair other) {
    return grant.equals(other.grant)
        && !obtainedAt.isBefore(other.obtainedAt)
        && !accessToken.equals(other.accessToken);
  }

  /** Returns the stored form. */
  public Secret toSecret() {
    return Codec.secret(this);
  }

  /** Reads what {@link #toSecret} wrote. */
  static TokenPair of(Secret secret) {
    return Codec.stored(TokenPair.class, secret.value());
  }
}
