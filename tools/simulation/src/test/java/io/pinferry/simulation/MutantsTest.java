package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.connection.RefreshLease;
import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.delivery.DeadLetter;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.DirectoryWrite;
import io.pinferry.directory.ProjectId;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetKey;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.operation.Chain;
import io.pinferry.operation.Operation;
import io.pinferry.operation.OperationEnd;
import io.pinferry.operation.OperationId;
import io.pinferry.operation.OperationStore;
import io.pinferry.operation.OperationTransaction;
import io.pinferry.read.Partition;
import io.pinferry.read.PartitionKey;
import io.pinferry.read.PartitionState;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.PartitionStore.PageStored;
import io.pinferry.read.ReadQueue;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The invariants can fail: each of these deliberate bugs is found, by the invariant that it breaks.
 */
@Execution(ExecutionMode.CONCURRENT)
final class MutantsTest {
  /** How many seeds are tried where the known one does not find the bug any more. */
  private static final int SEEDS = 400;

  /**
   * Returns what each bug is called, the invariant it breaks, a seed that finds it, and the bug.
   */
  static Stream<Arguments> mutants() {
    return Stream.of(
        Arguments.of("an old fence writes", "single-writer", 352, partitions(Wrong::ignoresFence)),
        Arguments.of("an end is not told of", "complete-once", 19, operations(Wrong::tellsNobody)),
        Arguments.of("ended again and again", "complete-once", 44, operations(Wrong::endsAgain)),
        Arguments.of(
            "open partitions are not looked at", "no-loss", 53, partitions(Wrong::seesNoneOpen)),
        Arguments.of("the last child is forgotten", "no-loss", 49, partitions(Wrong::forgetsChild)),
        Arguments.of(
            "messages are not counted", "no-loss", 19, partitions(Wrong::countsNoMessages)),
        Arguments.of("one receipt for all", "no-loss", 50, partitions(Wrong::removesAll)),
        Arguments.of(
            "a page that was not sent is skipped", "no-loss", 50, partitions(Wrong::skipsPage)),
        Arguments.of("a timer fires twice", "single-use", 128, operations(Wrong::firesTwice)),
        Arguments.of("a schedule is not armed", "scheduled", 3, operations(Wrong::armsNoSchedule)),
        Arguments.of("an OAuth state is good twice", "single-use", 90, statesAreGoodTwice()),
        Arguments.of("a new id at each sending", "stable-id", 58, messages(Wrong.newId())),
        Arguments.of("one id for two contents", "stable-id", 38, messages(Wrong.otherBody())),
        Arguments.of("another project's destination", "isolation", 13, mixedUp()),
        Arguments.of("a token in a message", "no-leak", 48, messages(Wrong::withToken)),
        Arguments.of("a 429 is an empty page", "no-loss", 53, answers(429)),
        Arguments.of("a 503 is an empty page", "no-loss", 70, answers(503)),
        Arguments.of("a message is not sent", "complete-once", 45, losesMessages()),
        Arguments.of("what is given up is not kept", "mended", 293, forgetsTheDead()),
        Arguments.of("partitions are never sent", "complete-once", 48, sendsNoPartition()),
        Arguments.of(
            "replaced messages stay", "complete-once", 193, partitions(Wrong::keepsReplaced)),
        Arguments.of(
            "nothing is ever settled", "complete-once", 35, partitions(Wrong::settlesNothing)),
        Arguments.of("a pair left behind is lost", "one-refresh", 38, seesNoPending()),
        Arguments.of(
            "promoted without comparing", "one-refresh", 11, secrets(Wrong::promotesAlways)),
        Arguments.of("a 429 is no reason to wait", "polite", 20, triesOnAfterLimit()),
        Arguments.of("everybody may refresh", "one-refresh", 58, leasesForAll()),
        Arguments.of("slots in a pause", "polite", 49, slotsInPause()),
        Arguments.of("a lost creation is repeated", "at-most-once", 34, repeatsLostWrites()),
        Arguments.of(
            "not marked before it is sent", "at-most-once", 4, writes(Wrong::marksNothing)),
        Arguments.of("marked after it was sent", "at-most-once", 4, writes(Wrong::marksAfterwards)),
        Arguments.of("a key is not stored", "at-most-once", 46, operations(Wrong::storesNoKey)),
        Arguments.of("an upload is begun anew", "media", 39, writes(Wrong::keepsNoProgress)),
        Arguments.of("an unknown outcome is untried", "truthful", 34, writes(Wrong::knowsTooMuch)),
        Arguments.of("what is gone is not deleted", "asked set", 12, refusesRepeatedDeletes()),
        Arguments.of("writes have budgets of their own", "polite", 203, writesHaveOwnBudgets()),
        Arguments.of("a record of a batch is dropped", "asked set", 7, writes(Wrong::dropsLast)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mutants")
  void everyMutantIsFound(String name, String invariant, long known, Mutation mutation) {
    // A change of the engine gives a seed another world, which may not meet the bug.
    Optional<Run> found =
        LongStream.concat(LongStream.of(known), LongStream.range(0, SEEDS))
            .mapToObj(seed -> Run.of(seed, mutation))
            .filter(
                run ->
                    run.violations().stream()
                        .anyMatch(violation -> violation.invariant().equals(invariant)))
            .findFirst();

    assertThat(found).as(name).isPresent();
    assertThat(found.get().events()).isNotEmpty();
    if (found.get().seed() != known) {
      System.out.println("mutant: " + name + ": seed " + found.get().seed() + " finds it sooner");
    }
  }

  @Test
  void aPairThatIsOftenLeftBehindIsNoBugByItself() {
    assertThat(
            LongStream.range(0, 20)
                .mapToObj(seed -> Run.of(seed, secrets(Wrong::promotesAtTheSecondTry)))
                .flatMap(run -> run.violations().stream()))
        .isEmpty();
  }

  private static Mutation operations(UnaryOperator<OperationStore> wrong) {
    return new Mutation() {
      @Override
      public OperationStore operations(OperationStore right) {
        return wrong.apply(right);
      }
    };
  }

  private static Mutation partitions(UnaryOperator<PartitionStore> wrong) {
    return new Mutation() {
      @Override
      public PartitionStore partitions(PartitionStore right) {
        return wrong.apply(right);
      }
    };
  }

  private static Mutation messages(UnaryOperator<DeliveryMessage> wrong) {
    return sends(messages -> messages.stream().map(wrong).toList());
  }

  private static Mutation sends(UnaryOperator<List<DeliveryMessage>> wrong) {
    return new Mutation() {
      @Override
      public DeliveryQueue deliveryQueue(DeliveryQueue right) {
        return new DeliveryQueue() {
          @Override
          public void send(List<DeliveryMessage> messages) {
            right.send(wrong.apply(messages));
          }

          @Override
          public boolean fits(DeliveryMessage message) {
            return right.fits(message);
          }
        };
      }
    };
  }

  private static Mutation mixedUp() {
    var last = new AtomicReference<DeliveryMessage>();
    return messages(
        message -> {
          DeliveryMessage before = last.getAndSet(message);
          return before == null
              ? message
              : Wrong.copy(message, message.id(), before, message.body());
        });
  }

  private static Mutation answers(int status) {
    var empty =
        new HttpAnswer(200, Map.of(), "{\"items\":[],\"bookmark\":null}".getBytes(UTF_8), false);
    return answers(
        (call, answer) ->
            answer.status() == status && call.method().equals("GET") ? empty : answer);
  }

  private static Mutation answers(WrongAnswer wrong) {
    return new Mutation() {
      @Override
      public HttpTransport pinterest(HttpTransport right) {
        return call -> wrong.of(call, right.send(call));
      }
    };
  }

  private interface WrongAnswer {
    HttpAnswer of(HttpCall call, HttpAnswer answer);
  }

  private static Mutation losesMessages() {
    return sends(
        messages ->
            messages.stream()
                .filter(
                    message ->
                        message.receipt().stream()
                            .noneMatch(receipt -> receipt.entry().startsWith("3.")))
                .toList());
  }

  private static Mutation forgetsTheDead() {
    return new Mutation() {
      @Override
      public DeadLetters deadLetters(DeadLetters right) {
        return new DeadLetters() {
          @Override
          public void keep(DeliveryMessage message, String reason, Instant at) {
            // The message is gone.
          }

          @Override
          public Page list(ProjectId project, Which which, int limit, @Nullable String pageToken) {
            return right.list(project, which, limit, pageToken);
          }

          @Override
          public boolean park(DeadLetter letter, Instant dueAt) {
            return right.park(letter, dueAt);
          }
        };
      }
    };
  }

  private static Mutation sendsNoPartition() {
    return new Mutation() {
      @Override
      public ReadQueue readQueue(ReadQueue right) {
        return (partitions, delay) -> {};
      }
    };
  }

  private static Mutation seesNoPending() {
    return secrets(
        right ->
            Wrong.with(
                SecretStore.class,
                Wrong.promotesAtTheSecondTry(right),
                "findPending",
                arguments -> Optional.empty()));
  }

  private static Mutation statesAreGoodTwice() {
    return new Mutation() {
      @Override
      public DirectoryStore directory(DirectoryStore right) {
        return Wrong.with(
            DirectoryStore.class,
            right,
            "write",
            arguments -> {
              @SuppressWarnings("unchecked")
              var writes = (List<DirectoryWrite>) arguments[0];
              List<DirectoryWrite> refused = right.write(writes);
              return writes.getFirst() instanceof DirectoryWrite.Remove remove
                      && remove.key().partition().startsWith("OAUTH-STATE#")
                  ? List.of()
                  : refused;
            });
      }
    };
  }

  private static Mutation secrets(UnaryOperator<SecretStore> wrong) {
    return new Mutation() {
      @Override
      public SecretStore secrets(SecretStore right) {
        return wrong.apply(right);
      }
    };
  }

  private static Mutation triesOnAfterLimit() {
    var unavailable = new HttpAnswer(503, Map.of(), new byte[0], false);
    return answers((call, answer) -> answer.status() == 429 ? unavailable : answer);
  }

  private static Mutation repeatsLostWrites() {
    return new Mutation() {
      @Override
      public HttpTransport pinterest(HttpTransport right) {
        return call -> {
          try {
            return right.send(call);
          } catch (TransportFailure e) {
            return right.send(call);
          }
        };
      }
    };
  }

  private static Mutation refusesRepeatedDeletes() {
    var wrong = new HttpAnswer(400, Map.of(), "{\"code\":50}".getBytes(UTF_8), false);
    return answers(
        (call, answer) ->
            answer.status() == 404 && call.method().equals("DELETE") ? wrong : answer);
  }

  private static Mutation writesHaveOwnBudgets() {
    return new Mutation() {
      @Override
      public BudgetStore writeBudgets(BudgetStore right) {
        return new InMemoryBudgetStore();
      }
    };
  }

  private static Mutation writes(UnaryOperator<WriteStore> wrong) {
    return new Mutation() {
      @Override
      public WriteStore writes(WriteStore right) {
        return wrong.apply(right);
      }
    };
  }

  private static Mutation leasesForAll() {
    return new Mutation() {
      @Override
      public RefreshLeaseStore leases(RefreshLeaseStore right) {
        return new RefreshLeaseStore() {
          @Override
          public Optional<RefreshLease> tryAcquire(
              ConnectionId connection, Duration length, Instant now) {
            return Optional.of(new RefreshLease(connection, "everybody", now.plus(length)));
          }

          @Override
          public void release(RefreshLease lease) {
            // Nobody holds it alone.
          }
        };
      }
    };
  }

  private static Mutation slotsInPause() {
    return new Mutation() {
      @Override
      public BudgetStore budgets(BudgetStore right) {
        return Wrong.with(
            BudgetStore.class,
            right,
            "take",
            arguments -> {
              var request = (BudgetStore.SlotRequest) arguments[1];
              assertThat(arguments[0]).isInstanceOf(BudgetKey.class);
              return new BudgetStore.TakeResult.Grant(
                  Collections.nCopies(request.atOnce(), request.now()), true, request.assumed());
            });
      }
    };
  }

  /** Ports that break their promises. */
  private static final class Wrong {
    private interface Call {
      Object with(Object[] arguments);
    }

    static <T> T with(Class<T> port, T right, String method, Call wrong) {
      return port.cast(
          Proxy.newProxyInstance(
              port.getClassLoader(),
              new Class<?>[] {port},
              (proxy, called, arguments) -> {
                if (called.getName().equals(method)) {
                  return wrong.with(arguments);
                }
                try {
                  return called.invoke(right, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getTargetException();
                }
              }));
    }

    /** Not wrong, but it makes a pair that is left behind frequent. */
    static SecretStore promotesAtTheSecondTry(SecretStore right) {
      Set<Object> tried = ConcurrentHashMap.newKeySet();
      return with(
          SecretStore.class,
          right,
          "promote",
          arguments -> {
            if (tried.add(arguments[2])) {
              throw new ProviderUnavailable("the secrets cannot answer now", null, null);
            }
            return right.promote(
                (String) arguments[0], (String) arguments[1], (String) arguments[2]);
          });
    }

    static SecretStore promotesAlways(SecretStore right) {
      return with(
          SecretStore.class,
          right,
          "promote",
          arguments -> {
            var name = (String) arguments[0];
            String current = right.find(name).orElseThrow().version();
            return right.promote(name, current, (String) arguments[2]);
          });
    }

    static WriteStore marksNothing(WriteStore right) {
      return with(WriteStore.class, right, "mark", arguments -> true);
    }

    static WriteStore marksAfterwards(WriteStore right) {
      Map<String, Mark> waiting = new ConcurrentHashMap<>();
      WriteStore late =
          with(
              WriteStore.class,
              right,
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
              right.mark(operation, index, mark);
            }
            right.keep(operation, index, (Instant) arguments[2], (String) arguments[3]);
            return true;
          });
    }

    static WriteStore keepsNoProgress(WriteStore right) {
      return with(WriteStore.class, right, "progress", arguments -> true);
    }

    static WriteStore knowsTooMuch(WriteStore right) {
      return with(
          WriteStore.class,
          right,
          "keep",
          arguments -> {
            String outcome =
                ((String) arguments[3])
                    .replace("outcome unknown", "not attempted")
                    .replace("UNKNOWN", "REFUSED");
            right.keep(
                (OperationId) arguments[0], (int) arguments[1], (Instant) arguments[2], outcome);
            return true;
          });
    }

    static OperationStore storesNoKey(OperationStore right) {
      return committing(
          right,
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
        OperationStore right, UnaryOperator<OperationTransaction> wrong) {
      return with(
          OperationStore.class,
          right,
          "commit",
          arguments -> right.commit(wrong.apply((OperationTransaction) arguments[0])));
    }

    /** Whoever goes on with a batch does not see its last record. */
    static WriteStore dropsLast(WriteStore right) {
      return with(
          WriteStore.class,
          right,
          "recordsOf",
          arguments -> {
            var records = right.recordsOf((OperationId) arguments[0]);
            return records.size() < 2 ? records : records.subList(0, records.size() - 1);
          });
    }

    static PartitionStore ignoresFence(PartitionStore right) {
      return with(
          PartitionStore.class,
          right,
          "storePage",
          arguments -> {
            var key = (PartitionKey) arguments[0];
            long newest = right.find(key).orElseThrow().fence();
            return right.storePage(key, newest, (PageStored) arguments[2]);
          });
    }

    static OperationStore endsAgain(OperationStore right) {
      OperationStore blind =
          with(
              OperationStore.class,
              right,
              "find",
              arguments ->
                  right
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
            right.finish(
                (Operation) arguments[0],
                (OperationEnd) arguments[1],
                (DirectoryWrite) arguments[2]);
            return true;
          });
    }

    static OperationStore tellsNobody(OperationStore right) {
      return with(
          OperationStore.class,
          right,
          "finish",
          arguments ->
              right.finish(
                  (Operation) arguments[0],
                  (OperationEnd) arguments[1],
                  new DirectoryWrite.Discard(((DirectoryWrite) arguments[2]).key())));
    }

    static PartitionStore seesNoneOpen(PartitionStore right) {
      return with(PartitionStore.class, right, "openPartitions", arguments -> List.of());
    }

    @SuppressWarnings("unchecked") // The port's own types.
    static PartitionStore forgetsChild(PartitionStore right) {
      return with(
          PartitionStore.class,
          right,
          "createPartitions",
          arguments -> {
            var children = (List<Chain>) arguments[1];
            right.createPartitions(
                (OperationId) arguments[0], children.subList(0, children.size() - 1));
            return true;
          });
    }

    static PartitionStore keepsReplaced(PartitionStore right) {
      return storing(right, PageStored::entries, page -> Set.of());
    }

    static PartitionStore settlesNothing(PartitionStore right) {
      return with(PartitionStore.class, right, "settle", arguments -> false);
    }

    static PartitionStore countsNoMessages(PartitionStore right) {
      return storing(right, page -> Set.of(), PageStored::replaced);
    }

    private static PartitionStore storing(
        PartitionStore right,
        Function<PageStored, Set<String>> entries,
        Function<PageStored, Set<String>> replaced) {
      return with(
          PartitionStore.class,
          right,
          "storePage",
          arguments -> {
            var page = (PageStored) arguments[2];
            return right.storePage(
                (PartitionKey) arguments[0],
                (long) arguments[1],
                new PageStored(
                    page.cursor(),
                    entries.apply(page),
                    replaced.apply(page),
                    page.leasedUntil(),
                    page.advances()));
          });
    }

    static PartitionStore removesAll(PartitionStore right) {
      return with(
          PartitionStore.class,
          right,
          "removeUndelivered",
          arguments -> {
            var key = (PartitionKey) arguments[0];
            Collection<String> all =
                right.find(key).map(found -> found.undelivered()).orElse(Set.of());
            return right.removeUndelivered(key, all);
          });
    }

    static PartitionStore skipsPage(PartitionStore right) {
      return with(
          PartitionStore.class,
          right,
          "tryLease",
          arguments -> {
            var key = (PartitionKey) arguments[0];
            return right
                .tryLease(key, (Duration) arguments[1], (Instant) arguments[2])
                .map(
                    leased ->
                        leased.undelivered().isEmpty() || leased.cursor().bookmark() == null
                            ? leased
                            : withoutPage(right, leased));
          });
    }

    /** Ends what has more pages, as if the page that was stored last had been the last one. */
    private static Partition withoutPage(PartitionStore right, Partition leased) {
      right.end(
          leased.key(),
          leased.fence(),
          new PartitionStore.PartitionEnd(PartitionState.ENDED, leased.cursor(), null, false));
      return leased;
    }

    static OperationStore firesTwice(OperationStore right) {
      return with(
          OperationStore.class,
          right,
          "commit",
          arguments -> {
            OperationTransaction.Outcome outcome =
                right.commit((OperationTransaction) arguments[0]);
            return outcome == OperationTransaction.Outcome.TIMER_GONE
                ? OperationTransaction.Outcome.COMMITTED
                : outcome;
          });
    }

    static OperationStore armsNoSchedule(OperationStore right) {
      return committing(
          right,
          whole ->
              new OperationTransaction(
                  whole.directory(),
                  whole.removedTimers(),
                  whole.addedTimers().stream()
                      .filter(timer -> !timer.kind().equals(ScheduledReads.KIND))
                      .toList(),
                  whole.starts()));
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
        boolean wrong = number.incrementAndGet() % 2 == 1;
        return wrong ? copy(message, message.id(), message, longer) : message;
      };
    }

    static DeliveryMessage withToken(DeliveryMessage message) {
      String body = new String(message.body(), UTF_8);
      String longer = body.substring(0, body.length() - 1) + ",\"t\":\"pina_A1\"}";
      return copy(message, message.id(), message, longer.getBytes(UTF_8));
    }

    /** Returns a message with another id and body, for the installation of another one. */
    static DeliveryMessage copy(
        DeliveryMessage message, String id, DeliveryMessage of, byte[] body) {
      return new DeliveryMessage(
          id,
          of.project(),
          of.content() instanceof DeliveryMessage.Records other
                  && message.content() instanceof DeliveryMessage.Records records
              ? new DeliveryMessage.Records(
                  other.integration(),
                  other.installation(),
                  records.objectName(),
                  records.receipt())
              : message.content(),
          message.destination(),
          body,
          message.attempts());
    }
  }
}
