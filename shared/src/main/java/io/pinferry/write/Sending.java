package io.pinferry.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.pinterest.WritableObject;
import io.pinferry.write.RecordSender.Numbered;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which records of a request are sent, and how.
 *
 * @param progress how far an earlier sender has come with each; null for not begun
 */
record Sending(
    WritableObject object,
    WriteRequest request,
    List<PreparedRecord> prepared,
    List<@Nullable ObjectNode> progress,
    RecordSender sender) {
  private static final int ISSUES_SHOWN_MAX = 20;

  /** Sends what can be sent; returns what became of each record, in their order. */
  List<RecordResult> results() {
    List<Numbered> valid =
        IntStream.range(0, prepared.size())
            .mapToObj(i -> new Numbered(i, prepared.get(i), progress.get(i)))
            .filter(numbered -> numbered.record().issues().isEmpty())
            .toList();
    boolean several = prepared.size() > 1;
    if (request.allOrNone() && several) {
      if (valid.size() < prepared.size()) {
        return merged(
            valid.stream()
                .map(
                    record ->
                        RecordResult.refused(
                            "not attempted: allOrNone is set and another record is wrong"))
                .toList());
      }
      return sender
          .sendAllOrNone(valid)
          .orElseGet(
              () ->
                  all(
                      request,
                      "not attempted: Pinterest has no request that writes these "
                          + object.name()
                          + " all or none, so allOrNone cannot be kept; send them without it, or"
                          + " one at a time"));
    }
    return merged(sender.send(valid));
  }

  /** Puts the results of what was sent between those of what is wrong. */
  private List<RecordResult> merged(List<RecordResult> sent) {
    var next = sent.iterator();
    return prepared.stream()
        .map(record -> record.issues().isEmpty() ? next.next() : invalid(record.issues()))
        .toList();
  }

  static RecordResult invalid(List<Issue> issues) {
    return RecordResult.refused(
        issues.stream().limit(ISSUES_SHOWN_MAX).map(Issue::text).collect(Collectors.joining("; ")));
  }

  /** Says the same of every record of a request. */
  static List<RecordResult> all(WriteRequest request, String message) {
    return request.records().stream().map(record -> RecordResult.refused(message)).toList();
  }
}
