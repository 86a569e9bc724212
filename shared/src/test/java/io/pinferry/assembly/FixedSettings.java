package io.pinferry.assembly;

import io.pinferry.base.LocalMode;
import io.pinferry.delivery.AttemptSettings;
import io.pinferry.delivery.RetrySchedule;
import io.pinferry.read.SyncSettings;
import java.net.URI;
import java.time.Duration;

/** Settings as a deployment has them, for tests. */
public class FixedSettings implements Settings {
  private static final URI PINTEREST = URI.create("https://api.pinterest.invalid");

  @Override
  public URI pinterestApi() {
    return PINTEREST;
  }

  @Override
  public URI pinterestAuthorize() {
    return PINTEREST.resolve("/oauth/");
  }

  @Override
  public URI pinterestToken() {
    return PINTEREST.resolve("/v5/oauth/token");
  }

  @Override
  public String publicApiOrigin() {
    return "";
  }

  @Override
  public URI apiOrigin() {
    return URI.create("https://api.example");
  }

  @Override
  public String adminKeySha256() {
    return "0".repeat(64);
  }

  @Override
  public Duration watchdogInterval() {
    return Duration.ofMinutes(1);
  }

  @Override
  public SyncSettings sync() {
    return SyncSettings.of(Duration.ofSeconds(45), 10);
  }

  @Override
  public AttemptSettings deliveryAttempts() {
    return new AttemptSettings(AttemptSettings.Kept.FAILURES, Duration.ofDays(30));
  }

  @Override
  public RetrySchedule deliveryRetries() {
    return RetrySchedule.parse("PT5S,PT5M,PT30M,PT2H,PT5H,PT10H,PT10H");
  }

  @Override
  public LocalMode localMode() {
    return new LocalMode(false);
  }

  @Override
  public int logRetentionDays() {
    return 30;
  }
}
