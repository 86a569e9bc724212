package io.pinferry.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class VirtualThreadTasksTest {
  private final Tasks tasks = new VirtualThreadTasks(Clock.systemUTC());

  @Test
  void aTaskWithinItsTimeGivesItsResultOrItsFailure() {
    Instant deadline = Instant.now().plus(Patience.LIMIT);

    assertThat(tasks.within(deadline, () -> 7)).contains(7);
    assertThatThrownBy(
            () ->
                tasks.within(
                    deadline,
                    () -> {
                      throw new IllegalArgumentException("no");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no");
  }

  @Test
  void aTaskThatDoesNotEndInTimeIsInterrupted() throws InterruptedException {
    var interrupted = new CountDownLatch(1);

    assertThat(
            tasks.within(
                Instant.now().plusMillis(20),
                () -> {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                  return 7;
                }))
        .isEmpty();
    interrupted.await();
  }
}
