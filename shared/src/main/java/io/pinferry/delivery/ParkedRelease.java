package io.pinferry.delivery;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import io.pinferry.timer.Timer;
import io.pinferry.timer.TimerStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends parked messages again when they are due. The timer is set again before the send, and
 * removed after the message. So the message is sent at least once, even if a crash happens in
 * between.
 */
public final class ParkedRelease {
  /** The kind of these timers. The id is that of the message. */
  public static final String KIND = "parked";

  /** How many messages of one destination are released at once, so that it is not flooded. */
  static final int AT_ONCE_MAX = 256;

  /** The delay before an interrupted release is repeated, and before a postponed one. */
  static final Duration RETRY_DELAY = Duration.ofSeconds(60);

  /** Releases within this time count together. It covers one tick. */
  private static final Duration WINDOW = Duration.ofSeconds(50);

  private static final String PARKED_UNTIL = "parkedUntil";
  private static final String DESTINATION = "destination";

  private final ParkedMessages parked;
  private final DeliveryQueue queue;
  private final TimerStore timers;
  private final Tasks tasks;
  private final Log log;
  private final Map<String, Integer> seen = new HashMap<>();
  private Instant windowEnd = Instant.MIN;

  public ParkedRelease(
      ParkedMessages parked, DeliveryQueue queue, TimerStore timers, Tasks tasks, Log log) {
    this.parked = parked;
    this.queue = queue;
    this.timers = timers;
    this.tasks = tasks;
    this.log = log;
  }

  public static Timer timerFor(DeliveryMessage message, Instant dueAt) {
    return new Timer(
        dueAt,
        KIND,
        message.id(),
        Map.of(
            PARKED_UNTIL,
            Long.toString(dueAt.toEpochMilli()),
            DESTINATION,
            message.project().value() + "/" + message.destination()));
  }

  /** Handles a due timer. */
  public void fire(Timer timer) {
    Instant parkedUntil =
        Instant.ofEpochMilli(Long.parseLong(timer.payload().getOrDefault(PARKED_UNTIL, "0")));
    int before = seenBefore(timer.payload().getOrDefault(DESTINATION, ""));
    if (before >= AT_ONCE_MAX) {
      // The releases spread over minutes. Together they would delay the timers of others.
      Duration turn = RETRY_DELAY.multipliedBy(before / AT_ONCE_MAX);
      timers.replace(timer, List.of(timer.at(tasks.now().plus(turn))));
      return;
    }
    Timer again = timer.at(tasks.now().plus(RETRY_DELAY));
    Optional<DeliveryMessage> message = parked.find(timer.id(), parkedUntil);
    if (message.isEmpty()) {
      timers.replace(timer, List.of());
      return;
    }
    if (timers.replace(timer, List.of(again))) {
      queue.send(List.of(message.get()));
      // The message goes first: a timer without a message does no harm, a message without a
      // timer is lost.
      parked.remove(timer.id(), parkedUntil);
      timers.replace(again, List.of());
      log.with(Delivery.about(message.get()))
          .info(
              "parked message sent again",
              field("messageId", timer.id()),
              field("attempts", message.get().attempts()));
    }
  }

  /** Counts a due message of a destination. Returns the count of this tick before it. */
  private synchronized int seenBefore(String destination) {
    Instant now = tasks.now();
    if (!now.isBefore(windowEnd)) {
      seen.clear();
      windowEnd = now.plus(WINDOW);
    }
    return seen.merge(destination, 1, Integer::sum) - 1;
  }
}
