package io.pinferry.manifest;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/** The history that is read when an object is first installed. */
public sealed interface Backfill {
  /** No history: the first read is the first scheduled one. */
  record NoHistory() implements Backfill {}

  /**
   * The last days.
   *
   * @param count at least 1
   */
  record Days(int count) implements Backfill {}

  /** The whole history. */
  record FullHistory() implements Backfill {}

  /** The contract's form: {@code {"defaultPeriod": {"days": 30}}}, or {@code fullHistory}. */
  record Form(Period defaultPeriod) {
    record Period(@Nullable Integer days, @Nullable Boolean fullHistory) {}
  }

  @JsonCreator
  static Backfill of(Form form) {
    Form.Period period = form.defaultPeriod;
    if (Boolean.TRUE.equals(period.fullHistory)) {
      return new FullHistory();
    }
    return period.days == null || period.days == 0 ? new NoHistory() : new Days(period.days);
  }

  @JsonValue
  default Form form() {
    return switch (this) {
      case NoHistory _ -> new Form(new Form.Period(0, null));
      case Days days -> new Form(new Form.Period(days.count(), null));
      case FullHistory _ -> new Form(new Form.Period(null, true));
    };
  }
}
