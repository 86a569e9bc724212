package io.pinferry.notification;

import static io.pinferry.directory.DirectoryFixtures.NOON;
import static io.pinferry.directory.DirectoryFixtures.PROJECT;
import static io.pinferry.directory.DirectoryFixtures.connection;
import static io.pinferry.directory.DirectoryFixtures.destination;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.directory.DestinationTrouble;
import io.pinferry.directory.InMemoryDirectoryStore;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.IntegrationId;
import io.pinferry.directory.NotificationType;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutboxTest {
  private static final Notification OF_CONNECTION =
      Notification.ofConnection(NotificationType.CONNECTION_CREATED, connection(1), 0);
  private static final Notification OF_OPERATION =
      Notification.ofOperation(
          NotificationType.READ_BACKFILL_DONE,
          PROJECT,
          new Notification.Subject(
              new IntegrationId("integration-1"),
              new InstallationId("installation-1"),
              "operation-1"),
          Json.object().put("objectName", "pins"));

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryDirectoryStore store = new InMemoryDirectoryStore(clock);
  private final Outbox outbox = new Outbox(store);

  private boolean put(Notification notification) {
    return store.write(List.of(Outbox.put(notification, clock.instant()))).isEmpty();
  }

  @Test
  void whatIsPutInIsReadAsItWasAndGoesWhenItIsRemoved() {
    assertThat(put(OF_CONNECTION)).isTrue();
    assertThat(put(OF_OPERATION)).isTrue();

    assertThat(outbox.pending(10)).containsExactlyInAnyOrder(OF_CONNECTION, OF_OPERATION);
    assertThat(outbox.pending(1)).hasSize(1);

    outbox.remove(OF_CONNECTION);
    outbox.remove(OF_CONNECTION);
    assertThat(outbox.pending(10)).containsExactly(OF_OPERATION);
  }

  @Test
  void theSameNotificationIsInItOnce() {
    assertThat(put(OF_CONNECTION)).isTrue();
    assertThat(put(OF_CONNECTION)).isFalse();
  }

  @Test
  void whatNobodySendsIsForgotten() {
    put(OF_CONNECTION);
    clock.advance(Outbox.KEPT);

    assertThat(outbox.pending(10)).isEmpty();
  }

  @Test
  void idsFollowFromWhatIsToldAndNothingElseHasThem() {
    var trouble = DestinationTrouble.disabled("it answered 410", NOON);

    assertThat(Notification.ofConnection(NotificationType.CONNECTION_CREATED, connection(1), 0))
        .isEqualTo(OF_CONNECTION);
    assertThat(
            List.of(
                OF_CONNECTION,
                Notification.ofConnection(NotificationType.CONNECTION_UPDATED, connection(1), 0),
                Notification.ofConnection(NotificationType.CONNECTION_CREATED, connection(1), 1),
                Notification.ofConnection(NotificationType.CONNECTION_CREATED, connection(2), 0),
                Notification.ofDestination(destination(1, "hook").with(trouble), 1),
                Notification.ofDestination(destination(1, "hook").with(trouble), 2)))
        .extracting(Notification::id)
        .doesNotHaveDuplicates();
  }
}
