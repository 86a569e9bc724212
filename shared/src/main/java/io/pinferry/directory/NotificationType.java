package io.pinferry.directory;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The types of notifications. Most come from the contract. {@link #ownTexts} are Pinferry's own,
 * for events without a name in the contract.
 */
public enum NotificationType {
  CONNECTION_CREATED,
  CONNECTION_ERROR,
  CONNECTION_REFRESHED,
  CONNECTION_UPDATED,
  CONNECTION_DELETED,
  INSTALLATION_CREATED,
  INSTALLATION_UPDATED,
  INSTALLATION_DELETED,
  READ_SCHEDULE_PAUSED,
  READ_BACKFILL_DONE,
  READ_TRIGGERED_DONE,
  READ_TRIGGERED_ERROR,
  WRITE_ASYNC_DONE,
  /** Never sent, since Pinterest has no subscriptions, but a route can have it. */
  SUBSCRIBE_CREATE_ERROR,
  DESTINATION_WEBHOOK_DISABLED,
  /** Our own: a backfill is incomplete. */
  READ_BACKFILL_ERROR,
  /** Our own: a scheduled read has delivered everything. */
  READ_SCHEDULED_DONE,
  /** Our own: a scheduled read is incomplete. */
  READ_SCHEDULED_ERROR,
  /** Our own: Pinterest refuses a provider app. */
  PROVIDER_APP_ERROR;

  /** Returns the name in requests and messages, for example {@code read.triggered.done}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** Finds a type by its name. */
  public static Optional<NotificationType> of(String text) {
    return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
  }

  /** Returns the names of all types, the contract's first. */
  public static List<String> texts() {
    return Arrays.stream(values()).map(NotificationType::text).toList();
  }

  /** Returns the names that are not in the contract. */
  public static List<String> ownTexts() {
    return List.of(
        READ_BACKFILL_ERROR.text(),
        READ_SCHEDULED_DONE.text(),
        READ_SCHEDULED_ERROR.text(),
        PROVIDER_APP_ERROR.text());
  }
}
