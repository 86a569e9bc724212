package io.pinferry.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualThreadTasks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every promise of {@link TimerStore}. Each test meets an empty store. */
public abstract class TimerStoreContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Timer TIMER =
      new Timer(NOON, "schedule", "installation 1", Map.of("object", "pins"));
  private static final int SHARD = TIMER.shard();

  /** Returns the store under test, the same during one test. */
  protected abstract TimerStore store();

  @Test
  void aTimerIsDueFromItsInstantOn() {
    assertThat(store().replace(null, List.of(TIMER))).isTrue();

    assertThat(store().due(SHARD, NOON.minusMillis(1), 10)).isEmpty();
    assertThat(store().due(SHARD, NOON, 10)).containsExactly(TIMER);
    assertThat(store().due(SHARD, NOON.plusNanos(1), 10)).containsExactly(TIMER);
    assertThat(store().due(SHARD, NOON.plusSeconds(86_400), 10)).containsExactly(TIMER);
  }

  @Test
  void aTimerIsFoundByInstantKindAndId() {
    store().replace(null, List.of(TIMER));

    assertThat(store().contains(new Timer(NOON, TIMER.kind(), TIMER.id(), Map.of()))).isTrue();
    assertThat(store().contains(TIMER.at(NOON.plusMillis(1)))).isFalse();
    assertThat(store().contains(new Timer(NOON, "watchdog", TIMER.id(), Map.of()))).isFalse();
    assertThat(store().contains(new Timer(NOON, TIMER.kind(), "installation 2", Map.of())))
        .isFalse();
    store().replace(TIMER, List.of());
    assertThat(store().contains(TIMER)).isFalse();
  }

  @Test
  void everyTimerIsInItsShardAndNoOther() {
    List<Timer> timers =
        IntStream.range(0, 60)
            .mapToObj(i -> new Timer(NOON, "watchdog", "operation " + i, Map.of()))
            .toList();
    store().replace(null, timers);

    for (int shard = 0; shard < Timer.SHARD_COUNT; shard++) {
      int asked = shard;
      assertThat(store().due(shard, NOON, 100))
          .containsExactlyInAnyOrderElementsOf(
              timers.stream().filter(timer -> timer.shard() == asked).toList());
    }
  }

  @Test
  void theEarliestComeFirstUpToTheLimit() {
    Timer third = TIMER.at(NOON.plusMillis(10));
    Timer second = TIMER.at(NOON.plusMillis(9));
    Timer first = TIMER.at(Instant.EPOCH);
    store().replace(null, List.of(third, first, second, TIMER.at(NOON.plusSeconds(1))));

    assertThat(store().due(SHARD, NOON.plusMillis(100), 10)).containsExactly(first, second, third);
    assertThat(store().due(SHARD, NOON.plusMillis(100), 2)).containsExactly(first, second);
  }

  @Test
  void oneTimerIsReplacedByOthers() {
    Timer next = TIMER.at(NOON.plusSeconds(60));
    Timer watchdog = new Timer(NOON, "watchdog", "operation 1", Map.of("a", "", "b", "2"));
    store().replace(null, List.of(TIMER));

    assertThat(store().replace(TIMER, List.of(next, watchdog))).isTrue();

    assertThat(store().due(SHARD, NOON.plusSeconds(60), 10)).contains(next).doesNotContain(TIMER);
    assertThat(store().due(watchdog.shard(), NOON, 10)).contains(watchdog);
  }

  @Test
  void aTimerThatIsGoneAddsNothing() {
    Timer next = TIMER.at(NOON.plusSeconds(60));
    store().replace(null, List.of(TIMER));
    assertThat(store().replace(TIMER, List.of())).isTrue();

    assertThat(store().replace(TIMER, List.of(next))).isFalse();
    assertThat(store().due(SHARD, NOON.plusSeconds(60), 10)).isEmpty();
  }

  @Test
  void aTimerIsFoundByInstantKindAndIdAlone() {
    store().replace(null, List.of(TIMER));

    assertThat(store().replace(TIMER.at(NOON.plusMillis(1)), List.of())).isFalse();
    assertThat(store().replace(new Timer(NOON, "schedule", "installation 1", Map.of()), List.of()))
        .isTrue();
    assertThat(store().due(SHARD, NOON, 10)).isEmpty();
  }

  @Test
  void aTimerThatIsThereIsLeftAsItIs() {
    store().replace(null, List.of(TIMER));
    var same = new Timer(NOON, TIMER.kind(), TIMER.id(), Map.of("object", "boards"));

    assertThat(store().replace(null, List.of(same))).isTrue();
    assertThat(store().due(SHARD, NOON, 10)).containsExactly(TIMER);
  }

  @Test
  void ninetyNineTimersCanReplaceOne() {
    List<Timer> hundred =
        IntStream.rangeClosed(1, 100).mapToObj(i -> TIMER.at(NOON.plusMillis(i))).toList();
    store().replace(null, List.of(TIMER));

    assertThatThrownBy(() -> store().replace(TIMER, hundred))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100");
    assertThat(store().replace(TIMER, hundred.subList(0, 99))).isTrue();
    assertThat(store().due(SHARD, NOON.plusSeconds(1), 1000)).hasSize(99);
  }

  @Test
  void aTimerIsNotReplacedByItself() {
    store().replace(null, List.of(TIMER));

    assertThatThrownBy(() -> store().replace(TIMER, List.of(TIMER)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store().replace(null, List.of(TIMER, TIMER)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(store().due(SHARD, NOON, 10)).containsExactly(TIMER);
  }

  @Test
  void nothingForNothingIsFine() {
    assertThat(store().replace(null, List.of())).isTrue();
  }

  @Test
  void aTimerFiresOnceHoweverManyTry() {
    store().replace(null, List.of(TIMER));
    var tasks = new VirtualThreadTasks(new ManualClock(NOON));
    List<Callable<Boolean>> racers =
        IntStream.range(1, 9)
            .<Callable<Boolean>>mapToObj(
                i -> () -> store().replace(TIMER, List.of(TIMER.at(NOON.plusSeconds(i)))))
            .toList();

    assertThat(tasks.all(racers).stream().filter(fired -> fired)).hasSize(1);
    assertThat(store().due(SHARD, NOON.plusSeconds(60), 10)).hasSize(1);
  }
}
