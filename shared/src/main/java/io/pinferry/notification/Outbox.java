package io.pinferry.notification;

import io.pinferry.base.Codec;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.Document;
import io.pinferry.directory.DocumentKey;
import io.pinferry.directory.NotificationType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores notifications until they are sent. A notification enters the outbox in the transaction of
 * its event, and leaves it when it is in the delivery queue. So it is sent at least once, always
 * with the same id.
 */
public final class Outbox {
  /** A notification that is older than this is no longer sent. */
  public static final Duration KEPT = Duration.ofDays(14);

  /** One partition for all projects, so that one query lists all notifications. */
  private static final String PARTITION = "OUTBOX";

  private final DirectoryStore store;

  public Outbox(DirectoryStore store) {
    this.store = store;
  }

  /** Returns the write that adds a notification; it is refused if the outbox has it. */
  public static DirectoryWrite put(Notification notification, Instant now) {
    return new DirectoryWrite.Create(
        key(notification.id()), Codec.text(notification), now.plus(KEPT));
  }

  /**
   * Returns waiting notifications, without types of later versions.
   *
   * @param limit at most this many, 1 to 1000
   */
  public List<Notification> pending(int limit) {
    return store.list(PARTITION, "", null, limit).stream()
        .flatMap(document -> read(document).stream())
        .toList();
  }

  /** Removes a notification, if the outbox has it. */
  public void remove(Notification notification) {
    store.write(List.of(new DirectoryWrite.Discard(key(notification.id()))));
  }

  private static DocumentKey key(String id) {
    return new DocumentKey(PARTITION, id);
  }

  /** The member that shows whether this version can read the rest. */
  private record Kind(String type) {}

  private static Optional<Notification> read(Document document) {
    return NotificationType.of(Codec.stored(Kind.class, document.json()).type())
        .map(known -> Codec.stored(Notification.class, document.json()));
  }
}
