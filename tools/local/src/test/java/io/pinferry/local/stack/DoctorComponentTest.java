package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.base.VirtualThreadTasks;
import io.pinferry.local.cli.CommandRun;
import io.pinferry.local.cli.CommandRun.Shell;
import io.pinferry.local.simulator.FaultClient;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The command doctor finds misconfigurations that a test has planted, and says what to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DoctorComponentTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: sync
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: hook
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
              - objectName: pins
                destination: hook
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  @TempDir private Path home;
  private LocalStack stack;
  private StackClient operator;
  private StackClient team;
  private RecordingWebhook webhook;
  private String app = "";

  @BeforeAll
  void start() throws Exception {
    stack = LocalStack.start(Customer.stack(20, 2), sim -> sim.withRateLimits(false));
    operator = new StackClient(http, stack.api(), stack.project(), stack.adminKey());
    webhook = RecordingWebhook.start(_ -> 204);
  }

  @AfterAll
  void stop() {
    webhook.close();
    stack.close();
    http.close();
  }

  /** Makes a project of its own for each test, with everything as it should be. */
  @BeforeEach
  void makeProject(TestInfo test) throws Exception {
    String name = test.getTestMethod().orElseThrow().getName();
    String project =
        operator
            .done(
                "POST", "/v1/projects", Json.object().put("name", name).put("appName", "A product"))
            .path("id")
            .asText();
    team = operator.withProject(project).withKey(key(project, "full"));
    app = team.done("POST", "./provider-apps", app(LocalStack.allScopes())).path("id").asText();
    team.createWebhook("hook", webhook.url());
    team.deploy(MANIFEST);
  }

  @AfterEach
  void endFaults() throws Exception {
    new FaultClient(http, stack.pinterest()).end();
  }

  private String key(String project, String scope) throws Exception {
    ObjectNode body = Json.object().put("label", "a key");
    body.putArray("scopes").add(scope);
    return operator.withProject(project).done("POST", "./api-keys", body).path("key").asText();
  }

  private ObjectNode app(Set<String> scopes) {
    ObjectNode app =
        Json.object()
            .put("provider", "pinterest")
            .put("clientId", LocalStack.CLIENT_ID)
            .put("clientSecret", LocalStack.CLIENT_SECRET);
    scopes.forEach(app.putArray("scopes")::add);
    return app;
  }

  private String install(String group) throws Exception {
    team.connect(group);
    return installFor(group);
  }

  private String installFor(String group) throws Exception {
    return team.done(
            "POST",
            "./integrations/sync/installations",
            Json.trusted(StackClient.installation(group, "boards")))
        .path("id")
        .asText();
  }

  private void awaitReads(String status) throws Exception {
    Patience.until(
        "the end of the reads",
        () -> team.get("./operations").path("results").valueStream().toList(),
        all ->
            !all.isEmpty()
                && all.stream().allMatch(one -> one.path("status").asText().equals(status)));
  }

  private Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    environment.put("PINFERRY_API", stack.api().toString());
    environment.put("PINFERRY_READ", stack.read().toString());
    environment.put("PINFERRY_KEY", team.key());
    return environment;
  }

  private Shell shell(String variable, String value) {
    Map<String, String> environment = environment();
    environment.put(variable, value);
    return Shell.of(environment, home);
  }

  private Shell shell() {
    return Shell.of(environment(), home);
  }

  /** Checks that a problem is found, and explained with what to do; both as text and as JSON. */
  private void finds(Shell shell, String level, String subject, String text, String remedy) {
    CommandRun run = shell.run("doctor", "--json");

    assertThat(run.json().path("findings"))
        .as(run.out())
        .anySatisfy(
            one -> {
              assertThat(one.path("level").asText()).isEqualTo(level);
              assertThat(one.path("subject").asText()).contains(subject);
              assertThat(one.path("text").asText()).contains(text);
              assertThat(one.path("remedy").asText()).contains(remedy);
            });
    assertThat(run.code()).isEqualTo(level.equals("problem") ? 3 : 0);
    assertThat(run.out() + run.err()).doesNotContain(team.key());
  }

  private void findsProblem(Shell shell, String subject, String text, String remedy) {
    finds(shell, "problem", subject, text, remedy);
  }

  @Test
  void nothingIsFoundWhereAllIsWell() throws Exception {
    install("org_7");
    awaitReads("success");

    CommandRun run = shell().run("doctor");

    assertThat(run.out())
        .contains(
            "ok       api door: " + stack.api(),
            "ok       read door: " + stack.read(),
            "ok       clock",
            "ok       key: is valid for project ",
            "ok       redirect URI: " + stack.callback(),
            "ok       destination hook",
            "ok       installation of org_7 in sync",
            "All is well.")
        .doesNotContain("problem", "warning", team.key());
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
  }

  @Test
  void theReadDoorInPlaceOfTheApiDoor() {
    findsProblem(
        shell("PINFERRY_API", stack.read().toString()),
        "api door",
        stack.read() + " is the read door, not the api door",
        "Set the address of the api door");
  }

  @Test
  void theWriteDoorInPlaceOfTheReadDoor() {
    findsProblem(
        shell("PINFERRY_READ", stack.write().toString()),
        "read door",
        "is the write door, not the read door",
        "Set the address of the read door");
  }

  @Test
  void theProxyDoorInPlaceOfTheReadDoor() {
    findsProblem(
        shell("PINFERRY_READ", stack.proxy().toString()),
        "read door",
        "is the proxy door, not the read door",
        "Set the address of the read door");
  }

  @Test
  void anAddressWhereNothingListens() {
    findsProblem(
        shell("PINFERRY_API", "http://127.0.0.1:1"),
        "api door",
        "nothing listens there",
        "Is ./pinferry up running?");
  }

  @Test
  void anotherServer() {
    findsProblem(
        shell("PINFERRY_API", stack.pinterest().toString()),
        "api door",
        "is not Pinferry",
        "Correct the address");
  }

  @Test
  void anAddressWithAPath() {
    findsProblem(
        shell("PINFERRY_API", stack.api() + "/v1"),
        "target",
        "has more than a host and a port",
        "Use " + stack.api());
  }

  @Test
  void http() {
    findsProblem(
        shell("PINFERRY_API", "http://api.example.com"),
        "target",
        "everybody on the way could read the key",
        "Use https://api.example.com");
  }

  @Test
  void aMissingReadDoor() throws Exception {
    Map<String, String> environment = environment();
    environment.remove("PINFERRY_READ");

    finds(
        Shell.of(environment, home),
        "warning",
        "read door",
        "./pinferry read does not work",
        "PINFERRY_READ");
  }

  @Test
  void aClockThatIsWrong() {
    findsProblem(
        shell().with(new VirtualThreadTasks(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)))),
        "clock",
        "s ahead of the server's",
        "NTP");
  }

  @Test
  void aKeyThatNobodyKnows() {
    String key = "pfk_unknown";

    findsProblem(
        shell("PINFERRY_KEY", key), "key", "is not known or was revoked", "key of another stack");
    assertThat(shell("PINFERRY_KEY", key).run("doctor").out()).doesNotContain(key);
  }

  @Test
  void aKeyForWebPages() throws Exception {
    findsProblem(
        shell("PINFERRY_KEY", key(team.project(), "frontend")),
        "key",
        "its scope is frontend",
        "Use a key of the scope full");
  }

  @Test
  void theProjectOfAnotherKey() {
    findsProblem(
        shell("PINFERRY_PROJECT", stack.project()),
        "project",
        "does not belong to it",
        "use the key of that project");
  }

  @Test
  void aProjectWithoutAProviderApp() throws Exception {
    team.done("DELETE", "./provider-apps/" + app, Json.object());

    findsProblem(shell(), "provider app", "no customer can connect", "#your-own-pinterest-app");
  }

  @Test
  void aProviderAppThatAsksForTooFewScopes() throws Exception {
    ObjectNode change = Json.object();
    change.putArray("updateMask").add("scopes");
    change.putObject("providerApp").putArray("scopes").add("boards:read");
    team.done("PATCH", "./provider-apps/" + app, change);

    findsProblem(shell(), "provider app", "lack user_accounts:read", "Add it: PATCH");
    findsProblem(
        shell(), "provider app", "lack pins:read, which pins of sync needs", "connect again");
  }

  @Test
  void aScopeThatWasNotGranted() throws Exception {
    install("org_7");
    importTokens("org_7", token(), "user_accounts:read");

    findsProblem(
        shell(),
        "installation of org_7",
        "boards needs the scope boards:read, which was not granted",
        "let the customer connect again");
  }

  @Test
  void tokensThatNothingRefreshes() throws Exception {
    team.connect("first");
    String token = token();
    team.done("DELETE", "./connections/" + connection(), Json.object());
    team.done("DELETE", "./provider-apps/" + app, Json.object());
    importTokens("org_7", token, "user_accounts:read", "boards:read");
    installFor("org_7");
    team.done("POST", "./provider-apps", app(LocalStack.allScopes()));

    finds(
        shell(),
        "warning",
        "installation of org_7",
        "its tokens were imported without an app, so nothing refreshes them",
        "import new tokens in time");
  }

  private String connection() throws Exception {
    return team.get("./connections").at("/0/id").asText();
  }

  private String token() throws Exception {
    return team.get("./connections/" + connection() + "?includeCreds=true")
        .at("/oauth2AuthorizationCode/accessToken/token")
        .asText();
  }

  private void importTokens(String group, String token, String... scopes) throws Exception {
    ObjectNode body =
        Json.object()
            .put("groupRef", group)
            .put("consumerRef", "consumer")
            .put("provider", "pinterest");
    ObjectNode credentials = body.putObject("oauth2AuthorizationCode");
    credentials.putObject("accessToken").put("token", token);
    for (String scope : scopes) {
      credentials.withArray("scopes").add(scope);
    }
    team.done("POST", "./connections:generate", body);
  }

  @Test
  void tokensThatPinterestRefuses() throws Exception {
    install("org_7");
    awaitReads("success");
    new FaultClient(http, stack.pinterest())
        .add(
            Json.object().put("kind", "revokeTokens").put("refreshTokenToo", true).put("count", 1));
    CommandRun read = shell().run("read", "org_7", "boards");

    assertThat(read.code()).as(read.out()).isEqualTo(3);
    assertThat(read.out()).contains("Pinterest refuses the tokens");
    findsProblem(
        shell(),
        "installation of org_7",
        "Pinterest refuses its tokens for good",
        "Let the customer connect again");
  }

  @Test
  void aDestinationThatIsGone() throws Exception {
    team.done("DELETE", "./destinations/hook", Json.object());

    findsProblem(
        shell(),
        "integration sync",
        "it sends records to hook, and there is no such destination",
        "POST …/destinations");
  }

  @Test
  void aDestinationThatDoesNotAnswer() throws Exception {
    ObjectNode change = Json.object();
    change.putArray("updateMask").add("metadata.url");
    change.putObject("destination").putObject("metadata").put("url", "http://127.0.0.1:1/hook");
    team.done("PATCH", "./destinations/hook", change);
    install("org_7");
    Patience.until(
        "the destination's trouble", () -> team.get("./destinations/hook").has("trouble"));

    findsProblem(
        shell(), "destination hook", "the destination was not reached", "Correct the webhook");
  }

  @Test
  void anObjectThatSomebodyPaused() throws Exception {
    String installation = install("org_7");
    awaitReads("success");
    team.at(stack.read())
        .done(
            "POST", "./integrations/sync/installations/" + installation + ":pause", Json.object());

    finds(shell(), "warning", "installation of org_7", "boards is paused", ":unpause");
  }

  @Test
  void doorsOfTwoStacks() throws Exception {
    try (LocalStack other = LocalStack.start(Customer.stack(0, 0))) {
      findsProblem(
          shell("PINFERRY_READ", other.read().toString()),
          "read door",
          "the two are of different stacks",
          "one of a sandbox and one of production");
    }
  }
}
