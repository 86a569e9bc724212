package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.AppRefused;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.client.CallOutcome;
import io.pinferry.client.CallPolicy;
import io.pinferry.client.FailedAttempt;
import io.pinferry.client.ListRequest;
import io.pinferry.client.PinterestRequest;
import io.pinferry.directory.AccountId;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.Budgets.Answer;
import io.pinferry.limit.Priority;
import io.pinferry.operation.Operation;
import io.pinferry.operation.ReadType;
import io.pinferry.pinterest.PinterestFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of one lease. Each fetch is bounded: waits stay within the slice, failures are
 * counted.
 */
final class PageFetches {
  /**
   * The longest wait for the first permit of a lease. A longer wait means that the budget is used
   * up, and this partition would only block a place.
   */
  private static final Duration FIRST_PERMIT_WITHIN = Duration.ofMillis(500);

  /** The pause while Pinterest refuses the provider app, until its operator has mended that. */
  private static final Duration APP_REFUSED_PAUSE = Duration.ofMinutes(5);

  private final PartitionSync.Parts parts;
  private final Tasks tasks;
  private final Partition partition;
  private final Operation operation;
  private final PageRetries retries;
  private final Deadline slice;
  private final Log log;

  /** Whether this lease has had a permit; then it may wait longer for the next. */
  private boolean permitted;

  PageFetches(
      PartitionSync.Parts parts,
      Partition partition,
      Operation operation,
      PageRetries retries,
      Deadline slice,
      Log log) {
    this.parts = parts;
    this.tasks = parts.tasks();
    this.partition = partition;
    this.operation = operation;
    this.retries = retries;
    this.slice = slice;
    this.log = log;
  }

  /**
   * Sends a request until there is a result.
   *
   * @param kind the kind of the list, for its circuit breaker
   */
  <T> FetchResult<T> fetch(String kind, PinterestRequest<T> request) {
    try {
      return switch (parts
          .pinterest()
          .call(operation.project(), operation.connection(), request, new Fetch(kind))) {
        case CallOutcome.Success<T>(T value) -> new FetchResult.Success<>(value);
        case CallOutcome.Failure<T>(FailedAttempt attempt) ->
            new FetchResult.Failure<>(attempt.failure());
        case CallOutcome.BudgetWait<T>(Instant until) -> new FetchResult.Wait<>(until);
        case CallOutcome.OtherAccount<T> _ -> new FetchResult.OtherAccount<>();
        case CallOutcome.Veto<T> _ ->
            throw new IllegalStateException("a read withholds no request");
      };
    } catch (AppRefused e) {
      log.warn("the read waits until Pinterest accepts the provider app", e);
      return new FetchResult.Wait<>(tasks.now().plus(APP_REFUSED_PAUSE));
    } catch (NotFound | ProviderRejected e) {
      return new FetchResult.NoToken<>(String.valueOf(e.getMessage()));
    } catch (ProviderUnavailable e) {
      return new FetchResult.Wait<>(e.retryAt().orElse(tasks.now().plus(PageRetries.FIRST_PAUSE)));
    }
  }

  /** Waits if the wait is short and within the slice. Returns whether the instant has passed. */
  boolean waitsUntil(Instant until) {
    if (!until.isAfter(tasks.now())) {
      return true;
    }
    if (!isShortWait(until, tasks.now())) {
      return false;
    }
    // Partitions that waited together must not all go on in the same millisecond.
    tasks.sleepUntil(until.plusMillis(parts.random().nextLong(250)));
    return true;
  }

  private boolean isShortWait(Instant until, Instant now) {
    return !until.isAfter(now.plus(parts.settings().waitWithinSlice())) && !slice.passed(until);
  }

  /**
   * Lists that are likely to fail together share a circuit breaker, so an outage of one kind does
   * not block others. A partition that meets an open circuit still uses up its lease, since its
   * request would probably have failed.
   *
   * @param kind the name of a step of the plan of the object, or of another request for it
   */
  private record ListKind(BudgetOwner owner, String object, String kind) {}

  private final class Fetch implements CallPolicy {
    private final String kind;
    private int attempt = 1;
    private @Nullable ListKind circuit;

    Fetch(String kind) {
      this.kind = kind;
    }

    @Override
    public Log log() {
      return log;
    }

    @Override
    public AccountId account() {
      // The bookmarks belong to the account at the start of the read.
      return operation.read().account().id();
    }

    @Override
    public boolean isUrgent() {
      return operation.isRead(ReadType.TRIGGERED);
    }

    @Override
    public Priority priority() {
      return Priority.BULK;
    }

    @Override
    public Object circuit(BudgetOwner owner) {
      circuit = new ListKind(owner, operation.objectName(), kind);
      return circuit;
    }

    @Override
    public boolean ignoresOpenCircuit() {
      // This is the last lease of the partition, unless it gets a page.
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
      PageRetries.Decision next = retries.after(failure, attempt, now, parts.random());
      return switch (next) {
        case PageRetries.Decision.RetryAt(Instant _) -> new Next.RetryAt(now);
        case PageRetries.Decision.RetryAfter(Duration delay) -> {
          log.warn("page not available", field("failure", failure.describe()));
          attempt++;
          yield slice.passed(now) || (circuit != null && parts.pinterest().isOpen(circuit))
              ? new Next.GiveUp()
              : new Next.RetryAt(now.plus(delay));
        }
        case PageRetries.Decision.GiveUp() -> new Next.GiveUp();
      };
    }
  }
}
