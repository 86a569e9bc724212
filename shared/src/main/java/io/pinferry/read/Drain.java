package io.pinferry.read;

import static io.pinferry.base.Field.field;

import io.pinferry.base.Deadline;
import io.pinferry.base.Log;
import io.pinferry.base.Metric;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.Tasks;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.ResultStore;
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
import io.pinferry.read.ChainComparison.ComparedPage;
import io.pinferry.read.PageMessages.RecordTooLarge;
import io.pinferry.read.PageSource.SourcePage;
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
 * child partitions of its records, and releases the partition at the end of the slice.
 */
final class Drain {
  /** The failure reason of a partition that does not advance. */
  static final String NO_PROGRESS = "no progress in many attempts";

  private final PartitionSync.Parts parts;
  private final Backlog backlog;
  private final DrainGate gate;
  private final Tasks tasks;
  private final PartitionKey key;
  private final Partition partition;
  private final Operation operation;
  private final ReadPlan plan;

  /** Null for the partition that tells deletions. */
  private final ReadPlan.@Nullable Step step;

  private final Work.Read read;
  private final PageMessages messages;

  /** Null if all records are delivered, and nothing is kept for the next read. */
  private final @Nullable ChainComparison comparison;

  private final PageFetches fetches;
  private final PageSource pages;
  private final PageRetries retries;
  private final Deadline slice;
  private final Log log;
  private final Set<String> bookmarksSeen = new HashSet<>();
  private Cursor cursor;
  private int storedPage;

  /** An upper bound of the undelivered messages: their number after the last change here. */
  private int undelivered;

  /**
   * Whether the partition ignores the backlog of the operation, because it delivers nothing or is
   * the only partition.
   */
  private final boolean unbounded;

  /** The keys that earlier leases have stored, by page; null until they are needed. */
  private @Nullable Map<Integer, List<ListKeys>> keysBefore;

  /** The undelivered messages of earlier leases, by page. */
  private final Map<Integer, Set<String>> undeliveredBefore;

  Drain(
      PartitionSync.Parts parts,
      Backlog backlog,
      DrainGate gate,
      EarlierChains earlier,
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
    this.step = partition.tellsDeletions() ? null : plan.step(partition.step());
    this.unbounded =
        step == null
            || !step.delivers()
            || (plan.roots().size() == 1 && partition.parameters().isEmpty());
    this.messages =
        step == null
            ? PageMessages.ofDeletions(operation, key, parts.deliveryQueue()::fits)
            : new PageMessages(
                operation,
                key,
                partition.parameters(),
                Children.membersNeeded(step),
                parts.deliveryQueue()::fits);
    Work.Comparison compared = read.comparison();
    this.comparison =
        compared == null || step == null || !step.delivers()
            ? null
            : new ChainComparison(earlier, operation, compared, partition, messages::keyOf);
    this.cursor =
        comparison != null && partition.storedPage() > partition.sentThrough()
            ? partition.cursor().withReadAgain()
            : partition.cursor();
    this.storedPage = partition.storedPage();
    this.undelivered = partition.undelivered().size();
    this.undeliveredBefore =
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
    this.fetches = new PageFetches(parts, partition, operation, retries, slice, log);
    this.pages =
        step == null
            ? new DeletionPages(parts, fetches, messages, operation)
            : new ListPages(parts, fetches, messages, partition, step.call());
  }

  Partition partition() {
    return partition;
  }

  /** Waits if the wait is short. Returns whether the instant has passed. */
  boolean waitsHereUntil(Instant until) {
    return fetches.waitsUntil(until);
  }

  /** Drains until the partition ends, has to wait, or is released. */
  void run() {
    Optional<FetchResult<SourcePage>> result = Optional.of(pages.fetch(cursor.bookmark()));
    while (result.isPresent()) {
      result = actOn(result.get());
    }
  }

  /** Returns the next result to act on; empty if this lease is over. */
  private Optional<FetchResult<SourcePage>> actOn(FetchResult<SourcePage> result) {
    switch (result) {
      case FetchResult.Success<SourcePage>(SourcePage page) -> {
        return advance(page);
      }
      case FetchResult.Wait<SourcePage>(Instant until) ->
          sendAgain(Release.waitsUntil(cursor, until));
      case FetchResult.NoToken<SourcePage>(String reason) -> fail(reason);
      case FetchResult.OtherAccount<SourcePage> _ ->
          parts.settlement().fail(operation, accountChanged());
      case FetchResult.Failure<SourcePage>(PinterestFailure failure) -> onFailure(failure);
    }
    return Optional.empty();
  }

  /**
   * The messages and child partitions of a page.
   *
   * @param created how many records the read before did not have
   * @param unchanged how many records are not delivered
   * @param kept what the next read needs; null for nothing
   */
  private record Content(
      PageMessages.Batch batch,
      int created,
      int unchanged,
      FingerprintStore.@Nullable Page kept,
      List<Chain> children) {
    List<DeliveryMessage> messages() {
      return batch.messages();
    }

    int recordCount() {
      return batch.recordCount() + unchanged;
    }
  }

  /** Stores and sends a page. The next page is fetched at the same time. */
  private Optional<FetchResult<SourcePage>> advance(SourcePage page) {
    Optional<String> nextBookmark = page.page().bookmark();
    Content content;
    try {
      checkCanContinue(nextBookmark.orElse(null));
      content = content(page);
    } catch (RecordTooLarge | IllegalArgumentException e) {
      fail(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    boolean ahead = nextBookmark.isPresent() && mayFetchAhead(content);
    Tasks.Fork<FetchResult<SourcePage>> next =
        ahead
            ? tasks.fork(() -> pages.fetch(nextBookmark.get()))
            : () -> new FetchResult.Wait<>(Instant.MIN);
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
    cursor =
        cursor.after(
            content.recordCount(),
            content.created(),
            content.unchanged(),
            nextBookmark.orElse(null));
    undelivered = stored.getAsInt();
    measure(content);
    log.debug(
        "page stored",
        field("page", cursor.page()),
        field("records", content.recordCount()),
        field("messages", content.messages().size()));
    if (!unbounded) {
      backlog.added(key.operation(), content.messages().size() - 1);
    }
    return ahead ? Optional.of(next.join()) : goOn();
  }

  private void measure(Content content) {
    if (step == null) {
      addIfAny(Metric.RECORDS_DELETED, content.batch().recordCount());
      addIfAny(Metric.RECORDS_HELD, content.created());
    } else {
      log.add(Metric.RECORDS_READ, content.recordCount());
      addIfAny(Metric.RECORDS_UNCHANGED, content.unchanged());
    }
  }

  private void addIfAny(Metric metric, int count) {
    if (count > 0) {
      log.add(metric, count);
    }
  }

  /**
   * @throws IllegalArgumentException if the list has no end; the message has the reason
   */
  private void checkCanContinue(@Nullable String nextBookmark) {
    if (nextBookmark != null && !bookmarksSeen.add(nextBookmark)) {
      throw new IllegalArgumentException("Pinterest repeated a bookmark, so the list has no end");
    }
    if (cursor.page() > parts.settings().pagesMax()) {
      throw new IllegalArgumentException(
          "the list has more than " + parts.settings().pagesMax() + " pages");
    }
  }

  private boolean mayFetchAhead(Content content) {
    return !turnIsOver()
        // Without room for its messages the next page could not be stored.
        && undelivered + content.messages().size() < Partition.UNDELIVERED_MAX
        && (unbounded || backlog.tryTake(key.operation()));
  }

  /** Acts after a stored page when the next page has not been fetched. */
  private Optional<FetchResult<SourcePage>> goOn() {
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

  /** Returns whether the slice is over, or a partition waits to be drained alone. */
  private boolean turnIsOver() {
    return slice.passed(tasks.now()) || gate.isExclusiveWanted();
  }

  private Content content(SourcePage source) throws RecordTooLarge {
    return switch (source) {
      case SourcePage.Listed(ListPage page) -> listed(Objects.requireNonNull(step), page);
      case SourcePage.Deletions deletions -> deletions(deletions);
    };
  }

  private Content listed(ReadPlan.Step list, ListPage page) throws RecordTooLarge {
    List<Chain> children = children(list, page);
    if (!list.delivers()) {
      return new Content(
          new PageMessages.Batch(List.of(), page.records().size()), 0, 0, null, children);
    }
    if (comparison == null) {
      return new Content(messages.of(page.records(), cursor.page()), 0, 0, null, children);
    }
    ComparedPage compared = comparison.compare(page.records(), cursor.changes().readAgain());
    return new Content(
        messages.of(compared.delivered(), cursor.page()),
        compared.created(),
        compared.unchanged(),
        new FingerprintStore.Page(
            cursor.page(),
            partition.fence(),
            compared.created(),
            compared.fingerprints(),
            compared.keys()),
        children);
  }

  private Content deletions(SourcePage.Deletions deletions) throws RecordTooLarge {
    return new Content(
        messages.of(deletions.page().records(), cursor.page()),
        deletions.held(),
        deletions.unconfirmed().stream().mapToInt(list -> list.keys().size()).sum(),
        new FingerprintStore.Page(
            cursor.page(), partition.fence(), 0, Fingerprints.NONE, deletions.unconfirmed()),
        List.of());
  }

  private List<Chain> children(ReadPlan.Step parent, ListPage page) {
    if (parent.children().isEmpty()) {
      return List.of();
    }
    Map<PartitionId, Chain> children = new LinkedHashMap<>();
    for (PageRecord record : page.records()) {
      for (Children.ChildPartition planned :
          Children.of(
              plan,
              parent,
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
   * Stores a page, then sends its messages and child partitions.
   *
   * @return the number of undelivered messages after it; empty if another holder has the lease
   */
  private OptionalInt store(Content content, boolean last) {
    if (!content.children().isEmpty()) {
      parts.partitions().createPartitions(key.operation(), content.children());
    }
    Instant until = tasks.now().plus(ResultStore.KEPT);
    for (PageMessages.LinkedRecords linked : content.batch().linked()) {
      parts.results().keep(operation.project(), linked.message(), linked.result(), until);
    }
    if (content.kept() != null && !keep(content.kept())) {
      return OptionalInt.empty();
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
                operation.installation(),
                content.children().stream()
                    .map(child -> new PartitionKey(key.operation(), child.id()))
                    .distinct()
                    .toList(),
                Duration.ZERO);
      }
    }
    return stored;
  }

  /** Returns false if another holder has the lease. */
  private boolean keep(FingerprintStore.Page page) {
    List<ListKeys> before = mayReplace(page) ? keysBefore(page.number()) : List.of();
    boolean replaces = page.number() <= storedPage || !before.isEmpty();
    boolean empty = page.fingerprints().count() == 0 && page.keys().isEmpty();
    return (empty && !replaces) || parts.fingerprints().store(key, withKeys(page, before));
  }

  /** A list that has restarted may have stored more pages before than it has now. */
  private boolean mayReplace(FingerprintStore.Page page) {
    return read.tellsDeletions()
        && step != null
        && (page.number() <= storedPage || cursor.restarts() > 0);
  }

  /**
   * Returns the keys that earlier attempts at a page have stored. They may have delivered the
   * records, so the next read has to look for them.
   */
  private List<ListKeys> keysBefore(int number) {
    if (keysBefore == null) {
      // A page that an older holder stores after this is never delivered: its lease is over.
      keysBefore =
          parts.fingerprints().of(key).stream()
              .collect(
                  Collectors.toMap(FingerprintStore.Page::number, FingerprintStore.Page::keys));
    }
    return keysBefore.getOrDefault(number, List.of());
  }

  private static FingerprintStore.Page withKeys(FingerprintStore.Page page, List<ListKeys> before) {
    if (before.isEmpty()) {
      return page;
    }
    List<ListKeys> keys = new ArrayList<>(page.keys());
    keys.addAll(before);
    return new FingerprintStore.Page(
        page.number(), page.fence(), page.created(), page.fingerprints(), keys);
  }

  private OptionalInt storePage(List<DeliveryMessage> sent, boolean last) {
    Set<String> entries =
        sent.stream()
            .flatMap(message -> message.receipt().stream())
            .map(DeliveryMessage.Receipt::entry)
            .collect(Collectors.toSet());
    Set<String> replaced = new HashSet<>(undeliveredBefore.getOrDefault(cursor.page(), Set.of()));
    replaced.removeAll(entries);
    if (last && entries.isEmpty() && replaced.isEmpty()) {
      // The end of the partition stores the rest.
      return OptionalInt.of(undelivered);
    }
    return parts
        .partitions()
        .storePage(
            key,
            partition.fence(),
            new PartitionStore.PageWrite(
                cursor,
                entries,
                replaced,
                tasks.now().plus(parts.settings().lease()),
                cursor.page() > storedPage));
  }

  /** Sends messages. An outage of the queue does not count against the partition. */
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
                .anyMatch(root -> root.required() && root.step().equals(partition.step()));
    boolean untouched =
        cursor.sentThrough() == 0 && cursor.restarts() == 0 && undeliveredBefore.isEmpty();
    switch (failure.kind()) {
      case RATE_LIMITED ->
          sendAgain(Release.waitsUntil(cursor, PageRetries.limitedUntil(failure, tasks.now())));
      case UNAVAILABLE -> retryLater(failure);
      case NO_CATALOG -> endOrFail(untouched, PartitionState.ENDED, null, failure);
      // The parent record may have been deleted after it was read.
      case NOT_FOUND ->
          endOrFail(untouched && !isRequired, PartitionState.ENDED, failure.describe(), failure);
      case FORBIDDEN ->
          endOrFail(untouched && !isRequired, PartitionState.SKIPPED, failure.describe(), failure);
      case REFUSED -> {
        if (PageRetries.restarts(failure, cursor.bookmark() != null, cursor.restarts())) {
          restart(failure);
        } else {
          fail(failure.describe());
        }
      }
      case TOKEN_REJECTED, SPAM_BLOCKED -> fail(failure.describe());
    }
  }

  private void endOrFail(
      boolean mayEnd, PartitionState end, @Nullable String reason, PinterestFailure failure) {
    if (mayEnd) {
      end(end, reason);
    } else {
      fail(failure.describe());
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

  /** Releases the lease and sends the partition again. It starts again at page 1. */
  private void restart(PinterestFailure failure) {
    log.warn(
        "restarted, since Pinterest does not accept the bookmark",
        field("page", cursor.page()),
        field("failure", failure.describe()));
    release(Release.restarts(cursor)).ifPresent(_ -> sendAgain());
  }

  /** Returns the result of a read when its connection has another account. */
  private String accountChanged() {
    return "["
        + operation.objectName()
        + "] account changed: the connection now has another Pinterest account, or its"
        + " account is unknown; the next read starts from the beginning";
  }

  /** Releases the lease and sends the partition again for the time in the release. */
  private void sendAgain(Release release) {
    if (release(release).isPresent()) {
      Duration delay = Duration.between(tasks.now(), Objects.requireNonNull(release.notBefore()));
      // The queue cannot delay for longer; then the watchdog sends the partition.
      if (delay.compareTo(ReadQueue.DELAY_MAX) <= 0) {
        sendAgain(delay.isNegative() ? Duration.ZERO : delay);
      }
    }
  }

  private void sendAgain() {
    sendAgain(Duration.ZERO);
  }

  private void sendAgain(Duration delay) {
    parts.readQueue().send(operation.installation(), List.of(key), delay);
  }

  /**
   * Releases the lease until messages are delivered. A removal that makes room sends the partition
   * again. If that removal came just before this release, this method sends it.
   */
  void waitForDelivery() {
    log.info(
        "waiting for delivery", field("page", cursor.page()), field("undelivered", undelivered));
    release(Release.waitsForDelivery(cursor))
        .filter(Partition::mayGoOn)
        .ifPresent(_ -> sendAgain());
  }

  /** Returns whether the backlog of the operation has room for another page. */
  boolean mayAdd() {
    // A page that was stored and perhaps not sent is counted already, and must be sent now.
    return unbounded || undeliveredBefore.containsKey(cursor.page()) || backlog.take(operation);
  }

  /**
   * Releases the lease until messages of other partitions of the operation are delivered. A later
   * look of any process, or the watchdog, sends the partition again.
   */
  void waitForOthers() {
    log.info("waiting for deliveries of the operation", field("page", cursor.page()));
    release(Release.waitsForDelivery(cursor)).ifPresent(_ -> backlog.waits(operation, key));
  }

  /** Releases the lease and does not count it. Returns whether that was possible. */
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

  /** Ends the partition as failed at the current page. */
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
                // Only the holder of the lease adds messages, so a count of zero is exact.
                new PartitionStore.PartitionEnd(state, cursor, reason, undelivered == 0));
    if (ended.isEmpty()) {
      log.warn("lease lost to another holder", field("fence", partition.fence()));
      return;
    }
    if (reason == null) {
      log.info(
          "partition ended",
          field("pages", cursor.page() - 1),
          field("records", cursor.recordCount()));
    } else {
      String text = Settlement.describeEnd(partition, reason);
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
