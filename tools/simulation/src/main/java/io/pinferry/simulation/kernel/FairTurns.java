package io.pinferry.simulation.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rule of SQS fair queues. A customer is noisy with more than a tenth of the messages in flight
 * and at least 30 of them, or with more than a tenth of the recent time of the consumers. Messages
 * of quiet customers come first; among noisy customers, those of the one with the fewest in flight.
 * SQS does not say how long "recent" is; here it is a minute. Source:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html
 */
public final class FairTurns {
  private static final int IN_FLIGHT_MIN = 30;
  private static final double SHARE_MAX = 0.1;
  private static final Duration RECENT = Duration.ofMinutes(1);

  private final Deque<Span> spans = new ArrayDeque<>();

  /** Consumers worked on a message from one instant until another. */
  private record Span(String turn, Instant from, Instant until) {
    long millisSince(Instant begin) {
      return Duration.between(from.isBefore(begin) ? begin : from, until).toMillis();
    }
  }

  /**
   * A message in flight.
   *
   * @param since when a consumer began to work on it; null if none works on it any more
   */
  public record InFlight(String turn, @Nullable Instant since) {}

  /** Notes that a consumer worked on a message. */
  public void worked(String turn, Instant from, Instant until) {
    spans.add(new Span(turn, from, until));
  }

  /** Returns the customers, of those with visible messages, whose messages come first. */
  public Set<String> first(Set<String> waiting, List<InFlight> inFlight, Instant now) {
    if (waiting.size() < 2) {
      return waiting;
    }
    Map<String, Long> counts =
        inFlight.stream().collect(Collectors.groupingBy(InFlight::turn, Collectors.counting()));
    Set<String> noisy = noisyByTime(inFlight, now);
    counts.forEach(
        (turn, count) -> {
          if (count >= IN_FLIGHT_MIN && count > SHARE_MAX * inFlight.size()) {
            noisy.add(turn);
          }
        });
    Set<String> quiet = new TreeSet<>(waiting);
    quiet.removeAll(noisy);
    return quiet.isEmpty() ? Set.of(fewest(waiting, counts)) : quiet;
  }

  private Set<String> noisyByTime(Collection<InFlight> inFlight, Instant now) {
    Instant begin = now.minus(RECENT);
    spans.removeIf(span -> span.until().isBefore(begin));
    Map<String, Long> millis = new HashMap<>();
    spans.forEach(span -> millis.merge(span.turn(), span.millisSince(begin), Long::sum));
    for (InFlight message : inFlight) {
      if (message.since() != null) {
        var span = new Span(message.turn(), message.since(), now);
        millis.merge(span.turn(), span.millisSince(begin), Long::sum);
      }
    }
    long all = millis.values().stream().mapToLong(Long::longValue).sum();
    Set<String> noisy = new TreeSet<>();
    millis.forEach(
        (turn, time) -> {
          if (time > SHARE_MAX * all) {
            noisy.add(turn);
          }
        });
    return noisy;
  }

  private static String fewest(Set<String> waiting, Map<String, Long> counts) {
    return waiting.stream()
        .min(
            Comparator.<String>comparingLong(turn -> counts.getOrDefault(turn, 0L))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }
}
