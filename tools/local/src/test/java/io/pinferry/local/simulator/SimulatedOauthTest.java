package io.pinferry.local.simulator;

import static io.pinferry.local.simulator.SimulatorClient.CLIENT_ID;
import static io.pinferry.local.simulator.SimulatorClient.REDIRECT;
import static io.pinferry.local.simulator.SimulatorClient.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consent, codes and tokens. */
final class SimulatedOauthTest {
  private static final String SCOPES = "boards:read,pins:read,user_accounts:read";

  private final SimulatorClient client = SimulatorClient.of(1, 20);

  private SimulatedResponse authorizePage(String query) {
    return client.simulator.handle(SimulatedRequest.of("GET", "/oauth/?" + query, Map.of(), ""));
  }

  private static String question() {
    return "client_id="
        + CLIENT_ID
        + "&redirect_uri="
        + encode(REDIRECT)
        + "&response_type=code&state=a%26b&scope=";
  }

  @Test
  void thePageShowsWhatIsAskedFor() {
    SimulatedResponse page = authorizePage(question() + encode(SCOPES));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers()).containsEntry("content-type", "text/html; charset=utf-8");
    assertThat(page.bodyText()).contains("pins:read", "user_accounts:read", "a&amp;b", "approve");
  }

  @Test
  void approvalLeadsBackWithCodeAndState() {
    SimulatedResponse redirect = client.decide("approve", SCOPES, "");
    assertThat(redirect.status()).isEqualTo(302);
    assertThat(redirect.headers().get("location")).startsWith(REDIRECT + "?code=");
    assertThat(SimulatorClient.parameter(redirect, "state")).isEqualTo("st");
  }

  @Test
  void refusalLeadsBackWithAnError() {
    SimulatedResponse redirect = client.decide("decline", SCOPES, "");
    assertThat(SimulatorClient.parameter(redirect, "error")).isEqualTo("access_denied");
    assertThat(SimulatorClient.parameter(redirect, "state")).isEqualTo("st");
  }

  @ParameterizedTest
  @CsvSource({
    "client_id=1&redirect_uri=http%3A%2F%2F127.0.0.1%2F,No application has the client_id '1'",
    "client_id=1489000&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcallbacks%2Fv1%2Foauth%2F,is"
        + " not registered",
    "client_id=1489000,is not registered",
  })
  void aWrongLinkIsExplainedAndLeadsNowhere(String query, String explanation) {
    SimulatedResponse page = authorizePage(query);
    assertThat(page.status()).isEqualTo(400);
    assertThat(page.headers()).doesNotContainKey("location");
    assertThat(page.bodyText()).contains(explanation);
  }

  @Test
  void anUnknownScopeIsToldToTheApplication() {
    SimulatedResponse redirect = authorizePage(question() + "pins:read,pins:fly");
    assertThat(SimulatorClient.parameter(redirect, "error")).isEqualTo("invalid_scope");
    assertThat(SimulatorClient.parameter(redirect, "state")).isEqualTo("a&b");
  }

  @Test
  void aTextFromTheLinkCannotBecomeMarkup() {
    assertThat(authorizePage("client_id=%3Cscript%3E").bodyText()).doesNotContain("<script>");
  }

  @Test
  void aCodeBuysTokensOfTheDocumentedShapes() {
    JsonNode tokens = client.json(client.exchange(client.code(SCOPES)));
    assertThat(tokens.get("access_token").asText()).startsWith("pina_");
    assertThat(tokens.get("refresh_token").asText()).startsWith("pinr_");
    assertThat(tokens.get("token_type").asText()).isEqualTo("bearer");
    assertThat(tokens.get("response_type").asText()).isEqualTo("authorization_code");
    assertThat(tokens.get("expires_in").asLong()).isEqualTo(2_592_000);
    assertThat(tokens.get("refresh_token_expires_in").asLong()).isEqualTo(5_184_000);
    assertThat(tokens.get("refresh_token_expires_at").asLong())
        .isEqualTo(client.clock.instant().getEpochSecond() + 5_184_000);
    assertThat(tokens.get("scope").asText()).isEqualTo("boards:read pins:read user_accounts:read");
    client.withToken(tokens.get("access_token").asText());
    assertThat(client.get("/v5/pins").status()).isEqualTo(200);
    assertThat(client.get("/v5/media").status()).isEqualTo(200);
    SimulatedResponse refused = client.get("/v5/ad_accounts");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(client.json(refused).get("code").asInt()).isEqualTo(3);
  }

  @Test
  void onlyTheGrantedScopesAreGranted() {
    SimulatedResponse redirect = client.decide("approve", SCOPES, "&grant=boards:read");
    JsonNode tokens = client.json(client.exchange(SimulatorClient.parameter(redirect, "code")));
    assertThat(tokens.get("scope").asText()).isEqualTo("boards:read");
  }

  @Test
  void anOlderApplicationGetsARefreshTokenOnlyIfItAsks() {
    String form =
        "grant_type=authorization_code&code="
            + encode(client.code(SCOPES))
            + "&redirect_uri="
            + encode(REDIRECT);
    assertThat(client.json(client.postToken(form)).has("refresh_token")).isFalse();
  }

  @Test
  void aCodeWorksOnceOnlyForItsAddressAndNotForLong() {
    String code = client.code(SCOPES);
    String elsewhere =
        "grant_type=authorization_code&code="
            + encode(code)
            + "&redirect_uri="
            + encode(REDIRECT + "/");
    assertThat(client.postToken(elsewhere).status()).isEqualTo(400);
    assertThat(client.exchange(code).status()).isEqualTo(200);
    assertThat(client.exchange(code).status()).isEqualTo(400);
    String late = client.code(SCOPES);
    client.clock.advance(Duration.ofMinutes(11));
    assertThat(client.exchange(late).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "grant_type=authorization_code&code=x&redirect_uri=y, 400",
    "grant_type=authorization_code, 400",
    "grant_type=password, 400",
    "'', 400",
    "grant_type=refresh_token&refresh_token=pinr_x, 401",
  })
  void nonsenseAtTheTokenEndpointIsRefused(String form, int status) {
    SimulatedResponse response = client.postToken(form);
    assertThat(response.status()).isEqualTo(status);
    assertThat(client.json(response).get("message").asText()).isNotEmpty();
  }

  @Test
  void wrongCredentialsOfTheApplicationAreRefused() {
    String form = "grant_type=refresh_token&refresh_token=pinr_x";
    SimulatedResponse response = client.postToken(form, CLIENT_ID + ":wrong");
    assertThat(response.status()).isEqualTo(401);
    assertThat(client.json(response).get("code").asInt()).isEqualTo(2);
    SimulatedResponse none =
        client.simulator.handle(SimulatedRequest.of("POST", "/v5/oauth/token", Map.of(), form));
    assertThat(none.status()).isEqualTo(401);
  }

  @Test
  void theTokenEndpointCanSpeakRfc6749() {
    var other =
        SimulatorClient.of(
            SimulatorClient.settings(1, 1).withOauthErrors(SimulatorSettings.OauthErrors.RFC_6749));
    JsonNode error =
        other.json(other.postToken("grant_type=authorization_code&code=x&redirect_uri=y"));
    assertThat(error.get("error").asText()).isEqualTo("invalid_grant");
    assertThat(error.get("error_description").asText()).isNotEmpty();
    assertThat(
            other
                .json(other.postToken("grant_type=refresh_token&refresh_token=pinr_x", "x:y"))
                .get("error")
                .asText())
        .isEqualTo("invalid_client");
    assertThat(other.json(other.refresh("pinr_x")).get("error").asText())
        .isEqualTo("invalid_grant");
  }

  @Test
  void theTokenEndpointRefusesTheApplicationOnCommand() {
    client.simulator.addFault(Fault.next("oauth", 1, new Fault.RefuseApp()));
    String code = client.code(SCOPES);

    SimulatedResponse refused = client.exchange(code);

    assertThat(refused.status()).isEqualTo(401);
    assertThat(client.json(refused).get("code").asInt()).isEqualTo(2);
    assertThat(client.exchange(code).status()).as("not used").isEqualTo(200);
    assertThat(client.json(client.refresh("pinr_x")).get("code").asInt()).isEqualTo(283);
  }

  @Test
  void refreshingReplacesTheRefreshToken() {
    JsonNode first = client.json(client.exchange(client.code(SCOPES)));
    JsonNode second = client.json(client.refresh(first.get("refresh_token").asText()));
    assertThat(second.get("response_type").asText()).isEqualTo("refresh_token");
    assertThat(second.get("refresh_token")).isNotEqualTo(first.get("refresh_token"));
    SimulatedResponse reused = client.refresh(first.get("refresh_token").asText());
    assertThat(reused.status()).isEqualTo(401);
    assertThat(client.refresh(second.get("refresh_token").asText()).status()).isEqualTo(200);
    client.withToken(first.get("access_token").asText());
    assertThat(client.get("/v5/pins").status()).as("the old access token").isEqualTo(200);
  }

  @Test
  void aRefreshMayNarrowButNotWiden() {
    String token = client.json(client.exchange(client.code(SCOPES))).get("refresh_token").asText();
    String form = "grant_type=refresh_token&refresh_token=" + encode(token) + "&scope=";
    assertThat(client.postToken(form + "ads:read").status()).isEqualTo(400);
    JsonNode narrowed = client.json(client.postToken(form + "boards:read"));
    assertThat(narrowed.get("scope").asText()).isEqualTo("boards:read");
  }

  @Test
  void aReplacedRefreshTokenWorksWithinTheGraceOnly() {
    var settings = SimulatorClient.settings(1, 1);
    var other =
        SimulatorClient.of(
            settings.withTokenLifetimes(
                settings.accessTokenLifetime(),
                settings.refreshTokenLifetime(),
                Duration.ofMinutes(1)));
    String first = other.json(other.exchange(other.code(SCOPES))).get("refresh_token").asText();
    assertThat(other.refresh(first).status()).isEqualTo(200);
    assertThat(other.refresh(first).status()).as("a repeated refresh").isEqualTo(200);
    other.clock.advance(Duration.ofMinutes(2));
    assertThat(other.refresh(first).status()).isEqualTo(401);
  }

  @Test
  void tokensEndInTime() {
    JsonNode tokens = client.json(client.exchange(client.code(SCOPES)));
    client.withToken(tokens.get("access_token").asText());
    client.clock.advance(Duration.ofDays(30));
    SimulatedResponse expired = client.get("/v5/pins");
    assertThat(expired.status()).isEqualTo(401);
    assertThat(client.json(expired).get("code").asInt()).isEqualTo(2);
    assertThat(client.json(expired).get("message").asText()).contains("expired");
    client.clock.advance(Duration.ofDays(30));
    assertThat(client.refresh(tokens.get("refresh_token").asText()).status()).isEqualTo(401);
  }

  @Test
  void anotherUserOfTheSamePinterestSeesAnotherAccount() {
    String page = authorizePage(question() + encode(SCOPES)).bodyText();
    String other = page.substring(page.lastIndexOf("<option value=\"") + 15).split("\"", -1)[0];
    SimulatedResponse redirect = client.decide("approve", SCOPES, "&user=" + other);
    JsonNode tokens = client.json(client.exchange(SimulatorClient.parameter(redirect, "code")));
    String me = client.ok("/v5/user_account").get("id").asText();
    client.withToken(tokens.get("access_token").asText());
    assertThat(client.ok("/v5/user_account").get("id").asText()).isEqualTo(other).isNotEqualTo(me);
    assertThat(client.all("/v5/pins")).isNotEmpty();
  }

  @Test
  void aRestartForgetsNothingThatMatters(@TempDir Path directory) {
    var settings = SimulatorClient.settings(8, 50).withRateLimits(false);
    var before = new SimulatorClient(settings, new SteppedClock(), new FileStateStore(directory));
    String code = before.code(SCOPES);
    JsonNode first = before.json(before.exchange(code));
    JsonNode second = before.json(before.refresh(first.get("refresh_token").asText()));
    before.simulator.addFault(Fault.next("pins", 1, new Fault.Insert("pins", 5)));
    before.simulator.addFault(
        Fault.next("pins", 1, new Fault.Delete("pins", 2, java.util.List.of())));
    JsonNode page = before.ok("/v5/pins?page_size=10");

    var after = new SimulatorClient(settings, new SteppedClock(), new FileStateStore(directory));
    assertThat(after.exchange(code).status()).as("a used code").isEqualTo(400);
    assertThat(after.refresh(first.get("refresh_token").asText()).status()).isEqualTo(401);
    after.withToken(second.get("access_token").asText());
    assertThat(after.get("/v5/pins").status()).isEqualTo(200);
    assertThat(after.refresh(second.get("refresh_token").asText()).status()).isEqualTo(200);
    assertThat(after.truth("pins", PinPlan.OWNED))
        .hasSize(53)
        .isEqualTo(before.truth("pins", PinPlan.OWNED));
    after.withToken(
        after.simulator.issueAccessToken(
            CLIENT_ID, java.util.Set.copyOf(PinterestSimulator.scopes())));
    assertThat(
            after
                .get("/v5/pins?page_size=10&bookmark=" + encode(page.get("bookmark").asText()))
                .status())
        .as("a bookmark of before")
        .isEqualTo(200);
  }

  @Test
  void withoutADataDirectoryTokensStillOutliveARestart() {
    var settings = SimulatorClient.settings(8, 50);
    var before = SimulatorClient.of(settings);
    JsonNode tokens = before.json(before.exchange(before.code(SCOPES)));
    var after = SimulatorClient.of(settings);
    after.withToken(tokens.get("access_token").asText());
    assertThat(after.get("/v5/pins").status()).isEqualTo(200);
    assertThat(after.refresh(tokens.get("refresh_token").asText()).status()).isEqualTo(200);
    var otherSeed = SimulatorClient.of(SimulatorClient.settings(9, 50));
    otherSeed.withToken(tokens.get("access_token").asText());
    assertThat(otherSeed.get("/v5/pins").status()).isEqualTo(401);
  }
}
