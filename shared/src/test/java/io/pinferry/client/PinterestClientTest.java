package io.pinferry.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pinferry.base.Json;
import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.NotFound;
import io.pinferry.base.SteppingTasks;
import io.pinferry.connection.FixedTokens;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.BudgetOwner;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.PinterestFailure.Kind;
import io.pinferry.pinterest.RateCategory;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PinterestClientTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final ProjectId PROJECT = new ProjectId("project-1");
  private static final ConnectionId CONNECTION = new ConnectionId("connection-1");
  private static final AccountId ACCOUNT = new AccountId("account-1");
  private static final String REJECTED = "{\"code\":2,\"message\":\"Authentication failed.\"}";
  private static final String LIMITED = "{\"code\":8,\"message\":\"exceeded a rate limit\"}";

  private final ManualClock clock = new ManualClock(NOON);
  private final SteppingTasks tasks = new SteppingTasks(clock);
  private final FixedTokens tokens = new FixedTokens(ACCOUNT);
  private final Deque<HttpAnswer> answers = new ArrayDeque<>();
  private final List<HttpCall> calls = new ArrayList<>();
  private final List<Instant> sentAt = new ArrayList<>();
  private final PinterestClient client =
      new PinterestClient(
          tokens,
          new Budgets(new InMemoryBudgetStore(), tasks, Log.none()),
          this::send,
          URI.create("https://api.pinterest.com"),
          tasks,
          new SplittableRandom(7));

  private HttpAnswer send(HttpCall call) throws TransportFailure {
    calls.add(call);
    sentAt.add(clock.instant());
    HttpAnswer answer = answers.poll();
    if (answer == null) {
      throw new TransportFailure("timed out", true, new IOException());
    }
    return answer;
  }

  private void answers(int status, String body) {
    answers(status, body, Map.of());
  }

  private void answers(int status, String body, Map<String, List<String>> headers) {
    answers.add(new HttpAnswer(status, headers, body.getBytes(UTF_8), false));
  }

  /** Repeats a failed request at once, up to so many times. */
  private static class Policy implements CallPolicy {
    private final int repeats;
    final List<FailedAttempt> failed = new ArrayList<>();

    Policy(int repeats) {
      this.repeats = repeats;
    }

    @Override
    public Log log() {
      return Log.none();
    }

    @Override
    public Instant permitBy(Instant now) {
      return now.plusSeconds(30);
    }

    @Override
    public Duration timeout(Instant now) {
      return Duration.ofSeconds(5);
    }

    @Override
    public Next after(FailedAttempt attempt, Instant now) {
      failed.add(attempt);
      return failed.size() > repeats ? new Next.GiveUp() : new Next.RetryAt(now.plusSeconds(1));
    }
  }

  private CallOutcome<String> call(CallPolicy policy) {
    return client.call(
        PROJECT,
        CONNECTION,
        new PinterestRequest<>(
            "GET",
            client.resolve("/v5/boards?page_size=1"),
            Map.of("accept", "application/json"),
            null,
            RateCategory.ORG_READ,
            1_000_000,
            answer -> Json.parse(answer.body()).path("id").asText()),
        policy);
  }

  private static FailedAttempt failure(CallOutcome<String> outcome) {
    assertThat(outcome).isInstanceOf(CallOutcome.Failure.class);
    return ((CallOutcome.Failure<String>) outcome).attempt();
  }

  @Test
  void aRequestBearsTheTokenAndItsAnswerIsRead() {
    answers(200, "{\"id\":\"7\"}");

    assertThat(call(new Policy(0))).isEqualTo(new CallOutcome.Success<>("7"));

    assertThat(calls).hasSize(1);
    assertThat(calls.getFirst().uri())
        .isEqualTo(URI.create("https://api.pinterest.com/v5/boards?page_size=1"));
    assertThat(calls.getFirst().headers())
        .containsEntry("authorization", "Bearer token1")
        .containsEntry("accept", "application/json");
    assertThat(calls.getFirst().timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(tokens.successes()).isEqualTo(1);
  }

  @Test
  void aRejectedTokenIsReplacedOnceWhateverThePolicy() {
    answers(401, REJECTED);
    answers(401, REJECTED);

    FailedAttempt failed = failure(call(new Policy(0)));

    assertThat(failed.failure().kind()).isEqualTo(Kind.TOKEN_REJECTED);
    assertThat(calls)
        .extracting(call -> call.headers().get("authorization"))
        .containsExactly("Bearer token1", "Bearer token2");
    assertThat(tokens.successes()).isZero();
  }

  /** Others may have stored a newer token before, which Pinterest rejects meanwhile, too. */
  @Test
  void aTokenThatWasThereBeforeTheRequestIsReplacedAsWell() {
    tokens.issuedLongAgo();
    answers(401, REJECTED);
    answers(401, REJECTED);
    answers(200, "{\"id\":\"7\"}");

    assertThat(call(new Policy(0))).isEqualTo(new CallOutcome.Success<>("7"));

    assertThat(calls)
        .extracting(call -> call.headers().get("authorization"))
        .containsExactly("Bearer token1", "Bearer token2", "Bearer token3");
  }

  @Test
  void noMoreThanTwoTokensAreReplaced() {
    tokens.issuedLongAgo();
    for (int i = 0; i < 3; i++) {
      answers(401, REJECTED);
    }

    assertThat(failure(call(new Policy(0))).failure().kind()).isEqualTo(Kind.TOKEN_REJECTED);

    assertThat(tokens.rejections()).isEqualTo(2);
  }

  @Test
  void anEdgesAnswerReplacesNoToken() {
    answers(401, "<html>Unauthorized</html>");

    assertThat(failure(call(new Policy(0))).failure().kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(tokens.rejections()).isZero();
  }

  @Test
  void aLimitThatIsReachedPausesTheBudget() {
    answers(429, LIMITED, Map.of("x-ratelimit-reset", List.of("20")));
    answers(200, "{\"id\":\"7\"}");

    // The policy accepts no later permit.
    assertThat(call(new Policy(1))).isInstanceOf(CallOutcome.BudgetWait.class);
    clock.advance(Duration.ofSeconds(25));
    assertThat(call(new Policy(0))).isEqualTo(new CallOutcome.Success<>("7"));
    assertThat(sentAt.getLast()).isAfterOrEqualTo(NOON.plusSeconds(20));
  }

  @Test
  void aPolicyMayWaitForAPause() {
    answers(429, LIMITED, Map.of("x-ratelimit-reset", List.of("20")));
    answers(200, "{\"id\":\"7\"}");

    assertThat(
            call(
                new Policy(1) {
                  @Override
                  public boolean waitsFor(Budgets.Answer.Wait wait, Instant now) {
                    return wait.paused();
                  }
                }))
        .isEqualTo(new CallOutcome.Success<>("7"));
    assertThat(sentAt.getLast()).isAfterOrEqualTo(NOON.plusSeconds(20));
  }

  @Test
  void noAnswerIsAFailureThatMayHaveTakenEffect() {
    FailedAttempt failed = failure(call(new Policy(2)));

    assertThat(calls).hasSize(3);
    assertThat(failed.failure().describe()).isEqualTo("Pinterest gave no answer, timed out");
    assertThat(failed.mayHaveTakenEffect()).isTrue();
  }

  @Test
  void aRefusalByAnEdgeHasNotTakenEffect() {
    answers(403, "<html>Forbidden</html>");

    assertThat(failure(call(new Policy(0))).mayHaveTakenEffect()).isFalse();
  }

  @Test
  void aSuccessThatPinterestCannotHaveSentIsAFailureAndTellsNoLimits() {
    answers(200, "<html>");
    answers(200, "{\"id\":\"7\"}");

    FailedAttempt failed = failure(call(new Policy(0)));

    assertThat(failed.failure().kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failed.mayHaveTakenEffect()).isTrue();
    assertThat(tokens.successes()).isZero();
  }

  @Test
  void anAnswerThatIsCutOffIsAFailure() {
    answers.add(new HttpAnswer(200, Map.of(), "{\"id\":\"7\"}".getBytes(UTF_8), true));

    assertThat(failure(call(new Policy(0))).failure().message()).contains("more than");
  }

  @Test
  void aPolicyMayWithholdARequest() {
    assertThat(
            call(
                new Policy(0) {
                  @Override
                  public boolean maySend() {
                    return false;
                  }
                }))
        .isEqualTo(new CallOutcome.Veto<>());
    assertThat(calls).isEmpty();
  }

  @Test
  void aPermitThatIsTooOldIsNotUsed() {
    answers(200, "{\"id\":\"7\"}");
    var permits = new ArrayList<Instant>();

    call(
        new Policy(0) {
          @Override
          public void onPermit() {
            permits.add(clock.instant());
          }

          @Override
          public boolean maySend() {
            clock.advance(Duration.ofSeconds(3));
            return true;
          }
        });

    assertThat(permits).hasSize(2);
    assertThat(sentAt.getFirst()).isEqualTo(NOON.plusSeconds(3));
  }

  @Test
  void anotherAccountIsNotAsked() {
    assertThat(
            call(
                new Policy(0) {
                  @Override
                  public AccountId account() {
                    return new AccountId("account-2");
                  }
                }))
        .isEqualTo(new CallOutcome.OtherAccount<>());
    assertThat(calls).isEmpty();
  }

  @Test
  void anOpenCircuitAnswersWithoutARequest() {
    call(new OfCircuit(5));
    assertThat(calls).hasSize(6);

    FailedAttempt failed = failure(call(new OfCircuit(0)));

    assertThat(calls).hasSize(6);
    assertThat(failed.sent()).isFalse();
    assertThat(failed.mayHaveTakenEffect()).isFalse();
    assertThat(failed.failure().message()).contains("6 times in a row");
  }

  private static final class OfCircuit extends Policy {
    OfCircuit(int repeats) {
      super(repeats);
    }

    @Override
    public @Nullable Object circuit(BudgetOwner owner) {
      return "boards";
    }
  }

  @Test
  void theRestOfADaysQuotaIsForUrgentCalls() {
    answers(
        200,
        "{\"id\":\"7\"}",
        Map.of(
            "x-ratelimit-limit", List.of("1000, 1000;w=86400"),
            "x-ratelimit-remaining", List.of("90"),
            "x-ratelimit-reset", List.of("3600")));
    call(new Policy(0));
    answers(200, "{\"id\":\"8\"}");

    CallOutcome<String> patient =
        call(
            new Policy(0) {
              @Override
              public boolean isUrgent() {
                return false;
              }
            });

    assertThat(patient).isInstanceOf(CallOutcome.BudgetWait.class);
    assertThat(((CallOutcome.BudgetWait<String>) patient).until())
        .isBetween(NOON.plusSeconds(3_600), NOON.plusSeconds(3_700));
    assertThat(call(new Policy(0))).isEqualTo(new CallOutcome.Success<>("8"));
  }

  @Test
  void aConnectionThatIsGoneIsToldByItsException() {
    tokens.fail(new NotFound("there is no connection connection-1"));

    assertThatThrownBy(() -> call(new Policy(0))).isInstanceOf(NotFound.class);
    assertThat(calls).isEmpty();
  }
}
