package io.pinferry.pinterest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.pinterest.PinterestOauth.Client;
import io.pinferry.pinterest.PinterestOauth.TokenAnswer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PinterestOauthTest {
  private static final Instant NOON = Instant.parse("2026-09-01T12:00:00Z");
  private static final Client CLIENT =
      new Client(FakePinterestOauth.CLIENT_ID, new Secret(FakePinterestOauth.CLIENT_SECRET));

  private final FakePinterestOauth pinterest = new FakePinterestOauth(new ManualClock(NOON));
  private final PinterestOauth oauth = pinterest.client();

  @Test
  void everythingInAnAuthorizeUrlIsEncoded() {
    URI url =
        oauth.authorizeUrl(
            "1500000",
            URI.create("https://amp.example.com/callbacks/v1/oauth"),
            List.of("boards:read", "pins:read"),
            "Zk3",
            Map.of("b", List.of("x y", "&"), "a", List.of("1"), "state", List.of("forged")));

    assertThat(url)
        .hasToString(
            "https://pinterest.test/oauth/?client_id=1500000"
                + "&redirect_uri=https%3A%2F%2Famp.example.com%2Fcallbacks%2Fv1%2Foauth"
                + "&response_type=code&scope=boards%3Aread%2Cpins%3Aread&state=Zk3"
                + "&a=1&b=x+y&b=%26");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:read,b:read", "a:read b:read", " a:read, b:read ,"})
  void scopesAreSeparatedByCommasOrBlanks(String scope) {
    pinterest.answerNext(200, "{\"access_token\":\"pina_x\",\"scope\":\"" + scope + "\"}");

    assertThat(refresh())
        .isEqualTo(
            new TokenAnswer.Tokens(
                new Secret("pina_x"), null, null, null, List.of("a:read", "b:read")));
  }

  @Test
  void lifetimesAreTakenInSecondsFromTheRequestOn() {
    pinterest.answerNext(
        200,
        "{\"access_token\":\"pina_x\",\"expires_in\":100,\"refresh_token\":\"pinr_y\","
            + "\"refresh_token_expires_in\":200}");

    assertThat(refresh())
        .isEqualTo(
            new TokenAnswer.Tokens(
                new Secret("pina_x"),
                new Secret("pinr_y"),
                NOON.plusSeconds(100),
                NOON.plusSeconds(200),
                List.of()));
  }

  @Test
  void anInstantOfExpiryBeatsALifetime() {
    pinterest.answerNext(
        200,
        "{\"access_token\":\"pina_x\",\"refresh_token_expires_at\":1800000000,"
            + "\"refresh_token_expires_in\":200}");

    assertThat(refresh())
        .isInstanceOfSatisfying(
            TokenAnswer.Tokens.class,
            granted ->
                assertThat(granted.refreshExpiresAt())
                    .isEqualTo(Instant.ofEpochSecond(1_800_000_000)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {'code':283,'message':'Invalid grant.'} | Refusal",
        "401 | {'code':283,'message':'The authorization grant is invalid'} | Refusal",
        "400 | {'error':'invalid_grant','error_description':'revoked'} | Refusal",
        "401 | {'error':'invalid_grant'} | Refusal",
        "401 | {'code':2,'message':'Authentication failed.','status':'failure'} | AppRefusal",
        "401 | {'error':'invalid_client','error_description':'Who?'} | AppRefusal",
        "400 | {'error':'invalid_client'} | AppRefusal",
        "400 | {'error':'unauthorized_client'} | AppRefusal",
        "400 | {'error':'unsupported_grant_type'} | AppRefusal",
        "403 | {'code':29,'message':'You are not permitted to access that resource.'} | AppRefusal",
        "403 | {'code':283,'message':'x'} | AppRefusal",
        "400 | <html>Bad request</html> | Outage",
        "401 | <html>Unauthorized</html> | Outage",
        "403 | <html>Forbidden</html> | Outage",
        "401 | | Outage",
        "400 | {'message':'Forbidden'} | Outage",
        "401 | {'error':'blocked by the firewall'} | Outage",
        "401 | {'code':'283','message':'x'} | Outage",
        "404 | {'code':404,'message':'x'} | Outage",
        "408 | <html> | Outage",
        "429 | {'code':8,'message':'rate limit'} | Outage",
        "500 | {'code':12,'message':'x'} | Outage",
        "502 | <html> | Outage",
        "503 | | Outage",
        "302 | | Outage",
        "204 | | Outage",
        "600 | <html> | Outage"
      })
  void theSenderIsDecidedBeforeTheStatus(int status, @Nullable String body, String expected) {
    pinterest.answerNext(status, body == null ? "" : body.replace('\'', '"'));

    assertThat(refresh().getClass().getSimpleName()).isEqualTo(expected);
  }

  @Test
  void bothShapesOfErrorsAreUnderstood() {
    pinterest.answerNext(400, "{\"code\":283,\"message\":\"Invalid grant.\"}");
    assertThat(refresh())
        .isEqualTo(
            new TokenAnswer.Refusal(
                400, "Pinterest answered 400 code 283 (request 77): Invalid grant."));

    pinterest.answerNext(401, "{\"error\":\"invalid_client\",\"error_description\":\"Who?\"}");
    assertThat(refresh())
        .isEqualTo(
            new TokenAnswer.AppRefusal(
                401, true, "Pinterest answered 401 (request 77): invalid_client Who?"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | {'code':2,'message':'Authentication failed.'} | true",
        "401 | {'error':'invalid_client'} | true",
        "400 | {'error':'invalid_client'} | true",
        "400 | {'error':'unauthorized_client'} | true",
        "400 | {'error':'invalid_request'} | false",
        "400 | {'error':'unsupported_grant_type'} | false",
        "403 | {'code':2,'message':'x'} | false",
        "403 | {'code':29,'message':'x'} | false"
      })
  void onlySomeRefusalsOfAnAppAreAboutItsCredentials(int status, String body, boolean expected) {
    pinterest.answerNext(status, body.replace('\'', '"'));

    assertThat(oauth.findAppRefusal(CLIENT))
        .map(TokenAnswer.AppRefusal::ofCredentials)
        .contains(expected);
  }

  @Test
  void wrongCredentialsOfAnAppAreFoundOutWithoutAGrant() {
    assertThat(oauth.findAppRefusal(CLIENT)).isEmpty();
    assertThat(oauth.findAppRefusal(new Client(CLIENT.id(), new Secret("other")))).isPresent();

    pinterest.answerNext(401, "<html>");
    assertThat(oauth.findAppRefusal(new Client(CLIENT.id(), new Secret("other"))))
        .as("unknown")
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "<html>", "[]", "{}", "{\"access_token\":null}", "{\"access_token\":"})
  void a200WithoutATokenIsAnOutage(String body) {
    pinterest.answerNext(200, body);

    assertThat(refresh()).isInstanceOf(TokenAnswer.Outage.class);
  }

  @Test
  void tooManyRequestsSayWhenToComeBack() {
    pinterest.answerNext(429, "{\"code\":8,\"message\":\"rate limit\"}");

    assertThat(refresh())
        .isInstanceOfSatisfying(
            TokenAnswer.Outage.class,
            unavailable ->
                assertThat(unavailable.retryAt()).isEqualTo(NOON.plus(Duration.ofSeconds(60))));
  }

  @Test
  void aTokenInAnErrorIsNotPassedOn() {
    pinterest.answerNext(400, "{\"code\":283,\"message\":\"pinr_secret12345 is bad\"}");

    assertThat(refresh().toString()).doesNotContain("secret12345").contains("is bad");
  }

  @Test
  void whoseTokenItIsIsAsked() {
    Secret token =
        oauth.exchange(
                    CLIENT,
                    new Secret(pinterest.codeOf("42")),
                    URI.create("https://amp.example.com"))
                instanceof TokenAnswer.Tokens granted
            ? granted.accessToken()
            : new Secret("");

    assertThat(oauth.findUser(token)).contains(new PinterestOauth.User("42", "u42"));
    assertThat(oauth.findUser(new Secret("pina_unknown"))).isEmpty();
  }

  private TokenAnswer refresh() {
    return oauth.refresh(CLIENT, new Secret("pinr_any"));
  }
}
