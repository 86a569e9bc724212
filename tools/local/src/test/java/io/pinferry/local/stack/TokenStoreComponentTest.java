package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.local.RepositoryRoot;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of docs/operations.md that move tokens, there and back, on one folder of data. */
final class TokenStoreComponentTest {
  private static final String BOTH = "MoveTokens";
  private static final String STORE = "TokenStore";

  @TempDir private Path data;
  private final HttpClient http = HttpClient.newHttpClient();

  /** A step of an operator, on a stack of its own. */
  private interface Step {
    void run(LocalStack stack, StackClient client) throws Exception;
  }

  private void run(Map<String, String> parameters, Step step) throws Exception {
    var settings = new LocalStackSettings(RepositoryRoot.find(), 5, null, 1L, null, data);
    try (LocalStack stack =
        LocalStack.start(
            settings,
            UnaryOperator.identity(),
            cloud -> cloud.withMoreParameters(parameters),
            _ -> {})) {
      step.run(stack, new StackClient(http, stack.api(), stack.project(), stack.apiKey()));
    }
  }

  private HttpResponse<String> move(LocalStack stack) throws Exception {
    return http.send(
        HttpRequest.newBuilder(stack.api().resolve("/v1/token-moves"))
            .header("X-Api-Key", stack.adminKey())
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  /** Refreshes the tokens of each connection; returns the access tokens. */
  private static List<String> refreshed(StackClient client) throws Exception {
    List<String> tokens = new ArrayList<>();
    for (JsonNode connection : client.get("./connections")) {
      JsonNode fresh =
          client.get(
              "./connections/"
                  + connection.path("id").asText()
                  + "?includeCreds=true&refresh=force");
      tokens.add(fresh.at("/oauth2AuthorizationCode/accessToken/token").asText());
    }
    assertThat(tokens).doesNotHaveDuplicates().doesNotContain("");
    return tokens;
  }

  @Test
  void tokensMoveToDynamoDbAndBackWhileTheyAreUsed() throws Exception {
    run(
        Map.of(),
        (stack, client) -> {
          client.connect("group-a");
          assertThat(move(stack).statusCode()).isEqualTo(409);
        });
    run(
        Map.of(BOTH, "true", STORE, "dynamodb"),
        (stack, client) -> {
          client.connect("group-b");
          assertThat(refreshed(client)).hasSize(2);
          assertThat(Json.trusted(move(stack).body()).toString())
              .isEqualTo("{\"inPlace\":2,\"failed\":0}");
        });
    run(Map.of(STORE, "dynamodb"), (stack, client) -> assertThat(refreshed(client)).hasSize(2));
    run(
        Map.of(BOTH, "true"),
        (stack, client) ->
            assertThat(Json.trusted(move(stack).body()).path("inPlace").asInt()).isEqualTo(2));
    run(Map.of(), (stack, client) -> assertThat(refreshed(client)).hasSize(2));
    http.close();
  }
}
