package io.pinferry.read;

import io.pinferry.delivery.NotificationNotes;
import java.time.InstantSource;

/** Notes notifications in the logs of the operations that they tell of. */
public final class ReadNotificationNotes implements NotificationNotes {
  private final ReadStore store;
  private final InstantSource clock;

  public ReadNotificationNotes(ReadStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void sent(String operation, String notification, String text) {
    store.log(
        new OperationId(operation),
        new ReadStore.LogLine(clock.instant(), "notification-" + notification, "INFO", text, null));
  }
}
