package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.client.CallOutcome;
import io.pinferry.client.CallPolicy;
import io.pinferry.client.FailedAttempt;
import io.pinferry.client.ListRequest;
import io.pinferry.directory.AccountId;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.Budgets.Answer;
import io.pinferry.net.HttpAnswer;
import io.pinferry.operation.Operation;
import io.pinferry.operation.ReadType;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.ReadPlan;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the pages of one lease. Waits stay within the slice, failures are counted, and a rejected
 * token is replaced once a page, so that each fetch is bounded.
 */
final class PageFetches {
  /**
   * The longest wait for the first permit of a lease. If the next one is further away, the budget
   * is saturated: this partition would only wait and hold a place.
   */
  private static final Duration FIRST_PERMIT_WITHIN = Duration.ofMillis(500);

  private final PartitionSync.Parts parts;
  private final Tasks tasks;
  private final Partition partition;
  private final Operation operation;
  private final ReadPlan.Step step;
  private final PageMessages messages;
  private final PageRetries retries;
  private final Deadline slice;
  private final Log log;

  /** Whether this lease has had a permit, so that it takes its turns in the budget. */
  private boolean permitted;

  PageFetches(
      PartitionSync.Parts parts,
      Partition partition,
      Operation operation,
      PageMessages messages,
      PageRetries retries,
      Deadline slice,
      Log log) {
    this.parts = parts;
    this.tasks = parts.tasks();
    this.partition = partition;
    this.operation = operation;
    this.step = operation.read().plan().step(partition.step());
    this.messages = messages;
    this.retries = retries;
    this.slice = slice;
    this.log = log;
  }

  /** The answer to a request for a page. */
  sealed interface Fetched {
    record Page(ListPage page) implements Fetched {}

    record Failed(PinterestFailure failure) implements Fetched {}

    /** The connection cannot be used; the reason says what to do. */
    record NoToken(String reason) implements Fetched {}

    /** The connection is for another account by now, or its account is not known. */
    record OtherAccount() implements Fetched {}

    /** Nothing can be asked for before this instant. */
    record Wait(Instant until) implements Fetched {}
  }

  /**
   * Asks for a page until there is an answer to act on.
   *
   * @param bookmark null for the first page
   */
  Fetched fetch(@Nullable String bookmark) {
    var request =
        ListRequest.of(
            parts.pinterest(),
            step.call(),
            partition.parameters(),
            bookmark,
            parts.settings().pageSize(),
            this::scan);
    try {
      return switch (parts
          .pinterest()
          .call(operation.project(), operation.connection(), request, new Fetch())) {
        case CallOutcome.Success<ListPage>(ListPage page) -> new Fetched.Page(page);
        case CallOutcome.Failure<ListPage>(FailedAttempt attempt) ->
            new Fetched.Failed(attempt.failure());
        case CallOutcome.BudgetWait<ListPage>(Instant until) -> new Fetched.Wait(until);
        case CallOutcome.OtherAccount<ListPage> _ -> new Fetched.OtherAccount();
        case CallOutcome.Veto<ListPage> _ ->
            throw new IllegalStateException("a read withholds no request");
      };
    } catch (NotFound | ProviderRejected e) {
      return new Fetched.NoToken(String.valueOf(e.getMessage()));
    } catch (ProviderUnavailable e) {
      return new Fetched.Wait(e.retryAt().orElse(tasks.now().plus(PageRetries.FIRST_PAUSE)));
    }
  }

  private ListPage scan(HttpAnswer answer) throws IOException {
    try {
      return messages.read(answer.body());
    } catch (MalformedPage e) {
      throw new IOException("an answer that is not a page: " + e.getMessage(), e);
    }
  }

  /** Returns whether the time has come, after a wait if it is short and within the slice. */
  boolean waitsUntil(Instant until) {
    if (!until.isAfter(tasks.now())) {
      return true;
    }
    if (!isShortWait(until, tasks.now())) {
      return false;
    }
    // Partitions that were held up together must not all go on in the same millisecond.
    tasks.sleepUntil(until.plusMillis(parts.random().nextLong(250)));
    return true;
  }

  private boolean isShortWait(Instant until, Instant now) {
    return !until.isAfter(now.plus(parts.settings().waitWithinSlice())) && !slice.passed(until);
  }

  /**
   * Lists that are likely to fail together, so that an outage of one kind does not hold up others.
   * A partition that meets an open circuit still uses up its lease, since its request would most
   * likely have failed.
   *
   * @param step of the object's plan
   */
  private record ListKind(BudgetOwner owner, String object, String step) {}

  /** The fetch of one page. */
  private final class Fetch implements CallPolicy {
    private int attempt = 1;
    private boolean rejected;
    private @Nullable ListKind circuit;

    @Override
    public Log log() {
      return log;
    }

    @Override
    public AccountId account() {
      // The bookmarks belong to the account that the read began with.
      return operation.read().account().id();
    }

    @Override
    public boolean isUrgent() {
      return operation.isRead(ReadType.TRIGGERED);
    }

    @Override
    public Object circuit(BudgetOwner owner) {
      circuit = new ListKind(owner, operation.objectName(), step.name());
      return circuit;
    }

    @Override
    public boolean ignoresOpenCircuit() {
      // Without a page this lease is the partition's last.
      return partition.leasesWithoutPage() >= parts.settings().leasesWithoutPageMax();
    }

    @Override
    public Instant permitBy(Instant now) {
      Instant within =
          now.plus(permitted ? parts.settings().waitWithinSlice() : FIRST_PERMIT_WITHIN);
      return slice.at().isBefore(within) ? slice.at() : within;
    }

    @Override
    public boolean waitsFor(Answer.Wait wait, Instant now) {
      return (permitted || wait.paused())
          && (!wait.until().isAfter(now) || isShortWait(wait.until(), now));
    }

    @Override
    public void onPermit() {
      permitted = true;
    }

    @Override
    public Duration timeout(Instant now) {
      return ListRequest.TIMEOUT;
    }

    @Override
    public Next after(FailedAttempt failed, Instant now) {
      PinterestFailure failure = failed.failure();
      PageRetries.Next next = retries.after(failure, attempt, rejected, now, parts.random());
      return switch (next) {
        case PageRetries.Next.AgainAt(Instant _) -> new Next.RetryAt(now);
        case PageRetries.Next.AgainWithAnotherToken() -> {
          rejected = true;
          yield new Next.RetryAt(now);
        }
        case PageRetries.Next.AgainAfter(Duration delay) -> {
          log.warn("page not available", field("failure", failure.describe()));
          attempt++;
          yield slice.passed(now) || (circuit != null && parts.pinterest().isOpen(circuit))
              ? new Next.GiveUp()
              : new Next.RetryAt(now.plus(delay));
        }
        case PageRetries.Next.GivesUp() -> new Next.GiveUp();
      };
    }
  }
}
