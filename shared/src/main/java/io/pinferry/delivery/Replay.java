package io.pinferry.delivery;

import io.pinferry.base.PageToken;
import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.SendingAgain.Remainder;
import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages again: first the dead letters of a filter, then those that were delivered and are
 * kept. A message keeps its id, and is signed with the present key. A delivered message changes
 * nothing when it is sent again: neither its read, nor what is known of its destination.
 */
public final class Replay {
  private static final int SIDE_BY_SIDE = 16;

  /** The beginning of a token that goes on among delivered messages. */
  private static final String DELIVERED = "delivered#";

  private static final String DEAD = "dead#";
  private static final String NOT_KEPT =
      "its content was not kept: DeliveryAttempts was not all when it was delivered";

  private final Redrive redrive;
  private final DeliveryAttempts attempts;
  private final ParkedMessages parked;
  private final SendingAgain again;
  private final Tasks tasks;

  public Replay(
      Redrive redrive,
      DeliveryAttempts attempts,
      ParkedMessages parked,
      SendingAgain again,
      Tasks tasks) {
    this.redrive = redrive;
    this.attempts = attempts;
    this.parked = parked;
    this.again = again;
    this.tasks = tasks;
  }

  /**
   * The messages to send again. All conditions must hold; null is no condition.
   *
   * @param messages the ids of messages; empty for all
   * @param period of the last attempt
   * @param onlyUndelivered whether delivered messages are left out
   */
  public record Choice(
      @Nullable String destination,
      @Nullable String operation,
      Set<String> messages,
      TimeRange period,
      boolean onlyUndelivered) {
    public Choice {
      messages = Set.copyOf(messages);
    }

    /** Returns whether nothing limits the choice. */
    public boolean isEverything() {
      return destination == null
          && operation == null
          && messages.isEmpty()
          && period.equals(TimeRange.ALL);
    }

    DeadLetters.Filter letters() {
      return new DeadLetters.Filter(destination, operation, messages, period);
    }

    DeliveryAttempts.Filter delivered() {
      return new DeliveryAttempts.Filter(destination, operation, messages, true, period);
    }
  }

  /**
   * Sends at most {@link Redrive#AT_ONCE_MAX} messages again, within a minute. Each call sends them
   * again.
   *
   * @param pageToken the token of the call before, null for the first call
   * @throws Conflict if the destination of one of them does not exist or is disabled; then nothing
   *     is sent
   * @throws IllegalArgumentException if the page token is invalid
   */
  public Redrive.Result send(ProjectId project, Choice choice, @Nullable String pageToken) {
    String position = pageToken == null ? DEAD : PageToken.position(pageToken);
    if (position.startsWith(DELIVERED)) {
      return sendDelivered(project, choice, after(DELIVERED, position));
    }
    if (!position.startsWith(DEAD)) {
      throw new IllegalArgumentException("not a page token: " + pageToken);
    }
    Redrive.Result letters = redrive.send(project, choice.letters(), after(DEAD, position));
    String next = letters.nextPageToken();
    if (next != null) {
      return with(letters, PageToken.of(DEAD + next));
    }
    return choice.onlyUndelivered() ? letters : with(letters, PageToken.of(DELIVERED));
  }

  private static @Nullable String after(String prefix, String position) {
    String token = position.substring(prefix.length());
    return token.isEmpty() ? null : token;
  }

  private static Redrive.Result with(Redrive.Result result, String nextPageToken) {
    return new Redrive.Result(result.count(), result.left(), nextPageToken);
  }

  private Redrive.Result sendDelivered(
      ProjectId project, Choice choice, @Nullable String pageToken) {
    DeliveryAttempts.Page page =
        attempts.list(project, choice.delivered(), Redrive.AT_ONCE_MAX, pageToken);
    Map<String, DeliveryAttempt> newest = new LinkedHashMap<>();
    page.attempts().forEach(attempt -> newest.putIfAbsent(attempt.messageId(), attempt));
    List<DeliveryMessage> sent = new ArrayList<>();
    List<Remainder> left = new ArrayList<>();
    SendingAgain.Sources sources = again.new Sources(project);
    Instant now = tasks.now();
    List<DeliveryAttempt> found = List.copyOf(newest.values());
    List<Optional<DeliveryMessage>> messages = tasks.all(found, SIDE_BY_SIDE, attempts::message);
    for (int i = 0; i < found.size(); i++) {
      DeliveryAttempt attempt = found.get(i);
      Optional<String> obstacle = obstacle(attempt, sources, now);
      DeliveryMessage message = messages.get(i).orElse(null);
      if (message == null) {
        left.add(new Remainder(attempt.messageId(), NOT_KEPT));
      } else if (obstacle.isPresent()) {
        left.add(new Remainder(attempt.messageId(), obstacle.get()));
      } else {
        sent.add(message.replayed(now));
      }
    }
    again.check(project, sent.stream().map(DeliveryMessage::destination).toList());
    tasks.all(
        sent,
        SIDE_BY_SIDE,
        message -> {
          parked.park(message, now);
          again.report(message.id(), message.content(), message.destination(), now);
          return message.id();
        });
    String next = page.nextPageToken();
    return new Redrive.Result(
        sent.size(), left, next == null ? null : PageToken.of(DELIVERED + next));
  }

  private static Optional<String> obstacle(
      DeliveryAttempt attempt, SendingAgain.Sources sources, Instant now) {
    // The records of a large message are behind a link, and not kept as long.
    boolean isTooOld =
        attempt.content() instanceof DeliveryMessage.Records records
            && records.linked()
            && attempt.at().plus(ResultStore.KEPT).isBefore(now);
    return isTooOld
        ? Optional.of("its records are not kept any more")
        : sources.unwanted(attempt.content());
  }
}
