package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** How much history is read when an object is first installed. */
public sealed interface Backfill {
  /** Nothing: the first read is the first scheduled one. */
  record None() implements Backfill {}

  /**
   * The last days.
   *
   * @param count at least 1
   */
  record Days(int count) implements Backfill {}

  /** Everything there is. */
  record Full() implements Backfill {}

  /** The contract's form: {@code {"defaultPeriod": {"days": 30}}}, or {@code fullHistory}. */
  record Form(Period defaultPeriod) {
    record Period(@Nullable Integer days, @Nullable Boolean fullHistory) {}
  }

  @JsonCreator
  static Backfill of(Form form) {
    Form.Period period = form.defaultPeriod;
    if (Boolean.TRUE.equals(period.fullHistory)) {
      return new Full();
    }
    return period.days == null || period.days == 0 ? new None() : new Days(period.days);
  }

  @JsonValue
  default Form form() {
    return switch (this) {
      case None none -> new Form(new Form.Period(0, null));
      case Days days -> new Form(new Form.Period(days.count(), null));
      case Full full -> new Form(new Form.Period(null, true));
    };
  }
}
