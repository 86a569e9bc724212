package io.pinferry.local.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pinferry.base.ManualClock;
import io.pinferry.base.Secret;
import io.pinferry.base.SteppingTasks;
import io.pinferry.local.api.Transport.Answer;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A deployed Pinferry, and states that take days: no local stack can show them. */
final class DoctorTest {
  private static final String API = "https://api.example.com";
  private static final String READ = "https://read.example.com";
  private static final String P = API + "/v1/projects/p";

  private final ScriptedTransport transport = new ScriptedTransport();

  @BeforeEach
  void script() {
    transport
        .on("GET " + API + "/v1/openapi.json", 200, "{'info':{'title':'Pinferry: api'}}")
        .on("GET " + READ + "/v1/openapi.json", 404, "{'subsystem':'read'}")
        .on(
            "POST " + READ + "/v1/projects/p/integrations/pinferry-doctor",
            422,
            "{'subsystem':'read'}")
        .on("GET " + API + "/v1/my-info", 200, "{'projectRoles':{'p':{'project':{'name':'shop'}}}}")
        .on("GET " + P, 200, "{}");
  }

  private List<Finding> findings() {
    return new Doctor(
            transport, new SteppingTasks(new ManualClock(Instant.parse("2026-09-01T08:00:00Z"))))
        .examine(
            new Target(
                URI.create(API), URI.create(READ), null, null, new Secret("k"), null, "a test"));
  }

  private void scriptRest() {
    transport
        .on(
            "GET " + P + "/provider-apps",
            200,
            "[{'id':'a','clientId':'1','scopes':['user_accounts:read','boards:read']}]")
        .on("POST " + API + "/v1/oauth-connect", 200, authorize(API + "/callbacks/v1/oauth"))
        .on(
            "GET " + P + "/integrations",
            200,
            "[{'id':'i','name':'sync','latestRevision':{'content':{'read':{'objects':["
                + "{'objectName':'boards','destination':'hook'}]}}}}]")
        .on("GET " + P + "/destinations", 200, "[{'id':'d','name':'hook'}]")
        .on("GET " + P + "/dead-letters?pageSize=100", 200, "{'results':[],'pagination':{}}")
        .on("GET " + P + "/connections", 200, "[]")
        .on("GET " + P + "/installations", 200, "[]");
  }

  private static String authorize(String redirect) {
    return "https://www.pinterest.com/oauth/?client_id=1&redirect_uri=%s&scope=boards:read"
        .formatted(URLEncoder.encode(redirect, UTF_8));
  }

  private static void contains(
      List<Finding> findings, Finding.Level level, String subject, String text, String remedy) {
    assertThat(findings)
        .anySatisfy(
            one -> {
              assertThat(one.level()).isEqualTo(level);
              assertThat(one.subject()).contains(subject);
              assertThat(one.text()).contains(text);
              assertThat(String.valueOf(one.remedy())).contains(remedy);
            });
  }

  private static void problem(List<Finding> findings, String subject, String text, String remedy) {
    contains(findings, Finding.Level.PROBLEM, subject, text, remedy);
  }

  @Test
  void aDeployedPinferryWithoutAFaultSaysWhatToRegister() {
    scriptRest();

    List<Finding> findings = findings();

    assertThat(findings).allSatisfy(one -> assertThat(one.level()).isEqualTo(Finding.Level.OK));
    contains(
        findings,
        Finding.Level.OK,
        "redirect URI",
        API + "/callbacks/v1/oauth; register exactly this at your app",
        "null");
  }

  @Test
  void aServerThatLeadsOnDoesNotGetTheKey() {
    var moved = new ScriptedTransport();
    moved.on(
        "GET " + API + "/v1/openapi.json",
        () -> new Answer(301, Map.of("location", "https://www.example.com/"), ""));

    List<Finding> findings =
        new Doctor(moved, new SteppingTasks(new ManualClock(Instant.EPOCH)))
            .examine(
                new Target(URI.create(API), null, null, null, new Secret("k"), null, "a test"));

    problem(findings, "api door", "leads on to https://www.example.com/", "never sent on");
    assertThat(moved.calls()).singleElement().extracting(Transport.Call::key).isNull();
  }

  @Test
  void aTunnelThatIsGone() {
    transport
        .on(
            "POST " + API + "/v1/oauth-connect",
            200,
            authorize("https://tunnel.example.com/callbacks/v1/oauth"))
        .on(
            "GET https://tunnel.example.com/v1/openapi.json",
            () -> {
              throw new ConnectException("refused");
            });
    scriptRest();

    problem(
        findings(),
        "redirect URI",
        "come back to https://tunnel.example.com/callbacks/v1/oauth, and the api door does not"
            + " answer there",
        "Start the tunnel");
  }

  @Test
  void aRedirectUriOnThisComputerForTheRealPinterest() {
    transport
        .on(
            "POST " + API + "/v1/oauth-connect",
            200,
            authorize("http://127.0.0.1:8080/callbacks/v1/oauth"))
        .on("GET http://127.0.0.1:8080/v1/openapi.json", 200, "{'info':{'title':'Pinferry: api'}}");
    scriptRest();

    contains(
        findings(),
        Finding.Level.WARNING,
        "redirect URI",
        "which only this computer reaches",
        "start a tunnel");
  }

  @Test
  void aRedirectUriWithoutTls() {
    transport
        .on("POST " + API + "/v1/oauth-connect", 200, authorize("http://api.example.com/x"))
        .on(
            "GET http://api.example.com/v1/openapi.json",
            200,
            "{'info':{'title':'Pinferry: api'}}");
    scriptRest();

    problem(findings(), "redirect URI", "is http", "https address");
  }

  @Test
  void theSimulatedPinterestBehindAPublicAddress() {
    transport.on(
        "POST " + API + "/v1/oauth-connect",
        200,
        "http://127.0.0.1:8084/oauth/?redirect_uri=https%3A%2F%2Fapi.example.com%2Fcallbacks");
    scriptRest();

    problem(
        findings(),
        "Pinterest",
        "sent to http://127.0.0.1:8084 on their own computer",
        "production stack");
  }

  @Test
  void messagesThatWereGivenUp() {
    transport.on(
        "GET " + P + "/dead-letters?pageSize=100",
        200,
        "{'results':[{'destination':'hook'},{'destination':'hook'}],"
            + "'pagination':{'nextPageToken':'t'}}");
    scriptRest();

    problem(findings(), "dead letters", "at least 2 messages to hook", "dead-letters:redrive");
  }

  @Test
  void aDestinationThatIsSwitchedOff() {
    // The check of the integrations asks before.
    scriptRest();
    transport.on(
        "GET " + P + "/destinations",
        200,
        "[{'id':'d','name':'hook','trouble':{'disabled':true,'since':'2026-08-31T00:00:00Z',"
            + "'reason':'the destination answered 410'}}]");
    problem(
        findings(),
        "destination hook",
        "nothing is sent since 2026-08-31T00:00:00Z: the destination answered 410",
        "send its URL again");
  }

  @Test
  void importedTokensThatHaveExpiredAndALastReadThatFailed() {
    transport
        .on("GET " + P + "/connections", 200, "[{'id':'c','status':'working'}]")
        .on(
            "GET " + P + "/connections/c?includeCreds=true",
            200,
            "{'oauth2AuthorizationCode':{'accessToken':{'token':'pina_secret',"
                + "'expiresAt':'2026-08-31T00:00:00Z'}}}");
    scriptInstallation();
    scriptRest();

    List<Finding> findings = findings();

    problem(
        findings,
        "installation of org_7 in sync",
        "its imported tokens have expired at 2026-08-31T00:00:00Z",
        "import new tokens");
    problem(
        findings,
        "installation of org_7 in sync",
        "its last operation has failed",
        "./pinferry why --installation n");
    assertThat(findings.toString()).doesNotContain("pina_secret");
  }

  @Test
  void aConnectionThatWasRemoved() {
    scriptInstallation();
    scriptRest();

    problem(findings(), "installation of org_7", "its connection was removed", "connect again");
  }

  private void scriptInstallation() {
    transport.on(
        "GET " + P + "/installations",
        200,
        "[{'id':'n','integrationId':'i','group':{'groupRef':'org_7'},'connection':{'id':'c'},"
            + "'lastOperationStatus':'failure','config':{'content':{'read':{'objects':{}}}}}]");
  }
}
