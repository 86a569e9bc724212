package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Circuits;
import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.delivery.ResultStore;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.Budgets;
import io.pinferry.operation.Chain;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.PartitionId;
import io.pinferry.operation.ReadType;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.Children;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.MalformedPage;
import io.pinferry.pinterest.PageAnswer;
import io.pinferry.pinterest.PageRecord;
import io.pinferry.pinterest.PinterestApi;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.read.PageMessages.RecordTooLarge;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Advances one partition: leases it, fetches its pages, stores each and sends its messages, creates
 * the partitions that follow from its records, and hands it over at the end of a slice. Whatever
 * happens between two steps, the next lease holder repeats at most one page, with the same
 * messages.
 */
public final class PartitionSync {
  /** How many partitions an invocation receives at most; so many tell that more may wait. */
  public static final int BATCH_MAX = 10;

  /**
   * How long a full batch has its turn, and who is drained alone. An invocation ends with the last
   * of its partitions: one long chain would keep nine places from others that wait, perhaps a small
   * account's.
   */
  private static final Duration SHORT_TURN = Duration.ofSeconds(5);

  /**
   * A budget that is further behind than this is used up by those who are at it already. Who begins
   * then would only wait, and keep partitions of other budgets from their turn.
   */
  private static final Duration BEGINS_WITHIN = Duration.ofMillis(500);

  /** Longer than any message waits: its retries, and the dead letters after them. */
  private static final Duration RESULTS_KEPT = Duration.ofDays(18);

  /**
   * How long scheduled reads and backfills wait when a tenth of a day's quota is left, if Pinterest
   * does not say when there is more again: the rest is for triggers and the proxy. Then one page
   * tells.
   */
  private static final Duration RESERVED = Duration.ofMinutes(30);

  /**
   * A partition with more leases in a row without a page is drained alone: it may be what processes
   * die of, and would take others with it.
   */
  private static final int LEASES_IN_COMPANY = 2;

  /** After so many failures in a row lists of a kind are asked for once in a while only. */
  private static final int FAILURES_MAX = 6;

  /** What stands for the answer to a request that was not sent. */
  private static final PinterestFailure NOT_ASKED =
      new PinterestFailure(
          PinterestFailure.Kind.UNAVAILABLE,
          0,
          null,
          "it failed "
              + FAILURES_MAX
              + " times in a row at lists of this kind, and was not asked again yet",
          null,
          null);

  /** What is said of a partition that cannot get on. */
  private static final String NO_PROGRESS = "no progress in many attempts";

  private final PartitionStore store;
  private final OperationStore operations;
  private final RecentOperations recent;
  private final ResultStore results;
  private final ReadQueue readQueue;
  private final DeliveryQueue deliveryQueue;
  private final PinterestApi pinterest;
  private final ReadCredentials credentials;
  private final Budgets budgets;
  private final Settlement settlement;
  private final Tasks tasks;
  private final RandomGenerator random;
  private final Log log;
  private final SyncSettings settings;
  private final PageRetries retries;
  private final Backlog backlog;

  /**
   * Of an outage other objects and other accounts do not notice. A partition that goes without a
   * request spends the lease in vain that it would most likely have been.
   */
  private final Circuits<ListKind> outages = new Circuits<>(FAILURES_MAX);

  private final Company company;

  public PartitionSync(
      PartitionStore store,
      OperationStore operations,
      ResultStore results,
      ReadQueue readQueue,
      DeliveryQueue deliveryQueue,
      PinterestApi pinterest,
      ReadCredentials credentials,
      Budgets budgets,
      Settlement settlement,
      Tasks tasks,
      RandomGenerator random,
      Log log,
      SyncSettings settings) {
    this.store = store;
    this.operations = operations;
    this.recent = new RecentOperations(operations, tasks);
    this.results = results;
    this.readQueue = readQueue;
    this.deliveryQueue = deliveryQueue;
    this.pinterest = pinterest;
    this.credentials = credentials;
    this.budgets = budgets;
    this.settlement = settlement;
    this.tasks = tasks;
    this.random = random;
    this.log = log;
    this.settings = settings;
    this.retries = new PageRetries(settings.attemptsPerPage(), settings.leasesWithoutPageMax());
    this.company = new Company(tasks);
    this.backlog = new Backlog(store, readQueue, tasks, random, settings.processes());
  }

  /**
   * Returns until when the partitions of a batch are drained.
   *
   * @param invocation when the invocation must be over
   * @param received how many there are
   */
  public static Deadline turn(Deadline invocation, int received, Instant now) {
    return received < BATCH_MAX ? invocation : invocation.orBefore(now.plus(SHORT_TURN));
  }

  /**
   * Drains a partition until it ends, waits, or the slice is over. Does nothing if it is leased,
   * not open, or its operation has ended. What was sent for it may be deleted after this returns.
   *
   * @param invocation when the invocation must be over, or its turn
   */
  public void drain(PartitionKey key, Deadline invocation) {
    boolean alone;
    company.enter();
    try {
      alone = drainInCompany(key, invocation);
    } finally {
      company.leave();
    }
    if (alone) {
      drainAlone(key, invocation);
    }
  }

  /** Drains a partition beside others, unless it is to be drained alone: then it is given back. */
  private boolean drainInCompany(PartitionKey key, Deadline invocation) {
    Optional<Drain> leased = lease(key, invocation);
    if (leased.isEmpty()) {
      return false;
    }
    Drain drain = leased.get();
    Partition partition = drain.partition;
    Instant notBefore = partition.notBefore();
    if (notBefore != null && !drain.waitShort(notBefore)) {
      // Too early: whoever set the time has sent a delayed message, or the watchdog will send one.
      drain.leaveUntil(notBefore);
    } else if (partition.leasesWithoutPage() > settings.leasesWithoutPageMax()) {
      drain.fail(NO_PROGRESS);
    } else if (partition.isFull()) {
      drain.waitForDelivery();
    } else if (!drain.mayAdd()) {
      drain.waitForOthers();
    } else if (partition.leasesWithoutPage() > LEASES_IN_COMPANY) {
      return drain.giveBack();
    } else {
      drain.run();
    }
    return false;
  }

  /** Drains a partition for a short turn, in which the process does nothing else. */
  private void drainAlone(PartitionKey key, Deadline invocation) {
    // The others leave after the page that they are at, which may come when the turn is over.
    if (!company.awaitAlone(new Deadline(invocation.at().plus(SHORT_TURN)))) {
      readQueue.send(List.of(key), Duration.ZERO);
      return;
    }
    try {
      lease(key, new Deadline(tasks.now().plus(SHORT_TURN))).ifPresent(Drain::run);
    } finally {
      company.endAlone();
    }
  }

  private Optional<Drain> lease(PartitionKey key, Deadline invocation) {
    Instant now = tasks.now();
    return store
        .tryLease(key, settings.lease(), now)
        .flatMap(
            partition ->
                recent
                    .inProgress(key.operation())
                    .map(
                        operation ->
                            new Drain(
                                partition,
                                operation,
                                invocation.orBefore(now.plus(settings.slice())))));
  }

  /**
   * Lists that are likely to fail together.
   *
   * @param step of the object's plan
   */
  private record ListKind(BudgetOwner owner, String object, String step) {}

  /** Why the fetched page is not there. */
  private sealed interface Fetched {
    record Page(ListPage page) implements Fetched {}

    record Failed(PinterestFailure failure) implements Fetched {}

    /** The connection cannot be used; the reason says what to do. */
    record NoToken(String reason) implements Fetched {}

    /** The connection is for another account by now, or for one that cannot be told. */
    record OtherAccount() implements Fetched {}

    /** Nothing can be asked for before this instant. */
    record Wait(Instant until) implements Fetched {}
  }

  /** One lease of one partition. */
  private final class Drain {
    private final PartitionKey key;
    private final Partition partition;
    private final Operation operation;
    private final Work.Read spec;
    private final ReadPlan plan;
    private final ReadPlan.Step step;
    private final PageMessages messages;
    private final Deadline slice;
    private final Log scope;
    private final Set<String> bookmarksSeen = new HashSet<>();
    private Cursor cursor;
    private int storedPage;

    /** How many messages were undelivered when this was last known; since then only fewer. */
    private int undelivered;

    /**
     * Whether what this partition adds needs no look at the others: it delivers nothing, or there
     * are none.
     */
    private final boolean alone;

    /** Whether this lease has had a permit, so that it is one of those who use up the budget. */
    private boolean permitted;

    /** Whether Pinterest has answered this lease with a page. */
    private boolean accepted;

    /** What attempts before this lease left undelivered, by page. */
    private final Map<Integer, Set<String>> leftByAttemptsBefore;

    Drain(Partition partition, Operation operation, Deadline slice) {
      this.key = partition.key();
      this.partition = partition;
      this.operation = operation;
      this.slice = slice;
      this.spec = operation.read();
      this.plan = spec.plan();
      this.step = plan.step(partition.step());
      this.alone =
          !step.delivers() || (plan.roots().size() == 1 && partition.parameters().isEmpty());
      this.messages =
          new PageMessages(
              operation,
              key,
              partition.parameters(),
              Children.membersNeeded(step),
              deliveryQueue::fits);
      this.cursor = partition.cursor();
      this.storedPage = partition.storedPage();
      this.undelivered = partition.undelivered().size();
      this.leftByAttemptsBefore =
          partition.undelivered().stream()
              .collect(Collectors.groupingBy(Partition::pageOf, Collectors.toSet()));
      if (cursor.bookmark() != null) {
        bookmarksSeen.add(cursor.bookmark());
      }
      this.scope =
          log.with(
              field("operation", operation.id()),
              field("installation", operation.installation()),
              field("object", operation.objectName()),
              field("partition", key.partition()));
    }

    /** Returns the number of the page that is fetched next, or again. */
    int page() {
      return cursor.page();
    }

    void run() {
      Fetched fetched = fetch(cursor.bookmark());
      while (true) {
        switch (fetched) {
          case Fetched.Wait wait -> {
            waitUntil(wait.until());
            return;
          }
          case Fetched.NoToken noToken -> {
            fail(noToken.reason());
            return;
          }
          case Fetched.OtherAccount _ -> {
            settlement.fail(operation, accountChanged());
            return;
          }
          case Fetched.Failed failed -> {
            onFailure(failed.failure());
            return;
          }
          case Fetched.Page page -> {
            Optional<Fetched> next = advance(page.page());
            if (next.isEmpty()) {
              return;
            }
            fetched = next.get();
          }
        }
      }
    }

    /** Whether others are to go on: those that come later, or one that has to be alone. */
    private boolean turnIsOver() {
      return slice.passed(tasks.now()) || company.isAwaited();
    }

    /** Stores and sends a page. Returns what was fetched after it; empty if this lease is over. */
    private Optional<Fetched> advance(ListPage page) {
      Optional<String> nextBookmark = page.bookmark();
      if (nextBookmark.isPresent() && !bookmarksSeen.add(nextBookmark.get())) {
        fail("Pinterest repeated a bookmark, so the list has no end");
        return Optional.empty();
      }
      if (page() > settings.pagesMax()) {
        fail("a list may have " + settings.pagesMax() + " pages");
        return Optional.empty();
      }
      PageMessages.Made made;
      List<Chain> children;
      try {
        made =
            step.delivers()
                ? messages.of(page, page())
                : new PageMessages.Made(List.of(), page.records().size());
        children = children(page);
      } catch (RecordTooLarge | IllegalArgumentException e) {
        fail(String.valueOf(e.getMessage()));
        return Optional.empty();
      }

      List<DeliveryMessage> parts = made.messages();
      boolean more =
          nextBookmark.isPresent()
              && !turnIsOver()
              // Else the page might be fetched in vain.
              && undelivered + parts.size() < Partition.UNDELIVERED_MAX
              && (alone || backlog.tryTake(key.operation()));
      Tasks.Fork<Fetched> ahead =
          more ? tasks.fork(() -> fetch(nextBookmark.get())) : () -> new Fetched.Wait(Instant.MIN);
      OptionalInt stored;
      try {
        stored = store(made, children, nextBookmark.isEmpty());
      } catch (RuntimeException e) {
        joinQuietly(ahead, e);
        throw e;
      }
      if (stored.isEmpty()) {
        scope.warn("lease lost to another holder", field("fence", partition.fence()));
        ahead.join();
        return Optional.empty();
      }
      cursor = cursor.after(made.recordCount(), nextBookmark.orElse(null));
      undelivered = stored.getAsInt();
      if (!alone) {
        backlog.added(key.operation(), parts.size() - 1);
      }
      if (nextBookmark.isEmpty()) {
        end(PartitionState.ENDED, null);
        return Optional.empty();
      }
      if (undelivered >= Partition.UNDELIVERED_MAX) {
        waitForDelivery();
        return Optional.empty();
      }
      if (!more && turnIsOver()) {
        handOver();
        return Optional.empty();
      }
      if (!more && !mayAdd()) {
        waitForOthers();
        return Optional.empty();
      }
      return more ? Optional.of(ahead.join()) : Optional.of(fetch(cursor.bookmark()));
    }

    private OptionalInt store(PageMessages.Made made, List<Chain> children, boolean last) {
      List<DeliveryMessage> parts = made.messages();
      if (!children.isEmpty()) {
        store.createPartitions(key.operation(), children);
      }
      for (PageMessages.LeftOut left : made.left()) {
        results.keep(
            operation.project(), left.message(), left.result(), tasks.now().plus(RESULTS_KEPT));
      }
      Set<String> entries =
          parts.stream()
              .flatMap(part -> part.receipt().stream())
              .map(DeliveryMessage.Receipt::entry)
              .collect(Collectors.toSet());
      Set<String> replaced = new HashSet<>(leftByAttemptsBefore.getOrDefault(page(), Set.of()));
      replaced.removeAll(entries);
      // A last page without messages leaves nothing to store but that the partition has ended.
      OptionalInt stored =
          last && entries.isEmpty() && replaced.isEmpty()
              ? OptionalInt.of(undelivered)
              : store.storePage(
                  key,
                  partition.fence(),
                  new PartitionStore.PageStored(
                      cursor,
                      entries,
                      replaced,
                      tasks.now().plus(settings.lease()),
                      page() > storedPage));
      if (stored.isPresent()) {
        storedPage = page();
        if (!parts.isEmpty()) {
          send(parts);
        }
        if (!children.isEmpty()) {
          readQueue.send(
              children.stream()
                  .map(child -> new PartitionKey(key.operation(), child.id()))
                  .distinct()
                  .toList(),
              Duration.ZERO);
        }
      }
      return stored;
    }

    /** Hands messages to the queue. While it takes none, that is no fault of this partition. */
    private void send(List<DeliveryMessage> parts) {
      try {
        deliveryQueue.send(parts);
      } catch (PinferryException.ProviderUnavailable e) {
        try {
          giveBack();
        } catch (RuntimeException second) {
          e.addSuppressed(second);
        }
        throw e;
      }
    }

    private List<Chain> children(ListPage page) {
      if (step.children().isEmpty()) {
        return List.of();
      }
      Map<PartitionId, Chain> children = new LinkedHashMap<>();
      for (PageRecord record : page.records()) {
        for (Children.Planned planned :
            Children.of(
                plan,
                step,
                partition.parameters(),
                member -> messages.text(record, member),
                spec.account().pinterestUserId())) {
          var child = new Chain(planned.step(), planned.parameters());
          children.put(child.id(), child);
        }
      }
      return new ArrayList<>(children.values());
    }

    /**
     * Asks for a page until there is an answer to act on. Bounded: waits must fit into the slice,
     * failures are counted, and a token is replaced once.
     */
    private Fetched fetch(@Nullable String at) {
      ReadCredentials.Token token = null;
      ReadCredentials.Token rejected = null;
      int attempt = 1;
      while (true) {
        if (token == null) {
          try {
            token =
                rejected == null
                    ? credentials.token(operation, spec.account().id())
                    : credentials.tokenAfterRejection(operation, rejected);
          } catch (PinferryException.NotFound | PinferryException.ProviderRejected e) {
            return new Fetched.NoToken(String.valueOf(e.getMessage()));
          } catch (PinferryException.ProviderUnavailable e) {
            return new Fetched.Wait(e.retryAt().orElse(tasks.now().plus(PageRetries.FIRST_PAUSE)));
          }
        }
        if (!token.account().equals(spec.account().id())) {
          // Its bookmarks belong to the account that the read began with.
          return new Fetched.OtherAccount();
        }
        Optional<Instant> reserved =
            operation.isRead(ReadType.TRIGGERED)
                ? Optional.empty()
                : budgets.reservedUntil(token.budgetOwner());
        if (reserved.isPresent()) {
          scope.warn(
              "waits, since the rest of Pinterest's quota is kept for triggers, writes and the"
                  + " proxy",
              field("until", reserved.get()));
          return new Fetched.Wait(reserved.get().plusMillis(random.nextLong(60_000)));
        }
        var kind = new ListKind(token.budgetOwner(), operation.objectName(), step.name());
        if (!outages.mayAsk(kind, tasks.now()) && !isLastLease()) {
          return new Fetched.Failed(NOT_ASKED);
        }
        BudgetKey budget = step.endpoint().category().budgetOf(token.budgetOwner());
        Optional<Fetched> refused = awaitPermit(budget);
        if (refused.isPresent()) {
          return refused.get();
        }
        Fetched answer = ask(at, token, budget);
        if (!(answer instanceof Fetched.Failed(PinterestFailure failure))) {
          outages.answered(kind);
          if (!accepted) {
            accepted = true;
            credentials.accepted(operation);
          }
          return answer;
        }
        if (failure.kind() == PinterestFailure.Kind.UNAVAILABLE) {
          outages.failed(kind, tasks.now());
        }
        switch (retries.after(failure, attempt, rejected != null, tasks.now(), random)) {
          case PageRetries.Next.AgainAt(Instant until) -> {
            budgets.pause(budget, step.endpoint().category().assumed(), until);
            scope.warn("rate limited", field("until", until));
            if (!waitShort(until)) {
              return new Fetched.Wait(until);
            }
          }
          case PageRetries.Next.AgainWithAnotherToken() -> {
            rejected = token;
            token = null;
          }
          case PageRetries.Next.AgainAfter(Duration delay) -> {
            scope.warn("page not available", field("failure", failure.describe()));
            if (slice.passed(tasks.now()) || outages.isFailing(kind)) {
              return answer;
            }
            tasks.sleepUntil(tasks.now().plus(delay));
            attempt++;
          }
          case PageRetries.Next.GivesUp() -> {
            return answer;
          }
        }
      }
    }

    /** Whether the partition fails if this lease brings no page: then Pinterest is asked. */
    private boolean isLastLease() {
      return partition.leasesWithoutPage() >= settings.leasesWithoutPageMax();
    }

    /**
     * Waits until the budget permits one request.
     *
     * @return empty if it may be sent now; otherwise the wait that is too long for this lease
     */
    private Optional<Fetched> awaitPermit(BudgetKey budget) {
      while (true) {
        boolean begins = !permitted;
        Instant within = tasks.now().plus(begins ? BEGINS_WITHIN : settings.waitWithinSlice());
        Instant latest = slice.at().isBefore(within) ? slice.at() : within;
        switch (budgets.acquire(budget, step.endpoint().category().assumed(), latest)) {
          case Budgets.Answer.Permit permit -> {
            permitted = true;
            tasks.sleepUntil(permit.at());
            return Optional.empty();
          }
          case Budgets.Answer.NotBefore wait -> {
            if ((begins && !wait.paused()) || !waitShort(wait.at())) {
              return Optional.of(new Fetched.Wait(wait.at()));
            }
          }
        }
      }
    }

    private Fetched ask(@Nullable String at, ReadCredentials.Token token, BudgetKey budget) {
      PageAnswer answer =
          pinterest.list(
              step.endpoint(), partition.parameters(), at, settings.pageSize(), token.secret());
      budgets.learn(
          budget,
          switch (answer) {
            case PageAnswer.Failed failed -> failed.limits().budgetWindows(false);
            case PageAnswer.Page page -> page.limits().budgetWindows(true);
          });
      return switch (answer) {
        case PageAnswer.Failed failed -> new Fetched.Failed(failed.failure());
        case PageAnswer.Page page -> {
          if (page.limits().quotaLow()) {
            Duration reset = page.limits().reset();
            budgets.reserve(
                token.budgetOwner(), tasks.now().plus(reset == null ? RESERVED : reset));
          }
          try {
            yield new Fetched.Page(messages.read(page.body()));
          } catch (MalformedPage e) {
            yield new Fetched.Failed(
                new PinterestFailure(
                    PinterestFailure.Kind.UNAVAILABLE,
                    200,
                    null,
                    "an answer that is not a page: " + e.getMessage(),
                    page.requestId(),
                    null));
          }
        }
      };
    }

    /** Waits here if that is short and within the slice; returns whether the time has come. */
    boolean waitShort(Instant until) {
      if (!until.isAfter(tasks.now())) {
        return true;
      }
      if (until.isAfter(tasks.now().plus(settings.waitWithinSlice())) || slice.passed(until)) {
        return false;
      }
      // Partitions that were held up together shall not all go on in the same millisecond.
      tasks.sleepUntil(until.plusMillis(random.nextLong(250)));
      return true;
    }

    private void onFailure(PinterestFailure failure) {
      boolean isRequired =
          partition.parameters().isEmpty()
              && plan.roots().stream()
                  .anyMatch(root -> root.required() && root.step().equals(step.name()));
      boolean untouched =
          cursor.sentThrough() == 0 && cursor.restarts() == 0 && leftByAttemptsBefore.isEmpty();
      switch (failure.kind()) {
        case RATE_LIMITED -> waitUntil(PageRetries.limitedUntil(failure, tasks.now()));
        case UNAVAILABLE -> {
          boolean hasAdvanced = cursor.sentThrough() > partition.sentThrough();
          int inVain = hasAdvanced ? 1 : partition.leasesWithoutPage();
          Optional<Duration> pause = retries.pauseAfter(inVain);
          if (pause.isEmpty()) {
            fail(NO_PROGRESS + ": " + failure.describe());
          } else {
            scope.warn("Pinterest is not available", field("failure", failure.describe()));
            releaseUntil(PartitionStore.Release.retriesAt(cursor, tasks.now().plus(pause.get())));
          }
        }
        case NO_CATALOG -> {
          if (untouched) {
            end(PartitionState.ENDED, null);
          } else {
            fail(failure.describe());
          }
        }
        case NOT_FOUND -> {
          if (untouched && !isRequired) {
            // What the parent's record named was deleted since.
            end(PartitionState.ENDED, null);
          } else {
            fail(failure.describe());
          }
        }
        case FORBIDDEN -> {
          if (untouched && !isRequired) {
            end(PartitionState.SKIPPED, failure.describe());
          } else {
            fail(failure.describe());
          }
        }
        case REFUSED -> {
          if (PageRetries.beginsAgain(failure, cursor.bookmark() != null, cursor.restarts())) {
            beginAgain(failure);
          } else {
            fail(failure.describe());
          }
        }
        case TOKEN_REJECTED, SPAM_BLOCKED -> fail(failure.describe());
      }
    }

    /** Gives the lease back and sends the partition again, to go on at page 1. */
    private void beginAgain(PinterestFailure failure) {
      scope.warn(
          "begun again, since the bookmark is not accepted",
          field("page", page()),
          field("failure", failure.describe()));
      release(PartitionStore.Release.restarts(cursor))
          .ifPresent(_ -> readQueue.send(List.of(key), Duration.ZERO));
    }

    /** What is said of a read whose account is not the connection's any more. */
    private String accountChanged() {
      return "["
          + operation.objectName()
          + "] account changed: the connection is for another Pinterest account by now, or it"
          + " cannot be told that it is for the same; the next read begins afresh";
    }

    /** Ends the partition as failed at the page that it is at. */
    void fail(String why) {
      end(PartitionState.FAILED, Settlement.STOPPED_AT + page() + ": " + why);
    }

    /** Gives the lease back and sends the partition again, to go on at once. */
    private void handOver() {
      release(PartitionStore.Release.continues(cursor))
          .ifPresent(_ -> readQueue.send(List.of(key), Duration.ZERO));
    }

    /** Gives the lease back and sends the partition again, to go on then. */
    private void waitUntil(Instant until) {
      releaseUntil(PartitionStore.Release.waitsUntil(cursor, until));
    }

    private void releaseUntil(PartitionStore.Release release) {
      if (release(release).isPresent()) {
        Duration delay = Duration.between(tasks.now(), release.notBefore());
        // The watchdog sends again what waits longer than the queue can delay.
        if (delay.compareTo(ReadQueue.DELAY_MAX) <= 0) {
          readQueue.send(List.of(key), delay.isNegative() ? Duration.ZERO : delay);
        }
      }
    }

    /**
     * Gives the lease back until messages were delivered. Whoever removes enough of them sends the
     * partition again, but may have done so just before, unaware of who waits.
     */
    void waitForDelivery() {
      scope.info("waiting for delivery", field("page", page()), field("undelivered", undelivered));
      release(PartitionStore.Release.waitsForDelivery(cursor))
          .filter(Partition::mayGoOn)
          .ifPresent(_ -> readQueue.send(List.of(key), Duration.ZERO));
    }

    /** Returns whether the operation need not wait for its deliveries before another page. */
    boolean mayAdd() {
      // What was stored and perhaps not sent counts already, and only going on sends it.
      return alone || leftByAttemptsBefore.containsKey(page()) || backlog.take(key.operation());
    }

    /**
     * Gives the lease back until messages of the operation's other partitions were delivered. A
     * later look of any process, or the watchdog, sends the partition again.
     */
    void waitForOthers() {
      scope.info("waiting for deliveries of the operation", field("page", page()));
      release(PartitionStore.Release.waitsForDelivery(cursor)).ifPresent(_ -> backlog.waits(key));
    }

    /** Gives the lease back as if it had not been taken; returns whether that was possible. */
    boolean giveBack() {
      return release(PartitionStore.Release.unused(cursor)).isPresent();
    }

    /** Gives the lease back without sending the partition again. */
    void leaveUntil(Instant until) {
      release(PartitionStore.Release.waitsUntil(cursor, until));
    }

    private Optional<Partition> release(PartitionStore.Release release) {
      return store.release(key, partition.fence(), release);
    }

    void end(PartitionState state, @Nullable String reason) {
      Optional<Partition> ended =
          store.end(
              key,
              partition.fence(),
              new PartitionStore.PartitionEnd(
                  // Only the lease's holder adds messages: where there were none, there are none.
                  state, cursor, reason, undelivered == 0));
      if (ended.isEmpty()) {
        scope.warn("lease lost to another holder", field("fence", partition.fence()));
        return;
      }
      if (reason != null) {
        String text = Settlement.described(partition, reason);
        scope.warn(
            "partition " + state.name().toLowerCase(java.util.Locale.ROOT), field("reason", text));
        operations.log(
            key.operation(),
            new LogLine(
                tasks.now(),
                "end-" + key.partition(),
                state == PartitionState.FAILED ? LogLine.Severity.ERROR : LogLine.Severity.WARNING,
                text,
                null));
      }
      settlement.afterChange(ended.get());
    }
  }

  private static void joinQuietly(Tasks.Fork<?> fork, RuntimeException first) {
    try {
      fork.join();
    } catch (RuntimeException second) {
      first.addSuppressed(second);
    }
  }
}
