package io.pinferry.local.cloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Patience;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LocalFunctionTest {

  private static final byte[] EVENT = "{}".getBytes(UTF_8);

  @Test
  void oneEnvironmentServesOneInvocationAfterAnother() {
    var scripted = new ScriptedFunction(4, event -> ScriptedFunction.answer(event));
    try (LocalFunction function = scripted.start()) {
      for (int i = 0; i < 3; i++) {
        assertThat(function.invoke(EVENT))
            .isInstanceOfSatisfying(
                InvocationResult.Answer.class,
                answer -> assertThat(answer.payload()).isEqualTo(EVENT));
      }
    }

    assertThat(scripted.started).hasValue(1);
    assertThat(scripted.closed).hasValue(1);
  }

  @Test
  void invocationsAtOnceGetEnvironmentsOfTheirOwnUpToTheLimit() throws Exception {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var twoRun = new CountDownLatch(2);
    var release = new CountDownLatch(1);
    var scripted =
        new ScriptedFunction(
            2,
            event -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              twoRun.countDown();
              awaitQuietly(release);
              running.decrementAndGet();
              return ScriptedFunction.answer("");
            });
    try (LocalFunction function = scripted.start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<InvocationResult>> results = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        results.add(threads.submit(() -> function.invoke(EVENT)));
      }
      twoRun.await();
      assertThat(function.awaitQuiet(Duration.ZERO)).isFalse();
      release.countDown();
      for (Future<InvocationResult> result : results) {
        assertThat(result.get()).isInstanceOf(InvocationResult.Answer.class);
      }
      assertThat(function.awaitQuiet(Patience.LIMIT)).isTrue();
    }

    assertThat(most).hasValue(2);
    assertThat(scripted.started).hasValue(2);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anEnvironmentThatRanOutOfTimeIsReplaced() {
    var scripted =
        new ScriptedFunction(1, event -> new InvocationResult.Failure("Sandbox.Timedout", "late"));
    try (LocalFunction function = scripted.start()) {
      function.invoke(EVENT);
      function.invoke(EVENT);
    }

    assertThat(scripted.started).hasValue(2);
    assertThat(scripted.closed).hasValue(2);
  }

  @Test
  void anEnvironmentThatThrewIsKept() {
    var scripted = new ScriptedFunction(1, event -> new InvocationResult.Failure("Bug", "oops"));
    try (LocalFunction function = scripted.start()) {
      function.invoke(EVENT);
      function.invoke(EVENT);
    }

    assertThat(scripted.started).hasValue(1);
  }

  @Test
  void whatIsTooLargeForLambdaIsRefused() {
    var scripted =
        new ScriptedFunction(
            1, event -> ScriptedFunction.answer("x".repeat(LocalFunction.PAYLOAD_BYTES_MAX + 1)));
    try (LocalFunction function = scripted.start()) {
      assertThat(function.invoke(new byte[LocalFunction.PAYLOAD_BYTES_MAX + 1]))
          .isEqualTo(new InvocationResult.RequestTooLarge(LocalFunction.PAYLOAD_BYTES_MAX + 1));
      assertThat(scripted.started).hasValue(0);
      assertThat(function.invoke(new byte[LocalFunction.PAYLOAD_BYTES_MAX]))
          .isInstanceOfSatisfying(
              InvocationResult.Failure.class,
              failed -> assertThat(failed.type()).isEqualTo("Function.ResponseSizeTooLarge"));
    }
  }

  @Test
  void aFunctionThatDoesNotStartFailsEachInvocationAnew() {
    var attempts = new AtomicInteger();
    try (var function =
        new LocalFunction(
            ScriptedFunction.DECLARATION,
            1,
            () -> {
              attempts.incrementAndGet();
              throw new FunctionFailure("Wrong", "does not start", new IllegalStateException());
            },
            ScriptedFunction.log(),
            InstantSource.system(),
            new Random(1))) {
      assertThat(function.invoke(EVENT))
          .isEqualTo(new InvocationResult.Failure("Wrong", "does not start"));
      function.invoke(EVENT);
    }

    assertThat(attempts).hasValue(2);
  }
}
