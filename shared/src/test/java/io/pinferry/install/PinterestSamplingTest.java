package io.pinferry.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.Log;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.ProviderRejected;
import io.pinferry.base.SteppingTasks;
import io.pinferry.client.PinterestClient;
import io.pinferry.connection.FixedTokens;
import io.pinferry.directory.AccountId;
import io.pinferry.directory.Connection;
import io.pinferry.directory.ConnectionId;
import io.pinferry.directory.ConnectionNotes;
import io.pinferry.directory.ConnectionStatus;
import io.pinferry.directory.Consumer;
import io.pinferry.directory.Group;
import io.pinferry.directory.Owner;
import io.pinferry.directory.ProjectId;
import io.pinferry.limit.Budgets;
import io.pinferry.limit.InMemoryBudgetStore;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.HttpTransport;
import io.pinferry.net.TransportFailure;
import io.pinferry.pinterest.PinterestFailure;
import io.pinferry.pinterest.ReadCatalogue;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PinterestSamplingTest {
  private static final Instant NOW = Instant.parse("2026-09-01T08:00:00Z");
  private static final Connection CONNECTION =
      new Connection(
          new ConnectionId("5d0c5c3e-0a3b-4b0e-9b0a-1f6f3d6d7a10"),
          new ProjectId("0b54b1f0-6c6e-4c0a-8f55-2d0c8b1f9e01"),
          "pinterest",
          new Owner(
              new Group("org_7", "org_7", NOW, null), new Consumer("u_42", "u_42", NOW, null)),
          new Connection.Access(
              null,
              ConnectionStatus.CREATED,
              List.of(),
              null,
              null,
              new AccountId("account-1"),
              "connection/1"),
          NOW,
          null,
          ConnectionNotes.NONE);

  private final List<HttpCall> calls = new ArrayList<>();

  private final ManualClock clock = new ManualClock(NOW);
  private final FixedTokens tokens = new FixedTokens(CONNECTION.access().account());

  private Optional<PinterestFailure> sample(String object, HttpTransport transport) {
    var tasks = new SteppingTasks(clock);
    var client =
        new PinterestClient(
            tokens,
            new Budgets(new InMemoryBudgetStore(), tasks, Log.none()),
            call -> {
              calls.add(call);
              return transport.send(call);
            },
            URI.create("https://api.pinterest.com"),
            tasks,
            new SplittableRandom(7));
    return new PinterestSampling(client, Log.none())
        .refusal(CONNECTION, ReadCatalogue.get(object).defaultPlan());
  }

  private static HttpTransport answering(int status, String body) {
    return call ->
        new HttpAnswer(
            status, Map.of("x-pinterest-rid", List.of("rid-1")), body.getBytes(UTF_8), false);
  }

  @Test
  void oneRecordIsAskedForWithTheConnectionsTokenAndInAHurry() {
    assertThat(sample("boards", answering(200, "{\"items\":[],\"bookmark\":null}"))).isEmpty();

    assertThat(calls)
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.uri())
                  .isEqualTo(URI.create("https://api.pinterest.com/v5/boards?page_size=1"));
              assertThat(call.headers()).containsEntry("authorization", "Bearer token1");
              assertThat(call.timeout()).isEqualTo(PinterestSampling.TIMEOUT);
            });
  }

  @Test
  void anObjectOfPartsIsSampledWhereItBegins() {
    sample("product_groups", answering(200, "{\"items\":[]}"));

    assertThat(calls).extracting(call -> call.uri().getPath()).containsExactly("/v5/catalogs");
  }

  @Test
  void aRefusalComesWithPinterestsWordsCodeAndRequestId() {
    Optional<PinterestFailure> refusal =
        sample("boards", answering(400, "{\"code\":1,\"message\":\"Invalid page size.\"}"));

    assertThat(refusal.orElseThrow().describe())
        .isEqualTo("Pinterest 400 code 1, Invalid page size. (request rid-1)");
  }

  @ParameterizedTest
  @CsvSource({"401, 2", "401, 3", "403, 29", "404, 50", "409, 4182", "429, 8", "500, 0", "503, 0"})
  void whatMayMendItselfIsNoReasonNotToInstall(int status, int code) {
    assertThat(sample("catalogs", answering(status, "{\"code\":" + code + ",\"message\":\"no\"}")))
        .isEmpty();
  }

  @Test
  void neitherIsAnOutage() {
    assertThat(
            sample(
                "boards",
                call -> {
                  throw new TransportFailure("timed out", true, new IOException("timed out"));
                }))
        .isEmpty();
  }

  @Test
  void norIsATokenThatCannotBeHad() {
    tokens.fail(new ProviderRejected("bad credentials", null, List.of()));

    assertThat(sample("boards", answering(400, "{\"code\":1,\"message\":\"no\"}"))).isEmpty();
    assertThat(calls).as("nothing is asked without a token").isEmpty();
  }

  @Test
  void aSampleTakesFromTheBudgetAndIsLeftOutWhereThereIsNone() {
    sample("boards", answering(429, "{\"code\":8,\"message\":\"exceeded a rate limit\"}"));

    assertThat(calls).as("asked once").hasSize(1);
  }
}
