package io.pinferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.InterleavedTasks;
import io.pinferry.base.ManualClock;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.write.WriteWorld.Answer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How long a batch takes, in virtual time. */
final class BatchConcurrencyTest {
  private static final Duration CALL = Duration.ofMillis(50);

  @Test
  void aBatchOfAHundredTakesLessThanAnEighthOfItsCallsInARow() {
    var clock = new ManualClock(DirectoryFixtures.NOON);
    var tasks = new InterleavedTasks(clock);
    var world =
        new WriteWorld(
            WriteWorld.everything(),
            clock,
            tasks,
            new UnlimitedBudgets(),
            call -> {
              tasks.sleepUntil(tasks.now().plus(CALL));
              return call.method().equals("GET")
                  ? WriteWorld.json(200, "{\"items\":[]}")
                  : WriteWorld.json(201, "{\"id\":\"1\"}");
            });
    List<String> boards =
        IntStream.range(0, 100).mapToObj(i -> "{\"name\":\"Board " + i + "\"}").toList();

    Answer answer = tasks.run(() -> world.batch("boards", "create", false, boards));

    assertThat(answer.json().path("successCount").asInt()).isEqualTo(100);
    Duration took = Duration.between(DirectoryFixtures.NOON, clock.instant());
    assertThat(took).isLessThan(CALL.multipliedBy(100).dividedBy(8));
  }
}
