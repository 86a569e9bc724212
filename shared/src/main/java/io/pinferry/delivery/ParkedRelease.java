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
 * Sends parked messages again when their time has come. The timer is re-armed before the send and
 * removed after the message, so whatever happens in between, the message is sent at least once.
 */
public final class ParkedRelease {
  /** The kind of its timers; their id is the message's. */
  public static final String KIND = "parked";

  /** A destination that comes back is not met by everything that waited for it. */
  static final int AT_ONCE_MAX = 256;

  /** When a release that did not come to its end is repeated, and a held back one is tried. */
  static final Duration AGAIN = Duration.ofSeconds(60);

  /** Releases within this time count as at once: those of one tick. */
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

  /** Returns the timer of a message that is parked until then. */
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

  /** Acts on a due timer. */
  public void fire(Timer timer) {
    Instant parkedUntil =
        Instant.ofEpochMilli(Long.parseLong(timer.payload().getOrDefault(PARKED_UNTIL, "0")));
    int before = seenBefore(timer.payload().getOrDefault(DESTINATION, ""));
    if (before >= AT_ONCE_MAX) {
      // Each has its minute. If all came again at once, others' timers would wait behind them.
      Duration turn = AGAIN.multipliedBy(before / AT_ONCE_MAX);
      timers.replace(timer, List.of(timer.at(tasks.now().plus(turn))));
      return;
    }
    Timer again = timer.at(tasks.now().plus(AGAIN));
    Optional<DeliveryMessage> message = parked.find(timer.id(), parkedUntil);
    if (message.isEmpty()) {
      timers.replace(timer, List.of());
      return;
    }
    if (timers.replace(timer, List.of(again))) {
      queue.send(List.of(message.get()));
      // First the message: a timer without one does no harm, a message without one is lost.
      parked.remove(timer.id(), parkedUntil);
      timers.replace(again, List.of());
      log.with(Delivery.about(message.get()))
          .info(
              "parked message sent again",
              field("message", timer.id()),
              field("attempts", message.get().attempts()));
    }
  }

  /** Returns how many messages for a destination were due in this tick before. */
  private synchronized int seenBefore(String destination) {
    Instant now = tasks.now();
    if (!now.isBefore(windowEnd)) {
      seen.clear();
      windowEnd = now.plus(WINDOW);
    }
    return seen.merge(destination, 1, Integer::sum) - 1;
  }
}
