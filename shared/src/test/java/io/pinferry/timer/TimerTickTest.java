package io.pinferry.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.VirtualTasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TimerTickTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryTimerStore timers = new InMemoryTimerStore();
  private final List<Timer> fired = new ArrayList<>();

  private void add(String kind, int count) {
    for (int i = 0; i < count; i++) {
      timers.replace(null, List.of(new Timer(NOON.minusMillis(i), kind, kind + i, Map.of())));
    }
  }

  private int tick(Duration each) {
    return new TimerTick(
            timers,
            Map.of(
                "done",
                timer -> {
                  fired.add(timer);
                  clock.advance(each);
                  timers.replace(timer, List.of());
                },
                "failing",
                timer -> {
                  fired.add(timer);
                  throw new IllegalStateException("on purpose");
                }),
            new VirtualTasks(clock, VirtualTasks.Forks.EAGER),
            Log.none())
        .run();
  }

  @Test
  void everythingThatIsDueIsFiredHoweverMuchItIs() {
    add("done", 10_000);

    assertThat(tick(Duration.ZERO)).isEqualTo(10_000);
    assertThat(timers.all()).isEmpty();
  }

  @Test
  void whatFailsIsTriedOnceByATick() {
    add("failing", 5_000);

    assertThat(tick(Duration.ZERO)).isEqualTo(fired.size()).isLessThanOrEqualTo(5_000);
    assertThat(fired).doesNotHaveDuplicates();
    assertThat(timers.all()).hasSize(5_000);
  }

  @Test
  void aTickEndsBeforeTheNextOneBegins() {
    add("done", 10_000);

    tick(Duration.ofMillis(100));

    assertThat(timers.all()).isNotEmpty();
  }
}
