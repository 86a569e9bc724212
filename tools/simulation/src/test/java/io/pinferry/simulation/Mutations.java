package io.pinferry.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pinferry.connection.RefreshLeaseStore;
import io.pinferry.delivery.DeadLetters;
import io.pinferry.delivery.DeliveryMessage;
import io.pinferry.delivery.DeliveryQueue;
import io.pinferry.directory.DirectoryStore;
import io.pinferry.directory.SecretStore;
import io.pinferry.limit.BudgetStore;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.operation.OperationStore;
import io.pinferry.read.FingerprintStore;
import io.pinferry.read.PartitionStore;
import io.pinferry.read.ReadQueue;
import io.pinferry.write.WriteStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Makes mutations of broken ports, and of broken answers of Pinterest. */
final class Mutations {
  private Mutations() {}

  static Mutation directory(UnaryOperator<DirectoryStore> broken) {
    return new Mutation() {
      @Override
      public DirectoryStore directory(DirectoryStore correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation operations(UnaryOperator<OperationStore> broken) {
    return new Mutation() {
      @Override
      public OperationStore operations(OperationStore correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation fingerprints(UnaryOperator<FingerprintStore> broken) {
    return new Mutation() {
      @Override
      public FingerprintStore fingerprints(FingerprintStore correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation partitions(UnaryOperator<PartitionStore> broken) {
    return new Mutation() {
      @Override
      public PartitionStore partitions(PartitionStore correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation secrets(UnaryOperator<SecretStore> broken) {
    return new Mutation() {
      @Override
      public SecretStore secrets(SecretStore correct) {
        return broken.apply(correct);
      }
    };
  }

  /**
   * A bug of the process that moves tokens. Pairs are often left pending, which is none by itself.
   */
  static Mutation moves(UnaryOperator<SecretStore> broken) {
    return new Mutation() {
      @Override
      public SecretStore secrets(SecretStore correct) {
        return BrokenPorts.leavesPairsPending(correct);
      }

      @Override
      public SecretStore movedSecrets(SecretStore correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation refreshLeases(UnaryOperator<RefreshLeaseStore> broken) {
    return new Mutation() {
      @Override
      public RefreshLeaseStore refreshLeases(RefreshLeaseStore correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation budgets(UnaryOperator<BudgetStore> broken) {
    return new Mutation() {
      @Override
      public BudgetStore budgets(BudgetStore correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation separateWriteBudgets() {
    return new Mutation() {
      @Override
      public BudgetStore writeBudgets(BudgetStore correct) {
        return new InMemoryBudgetStore();
      }
    };
  }

  static Mutation writes(UnaryOperator<WriteStore> broken) {
    return new Mutation() {
      @Override
      public WriteStore writes(WriteStore correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation deadLetters(UnaryOperator<DeadLetters> broken) {
    return new Mutation() {
      @Override
      public DeadLetters deadLetters(DeadLetters correct) {
        return broken.apply(correct);
      }
    };
  }

  static Mutation noPartitionIsSent() {
    return new Mutation() {
      @Override
      public ReadQueue readQueue(ReadQueue correct) {
        return (installation, partitions, delay) -> {};
      }
    };
  }

  /** Changes each message on its way to the delivery queue. */
  static Mutation messages(UnaryOperator<DeliveryMessage> broken) {
    return sends(messages -> messages.stream().map(broken).toList());
  }

  /** Loses the messages of each page 3. */
  static Mutation messagesAreLost() {
    return sends(
        messages ->
            messages.stream()
                .filter(
                    message ->
                        message.receipt().stream()
                            .noneMatch(receipt -> receipt.entry().startsWith("3.")))
                .toList());
  }

  private static Mutation sends(UnaryOperator<List<DeliveryMessage>> broken) {
    return new Mutation() {
      @Override
      public DeliveryQueue deliveryQueue(DeliveryQueue correct) {
        return new DeliveryQueue() {
          @Override
          public void send(List<DeliveryMessage> messages) {
            correct.send(broken.apply(messages));
          }

          @Override
          public boolean fits(DeliveryMessage message) {
            return correct.fits(message);
          }
        };
      }
    };
  }

  /** Takes an answer with a status for an empty page. */
  static Mutation emptyPageFor(int status) {
    var empty =
        new HttpAnswer(200, Map.of(), "{\"items\":[],\"bookmark\":null}".getBytes(UTF_8), false);
    return answers(
        (call, answer) ->
            answer.status() == status && call.method().equals("GET") ? empty : answer);
  }

  static Mutation noWaitAfterLimit() {
    var unavailable = new HttpAnswer(503, Map.of(), new byte[0], false);
    return answers((call, answer) -> answer.status() == 429 ? unavailable : answer);
  }

  /** Takes an edge's answer to some requests for one of Pinterest with this code. */
  static Mutation edgeIsPinterest(int status, int code, Predicate<HttpCall> calls) {
    return answers(
        (call, answer) ->
            answer.status() == status
                    && answer.header("x-pinterest-rid").isEmpty()
                    && calls.test(call)
                ? error(status, code)
                : answer);
  }

  /** Takes each refusal of a delete by an edge for an answer of Pinterest that nothing is there. */
  static Mutation edgeHasDeleted() {
    return answers(
        (call, answer) ->
            call.method().equals("DELETE")
                    && answer.status() >= 300
                    && answer.header("x-pinterest-rid").isEmpty()
                ? error(404, 50)
                : answer);
  }

  /** Takes a refusal of the provider app for one of the refresh token. */
  static Mutation appIsGrant() {
    return answers(
        (call, answer) ->
            isForTokens(call) && new String(answer.body(), UTF_8).contains("client id or secret")
                ? error(401, 283)
                : answer);
  }

  static Mutation noRetryAfter() {
    return answers(
        (call, answer) -> {
          Map<String, List<String>> headers = new HashMap<>(answer.headers());
          headers.remove("retry-after");
          return answer.header("retry-after").isEmpty()
              ? answer
              : new HttpAnswer(503, headers, answer.body(), false);
        });
  }

  static boolean isForTokens(HttpCall call) {
    return call.uri().getPath().endsWith("/oauth/token");
  }

  private static HttpAnswer error(int status, int code) {
    return new HttpAnswer(
        status,
        Map.of(),
        ("{\"code\":" + code + ",\"message\":\"not so\"}").getBytes(UTF_8),
        false);
  }

  static Mutation repeatedDeletesFail() {
    var refused = new HttpAnswer(400, Map.of(), "{\"code\":50}".getBytes(UTF_8), false);
    return answers(
        (call, answer) ->
            answer.status() == 404 && call.method().equals("DELETE") ? refused : answer);
  }

  private interface AnswerChange {
    HttpAnswer apply(HttpCall call, HttpAnswer answer);
  }

  private static Mutation answers(AnswerChange broken) {
    return transport(correct -> call -> broken.apply(call, correct.send(call)));
  }

  static Mutation lostRequestsAreRepeated() {
    return transport(
        correct ->
            call -> {
              try {
                return correct.send(call);
              } catch (TransportFailure e) {
                return correct.send(call);
              }
            });
  }

  private static Mutation transport(UnaryOperator<HttpTransport> broken) {
    return new Mutation() {
      @Override
      public HttpTransport pinterest(HttpTransport correct) {
        return broken.apply(correct);
      }
    };
  }
}
