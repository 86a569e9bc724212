package io.pinferry.delivery;

import io.pinferry.base.PinferryException.Conflict;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.SendingAgain.Remainder;
import io.pinferry.directory.ProjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters again. One atomic step turns a dead letter into a parked message that is due,
 * so it is never in both places or in none, and a request can be repeated. If the installation is
 * gone or the object is paused, the message stays a dead letter. If that happens after the step,
 * the message is dropped like any other.
 */
public final class Redrive {
  /** The limit of one call, which is also that of a release. */
  public static final int AT_ONCE_MAX = ParkedRelease.AT_ONCE_MAX;

  private static final int SIDE_BY_SIDE = 16;

  private final DeadLetters letters;
  private final SendingAgain again;
  private final Tasks tasks;

  public Redrive(DeadLetters letters, SendingAgain again, Tasks tasks) {
    this.letters = letters;
    this.again = again;
    this.tasks = tasks;
  }

  /**
   * The result of one call.
   *
   * @param count the number of messages that were sent again
   * @param left the dead letters that stay
   * @param nextPageToken the token of the next call, null if there are no more dead letters
   */
  public record Result(int count, List<Remainder> left, @Nullable String nextPageToken) {
    public Result {
      left = List.copyOf(left);
    }
  }

  /**
   * Sends at most {@link #AT_ONCE_MAX} dead letters again, within a minute.
   *
   * @param pageToken the token of the call before, null for the first call
   * @throws Conflict if the destination of one of them does not exist or is disabled; then nothing
   *     is sent
   * @throws IllegalArgumentException if the page token is invalid
   */
  public Result send(ProjectId project, DeadLetters.Filter filter, @Nullable String pageToken) {
    DeadLetters.Page page = letters.list(project, filter, AT_ONCE_MAX, pageToken);
    List<DeadLetter> sent = new ArrayList<>();
    List<Remainder> left = new ArrayList<>();
    SendingAgain.Sources sources = again.new Sources(project);
    for (DeadLetter letter : page.letters()) {
      sources
          .unwanted(letter.content())
          .ifPresentOrElse(
              reason -> left.add(new Remainder(letter.messageId(), reason)),
              () -> sent.add(letter));
    }
    again.check(project, sent.stream().map(DeadLetter::destination).toList());
    Instant now = tasks.now();
    long count =
        tasks.all(sent, SIDE_BY_SIDE, letter -> park(letter, now)).stream()
            .filter(parked -> parked)
            .count();
    return new Result((int) count, left, page.nextPageToken());
  }

  private boolean park(DeadLetter letter, Instant now) {
    boolean parked = letters.park(letter, now);
    if (parked) {
      again.report(letter.messageId(), letter.content(), letter.destination(), now);
    }
    return parked;
  }
}
