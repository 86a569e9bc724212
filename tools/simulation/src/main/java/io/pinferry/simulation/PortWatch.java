package io.pinferry.simulation;

import io.pinferry.base.Secret;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.Budget;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.BudgetWindow;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionStore;
import io.pinferry.simulation.invariant.Event;
import io.pinferry.simulation.invariant.Listener;
import io.pinferry.simulation.kernel.Journal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Watches ports: turns the calls that took effect into events. */
final class PortWatch {
  private static final Set<String> PROGRESS = Set.of("storePage", "release", "end");

  private final Journal journal;
  private final Listener listener;

  PortWatch(Journal journal, Listener listener) {
    this.journal = journal;
    this.listener = listener;
  }

  OperationStore operations(OperationStore inner) {
    return watch(
        OperationStore.class,
        (method, arguments) -> {
          Object result = invoke(inner, method, arguments);
          switch (method.getName()) {
            case "commit" -> {
              if (result == OperationTransaction.Outcome.COMMITTED) {
                ((OperationTransaction) arguments[0])
                    .starts()
                    .forEach(start -> started(start.operation()));
              }
            }
            case "finish" -> {
              if (Boolean.TRUE.equals(result)) {
                finished((Operation) arguments[0], (OperationEnd) arguments[1]);
              }
            }
            case "changeWork" -> {
              if (Boolean.TRUE.equals(result)) {
                listener.on(new Event.WriteHandover(((Operation) arguments[0]).id()));
              }
            }
            case "log" ->
                listener.on(new Event.Text("an operation's log", String.valueOf(arguments[1])));
            default -> {}
          }
          return result;
        });
  }

  private void started(Operation operation) {
    journal.note("started " + operation.id() + " " + operation.objectName());
    listener.on(new Event.OperationStart(operation));
  }

  private void finished(Operation operation, OperationEnd end) {
    journal.note("ended " + operation.id() + " " + end.status() + " " + end.result());
    listener.on(new Event.OperationFinish(operation, end));
  }

  PartitionStore partitions(PartitionStore inner) {
    return watch(
        PartitionStore.class,
        (method, arguments) -> {
          String name = method.getName();
          if (PROGRESS.contains(name)) {
            var key = (PartitionKey) arguments[0];
            Long newest = inner.find(key).map(Partition::fence).orElse(null);
            Object result = invoke(inner, method, arguments);
            if (tookEffect(result)) {
              listener.on(new Event.Progress(key, name, (long) arguments[1], newest));
            }
            inner.find(key).ifPresent(now -> listener.on(new Event.PartitionState(now)));
            return result;
          }
          Object result = invoke(inner, method, arguments);
          if (name.equals("tryLease")) {
            inner
                .find((PartitionKey) arguments[0])
                .ifPresent(now -> listener.on(new Event.PartitionState(now)));
          }
          return result;
        });
  }

  private static boolean tookEffect(@Nullable Object result) {
    return switch (result) {
      case Boolean done -> done;
      case Optional<?> changed -> changed.isPresent();
      case OptionalInt count -> count.isPresent();
      case null, default -> false;
    };
  }

  BudgetStore budgets(BudgetStore inner) {
    return new BudgetStore() {
      @Override
      public TakeResult take(BudgetKey key, SlotRequest request) {
        TakeResult result = inner.take(key, request);
        if (result instanceof TakeResult.Grant) {
          listener.on(new Event.SlotGrant(key, request.now()));
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
        listener.on(new Event.BudgetPause(key, until));
      }

      @Override
      public List<Budget> find(BudgetOwner owner, List<String> categories) {
        return inner.find(owner, categories);
      }
    };
  }

  /**
   * @param truth finds the current version of a secret, in whichever store it is
   */
  SecretStore secrets(SecretStore inner, SecretStore truth) {
    return watch(
        SecretStore.class,
        (method, arguments) -> {
          Object result = invoke(inner, method, arguments);
          if (method.getName().startsWith("store")) {
            listener.on(new Event.PairStore((Secret) arguments[1]));
          }
          if (method.getName().equals("promote")) {
            var name = (String) arguments[0];
            truth
                .find(name)
                .ifPresent(now -> listener.on(new Event.PairPromotion(name, now.value())));
          }
          return result;
        });
  }

  DeliveryQueue deliveryQueue(DeliveryQueue inner) {
    return new DeliveryQueue() {
      @Override
      public void send(List<DeliveryMessage> messages) {
        messages.forEach(message -> listener.on(new Event.MessageSend(message)));
        inner.send(messages);
      }

      @Override
      public boolean fits(DeliveryMessage message) {
        return inner.fits(message);
      }
    };
  }

  /** Handles a call of a port. */
  private interface Call {
    @Nullable Object handle(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T watch(Class<T> port, Call call) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) -> call.handle(method, arguments)));
  }

  private static @Nullable Object invoke(Object inner, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(inner, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
