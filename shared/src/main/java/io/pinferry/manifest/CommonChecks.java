package io.pinferry.manifest;

import io.pinferry.base.JsonInput;
import java.time.Duration;
import java.util.Optional;

/** Checks of values that manifests and configs share. */
final class CommonChecks {
  static final int NAME_LENGTH_MAX = 64;
  static final Duration READ_GAP_MIN = Duration.ofMinutes(10);

  private static final int BACKFILL_DAYS_MAX = 36_500;

  private CommonChecks() {}

  static Optional<FieldPath> fieldPath(JsonInput input) {
    return input.text(256).flatMap(text -> input.parsed(text, FieldPath::parse));
  }

  static Optional<Cron> schedule(JsonInput place, Duration gapMin) {
    Optional<Cron> cron = place.text(256).flatMap(text -> place.parsed(text, Cron::parse));
    Optional<Duration> gap = cron.flatMap(it -> it.gapShorterThan(gapMin));
    if (gap.isPresent()) {
      place.issue(
          "fires %s min apart, but at least %s min are needed"
              .formatted(gap.get().toMinutes(), gapMin.toMinutes()));
      return Optional.empty();
    }
    return cron;
  }

  /**
   * Returns a well-formed backfill.
   *
   * @param known the allowed keys
   */
  static Optional<Backfill> backfill(JsonInput place, String... known) {
    JsonInput period = place.member("defaultPeriod");
    if (!place.present()
        || !place.object(known)
        || !period.required()
        || !period.object("days", "fullHistory")) {
      return Optional.empty();
    }
    JsonInput daysPlace = period.member("days");
    Optional<Integer> days = daysPlace.number(0, BACKFILL_DAYS_MAX);
    Optional<Boolean> full = period.member("fullHistory").flag();
    boolean all = full.orElse(false);
    if (all && daysPlace.present()) {
      period.issue("has both days and fullHistory, but only one is possible");
      return Optional.empty();
    }
    if (all) {
      return Optional.of(new Backfill.FullHistory());
    }
    if (days.isPresent()) {
      return Optional.of(
          days.get() == 0 ? new Backfill.NoHistory() : new Backfill.Days(days.get()));
    }
    if (!daysPlace.present() && (full.isPresent() || !period.member("fullHistory").present())) {
      period.issue("needs days: a number, or fullHistory: true");
    }
    return Optional.empty();
  }
}
