package io.pinferry.write;

import io.pinferry.base.CodePoints;
import io.pinferry.base.Reasons;
import io.pinferry.write.RecordResult.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cause of failures, with the records that have it.
 *
 * @param first the failure of the first record
 * @param indexes the records, at least one, in ascending order
 */
record Cause(Failure first, List<Integer> indexes) {
  /** The place of the cause in an answer is that of its first record. */
  static List<Cause> of(List<RecordResult> results) {
    Map<String, Cause> causes = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof Failure failure) {
        // Issues of a record name its place.
        String text =
            failure.kind()
                + Reasons.cause(failure.message().replace("batch[" + i + "]", "batch[]"));
        causes.computeIfAbsent(text, _ -> new Cause(failure, new ArrayList<>())).indexes.add(i);
      }
    }
    return List.copyOf(causes.values());
  }

  /**
   * Returns the cause in words for a person.
   *
   * @param lengthMax the most characters, at least enough for the records
   */
  String text(boolean batch, int lengthMax) {
    int more = indexes.size() - 1;
    String others = more == 0 ? "" : "; the same for " + more + " more: batch[" + ranges(1) + "]";
    String text = first.in(indexes.getFirst(), batch);
    return CodePoints.clipped(text, lengthMax - others.length()) + others;
  }

  /** Returns the name of the records in a log. */
  String records() {
    return (indexes.size() == 1 ? "record " : indexes.size() + " records: ") + ranges(0);
  }

  /** Returns the records as numbers and ranges, for example {@code 1-3, 7}. */
  private String ranges(int from) {
    var text = new StringBuilder();
    for (int i = from; i < indexes.size(); ) {
      int end = i;
      while (end + 1 < indexes.size() && indexes.get(end + 1) == indexes.get(end) + 1) {
        end++;
      }
      text.append(text.isEmpty() ? "" : ", ").append(indexes.get(i));
      if (end > i) {
        text.append('-').append(indexes.get(end));
      }
      i = end + 1;
    }
    return text.toString();
  }
}
