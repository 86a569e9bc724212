package io.pinferry.base;

/** Counts and measures of the functions. Alarms and the dashboard use these names. */
public enum Metric {
  /** Records of pages that were read and stored. */
  RECORDS_READ("RecordsRead", Unit.COUNT),
  /** Records of these that were not delivered, since they had not changed. */
  RECORDS_UNCHANGED("RecordsUnchanged", Unit.COUNT),
  /** Records that were told as deleted. */
  RECORDS_DELETED("RecordsDeleted", Unit.COUNT),
  /** Records that were missing, but not told as deleted, since a large part of all was missing. */
  RECORDS_HELD("RecordsHeld", Unit.COUNT),
  /** Messages that a webhook took. */
  MESSAGES_DELIVERED("MessagesDelivered", Unit.COUNT),
  /** Time of an attempt until the answer of the webhook. */
  WEBHOOK_LATENCY("WebhookLatency", Unit.MILLISECONDS),
  /** Attempts that a webhook refused or did not answer. */
  DELIVERIES_REFUSED("DeliveriesRefused", Unit.COUNT),
  /** Destinations that were switched off, because they want no more messages. */
  DESTINATIONS_DISABLED("DestinationsDisabled", Unit.COUNT),
  /** Messages that became dead letters. */
  DEAD_LETTERS("DeadLetters", Unit.COUNT),
  /** Answers of Pinterest with status 429. */
  RATE_LIMITED("RateLimited", Unit.COUNT),
  /** Refreshes of a customer's tokens that Pinterest refused. */
  REFRESHES_REFUSED("RefreshesRefused", Unit.COUNT),
  /** Answers of Pinterest that refuse the operator's app itself. */
  PROVIDER_APP_REFUSED("ProviderAppRefused", Unit.COUNT),
  /** Timers that fired in a tick, which may be none. No value means that no tick ran. */
  TIMERS_FIRED("TimersFired", Unit.COUNT);

  /** The unit of a metric's values. */
  public enum Unit {
    COUNT,
    MILLISECONDS
  }

  private final String text;
  private final Unit unit;

  Metric(String text, Unit unit) {
    this.text = text;
    this.unit = unit;
  }

  /** Returns the name in CloudWatch. */
  public String text() {
    return text;
  }

  public Unit unit() {
    return unit;
  }
}
