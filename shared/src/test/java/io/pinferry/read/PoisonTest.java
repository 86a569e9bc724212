package io.pinferry.read;

import static io.pinferry.read.ScriptedPinterest.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.VirtualTasks.Forks;
import io.pinferry.operation.OperationStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page that processes die of ends its partition, whichever page it is. */
final class PoisonTest {
  @ParameterizedTest
  @CsvSource({"first,EAGER", "first,LAZY", "b2,EAGER", "b2,LAZY", "b3,EAGER", "b3,LAZY"})
  void aPageThatProcessesDieOfIsGivenUp(String bookmark, Forks forks) {
    var world = new ReadWorld(forks, SyncSettings.of(ReadWorld.LEASE, 10));
    world.pinterest.list("pins", records(0, 3), records(3, 6), records(6, 8));
    var deaths = new AtomicInteger();
    world.pinterest.script(
        request -> {
          if (bookmark.equals(request.bookmark() == null ? "first" : request.bookmark())) {
            deaths.incrementAndGet();
            throw new Crashes.Killed("out of memory");
          }
          return null;
        });
    world.start("pins", null);
    Instant end = world.clock.instant().plus(Duration.ofMinutes(30));

    while (!world.operation().ended() && world.clock.instant().isBefore(end)) {
      world.step();
    }

    assertThat(world.operation().status()).isEqualTo(OperationStatus.FAILURE);
    assertThat(world.operation().result()).contains("no progress in many attempts");
    assertThat(deaths.get()).isLessThanOrEqualTo(9);
  }
}
