package io.pinferry.delivery;

import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Dead letters in a map. */
public final class InMemoryDeadLetters implements DeadLetters {
  private record Kept(DeadLetter letter, DeliveryMessage message) {}

  private final Map<String, Kept> kept = new TreeMap<>();
  private final InMemoryParkedMessages parked;

  public InMemoryDeadLetters(InMemoryParkedMessages parked) {
    this.parked = parked;
  }

  @Override
  public synchronized void keep(DeliveryMessage message, String reason, Instant at) {
    var letter =
        new DeadLetter(
            message.id(),
            message.project(),
            message.content(),
            message.destination(),
            reason,
            Instant.ofEpochMilli(at.toEpochMilli()));
    kept.put(key(letter), new Kept(letter, message.after(0)));
  }

  @Override
  public synchronized Page list(
      ProjectId project, Filter filter, int limit, @Nullable String pageToken) {
    if (pageToken != null && !pageToken.contains("#")) {
      throw new IllegalArgumentException("a page token that is none of ours: " + pageToken);
    }
    List<DeadLetter> found =
        kept.entrySet().stream()
            .filter(entry -> pageToken == null || entry.getKey().compareTo(pageToken) > 0)
            .map(entry -> entry.getValue().letter())
            .filter(letter -> letter.project().equals(project) && filter.has(letter))
            .limit(limit + 1L)
            .toList();
    return found.size() > limit
        ? new Page(found.subList(0, limit), key(found.get(limit - 1)))
        : new Page(found, null);
  }

  @Override
  public synchronized boolean park(DeadLetter letter, Instant dueAt) {
    Kept there = kept.remove(key(letter));
    if (there == null) {
      return false;
    }
    parked.park(there.message().sentAgain(dueAt), dueAt);
    return true;
  }

  @Override
  public synchronized boolean remove(DeadLetter letter) {
    return kept.remove(key(letter)) != null;
  }

  private static String key(DeadLetter letter) {
    return letter.project() + "#" + letter.destination() + "#" + letter.messageId();
  }
}
