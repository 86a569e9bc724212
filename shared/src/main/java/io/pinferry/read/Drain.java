package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.operation.Chain;
import io.pinferry.operation.LogLine;
import io.pinferry.operation.LogLine.Severity;
import io.pinferry.operation.Operation;
import io.pinferry.operation.PartitionId;
import io.pinferry.operation.Work;
import io.pinferry.pinterest.Children;
import io.pinferry.pinterest.ListPage;
import io.pinferry.pinterest.PageRecord;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.ReadPlan;
import io.pinferry.read.PageFetches.Fetched;
import io.pinferry.read.PageMessages.RecordTooLarge;
import io.pinferry.read.PartitionStore.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One lease of one partition: fetches its pages, stores each and sends its messages, creates the
 * partitions that follow from its records, and hands the partition over at the end of the slice.
 */
final class Drain {
  /** The reason of a partition that cannot get on. */
  static final String NO_PROGRESS = "no progress in many attempts";

  /** Longer than any message waits: its retries, and the dead letters after them. */
  private static final Duration RESULTS_KEPT = Duration.ofDays(18);

  private final PartitionSync.Parts parts;
  private final Backlog backlog;
  private final DrainGate gate;
  private final Tasks tasks;
  private final PartitionKey key;
  private final Partition partition;
  private final Operation operation;
  private final ReadPlan plan;
  private final ReadPlan.Step step;
  private final Work.Read read;
  private final PageMessages messages;
  private final PageFetches pages;
  private final PageRetries retries;
  private final Deadline slice;
  private final Log log;
  private final Set<String> bookmarksSeen = new HashSet<>();
  private Cursor cursor;
  private int storedPage;

  /** How many messages were undelivered when this was last known; since then only fewer. */
  private int undelivered;

  /**
   * Whether the operation's backlog does not matter to this partition: it delivers nothing, or no
   * other partition does.
   */
  private final boolean unbounded;

  /** The messages that attempts before this lease left undelivered, by page. */
  private final Map<Integer, Set<String>> leftByAttemptsBefore;

  Drain(
      PartitionSync.Parts parts,
      Backlog backlog,
      DrainGate gate,
      Partition partition,
      Operation operation,
      Deadline slice) {
    this.parts = parts;
    this.backlog = backlog;
    this.gate = gate;
    this.tasks = parts.tasks();
    this.key = partition.key();
    this.partition = partition;
    this.operation = operation;
    this.slice = slice;
    this.read = operation.read();
    this.plan = read.plan();
    this.step = plan.step(partition.step());
    this.unbounded =
        !step.delivers() || (plan.roots().size() == 1 && partition.parameters().isEmpty());
    this.messages =
        new PageMessages(
            operation,
            key,
            partition.parameters(),
            Children.membersNeeded(step),
            parts.deliveryQueue()::fits);
    this.cursor = partition.cursor();
    this.storedPage = partition.storedPage();
    this.undelivered = partition.undelivered().size();
    this.leftByAttemptsBefore =
        partition.undelivered().stream()
            .collect(Collectors.groupingBy(Partition::pageOf, Collectors.toSet()));
    if (cursor.bookmark() != null) {
      bookmarksSeen.add(cursor.bookmark());
    }
    this.log =
        parts
            .log()
            .with(
                field("operation", operation.id()),
                field("installation", operation.installation()),
                field("object", operation.objectName()),
                field("partition", key.partition()));
    this.retries =
        new PageRetries(
            parts.settings().attemptsPerPage(), parts.settings().leasesWithoutPageMax());
    this.pages = new PageFetches(parts, partition, operation, messages, retries, slice, log);
  }

  Partition partition() {
    return partition;
  }

  /** Returns whether the time has come, after a wait in this lease if it is short. */
  boolean waitsHereUntil(Instant until) {
    return pages.waitsUntil(until);
  }

  /** Drains until the partition ends, waits, or is handed over. */
  void run() {
    Optional<Fetched> fetched = Optional.of(pages.fetch(cursor.bookmark()));
    while (fetched.isPresent()) {
      fetched = actOn(fetched.get());
    }
  }

  /** Returns the answer to act on next; empty if this lease is over. */
  private Optional<Fetched> actOn(Fetched fetched) {
    switch (fetched) {
      case Fetched.Page(ListPage page) -> {
        return advance(page);
      }
      case Fetched.Wait(Instant until) -> sendAgain(Release.waitsUntil(cursor, until));
      case Fetched.NoToken(String reason) -> fail(reason);
      case Fetched.OtherAccount _ -> parts.settlement().fail(operation, accountChanged());
      case Fetched.Failed(PinterestFailure failure) -> onFailure(failure);
    }
    return Optional.empty();
  }

  /** What a page becomes. */
  private record Content(PageMessages.Made made, List<Chain> children) {
    List<DeliveryMessage> messages() {
      return made.messages();
    }
  }

  /** Stores and sends a page while the next one is fetched. */
  private Optional<Fetched> advance(ListPage page) {
    Optional<String> nextBookmark = page.bookmark();
    Content content;
    try {
      checkCanContinue(nextBookmark.orElse(null));
      content = content(page);
    } catch (RecordTooLarge | IllegalArgumentException e) {
      fail(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    boolean ahead = nextBookmark.isPresent() && mayFetchAhead(content);
    Tasks.Fork<Fetched> next =
        ahead
            ? tasks.fork(() -> pages.fetch(nextBookmark.get()))
            : () -> new Fetched.Wait(Instant.MIN);
    OptionalInt stored;
    try {
      stored = store(content, nextBookmark.isEmpty());
    } catch (RuntimeException e) {
      joinQuietly(next, e);
      throw e;
    }
    if (stored.isEmpty()) {
      log.warn("lease lost to another holder", field("fence", partition.fence()));
      next.join();
      return Optional.empty();
    }
    cursor = cursor.after(content.made().recordCount(), nextBookmark.orElse(null));
    undelivered = stored.getAsInt();
    if (!unbounded) {
      backlog.added(key.operation(), content.messages().size() - 1);
    }
    return ahead ? Optional.of(next.join()) : goOn();
  }

  /**
   * @throws IllegalArgumentException if the list has no end; the message says why
   */
  private void checkCanContinue(@Nullable String nextBookmark) {
    if (nextBookmark != null && !bookmarksSeen.add(nextBookmark)) {
      throw new IllegalArgumentException("Pinterest repeated a bookmark, so the list has no end");
    }
    if (cursor.page() > parts.settings().pagesMax()) {
      throw new IllegalArgumentException(
          "a list may have " + parts.settings().pagesMax() + " pages");
    }
  }

  private boolean mayFetchAhead(Content content) {
    return !turnIsOver()
        // A page that cannot be stored would be fetched in vain.
        && undelivered + content.messages().size() < Partition.UNDELIVERED_MAX
        && (unbounded || backlog.tryTake(key.operation()));
  }

  /** Decides what follows a page that is stored, where the next one is not fetched yet. */
  private Optional<Fetched> goOn() {
    if (cursor.bookmark() == null) {
      end(PartitionState.ENDED, null);
    } else if (undelivered >= Partition.UNDELIVERED_MAX) {
      waitForDelivery();
    } else if (turnIsOver()) {
      release(Release.continues(cursor)).ifPresent(_ -> sendAgain());
    } else if (!mayAdd()) {
      waitForOthers();
    } else {
      return Optional.of(pages.fetch(cursor.bookmark()));
    }
    return Optional.empty();
  }

  /** Returns whether this lease makes way: its slice is over, or a partition has to be alone. */
  private boolean turnIsOver() {
    return slice.passed(tasks.now()) || gate.isExclusiveWanted();
  }

  private Content content(ListPage page) throws RecordTooLarge {
    return new Content(
        step.delivers()
            ? messages.of(page, cursor.page())
            : new PageMessages.Made(List.of(), page.records().size()),
        children(page));
  }

  private List<Chain> children(ListPage page) {
    if (step.children().isEmpty()) {
      return List.of();
    }
    Map<PartitionId, Chain> children = new LinkedHashMap<>();
    for (PageRecord record : page.records()) {
      for (Children.ChildPartition planned :
          Children.of(
              plan,
              step,
              partition.parameters(),
              member -> messages.text(record, member),
              read.account().pinterestUserId())) {
        var child = new Chain(planned.step(), planned.parameters());
        children.put(child.id(), child);
      }
    }
    return new ArrayList<>(children.values());
  }

  /**
   * Stores a page, then sends its messages and the partitions that follow from it.
   *
   * @return how many messages are undelivered then; empty if another holder has the lease
   */
  private OptionalInt store(Content content, boolean last) {
    if (!content.children().isEmpty()) {
      parts.partitions().createPartitions(key.operation(), content.children());
    }
    for (PageMessages.LeftOut left : content.made().left()) {
      parts
          .results()
          .keep(operation.project(), left.message(), left.result(), tasks.now().plus(RESULTS_KEPT));
    }
    OptionalInt stored = storePage(content.messages(), last);
    if (stored.isPresent()) {
      storedPage = cursor.page();
      if (!content.messages().isEmpty()) {
        send(content.messages());
      }
      if (!content.children().isEmpty()) {
        parts
            .readQueue()
            .send(
                content.children().stream()
                    .map(child -> new PartitionKey(key.operation(), child.id()))
                    .distinct()
                    .toList(),
                Duration.ZERO);
      }
    }
    return stored;
  }

  private OptionalInt storePage(List<DeliveryMessage> sent, boolean last) {
    Set<String> entries =
        sent.stream()
            .flatMap(message -> message.receipt().stream())
            .map(DeliveryMessage.Receipt::entry)
            .collect(Collectors.toSet());
    Set<String> replaced =
        new HashSet<>(leftByAttemptsBefore.getOrDefault(cursor.page(), Set.of()));
    replaced.removeAll(entries);
    if (last && entries.isEmpty() && replaced.isEmpty()) {
      // The end of the partition says all there is to store.
      return OptionalInt.of(undelivered);
    }
    return parts
        .partitions()
        .storePage(
            key,
            partition.fence(),
            new PartitionStore.PageStored(
                cursor,
                entries,
                replaced,
                tasks.now().plus(parts.settings().lease()),
                cursor.page() > storedPage));
  }

  /** Gives messages to the queue. An outage of the queue is not this partition's fault. */
  private void send(List<DeliveryMessage> sent) {
    try {
      parts.deliveryQueue().send(sent);
    } catch (ProviderUnavailable e) {
      try {
        releaseUnused();
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private void onFailure(PinterestFailure failure) {
    boolean isRequired =
        partition.parameters().isEmpty()
            && plan.roots().stream()
                .anyMatch(root -> root.required() && root.step().equals(step.name()));
    boolean untouched =
        cursor.sentThrough() == 0 && cursor.restarts() == 0 && leftByAttemptsBefore.isEmpty();
    switch (failure.kind()) {
      case RATE_LIMITED ->
          sendAgain(Release.waitsUntil(cursor, PageRetries.limitedUntil(failure, tasks.now())));
      case UNAVAILABLE -> retryLater(failure);
      case NO_CATALOG -> {
        if (untouched) {
          end(PartitionState.ENDED, null);
        } else {
          fail(failure.describe());
        }
      }
      case NOT_FOUND -> {
        if (untouched && !isRequired) {
          // The parent's record was deleted after it was read.
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
          restart(failure);
        } else {
          fail(failure.describe());
        }
      }
      case TOKEN_REJECTED, SPAM_BLOCKED -> fail(failure.describe());
    }
  }

  private void retryLater(PinterestFailure failure) {
    boolean hasAdvanced = cursor.sentThrough() > partition.sentThrough();
    Optional<Duration> pause = retries.pauseAfter(hasAdvanced ? 1 : partition.leasesWithoutPage());
    if (pause.isEmpty()) {
      fail(NO_PROGRESS + ": " + failure.describe());
    } else {
      log.warn("Pinterest is not available", field("failure", failure.describe()));
      sendAgain(Release.retriesAt(cursor, tasks.now().plus(pause.get())));
    }
  }

  /** Releases the lease and sends the partition again, to go on at page 1. */
  private void restart(PinterestFailure failure) {
    log.warn(
        "restarted, since Pinterest does not accept the bookmark",
        field("page", cursor.page()),
        field("failure", failure.describe()));
    release(Release.restarts(cursor)).ifPresent(_ -> sendAgain());
  }

  /** Returns the result of a read whose connection is for another account by now. */
  private String accountChanged() {
    return "["
        + operation.objectName()
        + "] account changed: the connection is for another Pinterest account by now, or it"
        + " cannot be told that it is for the same; the next read begins afresh";
  }

  /** Releases the lease and sends the partition again, at the time that the release names. */
  private void sendAgain(Release release) {
    if (release(release).isPresent()) {
      Duration delay = Duration.between(tasks.now(), Objects.requireNonNull(release.notBefore()));
      // The watchdog sends partitions that wait longer than the queue can delay.
      if (delay.compareTo(ReadQueue.DELAY_MAX) <= 0) {
        parts.readQueue().send(List.of(key), delay.isNegative() ? Duration.ZERO : delay);
      }
    }
  }

  private void sendAgain() {
    parts.readQueue().send(List.of(key), Duration.ZERO);
  }

  /**
   * Releases the lease until messages were delivered. The removal that makes room sends the
   * partition again, but it may have happened just before, when nothing waited yet.
   */
  void waitForDelivery() {
    log.info(
        "waiting for delivery", field("page", cursor.page()), field("undelivered", undelivered));
    release(Release.waitsForDelivery(cursor))
        .filter(Partition::mayGoOn)
        .ifPresent(_ -> sendAgain());
  }

  /** Returns whether the operation's backlog leaves room for another page. */
  boolean mayAdd() {
    // A page that was stored and perhaps not sent counts already, and only going on sends it.
    return unbounded
        || leftByAttemptsBefore.containsKey(cursor.page())
        || backlog.take(key.operation());
  }

  /**
   * Releases the lease until messages of the operation's other partitions were delivered. A later
   * look of any process, or the watchdog, sends the partition again.
   */
  void waitForOthers() {
    log.info("waiting for deliveries of the operation", field("page", cursor.page()));
    release(Release.waitsForDelivery(cursor)).ifPresent(_ -> backlog.waits(key));
  }

  /** Releases the lease as if it had not been taken; returns whether that was possible. */
  boolean releaseUnused() {
    return release(Release.unused(cursor)).isPresent();
  }

  /** Releases the lease without sending the partition again. */
  void releaseUntil(Instant notBefore) {
    release(Release.waitsUntil(cursor, notBefore));
  }

  private Optional<Partition> release(Release release) {
    return parts.partitions().release(key, partition.fence(), release);
  }

  /** Ends the partition as failed at the page that it is at. */
  void fail(String reason) {
    end(PartitionState.FAILED, Settlement.STOPPED_AT + cursor.page() + ": " + reason);
  }

  private void end(PartitionState state, @Nullable String reason) {
    Optional<Partition> ended =
        parts
            .partitions()
            .end(
                key,
                partition.fence(),
                // Only the lease's holder adds messages: where there were none, there are none.
                new PartitionStore.PartitionEnd(state, cursor, reason, undelivered == 0));
    if (ended.isEmpty()) {
      log.warn("lease lost to another holder", field("fence", partition.fence()));
      return;
    }
    if (reason != null) {
      String text = Settlement.described(partition, reason);
      log.warn("partition " + state.name().toLowerCase(Locale.ROOT), field("reason", text));
      parts
          .operations()
          .log(
              key.operation(),
              new LogLine(
                  tasks.now(),
                  "end-" + key.partition(),
                  state == PartitionState.FAILED ? Severity.ERROR : Severity.WARNING,
                  text,
                  null));
    }
    parts.settlement().afterChange(ended.get());
  }

  private static void joinQuietly(Tasks.Fork<?> fork, RuntimeException first) {
    try {
      fork.join();
    } catch (RuntimeException second) {
      first.addSuppressed(second);
    }
  }
}
