package io.pinferry.delivery;

import static java.util.Comparator.comparing;

import io.pinferry.base.PageToken;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.ProjectId;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Attempts in a map, and in the logs of operations. No lock is held while an operation is looked
 * for.
 */
public final class InMemoryDeliveryAttempts implements DeliveryAttempts {
  private final Map<String, DeliveryAttempt> kept;
  private final Map<String, DeliveryMessage> messages;
  private final OperationStore operations;

  public InMemoryDeliveryAttempts(OperationStore operations) {
    this(
        Collections.synchronizedMap(new LinkedHashMap<>()),
        Collections.synchronizedMap(new HashMap<>()),
        operations);
  }

  private InMemoryDeliveryAttempts(
      Map<String, DeliveryAttempt> kept,
      Map<String, DeliveryMessage> messages,
      OperationStore operations) {
    this.kept = kept;
    this.messages = messages;
    this.operations = operations;
  }

  /** Returns the same attempts, which reach their operations through another store. */
  public InMemoryDeliveryAttempts over(OperationStore faulty) {
    return new InMemoryDeliveryAttempts(kept, messages, faulty);
  }

  @Override
  public void keep(DeliveryAttempt attempt, @Nullable DeliveryMessage message, Instant until) {
    String operation = attempt.operation().orElse(null);
    if (!attempt.isUsual() && operation != null) {
      var id = new OperationId(operation);
      if (operations.find(id).isEmpty()) {
        return;
      }
      operations.log(id, LogLine.of(attempt));
    }
    kept.putIfAbsent(operation + "#" + attempt.id(), attempt);
    if (message != null) {
      messages.putIfAbsent(operation + "#" + attempt.messageId(), message.after(0));
    }
  }

  @Override
  public Optional<DeliveryMessage> message(DeliveryAttempt attempt) {
    return Optional.ofNullable(
            messages.get(attempt.operation().orElse(null) + "#" + attempt.messageId()))
        .filter(_ -> exists(attempt));
  }

  @Override
  public Page list(ProjectId project, Filter filter, int limit, @Nullable String pageToken) {
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit " + limit + " is not between 1 and 1000");
    }
    String before = pageToken == null ? "~" : PageToken.position(pageToken);
    if (!before.equals("~") && !before.matches("\\d{15}#.+")) {
      throw new IllegalArgumentException("not a page token: " + pageToken);
    }
    List<DeliveryAttempt> found =
        all().stream()
            .filter(attempt -> attempt.project().equals(project) && filter.has(attempt))
            .filter(attempt -> attempt.position().compareTo(before) < 0)
            // An attempt goes with its operation.
            .filter(this::exists)
            .sorted(comparing(DeliveryAttempt::position).reversed())
            .limit(limit + 1L)
            .toList();
    return found.size() > limit
        ? new Page(found.subList(0, limit), PageToken.of(found.get(limit - 1).position()))
        : new Page(found, null);
  }

  private List<DeliveryAttempt> all() {
    synchronized (kept) {
      return List.copyOf(kept.values());
    }
  }

  private boolean exists(DeliveryAttempt attempt) {
    return attempt
        .operation()
        .map(id -> operations.find(new OperationId(id)).isPresent())
        .orElse(true);
  }

  @Override
  public void remove(InstallationId installation) {
    kept.values()
        .removeIf(
            attempt ->
                attempt.operation().isEmpty()
                    && DeliveryMessage.installation(attempt.content())
                        .filter(key -> key.installation().equals(installation))
                        .isPresent());
  }
}
