package io.pinferry.local.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.http.Door;
import io.pinferry.local.contract.OwnDocument;
import io.pinferry.local.simulator.FaultClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The console in a real browser, as an operator uses it. Whatever it does in any test: it asks only
 * for what the API describes, breaks no rule of its security policy, and keeps the key in memory.
 */
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConsoleBrowserTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: shopPinterest
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: shopBackend
                schedule: "0 0 29 2 *"
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
              - objectName: pins
                destination: shopBackend
                schedule: "0 0 29 2 *"
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
        - name: billing
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: billing
                schedule: "0 0 29 2 *"
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  /** The name of a customer that tries to be a part of the page. */
  private static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";

  private static final Locator.WaitForOptions GONE =
      new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED);

  private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private LocalStack stack;
  private StackClient team;
  private RecordingWebhook shop;
  private RecordingWebhook billing;
  private volatile int billingAnswer = 500;
  private Chromium chromium;

  @BeforeAll
  void start() throws Exception {
    BrowserTools tools = BrowserTools.given();
    chromium = Chromium.start(tools);
    shop = RecordingWebhook.start(_ -> 204);
    billing = RecordingWebhook.start(_ -> billingAnswer);
    stack = LocalStack.start(Customer.stack(3_000, 6), sim -> sim);
    team = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
    team.createWebhook("shopBackend", shop.url());
    team.createWebhook("billing", billing.url());
    team.deploy(MANIFEST);
    install("shopPinterest", "Blue Desk", "boards", "pins");
    install("shopPinterest", HOSTILE, "boards");
  }

  @AfterAll
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (stack != null) {
      stack.close();
    }
    if (shop != null) {
      shop.close();
    }
    if (billing != null) {
      billing.close();
    }
    http.close();
  }

  @BeforeEach
  void forget() throws Exception {
    awaitQuiet();
    faults().end();
    requests.clear();
    errors.clear();
  }

  @AfterEach
  void theConsoleBehavedWell() {
    List<Pattern> described =
        OwnDocument.of(Door.API).operations().keySet().stream()
            .map(operation -> Pattern.compile(operation.replaceAll("\\{[^}]*}", "[^/]+")))
            .toList();
    assertThat(requests)
        .isNotEmpty()
        .allSatisfy(
            request -> {
              assertThat(request.url())
                  .startsWith(stack.api() + "/")
                  .doesNotContain(stack.apiKey(), stack.adminKey());
              String asked = request.method() + " " + URI.create(request.url()).getRawPath();
              assertThat(described).as(asked).anyMatch(one -> one.matcher(asked).matches());
            });
    assertThat(errors).as("errors of the page, also of its security policy").isEmpty();
  }

  @Test
  void aReadGoesFromNothingToItsEndWhileOneWatches() throws Exception {
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      link(visit, "Blue Desk").click();
      visit.see("Granted scopes");
      visit.shot("installation");
      fault(Json.object().put("kind", "status").put("status", 503).put("object", "pins"));
      visit.button("Read pins now").click();
      visit.see("Read of pins");
      visit.page().locator(".count", new Page.LocatorOptions().setHasText(exactly("0"))).waitFor();

      faults().end();
      // The page shows how the count grows only if Pinterest takes its time.
      fault(Json.object().put("kind", "latency").put("latencyMillis", 400).put("object", "pins"));
      visit
          .page()
          .locator(".count", new Page.LocatorOptions().setHasText(Pattern.compile("^[1-9]")))
          .waitFor();
      visit.shot("progress");
      visit.page().locator(".why.good").waitFor();

      assertThat(visit.page().locator(".why").textContent()).contains("3000 records read");
      assertThat(visit.page().locator("[role=status]").textContent())
          .as("a screen reader hears the end")
          .contains("3000 records read");
      visit.shot("success");
    }
  }

  @Test
  void theCauseOfAFailedReadIsOneClickAway() throws Exception {
    refuseBoardsOnce();
    trigger("Blue Desk", "boards");
    awaitQuiet();
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      visit.page().locator(".attention").getByText("Boards are resting.").first().waitFor();
      Locator failure = visit.page().locator(".attention").getByText("boards of Blue Desk");
      failure.waitFor();
      visit.shot("overview");
      failure.click();

      visit.page().locator(".why.bad").getByText("Boards are resting.").waitFor();
      visit.shot("failure");
    }
  }

  @Test
  void deadLettersAreSentAgain() throws Exception {
    billingAnswer = 500;
    install("billing", "Green Desk", "boards");
    Patience.until(
        "a dead letter",
        () -> team.get("./dead-letters?destination=billing").path("results").size(),
        count -> count > 0);
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      visit
          .page()
          .locator(".attention")
          .getByRole(
              AriaRole.LINK, new Locator.GetByRoleOptions().setName("billing").setExact(true))
          .click();
      visit.see("Messages given up");
      visit.page().getByLabel("Destination").selectOption("billing");
      visit.page().waitForURL(url -> url.contains("destination=billing"));
      visit.see("Send all of these again");
      visit.shot("destinations");

      billingAnswer = 204;
      visit.button("Send all of these again").click();
      visit.see("sent again within a minute");
      billing.await("the message", _ -> true);
      visit.see("There is none.");
      assertThat(visit.page().url()).contains("destination=billing");
    }
  }

  @Test
  void aFailedAttemptShowsTheAnswerAndItsMessageComesAgain() throws Exception {
    billingAnswer = 500;
    install("billing", "Red Desk", "boards");
    Patience.until(
        "a message that was given up",
        () -> team.get("./deliveries?destination=billing&status=failed").path("results"),
        found ->
            found.valueStream().anyMatch(one -> one.path("outcome").asText().equals("given_up")));
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      visit.page().locator("header").getByText("Deliveries").click();
      visit.page().getByLabel("Destination").selectOption("billing");
      visit.page().waitForURL(url -> url.contains("destination=billing"));
      visit.see("the destination answered 500");
      visit.shot("deliveries");

      billingAnswer = 204;
      visit.button("Send the undelivered ones again").click();
      visit.see("sent again within a minute");
      billing.await("the message", _ -> true);
      visit.page().getByLabel("Outcome").selectOption("accepted");
      visit.page().waitForURL(url -> url.contains("status=accepted"));
      visit.page().locator("tbody tr").first().waitFor();
    }
  }

  @Test
  void anInstallationTellsItsNextReadsAndWhatIsLeftOfTheLimits() throws Exception {
    trigger("Blue Desk", "boards");
    awaitQuiet();
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      link(visit, "Blue Desk").click();
      visit.see("org_read");

      Locator gauge = visit.page().getByLabel("Left of org_read");
      assertThat(gauge.getAttribute("max")).isEqualTo("1000");
      int left = Integer.parseInt(Objects.requireNonNull(gauge.getAttribute("value"), "value"));
      assertThat(left).isBetween(0, 999);
      visit.see("of 1,000 a minute");
      visit.text("categories of requests without use").click();
      visit.see("catalogs_write");
      String due =
          team.get("./installations?groupRef=Blue%20Desk").at("/0/nextReads/boards").asText();
      assertThat(due).contains("-02-29T00:00:00Z");
      visit.page().locator("time[datetime='" + due + "']").first().waitFor();
      visit.shot("limits");
    }
  }

  @Test
  void anObjectIsPausedAndResumed() throws Exception {
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      link(visit, "Blue Desk").click();
      visit.button("Pause pins").click();
      visit.button("Resume pins").waitFor();
      assertThat(visit.button("Read pins now").isDisabled()).isTrue();
      assertThat(visit.button("Read boards now").isDisabled()).isFalse();
      assertThat(pinsOfBlueDesk().path("disabled").booleanValue()).isTrue();
      visit.shot("paused");

      visit.button("Resume pins").click();
      visit.button("Pause pins").waitFor();
      assertThat(pinsOfBlueDesk().path("disabled").booleanValue()).isFalse();
    }
  }

  private JsonNode pinsOfBlueDesk() throws Exception {
    return team.get("./installations?groupRef=Blue%20Desk")
        .at("/0/config/content/read/objects/pins");
  }

  @Test
  void aCustomerWhoseTokensWereRevokedConnectsAgain() throws Exception {
    install("shopPinterest", "Lost Desk", "boards");
    awaitQuiet();
    fault(
        Json.object()
            .put("kind", "revokeTokens")
            .put("refreshTokenToo", true)
            .put("object", "boards")
            .put("count", 1));
    trigger("Lost Desk", "boards");
    Patience.until(
        "the end of the access",
        () -> team.get("./connections?groupRef=Lost%20Desk").at("/0/status").asText(),
        "bad_credentials"::equals);
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      link(visit, "Lost Desk").click();
      visit.see("The customer must connect again.");
      Page pinterest = pinterest(visit, "Connect again");
      assertThat(visit.page().getByLabel("Link").inputValue()).isEqualTo(pinterest.url());
      check(visit, "reconnect");
      BrowserVisit.press(pinterest, "Give access");

      visit.page().getByText("The customer must connect again.").waitFor(GONE);
      assertThat(team.get("./connections?groupRef=Lost%20Desk").at("/0/status").asText())
          .isNotEqualTo("bad_credentials");
    }
  }

  @Test
  void aNewCustomerIsConnectedAndInstalled() throws Exception {
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      visit.page().locator("header").getByText("Connect").click();
      visit.page().getByLabel("Integration").selectOption("shopPinterest");
      visit.page().getByLabel("Customer (groupRef)").fill("org_new");
      visit.page().getByLabel("Name of the customer").fill("New Desk");
      visit.page().getByLabel("User (consumerRef)").fill("u_new");
      Page pinterest = pinterest(visit, "Connect");
      visit.see("Waiting for the customer");
      check(visit, "connecting");
      BrowserVisit.press(pinterest, "Give access");

      visit.see("The customer is connected");
      visit.see("New Desk (org_new)");
      check(visit, "connected");
      visit.button("Install shopPinterest").click();
      visit
          .page()
          .locator("h1", new Page.LocatorOptions().setHasText(exactly("New Desk")))
          .waitFor();

      JsonNode installed = team.get("./installations?groupRef=org_new").path(0);
      assertThat(installed.at("/config/content/read/objects").properties())
          .extracting(Map.Entry::getKey)
          .containsExactlyInAnyOrder("boards", "pins");
    }
  }

  @Test
  void aManifestIsDeployedAndItsChangesAreShown() throws Exception {
    String first =
        MANIFEST.replace("shopPinterest", "newsletter").replace("name: billing", "name: magazine");
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      visit.page().locator("header").getByText("Integrations").click();
      visit
          .page()
          .getByLabel("amp.yaml")
          .fill(first.replace("objectName: pins", "objectName: pens"));
      visit.button("Deploy").click();
      visit.see("integrations[0].read.objects[1].objectName");
      // The browser itself reports the refused request.
      errors.clear();
      visit.page().getByLabel("amp.yaml").fill(first);
      visit.button("Deploy").click();
      visit.see("newsletter is new");
      visit.see("read pins came");
      visit.page().getByLabel("amp.yaml").fill(first.replace("29 2 *", "28 2 *"));
      visit.button("Deploy").click();
      visit.see("newsletter has a new revision");
      check(visit, "deployed");

      visit.page().locator("tbody").getByText("newsletter").click();
      visit.page().locator("h1", new Page.LocatorOptions().setHasText("newsletter")).waitFor();
      assertThat(visit.page().locator(".changes").innerText())
          .contains("read boards", "schedule", "0 0 29 2 *", "0 0 28 2 *");
      check(visit, "integration");
      visit
          .page()
          .getByRole(
              AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("^Changes of")))
          .last()
          .click();
      visit.see("read pins came");
      assertThat(visit.page().getByLabel("From").inputValue()).isEmpty();
    }
  }

  /** Presses a button that opens Pinterest in a new tab, and returns the tab. */
  private static Page pinterest(BrowserVisit visit, String button) {
    Page tab = visit.context().waitForPage(() -> visit.button(button).click());
    tab.getByText("Simulated Pinterest").waitFor();
    assertThat(tab.evaluate("window.opener === null")).isEqualTo(true);
    return tab;
  }

  @Test
  void filtersAndPagesAreInTheAddress() throws Exception {
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      visit.page().locator("header").getByText("Operations").click();
      visit.page().getByLabel("Status").selectOption("success");
      visit.page().waitForURL(url -> url.contains("status=success"));
      visit.page().getByLabel("Object").fill("pins");
      visit.button("Show").click();
      visit.page().waitForURL(url -> url.contains("status=success&object=pins"));
      visit.page().locator("tbody tr").first().waitFor();

      assertThat(visit.page().locator("tbody .main").allTextContents())
          .isNotEmpty()
          .allMatch(text -> text.contains("Read of pins"));
      visit.shot("operations");

      // The key is only in memory. The address leads back to the same page.
      visit.page().reload();
      logIn(visit, "Operations");
      assertThat(visit.page().getByLabel("Object").inputValue()).isEqualTo("pins");
    }
  }

  @Test
  void theKeyIsNowhereButInMemory() {
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      visit.page().getByLabel("API key").fill("no-such-key");
      visit.button("Open the console").click();
      visit.see("the API key is not known or was revoked");
      // The browser itself reports the refused request.
      errors.clear();
      logIn(visit);

      assertThat(visit.page().evaluate("localStorage.length + sessionStorage.length")).isEqualTo(0);
      assertThat(visit.context().cookies()).isEmpty();
      assertThat(visit.page().content()).doesNotContain(stack.apiKey());
      visit.button("Sign out").click();
      visit.page().getByLabel("API key").waitFor();
      assertThat(visit.page().getByLabel("API key").inputValue()).isEmpty();
      assertThat(visit.page().content()).doesNotContain("Blue Desk");
    }
  }

  @Test
  void aHostileNameIsOnlyText() {
    try (BrowserVisit visit = visit(new Browser.NewContextOptions())) {
      logIn(visit);
      link(visit, HOSTILE).click();
      visit.page().locator("h1", new Page.LocatorOptions().setHasText(HOSTILE)).waitFor();

      assertThat(visit.page().title()).startsWith(HOSTILE);
      assertThat(visit.page().locator("img[src=x]").count()).isZero();
    }
  }

  @Test
  void everyPageFitsAndHasNoBarrier() throws Exception {
    for (boolean dark : new boolean[] {false, true}) {
      var options = new Browser.NewContextOptions();
      if (dark) {
        options.setViewportSize(375, 740).setColorScheme(ColorScheme.DARK);
      }
      try (BrowserVisit visit = visit(options)) {
        String look = dark ? "-phone-dark" : "-light";
        check(visit, "login" + look);
        logIn(visit);
        assertThat(visit.page().evaluate("getComputedStyle(document.body).backgroundColor"))
            .isEqualTo(dark ? "rgb(23, 22, 21)" : "rgb(247, 246, 244)");
        link(visit, "Blue Desk").waitFor();
        check(visit, "overview" + look);
        String installation =
            Objects.requireNonNull(
                link(visit, "Blue Desk").getAttribute("href"), "the link of an installation");
        JsonNode operation = team.get("./operations?objectName=pins").at("/results/0");
        go(visit, "#/local/installations", "Installations");
        check(visit, "installations" + look);
        go(visit, installation, "Blue Desk");
        visit.text("categories of requests without use").click();
        check(visit, "installation" + look);
        go(visit, "#/local/integrations", "Integrations");
        check(visit, "integrations" + look);
        go(visit, "#/local/integrations/shopPinterest", "shopPinterest");
        check(visit, "integration" + look);
        go(visit, "#/local/connect", "Connect a customer");
        check(visit, "connect" + look);
        go(visit, "#/local/operations", "Operations");
        check(visit, "operations" + look);
        go(visit, "#/local/operations/" + operation.path("id").asText(), "Read of pins");
        check(visit, "operation" + look);
        go(visit, "#/local/deliveries", "Deliveries");
        check(visit, "deliveries" + look);
        go(visit, "#/local/destinations", "Destinations");
        check(visit, "destinations" + look);
      }
    }
  }

  /** Opens a page by its address, and waits until it shows its content. */
  private static void go(BrowserVisit visit, String hash, String title) {
    visit.page().evaluate("hash => { location.hash = hash; }", hash);
    visit.page().locator("h1", new Page.LocatorOptions().setHasText(exactly(title))).waitFor();
  }

  /** Looks at a page as it is: its width, its barriers, and where the keyboard is. */
  private static void check(BrowserVisit visit, String what) {
    visit.shot(what);
    assertThat(
            visit
                .page()
                .evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        .as("what is too wide on " + what)
        .isEqualTo(0);
    visit.page().evaluate(axe());
    Object found =
        visit
            .page()
            .evaluate(
                """
                async () => (await axe.run()).violations
                    .filter((one) => ['serious', 'critical'].includes(one.impact))
                    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html} ${node.failureSummary}`))
                """);
    assertThat((List<?>) found).as("barriers on " + what).isEmpty();
    visit.page().keyboard().press("Tab");
    assertThat(visit.page().evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        .as("how the control with the keyboard looks on " + what)
        .isEqualTo("solid");
  }

  private static String axe() {
    try (InputStream script = ConsoleBrowserTest.class.getResourceAsStream(AXE)) {
      return new String(Objects.requireNonNull(script, AXE).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns a pattern of all of a text. It is read by JavaScript, which has no quotation.
   *
   * @param text letters, digits and spaces
   */
  private static Pattern exactly(String text) {
    return Pattern.compile("^" + text + "$");
  }

  private BrowserVisit visit(Browser.NewContextOptions options) {
    BrowserContext context = chromium.browser().newContext(options);
    context.setDefaultTimeout((double) Patience.LIMIT.toMillis());
    Page page = context.newPage();
    page.onRequest(requests::add);
    page.onPageError(errors::add);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            errors.add(message.text());
          }
        });
    URI address = stack.api().resolve("/console");
    page.navigate(address.toString());
    page.getByLabel("API key").waitFor();
    return new BrowserVisit(context, page, address, "console");
  }

  private void logIn(BrowserVisit visit) {
    logIn(visit, "Overview");
    visit.see("Needs attention");
  }

  private void logIn(BrowserVisit visit, String title) {
    visit.page().getByLabel("API key").fill(stack.apiKey());
    visit.button("Open the console").click();
    visit.page().locator("h1", new Page.LocatorOptions().setHasText(title)).waitFor();
  }

  /** Returns the first link to a customer in the table of installations. */
  private static Locator link(BrowserVisit visit, String customer) {
    return visit
        .page()
        .getByRole(AriaRole.TABLE, new Page.GetByRoleOptions().setName("Installations"))
        .getByText(customer)
        .first();
  }

  private void install(String integration, String group, String... objects) throws Exception {
    team.connect(group);
    ObjectNode body = (ObjectNode) Json.trusted(StackClient.installation(group, objects));
    team.done("POST", "./integrations/" + integration + "/installations", body);
  }

  private void trigger(String group, String object) throws Exception {
    ObjectNode body = Json.object().put("groupRef", group).put("mode", "async");
    team.at(stack.read()).done("POST", "./integrations/shopPinterest/objects/" + object, body);
  }

  private FaultClient faults() {
    return new FaultClient(http, stack.pinterest());
  }

  private void fault(ObjectNode fault) throws Exception {
    faults().add(fault);
  }

  /** Pinterest answers the next request for boards with a 400. */
  private void refuseBoardsOnce() throws Exception {
    fault(
        Json.object()
            .put("kind", "status")
            .put("status", 400)
            .put("code", 1)
            .put("message", "Boards are resting.")
            .put("object", "boards")
            .put("count", 1));
  }

  /** Waits until nobody reads any more: a fault meets whatever request comes next. */
  private void awaitQuiet() throws Exception {
    Patience.until(
        "the end of all reads",
        () -> {
          List<JsonNode> running = new ArrayList<>();
          team.get("./operations?status=in_progress").path("results").forEach(running::add);
          return running;
        },
        List::isEmpty);
  }
}
