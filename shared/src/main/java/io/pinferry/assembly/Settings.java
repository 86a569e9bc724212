package io.pinferry.assembly;

import io.pinferry.base.Environment;
import io.pinferry.base.LocalMode;
import io.pinferry.delivery.AttemptSettings;
import io.pinferry.delivery.RetrySchedule;
import io.pinferry.read.SyncSettings;
import java.net.URI;
import java.time.Duration;

/** The settings of a deployment. A setting is read when an assembly needs it. */
public interface Settings {
  /** Returns scheme and host of Pinterest's API. */
  URI pinterestApi();

  /** Returns the page where a customer allows access. */
  URI pinterestAuthorize();

  URI pinterestToken();

  /** Returns the public origin of the api door; empty for the host of each request. */
  String publicApiOrigin();

  /** Returns the origin of the api door for links in messages. */
  URI apiOrigin();

  /** Returns the SHA-256 of the operator's key, in hexadecimal. */
  String adminKeySha256();

  /** Returns how often the watchdog checks a running operation. */
  Duration watchdogInterval();

  SyncSettings sync();

  /** Returns how long the log group keeps lines. */
  int logRetentionDays();

  RetrySchedule deliveryRetries();

  /** Returns which attempts to deliver are kept. */
  AttemptSettings deliveryAttempts();

  /**
   * Returns whether the AWS services run on a laptop. It follows from the endpoints, not from a
   * setting.
   */
  LocalMode localMode();

  private static AttemptSettings.Kept kept(String text) {
    return switch (text) {
      case "off" -> AttemptSettings.Kept.OFF;
      case "failures" -> AttemptSettings.Kept.FAILURES;
      case "all" -> AttemptSettings.Kept.ALL;
      default ->
          throw new IllegalArgumentException(
              "PINFERRY_DELIVERY_ATTEMPTS must be off, failures or all, and is " + text);
    };
  }

  /** Reads the settings from a function's environment variables. */
  static Settings of(Environment environment) {
    return new Settings() {
      @Override
      public URI pinterestApi() {
        return environment.uri("PINFERRY_PINTEREST_API_URL");
      }

      @Override
      public URI pinterestAuthorize() {
        return environment.uri("PINFERRY_PINTEREST_AUTHORIZE_URL");
      }

      @Override
      public URI pinterestToken() {
        return environment.uri("PINFERRY_PINTEREST_TOKEN_URL");
      }

      @Override
      public String publicApiOrigin() {
        return environment.optionalText("PINFERRY_PUBLIC_API_URL");
      }

      @Override
      public URI apiOrigin() {
        URI own = environment.uri("PINFERRY_API_URL");
        return publicApiOrigin().isEmpty() ? own : environment.uri("PINFERRY_PUBLIC_API_URL");
      }

      @Override
      public String adminKeySha256() {
        return environment.text("PINFERRY_ADMIN_KEY_SHA256");
      }

      @Override
      public Duration watchdogInterval() {
        return environment.duration("PINFERRY_WATCHDOG");
      }

      @Override
      public SyncSettings sync() {
        return SyncSettings.of(
            environment.duration("PINFERRY_LEASE"), environment.count("PINFERRY_SYNC_CONCURRENCY"));
      }

      @Override
      public int logRetentionDays() {
        return environment.count("PINFERRY_LOG_RETENTION_DAYS");
      }

      @Override
      public RetrySchedule deliveryRetries() {
        return RetrySchedule.parse(environment.text("PINFERRY_DELIVERY_RETRY_DELAYS"));
      }

      @Override
      public AttemptSettings deliveryAttempts() {
        return new AttemptSettings(
            kept(environment.text("PINFERRY_DELIVERY_ATTEMPTS")),
            Duration.ofDays(environment.count("PINFERRY_DELIVERY_ATTEMPT_DAYS")));
      }

      @Override
      public LocalMode localMode() {
        return LocalMode.of(environment.variables());
      }
    };
  }
}
