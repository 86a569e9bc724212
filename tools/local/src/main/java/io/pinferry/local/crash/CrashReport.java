package io.pinferry.local.crash;

import io.pinferry.base.Json;
import java.time.Duration;
import java.util.List;

/**
 * The result of reads during which processes were killed.
 *
 * @param kills processes that were killed
 * @param operations reads that were started
 * @param missing records that a read of the account did not deliver, over all reads
 * @param endedTwice reads that were ended more than once
 * @param unsuccessful reads that did not end as a success, each in words
 */
public record CrashReport(
    int kills,
    int operations,
    long missing,
    int endedTwice,
    List<String> unsuccessful,
    Duration took) {
  public CrashReport {
    unsuccessful = List.copyOf(unsuccessful);
  }

  /** Returns whether the kills have cost nothing. */
  public boolean ok() {
    return missing == 0 && endedTwice == 0 && unsuccessful.isEmpty();
  }

  /** Returns the report for programs. */
  public String toJson() {
    return Json.text(
        Json.object()
            .put("kills", kills)
            .put("operations", operations)
            .put("missing", missing)
            .put("endedTwice", endedTwice)
            .put("seconds", took.toMillis() / 1000.0));
  }
}
