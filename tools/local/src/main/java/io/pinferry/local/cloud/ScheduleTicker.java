package io.pinferry.local.cloud;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Drives the schedules. One tick stands for one minute of a {@code rate(…)}, so that what is due
 * every minute in AWS is due every tick here; a {@code cron(…)} keeps to the minutes of the clock.
 * A turn begins while the turn before still runs, as on AWS. If all environments of the function
 * are busy for as long as AWS keeps the event, the turn is skipped.
 */
final class ScheduleTicker implements AutoCloseable {

  /** The longest age of an event of the tick, in template.yaml. */
  private static final Duration EVENT_AGE_MAX = Duration.ofSeconds(60);

  private final List<Entry> entries;
  private final LocalAddresses addresses;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("schedule").factory());
  private final AtomicLong ticks = new AtomicLong();
  private final AtomicLong lastMinute;

  ScheduleTicker(
      List<Entry> entries, LocalAddresses addresses, InstantSource clock, RandomGenerator random) {
    this.entries = List.copyOf(entries);
    this.addresses = addresses;
    this.clock = clock;
    this.random = random;
    this.lastMinute = new AtomicLong(minute(clock.instant()));
  }

  /** A schedule and the function that it invokes. */
  record Entry(Stack.Trigger.Schedule schedule, LocalFunction function) {}

  /** Ticks from now on, the first time after one tick. */
  void start(Duration tick) {
    var _ =
        timer.scheduleAtFixedRate(
            () -> tick(), tick.toMillis(), tick.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Invokes what is due at the next tick, each on a thread of its own, and returns the threads. */
  List<Thread> tick() {
    long tick = ticks.incrementAndGet();
    Instant now = clock.instant();
    long minute = minute(now);
    boolean newMinute = lastMinute.getAndSet(minute) != minute;
    return entries.stream()
        .filter(entry -> due(entry.schedule().when(), tick, newMinute, now))
        .map(entry -> invoke(entry, now))
        .toList();
  }

  private static boolean due(ScheduleExpression when, long tick, boolean newMinute, Instant now) {
    return switch (when) {
      case ScheduleExpression.Rate(long minutes) -> tick % minutes == 0;
      case ScheduleExpression.Cron cron -> newMinute && cron.dueAt(now.atZone(ZoneOffset.UTC));
    };
  }

  private static long minute(Instant instant) {
    return Math.floorDiv(instant.getEpochSecond(), 60);
  }

  private Thread invoke(Entry entry, Instant now) {
    String input = entry.schedule().input();
    byte[] event =
        input == null ? event(entry.schedule(), now) : input.getBytes(StandardCharsets.UTF_8);
    return Thread.ofVirtual()
        .name("schedule-" + entry.function().id())
        .start(
            () -> {
              // A failure is in the function's log, and the next tick is the next attempt.
              var _ = entry.function().invoke(event, EVENT_AGE_MAX);
            });
  }

  private byte[] event(Stack.Trigger.Schedule schedule, Instant now) {
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", "0")
            .put("id", Ids.uuid(random))
            .put("detail-type", "Schedule Event")
            .put("source", schedule.source())
            .put("account", addresses.account())
            .put("time", now.truncatedTo(ChronoUnit.SECONDS).toString())
            .put("region", addresses.region());
    event.putArray("resources").add(schedule.arn());
    if (schedule.source().equals("aws.scheduler")) {
      event.put("detail", "{}");
    } else {
      event.putObject("detail");
    }
    return event.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
