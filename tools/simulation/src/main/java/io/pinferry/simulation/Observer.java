package io.pinferry.simulation;

import io.pinferry.base.Codec;
import io.pinferry.base.Digest;
import io.pinferry.base.Secret;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetWindow;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionStore;
import io.pinferry.simulation.SimulatedPinterest.Issue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sees what takes effect at the ports, and what must never be seen there. */
final class Observer {
  /** Access and refresh tokens of the simulated Pinterest, app secrets, signing keys. */
  private static final Pattern SECRET =
      Pattern.compile("pin[ar]_[A-Za-z0-9]|whsec_|" + World.CLIENT_SECRET);

  /** Waits of a lease without a page, beyond those that the settings allow. */
  private static final int LEASES_WITHOUT_PAGE_MAX = 12;

  private static final Set<String> PROGRESS = Set.of("storePage", "release", "end");

  private final InstantSource clock;
  private final List<Violation> violations = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final Map<OperationId, Operation> started = new LinkedHashMap<>();
  private final Map<OperationId, Instant> endedAt = new HashMap<>();
  private final Map<String, Set<String>> toldIds = new HashMap<>();
  private final Map<String, Set<String>> toldTypes = new HashMap<>();
  private final Map<String, String> idOfPart = new HashMap<>();
  private final Map<String, String> bodyOfId = new HashMap<>();
  private final Set<Integer> storedTokens = new HashSet<>();
  private final Map<BudgetKey, Instant> pausedUntil = new HashMap<>();
  private int largestUndelivered;

  Observer(InstantSource clock) {
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  void violated(String invariant, String what) {
    var violation = new Violation(invariant, what);
    violations.add(violation);
    event("VIOLATION " + violation);
  }

  void event(String what) {
    events.add(clock.instant() + " " + what);
  }

  List<Violation> violations() {
    return violations;
  }

  /** Returns what happened, in order. */
  List<String> events() {
    return events;
  }

  /** Returns the operations that were started. */
  Map<OperationId, Operation> started() {
    return started;
  }

  /** Takes note that a destination was told of an operation's end. */
  void told(String operation, String messageId, String type) {
    event("told " + operation + " " + type);
    toldIds.computeIfAbsent(operation, _ -> new HashSet<>()).add(messageId);
    toldTypes.computeIfAbsent(operation, _ -> new HashSet<>()).add(type);
  }

  /** Returns the ids of the messages by which a destination was told of an operation's end. */
  Set<String> toldIds(OperationId operation) {
    return toldIds.getOrDefault(operation.value(), Set.of());
  }

  /** Returns as what a destination was told of an operation's end. */
  Set<String> toldTypes(OperationId operation) {
    return toldTypes.getOrDefault(operation.value(), Set.of());
  }

  @Nullable Instant endedAt(OperationId operation) {
    return endedAt.get(operation);
  }

  int largestUndelivered() {
    return largestUndelivered;
  }

  /** Looks at a text that leaves the process. */
  void seen(String where, String text) {
    if (SECRET.matcher(text).find()) {
      violated("no-leak", "a secret in " + where);
    }
  }

  /**
   * Returns the store with this looking on.
   *
   * @param atEnd takes each operation that ends
   */
  OperationStore operations(OperationStore inner, Consumer<OperationId> atEnd) {
    return watched(
        OperationStore.class,
        (method, arguments) -> {
          Object result = invoke(inner, method, arguments);
          switch (method.getName()) {
            case "commit" -> committed((OperationTransaction) arguments[0], result);
            case "finish" -> {
              if (Boolean.TRUE.equals(result)) {
                OperationId id = ((Operation) arguments[0]).id();
                finished(id, (OperationEnd) arguments[1]);
                atEnd.accept(id);
              }
            }
            case "log" -> seen("an operation's log", String.valueOf(arguments[1]));
            default -> {}
          }
          return result;
        });
  }

  /** Returns the store with this looking on. */
  PartitionStore partitions(PartitionStore inner) {
    return watched(
        PartitionStore.class,
        (method, arguments) -> {
          boolean progresses = PROGRESS.contains(method.getName());
          Partition before =
              progresses ? inner.find((PartitionKey) arguments[0]).orElse(null) : null;
          Object result = invoke(inner, method, arguments);
          if (progresses) {
            progressed(inner, method, arguments, before, result);
          } else if (method.getName().equals("tryLease")) {
            leased(inner, (PartitionKey) arguments[0]);
          }
          return result;
        });
  }

  /** Handles a call of a port. */
  private interface Call {
    @Nullable Object of(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T watched(Class<T> port, Call call) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) -> call.of(method, arguments)));
  }

  private static @Nullable Object invoke(Object inner, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(inner, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  private void committed(OperationTransaction transaction, @Nullable Object outcome) {
    if (outcome != OperationTransaction.Outcome.COMMITTED) {
      return;
    }
    for (OperationTransaction.Start start : transaction.starts()) {
      Operation operation = start.operation();
      seen("an operation", Codec.text(operation.work()));
      event("started " + operation.id() + " " + operation.objectName());
      if (started.put(operation.id(), operation) != null) {
        violated("single-use", "operation " + operation.id() + " was started twice");
      }
    }
  }

  private void finished(OperationId id, OperationEnd end) {
    event("ended " + id + " " + end.status() + " " + end.result());
    seen("an operation's end", end.toString());
    if (endedAt.put(id, clock.instant()) != null) {
      violated("complete-once", "operation " + id + " was ended twice");
    }
  }

  private void progressed(
      PartitionStore inner,
      Method method,
      Object[] arguments,
      @Nullable Partition before,
      @Nullable Object result) {
    boolean done =
        Boolean.TRUE.equals(result)
            || (result instanceof java.util.Optional<?> optional && optional.isPresent())
            || (result instanceof java.util.OptionalInt count && count.isPresent());
    if (done && (before == null || before.fence() != (long) arguments[1])) {
      violated(
          "single-writer",
          method.getName()
              + " of "
              + arguments[0]
              + " took effect under fence "
              + arguments[1]
              + ", but the newest is "
              + (before == null ? "none" : before.fence()));
    }
    inner
        .find((PartitionKey) arguments[0])
        .ifPresent(
            partition ->
                largestUndelivered = Math.max(largestUndelivered, partition.undelivered().size()));
  }

  private void leased(PartitionStore inner, PartitionKey key) {
    inner
        .find(key)
        .filter(partition -> partition.leasesWithoutPage() > LEASES_WITHOUT_PAGE_MAX)
        .ifPresent(
            partition ->
                violated(
                    "bounded",
                    "partition " + key + " has " + partition.leasesWithoutPage() + " idle leases"));
  }

  /** Returns the store with this looking on: nobody takes a slot during a pause. */
  BudgetStore budgets(BudgetStore inner) {
    return new BudgetStore() {
      @Override
      public TakeResult take(BudgetKey key, SlotRequest request) {
        TakeResult result = inner.take(key, request);
        Instant paused = pausedUntil.getOrDefault(key, Instant.MIN);
        if (result instanceof TakeResult.Grant && request.now().isBefore(paused)) {
          violated("polite", "slots of " + key + " were taken though it is paused until " + paused);
        }
        return result;
      }

      @Override
      public void giveBack(BudgetKey key, List<Instant> unused) {
        inner.giveBack(key, unused);
      }

      @Override
      public void learn(BudgetKey key, List<BudgetWindow> windows, Instant now) {
        inner.learn(key, windows, now);
      }

      @Override
      public void pause(BudgetKey key, Instant until) {
        inner.pause(key, until);
        pausedUntil.merge(key, until, (one, other) -> one.isAfter(other) ? one : other);
      }
    };
  }

  /** Looks at messages that are given to the delivery queue. */
  void sent(List<DeliveryMessage> messages) {
    for (DeliveryMessage message : messages) {
      String body = new String(message.body(), java.nio.charset.StandardCharsets.UTF_8);
      seen("a delivery message", body);
      String digest = Digest.of(body).hex(12);
      // Two refreshes of a connection are told in the same words, but are two notifications.
      String part = message.receipt().map(Object::toString).orElseGet(message::id);
      String id = idOfPart.putIfAbsent(part, message.id());
      String other = bodyOfId.putIfAbsent(message.id(), digest);
      if (id != null && !id.equals(message.id())) {
        violated("stable-id", part + " was sent as " + id + " and as " + message.id());
      }
      if (other != null && !other.equals(digest)) {
        violated("stable-id", message.id() + " was sent with two contents");
      }
    }
  }

  /** Returns whether refreshed tokens, by their order of issue, have ever been stored. */
  boolean storedTokens(int issue) {
    return storedTokens.contains(issue);
  }

  /** Returns the store with this looking on: the current tokens never get older. */
  SecretStore secrets(SecretStore inner, Map<String, Issue> issueOfToken) {
    Map<String, Issue> newest = new HashMap<>();
    return (SecretStore)
        Proxy.newProxyInstance(
            SecretStore.class.getClassLoader(),
            new Class<?>[] {SecretStore.class},
            (proxy, method, arguments) -> {
              Object result;
              try {
                result = method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
              if (method.getName().equals("storePending")) {
                issueOf((Secret) arguments[1], issueOfToken)
                    .ifPresent(issue -> storedTokens.add(issue.order()));
              }
              if (method.getName().equals("promote")) {
                String name = (String) arguments[0];
                inner
                    .find(name)
                    .flatMap(current -> issueOf(current.value(), issueOfToken))
                    .ifPresent(
                        issue -> {
                          Issue before = newest.put(name, issue);
                          if (before != null && issue.goesBehind(before)) {
                            violated("one-refresh", "older tokens have replaced newer ones");
                          }
                        });
              }
              return result;
            });
  }

  /** Returns when the tokens of a secret were issued; empty if it holds none. */
  private static Optional<Issue> issueOf(Secret secret, Map<String, Issue> issueOfToken) {
    return issueOfToken.entrySet().stream()
        .filter(token -> secret.value().contains(token.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
