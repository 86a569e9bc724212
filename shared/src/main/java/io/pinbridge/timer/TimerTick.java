package io.pinbridge.timer;

import static io.pinbridge.base.Field.field;

import io.pinbridge.base.Log;
import io.pinbridge.base.Tasks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Fires what is due, all shards side by side. A timer whose action fails stays where it is, so the
 * next tick tries it again.
 */
public final class TimerTick {
  /** What one tick takes of one shard; what is more waits for the next tick. */
  private static final int PER_SHARD_MAX = 128;

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
    List<Timer> due = store.due(shard, now, PER_SHARD_MAX);
    for (Timer timer : due) {
      fire(timer);
    }
    return due.size();
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
