package io.pinferry.timer;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Fires what is due, all shards side by side. A timer whose action fails stays where it is, so the
 * next tick tries it again.
 */
public final class TimerTick {
  /** What is taken of one shard at a time. */
  private static final int PER_SHARD_MAX = 128;

  /** For how long a tick goes on where more is due; the rest waits for the next one. */
  private static final Duration GOES_ON = Duration.ofSeconds(40);

  private final TimerStore store;
  private final Map<String, Action> actions;
  private final Tasks tasks;
  private final Log log;

  /** What a kind of timer does. It removes or re-arms its timer itself, in its own transaction. */
  public interface Action {
    void fire(Timer timer);
  }

  /**
   * @param actions by the timers' kind
   */
  public TimerTick(TimerStore store, Map<String, Action> actions, Tasks tasks, Log log) {
    this.store = store;
    this.actions = Map.copyOf(actions);
    this.tasks = tasks;
    this.log = log;
  }

  /** Fires everything that is due now; returns how many timers that were. */
  public int run() {
    Instant now = tasks.now();
    List<Callable<Integer>> shards =
        IntStream.range(0, Timer.SHARD_COUNT)
            .mapToObj(shard -> (Callable<Integer>) () -> fireShard(shard, now))
            .toList();
    return tasks.all(shards).stream().mapToInt(Integer::intValue).sum();
  }

  private int fireShard(int shard, Instant now) {
    // Those whose action fails stay, and are not tried again by this tick.
    Set<Timer> fired = new HashSet<>();
    boolean more = true;
    while (more) {
      List<Timer> due = store.due(shard, now, PER_SHARD_MAX);
      int before = fired.size();
      due.stream().filter(fired::add).forEach(this::fire);
      more =
          due.size() == PER_SHARD_MAX
              && fired.size() > before
              && tasks.now().isBefore(now.plus(GOES_ON));
    }
    return fired.size();
  }

  private void fire(Timer timer) {
    Action action = actions.get(timer.kind());
    if (action == null) {
      log.warn("timer of an unknown kind", field("kind", timer.kind()), field("id", timer.id()));
      return;
    }
    try {
      action.fire(timer);
    } catch (RuntimeException e) {
      log.error("timer failed", e, field("kind", timer.kind()), field("id", timer.id()));
    }
  }
}
