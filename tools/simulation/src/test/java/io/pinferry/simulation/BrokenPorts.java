package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.connection.RefreshLease;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.InstallationId;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetStore;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.read.Cursor;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.Lease;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionState;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.PartitionStore.PageWrite;
import io.pinferry.read.ScheduledReads;
import io.pinferry.write.WriteStore;
import io.pinferry.write.WriteStore.Mark;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Ports that break their promises. */
final class BrokenPorts {
  private BrokenPorts() {}

  private interface Call {
    Object with(Object[] arguments);
  }

  private static <T> T with(Class<T> port, T correct, String method, Call broken) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, called, arguments) -> {
              if (called.getName().equals(method)) {
                return broken.with(arguments);
              }
              try {
                return called.invoke(correct, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            }));
  }

  /** Correct, but a stored pair often stays pending. */
  static SecretStore promotesAtTheSecondTry(SecretStore correct) {
    Set<Object> tried = ConcurrentHashMap.newKeySet();
    return with(
        SecretStore.class,
        correct,
        "promote",
        arguments -> {
          if (tried.add(arguments[2])) {
            throw new ProviderUnavailable("the secrets cannot answer now", null, null);
          }
          return correct.promote(
              (String) arguments[0], (String) arguments[1], (String) arguments[2]);
        });
  }

  /** Takes no pair beside its secret either, so that only the pending pair has the new tokens. */
  static SecretStore leavesPairsPending(SecretStore correct) {
    return with(
        SecretStore.class,
        promotesAtTheSecondTry(correct),
        "storeAside",
        arguments -> {
          throw new ProviderUnavailable("the secrets cannot answer now", null, null);
        });
  }

  static SecretStore promotesAlways(SecretStore correct) {
    return with(
        SecretStore.class,
        correct,
        "promote",
        arguments -> {
          var name = (String) arguments[0];
          String current = correct.find(name).orElseThrow().version();
          return correct.promote(name, current, (String) arguments[2]);
        });
  }

  static DeadLetters removesNoDeadLetter(DeadLetters correct) {
    return with(DeadLetters.class, correct, "remove", arguments -> false);
  }

  static OperationStore removesNoOperation(OperationStore correct) {
    return with(OperationStore.class, correct, "remove", arguments -> true);
  }

  static WriteStore marksNothing(WriteStore correct) {
    return with(WriteStore.class, correct, "mark", arguments -> true);
  }

  static WriteStore marksAfterwards(WriteStore correct) {
    Map<String, Mark> waiting = new ConcurrentHashMap<>();
    WriteStore late =
        with(
            WriteStore.class,
            correct,
            "mark",
            arguments -> {
              waiting.put(arguments[0] + "/" + arguments[1], (Mark) arguments[2]);
              return true;
            });
    return with(
        WriteStore.class,
        late,
        "keep",
        arguments -> {
          var operation = (OperationId) arguments[0];
          var index = (int) arguments[1];
          Mark mark = waiting.remove(operation + "/" + index);
          if (mark != null) {
            correct.mark(operation, index, mark, null);
          }
          correct.keep(operation, index, (Instant) arguments[2], (String) arguments[3]);
          return true;
        });
  }

  static WriteStore keepsNoProgress(WriteStore correct) {
    return with(WriteStore.class, correct, "progress", arguments -> true);
  }

  static WriteStore knowsTooMuch(WriteStore correct) {
    return with(
        WriteStore.class,
        correct,
        "keep",
        arguments -> {
          String outcome =
              ((String) arguments[3])
                  .replace("outcome unknown", "not attempted")
                  .replace("UNKNOWN", "REFUSED");
          correct.keep(
              (OperationId) arguments[0], (int) arguments[1], (Instant) arguments[2], outcome);
          return true;
        });
  }

  static OperationStore storesNoKey(OperationStore correct) {
    return committing(
        correct,
        whole ->
            new OperationTransaction(
                whole.directory().stream()
                    .filter(write -> !write.key().partition().startsWith("IDEMPOTENCY#"))
                    .toList(),
                whole.removedTimers(),
                whole.addedTimers(),
                whole.starts()));
  }

  private static OperationStore committing(
      OperationStore correct, UnaryOperator<OperationTransaction> broken) {
    return with(
        OperationStore.class,
        correct,
        "commit",
        arguments -> correct.commit(broken.apply((OperationTransaction) arguments[0])));
  }

  /** The process that goes on with a batch does not see its last record. */
  static WriteStore dropsLast(WriteStore correct) {
    return with(
        WriteStore.class,
        correct,
        "recordsOf",
        arguments -> {
          var records = correct.recordsOf((OperationId) arguments[0]);
          return records.size() < 2 ? records : records.subList(0, records.size() - 1);
        });
  }

  static PartitionStore ignoresFence(PartitionStore correct) {
    return with(
        PartitionStore.class,
        correct,
        "storePage",
        arguments -> {
          var key = (PartitionKey) arguments[0];
          long newest = correct.find(key).orElseThrow().fence();
          return correct.storePage(key, newest, (PageWrite) arguments[2]);
        });
  }

  /** A page that is read again is like any other. */
  static PartitionStore forgetsReadAgain(PartitionStore correct) {
    return with(
        PartitionStore.class,
        correct,
        "tryLease",
        arguments ->
            correct
                .tryLease(
                    (PartitionKey) arguments[0], (Duration) arguments[1], (Instant) arguments[2])
                .map(
                    leased ->
                        new Partition(
                            leased.key(),
                            leased.chain(),
                            new Cursor(
                                leased.sentThrough(),
                                leased.cursor().bookmark(),
                                leased.recordCount(),
                                leased.cursor().restarts()),
                            Math.min(leased.storedPage(), leased.sentThrough()),
                            leased.undelivered(),
                            leased.lease(),
                            leased.notBefore(),
                            leased.waitsForDelivery(),
                            leased.state(),
                            leased.reason(),
                            leased.open(),
                            leased.givenUp())));
  }

  /** The newest read of an object is not seen, so another one is compared with. */
  static OperationStore hidesNewest(OperationStore correct) {
    return listing(
        correct,
        operations -> {
          Set<String> seen = new HashSet<>();
          return operations.stream()
              .filter(operation -> !seen.add(operation.objectName()))
              .toList();
        });
  }

  private static OperationStore listing(
      OperationStore correct, UnaryOperator<List<Operation>> broken) {
    return with(
        OperationStore.class,
        correct,
        "ofInstallation",
        arguments -> {
          OperationStore.Page page =
              correct.ofInstallation(
                  (InstallationId) arguments[0], (Integer) arguments[1], (String) arguments[2]);
          return new OperationStore.Page(broken.apply(page.operations()), page.nextPageToken());
        });
  }

  static OperationStore endsAgain(OperationStore correct) {
    OperationStore blind =
        with(
            OperationStore.class,
            correct,
            "find",
            arguments ->
                correct
                    .find((OperationId) arguments[0])
                    .map(
                        found ->
                            Operation.started(
                                found.id(), found.origin(), found.work(), found.startedAt())));
    return with(
        OperationStore.class,
        blind,
        "finish",
        arguments -> {
          correct.finish(
              (Operation) arguments[0], (OperationEnd) arguments[1], (DirectoryWrite) arguments[2]);
          return true;
        });
  }

  static OperationStore tellsNobody(OperationStore correct) {
    return with(
        OperationStore.class,
        correct,
        "finish",
        arguments ->
            correct.finish(
                (Operation) arguments[0],
                (OperationEnd) arguments[1],
                new DirectoryWrite.Discard(((DirectoryWrite) arguments[2]).key())));
  }

  static PartitionStore seesNoneOpen(PartitionStore correct) {
    return with(PartitionStore.class, correct, "openPartitions", arguments -> List.of());
  }

  @SuppressWarnings("unchecked") // The port's own types.
  static PartitionStore forgetsChild(PartitionStore correct) {
    return with(
        PartitionStore.class,
        correct,
        "createPartitions",
        arguments -> {
          var children = (List<Chain>) arguments[1];
          correct.createPartitions(
              (OperationId) arguments[0], children.subList(0, children.size() - 1));
          return true;
        });
  }

  static PartitionStore keepsReplaced(PartitionStore correct) {
    return storing(correct, PageWrite::entries, page -> Set.of());
  }

  static PartitionStore settlesNothing(PartitionStore correct) {
    return with(PartitionStore.class, correct, "settle", arguments -> false);
  }

  static PartitionStore countsNoMessages(PartitionStore correct) {
    return storing(correct, page -> Set.of(), PageWrite::replaced);
  }

  private static PartitionStore storing(
      PartitionStore correct,
      Function<PageWrite, Set<String>> entries,
      Function<PageWrite, Set<String>> replaced) {
    return with(
        PartitionStore.class,
        correct,
        "storePage",
        arguments -> {
          var page = (PageWrite) arguments[2];
          return correct.storePage(
              (PartitionKey) arguments[0],
              (long) arguments[1],
              new PageWrite(
                  page.cursor(),
                  entries.apply(page),
                  replaced.apply(page),
                  page.leasedUntil(),
                  page.advances()));
        });
  }

  static PartitionStore removesAll(PartitionStore correct) {
    return with(
        PartitionStore.class,
        correct,
        "removeUndelivered",
        arguments -> {
          var key = (PartitionKey) arguments[0];
          Collection<String> all =
              correct.find(key).map(found -> found.undelivered()).orElse(Set.of());
          return correct.removeUndelivered(key, all);
        });
  }

  /** Forgets the records that a read missed, so that the next one does not look for them. */
  static FingerprintStore forgetsAbsences(FingerprintStore correct) {
    return with(
        FingerprintStore.class,
        correct,
        "store",
        arguments -> {
          var key = (PartitionKey) arguments[0];
          var page = (FingerprintStore.Page) arguments[1];
          boolean ofAbsences = page.fingerprints().count() == 0;
          return correct.store(
              key,
              ofAbsences
                  ? new FingerprintStore.Page(
                      page.number(), page.fence(), page.created(), page.fingerprints(), List.of())
                  : page);
        });
  }

  static PartitionStore skipsPage(PartitionStore correct) {
    return with(
        PartitionStore.class,
        correct,
        "tryLease",
        arguments -> {
          var key = (PartitionKey) arguments[0];
          return correct
              .tryLease(key, (Duration) arguments[1], (Instant) arguments[2])
              .map(
                  leased ->
                      leased.undelivered().isEmpty() || leased.cursor().bookmark() == null
                          ? leased
                          : withoutPage(correct, leased));
        });
  }

  /** Ends a partition as if the page that was stored last were the last page. */
  private static Partition withoutPage(PartitionStore correct, Partition leased) {
    correct.end(
        leased.key(),
        leased.fence(),
        new PartitionStore.PartitionEnd(PartitionState.ENDED, leased.cursor(), null, false));
    return leased;
  }

  static OperationStore firesTwice(OperationStore correct) {
    return with(
        OperationStore.class,
        correct,
        "commit",
        arguments -> {
          OperationTransaction.Outcome outcome =
              correct.commit((OperationTransaction) arguments[0]);
          return outcome == OperationTransaction.Outcome.TIMER_GONE
              ? OperationTransaction.Outcome.COMMITTED
              : outcome;
        });
  }

  static OperationStore armsNoSchedule(OperationStore correct) {
    return committing(
        correct,
        whole ->
            new OperationTransaction(
                whole.directory(),
                whole.removedTimers(),
                whole.addedTimers().stream()
                    .filter(timer -> !timer.kind().equals(ScheduledReads.KIND))
                    .toList(),
                whole.starts()));
  }

  /** No page is ever stored, and the leases without a page are not counted. */
  static PartitionStore countsNoLeases(PartitionStore correct) {
    PartitionStore idle =
        with(PartitionStore.class, correct, "storePage", arguments -> OptionalInt.empty());
    return with(
        PartitionStore.class,
        idle,
        "tryLease",
        arguments ->
            correct
                .tryLease(
                    (PartitionKey) arguments[0], (Duration) arguments[1], (Instant) arguments[2])
                .map(BrokenPorts::withFirstLease));
  }

  private static Partition withFirstLease(Partition leased) {
    return new Partition(
        leased.key(),
        leased.chain(),
        leased.cursor(),
        leased.storedPage(),
        leased.undelivered(),
        new Lease(leased.lease().fence(), leased.lease().until(), 1),
        leased.notBefore(),
        leased.waitsForDelivery(),
        leased.state(),
        leased.reason(),
        leased.open(),
        leased.givenUp());
  }

  static WriteStore keepsNoOutcome(WriteStore correct) {
    return with(WriteStore.class, correct, "keep", arguments -> true);
  }

  /** An uninstall removes no installation. */
  static DirectoryStore keepsInstallations(DirectoryStore correct) {
    return with(
        DirectoryStore.class,
        correct,
        "write",
        arguments -> {
          List<DirectoryWrite> writes = writes(arguments);
          boolean uninstalls =
              writes.stream()
                  .anyMatch(
                      write ->
                          write instanceof DirectoryWrite.Remove
                              && write.key().sort().startsWith("INSTALLATION#"));
          return uninstalls ? List.of() : correct.write(writes);
        });
  }

  /** The second use of an OAuth state succeeds, too. */
  static DirectoryStore acceptsStatesTwice(DirectoryStore correct) {
    return with(
        DirectoryStore.class,
        correct,
        "write",
        arguments -> {
          List<DirectoryWrite> writes = writes(arguments);
          List<DirectoryWrite> refused = correct.write(writes);
          return writes.getFirst() instanceof DirectoryWrite.Remove remove
                  && remove.key().partition().startsWith("OAUTH-STATE#")
              ? List.of()
              : refused;
        });
  }

  @SuppressWarnings("unchecked") // The port's own types.
  private static List<DirectoryWrite> writes(Object[] arguments) {
    return (List<DirectoryWrite>) arguments[0];
  }

  static SecretStore findsNoPendingPair(SecretStore correct) {
    return forgetsPendingPairs(leavesPairsPending(correct));
  }

  static SecretStore findsNothingAside(SecretStore correct) {
    return with(SecretStore.class, correct, "findAside", arguments -> Optional.empty());
  }

  static SecretStore forgetsPendingPairs(SecretStore correct) {
    return with(SecretStore.class, correct, "findPending", arguments -> Optional.empty());
  }

  /** A copy in the store that tokens leave stays as it was. */
  static SecretStore leavesNothing(SecretStore correct) {
    return with(
        SecretStore.class,
        correct,
        "promote",
        arguments -> {
          var name = (String) arguments[0];
          var version = (String) arguments[2];
          return correct
                  .findPending(name)
                  .filter(pending -> pending.version().equals(version))
                  .filter(pending -> pending.value().value().startsWith("leaving "))
                  .isPresent()
              || correct.promote(name, (String) arguments[1], version);
        });
  }

  static SecretStore deletesNothing(SecretStore correct) {
    return with(SecretStore.class, correct, "delete", arguments -> false);
  }

  static RefreshLeaseStore leasesToAll(RefreshLeaseStore correct) {
    return with(
        RefreshLeaseStore.class,
        correct,
        "tryAcquire",
        arguments ->
            Optional.of(
                new RefreshLease(
                    (ConnectionId) arguments[0],
                    "everybody",
                    ((Instant) arguments[2]).plus((Duration) arguments[1]))));
  }

  static BudgetStore grantsDuringPause(BudgetStore correct) {
    return with(
        BudgetStore.class,
        correct,
        "take",
        arguments -> {
          var request = (BudgetStore.SlotRequest) arguments[1];
          return new BudgetStore.TakeResult.Grant(
              Collections.nCopies(request.atOnce(), request.now()), true, request.assumed());
        });
  }

  static DeadLetters keepsNoDeadLetter(DeadLetters correct) {
    return with(DeadLetters.class, correct, "keep", arguments -> true);
  }

  /** Sends a message to the destination of the message before. */
  static UnaryOperator<DeliveryMessage> otherDestination() {
    var last = new AtomicReference<DeliveryMessage>();
    return message -> {
      DeliveryMessage before = last.getAndSet(message);
      return before == null ? message : copy(message, message.id(), before, message.body());
    };
  }

  static UnaryOperator<DeliveryMessage> newId() {
    var number = new AtomicInteger();
    return message ->
        copy(message, message.id() + number.incrementAndGet(), message, message.body());
  }

  static UnaryOperator<DeliveryMessage> otherBody() {
    var number = new AtomicInteger();
    return message -> {
      byte[] longer = Arrays.copyOf(message.body(), message.body().length + 1);
      longer[longer.length - 1] = ' ';
      boolean broken = number.incrementAndGet() % 2 == 1;
      return broken ? copy(message, message.id(), message, longer) : message;
    };
  }

  static DeliveryMessage withToken(DeliveryMessage message) {
    String body = new String(message.body(), UTF_8);
    String longer = body.substring(0, body.length() - 1) + ",\"t\":\"pina_A1\"}";
    return copy(message, message.id(), message, longer.getBytes(UTF_8));
  }

  /** Returns a message with another id and body, for the installation of another message. */
  static DeliveryMessage copy(DeliveryMessage message, String id, DeliveryMessage of, byte[] body) {
    return new DeliveryMessage(
        id,
        of.project(),
        of.content() instanceof DeliveryMessage.Records other
                && message.content() instanceof DeliveryMessage.Records records
            ? new DeliveryMessage.Records(
                other.integration(), other.installation(), records.objectName(), records.receipt())
            : message.content(),
        message.destination(),
        body,
        message.attempts(),
        message.sentAgainAt(),
        false);
  }
}
