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
 * Notifications that wait to be sent. A notification enters the outbox in the transaction that it
 * tells of, and leaves it when it is in the delivery queue. So it is sent at least once, always
 * with its id.
 */
public final class Outbox {
  /** After this time a notification is no longer sent. */
  static final Duration KEPT = Duration.ofDays(14);

  /** All notifications are listed together, those of all projects. */
  private static final String PARTITION = "OUTBOX";

  private final DirectoryStore store;

  public Outbox(DirectoryStore store) {
    this.store = store;
  }

  /** Returns the write that puts a notification in; refused if it is there. */
  public static DirectoryWrite put(Notification notification, Instant now) {
    return new DirectoryWrite.Create(
        key(notification.id()), Codec.text(notification), now.plus(KEPT));
  }

  /**
   * Returns notifications that wait, without the types that only a later version knows.
   *
   * @param limit at most this many, 1 to 1000
   */
  public List<Notification> pending(int limit) {
    return store.list(PARTITION, "", null, limit).stream()
        .flatMap(document -> read(document).stream())
        .toList();
  }

  /** Takes a notification out; nothing happens if it is not in. */
  public void remove(Notification notification) {
    store.write(List.of(new DirectoryWrite.Discard(key(notification.id()))));
  }

  private static DocumentKey key(String id) {
    return new DocumentKey(PARTITION, id);
  }

  /** The one member that tells whether this version can read the rest. */
  private record Kind(String type) {}

  private static Optional<Notification> read(Document document) {
    return NotificationType.of(Codec.stored(Kind.class, document.json()).type())
        .map(known -> Codec.stored(Notification.class, document.json()));
  }
}
