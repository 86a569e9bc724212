package io.pinferry.local.listen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Tasks;
import io.pinferry.local.api.CommandFailure;
import io.pinferry.local.api.Deliveries;
import io.pinferry.local.api.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the attempts to deliver with the messages that were printed, and has those sent again
 * that will not come by themselves.
 */
public final class MissedMessages {
  /** An attempt is listed a moment after it was made, and clocks differ. */
  static final Duration OVERLAP = Duration.ofMinutes(10);

  /** A message that is sent again is sent within a minute. */
  static final Duration REPLAY_TIME = Duration.ofMinutes(2);

  private static final int REPLAYS_MAX = 3;
  private static final int PAGE = 1000;
  private static final int PAGES_MAX = 100;

  /** The most messages of a request for a replay. */
  private static final int REPLAY_MAX = 256;

  /** Before the id of a message that is not expected any more. If it comes, it is still printed. */
  private static final String LOST = "lost ";

  private final Deliveries deliveries;
  private final String destination;
  private final ListenState state;
  private final Tasks tasks;
  private final Map<String, Replay> replays = new HashMap<>();

  private record Replay(Instant at, int times) {}

  public MissedMessages(Deliveries deliveries, String destination, ListenState state, Tasks tasks) {
    this.deliveries = deliveries;
    this.destination = destination;
    this.state = state;
    this.tasks = tasks;
  }

  /** A message that nothing brings back. */
  public record Gap(String messageId, String reason) {}

  /**
   * The result of a look.
   *
   * @param replayed how many messages are sent again now
   * @param waiting how many were sent again, and have not come yet
   * @param retried how many Pinferry tries again by itself
   * @param nextRetry when it does so first, in RFC 3339; null if none is retried
   */
  public record Report(
      int replayed, int waiting, int retried, @Nullable String nextRetry, List<Gap> gaps) {
    public Report {
      gaps = List.copyOf(gaps);
    }

    /** Returns whether every message has come. */
    public boolean isComplete() {
      return replayed + waiting + retried == 0 && gaps.isEmpty();
    }
  }

  /**
   * Looks once. A gap is reported once: the next look does not expect that message any more.
   *
   * @throws CommandFailure if the API does not answer, or refuses
   */
  public Report look() {
    Instant now = tasks.now();
    Instant overlapped = state.since().minus(OVERLAP);
    Instant since = overlapped.isBefore(state.begin()) ? state.begin() : overlapped;
    List<String> again = new ArrayList<>();
    List<Gap> gaps = new ArrayList<>();
    int waiting = 0;
    int retried = 0;
    String nextRetry = null;
    for (JsonNode attempt : newestAttempts(since).values()) {
      String id = attempt.path("messageId").asText();
      Replay replay = replays.get(id);
      String next = attempt.path("nextAttemptTime").textValue();
      // A message of a paused object or a removed installation is dropped on purpose.
      if (state.has(id)
          || state.has(LOST + id)
          || attempt.path("outcome").asText().equals("dropped")) {
        replays.remove(id);
      } else if (replay != null && now.isBefore(replay.at().plus(REPLAY_TIME))) {
        waiting++;
      } else if (attempt.path("outcome").asText().equals("failed")) {
        retried++;
        if (next != null && (nextRetry == null || next.compareTo(nextRetry) < 0)) {
          nextRetry = next;
        }
      } else if (replay != null && replay.times() == REPLAYS_MAX) {
        gaps.add(
            new Gap(id, "it was sent again %s times, and has not come".formatted(REPLAYS_MAX)));
      } else {
        again.add(id);
      }
    }
    int replayed = replay(again, now, gaps);
    gaps.forEach(gap -> state.add(LOST + gap.messageId()));
    if (replayed + waiting == 0) {
      // A message that is retried has a later attempt, so it is found again.
      state.complete(now);
    }
    return new Report(replayed, waiting, retried, nextRetry, gaps);
  }

  private Map<String, JsonNode> newestAttempts(Instant since) {
    var choice = new Deliveries.Choice(destination, null, List.of(), since.toString(), null);
    Map<String, JsonNode> newest = new LinkedHashMap<>();
    String token = null;
    for (int page = 0; page < PAGES_MAX; page++) {
      JsonNode list = deliveries.list(choice, null, PAGE, token);
      for (JsonNode attempt : list.path("results")) {
        newest.putIfAbsent(attempt.path("messageId").asText(), attempt);
      }
      token = list.at("/pagination/nextPageToken").textValue();
      if (token == null) {
        return newest;
      }
    }
    throw new CommandFailure(
        ExitCode.FAILED,
        "there are more than %,d attempts since %s".formatted(PAGE * PAGES_MAX, since),
        "Begin with another --state file, and get older messages with ./pinferry replay.");
  }

  private int replay(List<String> ids, Instant now, List<Gap> gaps) {
    int count = 0;
    for (int from = 0; from < ids.size(); from += REPLAY_MAX) {
      List<String> some = ids.subList(from, Math.min(from + REPLAY_MAX, ids.size()));
      for (String id : some) {
        int times = replays.containsKey(id) ? replays.get(id).times() : 0;
        replays.put(id, new Replay(now, times + 1));
      }
      ObjectNode result =
          deliveries.replay(new Deliveries.Choice(destination, null, some, null, null), false);
      count += some.size();
      for (JsonNode left : result.path("left")) {
        String id = left.path("messageId").asText();
        // A message may be among the dead letters and the delivered ones.
        if (gaps.stream().noneMatch(gap -> gap.messageId().equals(id)) && some.contains(id)) {
          gaps.add(new Gap(id, left.path("reason").asText()));
          replays.remove(id);
          count--;
        }
      }
    }
    return count;
  }
}
