package io.pinferry.timer;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Log;
import io.pinferry.base.Metric;
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
 * Fires due timers, all shards at the same time. If an action fails, its timer stays for the next
 * tick.
 */
public final class TimerTick {
  /** The limit of one query of a shard. */
  private static final int PER_SHARD_MAX = 128;

  /** How long a tick goes on if more timers are due. The rest waits for the next tick. */
  private static final Duration LENGTH_MAX = Duration.ofSeconds(40);

  private final TimerStore store;
  private final Map<String, Action> actions;
  private final Tasks tasks;
  private final Log log;

  /** The action of a kind of timer. It removes its timer or sets it again, in its transaction. */
  public interface Action {
    void fire(Timer timer);
  }

  /**
   * @param actions by the kind of timer
   */
  public TimerTick(TimerStore store, Map<String, Action> actions, Tasks tasks, Log log) {
    this.store = store;
    this.actions = Map.copyOf(actions);
    this.tasks = tasks;
    this.log = log;
  }

  /** Fires all due timers and returns their number. */
  public int run() {
    Instant now = tasks.now();
    List<Callable<Integer>> shards =
        IntStream.range(0, Timer.SHARD_COUNT)
            .mapToObj(shard -> (Callable<Integer>) () -> fireShard(shard, now))
            .toList();
    int fired = tasks.all(shards).stream().mapToInt(Integer::intValue).sum();
    log.add(Metric.TIMERS_FIRED, fired);
    return fired;
  }

  private int fireShard(int shard, Instant now) {
    // A failed timer stays due, but this tick does not fire it again.
    Set<Timer> fired = new HashSet<>();
    boolean more = true;
    while (more) {
      List<Timer> due = store.due(shard, now, PER_SHARD_MAX);
      int before = fired.size();
      due.stream().filter(fired::add).forEach(this::fire);
      more =
          due.size() == PER_SHARD_MAX
              && fired.size() > before
              && tasks.now().isBefore(now.plus(LENGTH_MAX));
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
