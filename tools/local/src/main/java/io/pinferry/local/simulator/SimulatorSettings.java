package io.pinferry.local.simulator;

import java.time.Duration;
import java.util.List;

/**
 * Fixes what one simulated Pinterest is like. Equal settings make equal data.
 *
 * @param seed what all ids, texts and tokens are derived from
 * @param records the number of pins the token user owns; 0 makes an account with nothing in it
 * @param boards the number of boards the token user sees, or 0 to derive it from {@code records}
 * @param apps the registered applications
 * @param rateLimitDivisor what the rate limits per minute of a Standard application are divided by;
 *     0 if there are none, and no {@code x-ratelimit-*} headers either
 * @param trialTier whether each application has at most 1,000 requests a day
 * @param chainCap whether one chain of bookmarks of a pin list ends after 100,000 records
 * @param bookmarkStyle what bookmarks remember
 * @param oauthErrors the shape of errors at the token endpoint
 * @param accessTokenLifetime how long an access token lives, 30 days at Pinterest
 * @param refreshTokenLifetime how long a refresh token lives, 60 days at Pinterest
 * @param rotationGrace how long a refresh token still works after its successor was issued
 */
public record SimulatorSettings(
    long seed,
    int records,
    int boards,
    List<SimulatedApp> apps,
    int rateLimitDivisor,
    boolean trialTier,
    boolean chainCap,
    BookmarkStyle bookmarkStyle,
    OauthErrors oauthErrors,
    Duration accessTokenLifetime,
    Duration refreshTokenLifetime,
    Duration rotationGrace) {

  /** Names the two error shapes that clients of the token endpoint have met. */
  public enum OauthErrors {
    /** {@code code} and {@code message}, as everywhere else in the API. */
    PINTEREST,
    /** {@code error} and {@code error_description} of RFC 6749. */
    RFC_6749
  }

  /** The largest account; ids are spread so that this many pins have distinct ones. */
  public static final int RECORDS_MAX = 50_000_000;

  /** The largest number of boards; boards are kept in memory. */
  public static final int BOARDS_MAX = 100_000;

  /** Checks the ranges. */
  public SimulatorSettings {
    if (records < 0 || records > RECORDS_MAX) {
      throw new IllegalArgumentException("records " + records + " must be 0 to " + RECORDS_MAX);
    }
    if (boards < 0 || boards > BOARDS_MAX) {
      throw new IllegalArgumentException("boards " + boards + " must be 0 to " + BOARDS_MAX);
    }
    if (rateLimitDivisor < 0) {
      throw new IllegalArgumentException("rate limits cannot be divided by " + rateLimitDivisor);
    }
    apps = List.copyOf(apps);
  }

  boolean rateLimits() {
    return rateLimitDivisor > 0;
  }

  /** Returns settings with everything else as it is at Pinterest for a Standard application. */
  public static SimulatorSettings of(long seed, int records, SimulatedApp... apps) {
    return new SimulatorSettings(
        seed,
        records,
        0,
        List.of(apps),
        1,
        false,
        false,
        BookmarkStyle.KEY,
        OauthErrors.PINTEREST,
        Duration.ofDays(30),
        Duration.ofDays(60),
        Duration.ZERO);
  }

  /** Returns these settings with a number of boards of its own. */
  public SimulatorSettings withBoards(int number) {
    return new SimulatorSettings(
        seed,
        records,
        number,
        apps,
        rateLimitDivisor,
        trialTier,
        chainCap,
        bookmarkStyle,
        oauthErrors,
        accessTokenLifetime,
        refreshTokenLifetime,
        rotationGrace);
  }

  /** Returns these settings with rate limits on or off. */
  public SimulatorSettings withRateLimits(boolean on) {
    return withRateLimitDivisor(on ? 1 : 0);
  }

  /** Returns these settings with a part of the usual rate limits per minute. */
  public SimulatorSettings withRateLimitDivisor(int divisor) {
    return new SimulatorSettings(
        seed,
        records,
        boards,
        apps,
        divisor,
        trialTier,
        chainCap,
        bookmarkStyle,
        oauthErrors,
        accessTokenLifetime,
        refreshTokenLifetime,
        rotationGrace);
  }

  /** Returns these settings with the daily cap of a Trial application on or off. */
  public SimulatorSettings withTrialTier(boolean on) {
    return new SimulatorSettings(
        seed,
        records,
        boards,
        apps,
        rateLimitDivisor,
        on,
        chainCap,
        bookmarkStyle,
        oauthErrors,
        accessTokenLifetime,
        refreshTokenLifetime,
        rotationGrace);
  }

  /** Returns these settings with the cap of one chain of bookmarks on or off. */
  public SimulatorSettings withChainCap(boolean on) {
    return new SimulatorSettings(
        seed,
        records,
        boards,
        apps,
        rateLimitDivisor,
        trialTier,
        on,
        bookmarkStyle,
        oauthErrors,
        accessTokenLifetime,
        refreshTokenLifetime,
        rotationGrace);
  }

  /** Returns these settings with another kind of bookmark. */
  public SimulatorSettings withBookmarkStyle(BookmarkStyle style) {
    return new SimulatorSettings(
        seed,
        records,
        boards,
        apps,
        rateLimitDivisor,
        trialTier,
        chainCap,
        style,
        oauthErrors,
        accessTokenLifetime,
        refreshTokenLifetime,
        rotationGrace);
  }

  /** Returns these settings with another shape of errors at the token endpoint. */
  public SimulatorSettings withOauthErrors(OauthErrors shape) {
    return new SimulatorSettings(
        seed,
        records,
        boards,
        apps,
        rateLimitDivisor,
        trialTier,
        chainCap,
        bookmarkStyle,
        shape,
        accessTokenLifetime,
        refreshTokenLifetime,
        rotationGrace);
  }

  /** Returns these settings with other lifetimes of tokens. */
  public SimulatorSettings withTokenLifetimes(Duration access, Duration refresh, Duration grace) {
    return new SimulatorSettings(
        seed,
        records,
        boards,
        apps,
        rateLimitDivisor,
        trialTier,
        chainCap,
        bookmarkStyle,
        oauthErrors,
        access,
        refresh,
        grace);
  }
}
