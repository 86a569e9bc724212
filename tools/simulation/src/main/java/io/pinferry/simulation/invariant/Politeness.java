package io.pinferry.simulation.invariant;

import io.pinferry.limit.BudgetKey;
import io.pinferry.net.RetryAfter;
import io.pinferry.pinterest.RateCategory;
import io.pinferry.pinterest.RateLimits;
import io.pinferry.simulation.kernel.Journal;
import io.pinferry.simulation.kernel.SimulatedProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * polite: requests never exceed a limit that Pinterest has told, and after a 429 no permits are
 * granted until its reset. Checked in three places: when Pinterest refuses a request because of a
 * limit that was known by then; when slots of a paused budget are granted; and when a process sends
 * a request although a 429 told it to wait, except with permits that were out already.
 */
public final class Politeness implements Invariant {
  /** The process that hears of a limit stores it within this time. */
  private static final Duration LEARNED_WITHIN = Duration.ofSeconds(30);

  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);

  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

  private final Journal journal;
  private final InstantSource clock;

  /** Since when limits are known, by their owner and values. */
  private final Map<String, Instant> knownSince = new HashMap<>();

  /** Until when requests of other programs count in limits. */
  private final Map<String, Instant> foreignUntil = new HashMap<>();

  private final Map<BudgetKey, Instant> pausedUntil = new HashMap<>();
  private final Map<PauseKey, Pause> pauses = new HashMap<>();

  /** Each process hears of a 429 by itself. */
  private record PauseKey(SimulatedProcess process, String authorization, RateCategory category) {}

  /** From when until when a process must not send requests. */
  private record Pause(Instant from, Instant until) {}

  public Politeness(Journal journal, InstantSource clock) {
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public void on(Event event) {
    switch (event) {
      case Event.RequestArrival arrival when arrival.status() == 429 && !arrival.injected() ->
          checkLimit(arrival);
      case Event.AnswerArrival arrival -> {
        learn(arrival);
        checkPause(arrival);
      }
      case Event.AnswerLoss _ -> knownSince.values().removeIf(clock.instant()::equals);
      case Event.ForeignRequest(String limits) ->
          foreignUntil.put(limits, clock.instant().plus(LONGEST_WINDOW));
      case Event.SlotGrant(BudgetKey budget, Instant now) -> checkGrant(budget, now);
      case Event.BudgetPause(BudgetKey budget, Instant until) ->
          pausedUntil.merge(budget, until, (one, other) -> one.isAfter(other) ? one : other);
      default -> {}
    }
  }

  private void checkLimit(Event.RequestArrival arrival) {
    Instant since = knownSince.get(arrival.limits());
    Instant now = clock.instant();
    if (since != null
        && now.isAfter(since.plus(LEARNED_WITHIN))
        && now.isAfter(foreignUntil.getOrDefault(arrival.limits(), Instant.MIN))) {
      violation("Pinterest's limit was exceeded by " + arrival.call());
    }
  }

  /** Limits are known from now on, unless the process that heard of them may not store them. */
  private void learn(Event.AnswerArrival arrival) {
    Instant now = clock.instant();
    if (knownSince.putIfAbsent(arrival.limits(), now) == null) {
      arrival.process().onDisturbance(() -> knownSince.remove(arrival.limits(), now));
    }
  }

  private void checkPause(Event.AnswerArrival arrival) {
    var key = new PauseKey(arrival.process(), arrival.authorization(), arrival.category());
    Pause pause = pauses.get(key);
    Instant sent = arrival.sent();
    if (pause != null
        && sent.isAfter(pause.from().plus(arrival.permitsOut()))
        && sent.isBefore(pause.until())) {
      violation("a request at " + sent + " although a 429 forbade it until " + pause.until());
    }
    if (arrival.answer().status() == 429) {
      Instant now = clock.instant();
      Optional.ofNullable(RateLimits.of(arrival.answer()).reset())
          .or(() -> RetryAfter.of(arrival.answer(), now, LONGEST_PAUSE))
          .ifPresent(wait -> pauses.put(key, new Pause(now, now.plus(wait))));
    }
  }

  private void checkGrant(BudgetKey budget, Instant now) {
    Instant paused = pausedUntil.getOrDefault(budget, Instant.MIN);
    if (now.isBefore(paused)) {
      violation("slots of " + budget + " were granted although it is paused until " + paused);
    }
  }

  private void violation(String text) {
    journal.violation("polite", text);
  }
}
