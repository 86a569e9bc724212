package io.pinferry.local.cloud;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScheduleTickerTest {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-02T11:58:30Z"));
  private final ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();

  private ScheduleTicker ticker(String source, String when, @Nullable String input) {
    LocalFunction function =
        new ScriptedFunction(
                1,
                event -> {
                  events.add(event);
                  return ScriptedFunction.answer("");
                })
            .start();
    return ticker(source, when, input, function);
  }

  private ScheduleTicker ticker(
      String source, String when, @Nullable String input, LocalFunction function) {
    var schedule =
        new Stack.Trigger.Schedule("S", source, "arn:rule", ScheduleExpression.parse(when), input);
    return new ScheduleTicker(
        List.of(new ScheduleTicker.Entry(schedule, function)),
        ScriptedFunction.ADDRESSES,
        now::get,
        new Random(1));
  }

  private static int tick(ScheduleTicker ticker) throws InterruptedException {
    List<Thread> threads = ticker.tick();
    for (Thread thread : threads) {
      thread.join();
    }
    return threads.size();
  }

  @Test
  void oneTickIsOneMinuteOfARate() throws Exception {
    try (ScheduleTicker everyMinute = ticker("aws.events", "rate(1 minute)", null);
        ScheduleTicker everyThird = ticker("aws.events", "rate(3 minutes)", null)) {
      for (int i = 1; i <= 6; i++) {
        assertThat(tick(everyMinute)).isEqualTo(1);
        assertThat(tick(everyThird)).isEqualTo(i % 3 == 0 ? 1 : 0);
      }
    }
  }

  @Test
  void aCronKeepsToTheClockAndFiresOnceAMinute() throws Exception {
    try (ScheduleTicker noon = ticker("aws.events", "cron(0 12 * * ? *)", null)) {
      assertThat(tick(noon)).isZero();
      now.set(Instant.parse("2026-03-02T12:00:01Z"));
      assertThat(tick(noon)).isEqualTo(1);
      now.set(Instant.parse("2026-03-02T12:00:02Z"));
      assertThat(tick(noon)).isZero();
      now.set(Instant.parse("2026-03-02T12:01:00Z"));
      assertThat(tick(noon)).isZero();
    }
  }

  @Test
  void theEventIsThatOfItsSource() throws Exception {
    try (ScheduleTicker rule = ticker("aws.events", "rate(1 minute)", null);
        ScheduleTicker scheduler = ticker("aws.scheduler", "rate(1 minute)", null);
        ScheduleTicker own = ticker("aws.events", "rate(1 minute)", "{\"own\":true}")) {
      tick(rule);
      tick(scheduler);
      tick(own);
    }
    var json = new ObjectMapper();
    JsonNode byRule = json.readTree(events.poll());
    JsonNode byScheduler = json.readTree(events.poll());

    assertThat(byRule.at("/source").asText()).isEqualTo("aws.events");
    assertThat(byRule.at("/time").asText()).isEqualTo("2026-03-02T11:58:30Z");
    assertThat(byRule.at("/resources/0").asText()).isEqualTo("arn:rule");
    assertThat(byRule.at("/detail").isObject()).isTrue();
    assertThat(byScheduler.at("/source").asText()).isEqualTo("aws.scheduler");
    assertThat(byScheduler.at("/detail").asText()).isEqualTo("{}");
    assertThat(events).containsExactly("{\"own\":true}");
  }

  @Test
  void aTurnBeginsWhileTheOneBeforeStillRuns() throws Exception {
    var running = new CountDownLatch(2);
    LocalFunction slow =
        new ScriptedFunction(
                2,
                event -> {
                  running.countDown();
                  try {
                    return ScriptedFunction.answer(Boolean.toString(running.await(10, SECONDS)));
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .start();
    try (ScheduleTicker ticker = ticker("aws.events", "rate(1 minute)", null, slow)) {
      List<Thread> first = ticker.tick();
      List<Thread> second = ticker.tick();

      assertThat(first).hasSize(1);
      assertThat(second).hasSize(1);
      first.getFirst().join();
      second.getFirst().join();
      assertThat(running.getCount()).isZero();
    }
  }
}
