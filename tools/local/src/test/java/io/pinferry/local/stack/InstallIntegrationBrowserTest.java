package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.RequestOptions;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.local.simulator.FaultClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The published component, unmodified, in a real browser: customers connect, choose, reconnect and
 * uninstall, and the product gets what they chose. Each customer has a test of their own. Some have
 * a page that is made of the library's other parts.
 */
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InstallIntegrationBrowserTest {
  private static final Locator.WaitForOptions GONE =
      new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN);

  private static final String WRITES =
      """
      specVersion: 1.0.0
      integrations:
        - name: shopWrites
          provider: pinterest
          read:
            objects:
              - objectName: boards
                destination: shopBackend
                requiredFields:
                  - fieldName: id
          write:
            objects:
              - objectName: boards
              - objectName: board_sections
      """;

  private static final String PROXY =
      """
      specVersion: 1.0.0
      integrations:
        - name: shopProxy
          provider: pinterest
          proxy:
            enabled: true
      """;

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  private final Set<String> foreignHosts = new TreeSet<>();
  private LocalStack stack;
  private StackClient team;
  private ExampleApp example;
  private URI page;
  private @Nullable URI sources;
  private Chromium chromium;

  @BeforeAll
  void start() throws Exception {
    BrowserTools tools = BrowserTools.given();
    example = ExampleApp.install(tools);
    stack = LocalStack.start(Customer.stack(60, 6), sim -> sim.withRateLimits(false));
    team = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
    page = example.start(stack);
    chromium = Chromium.start(tools);
  }

  @AfterAll
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (example != null) {
      example.close();
    }
    if (stack != null) {
      stack.close();
    }
    http.close();
  }

  @Test
  void aCustomerConnectsMapsAFieldAndTheProductGetsIt() {
    try (BrowserVisit cleo = visit("cleo")) {
      List<Map<String, String>> headers = new ArrayList<>();
      cleo.page()
          .onRequest(
              request -> {
                if (request.url().startsWith(stack.api().toString())) {
                  headers.add(request.headers());
                }
              });
      Page popup = cleo.pinterest();
      cleo.shot(popup, "1-consent");
      BrowserVisit.press(popup, "Give access");

      cleo.see("Blue Desk reads the following fields");
      cleo.tab("Boards");
      cleo.text("Privacy").click();
      assertThat(cleo.menuBackground()).isEqualTo("rgb(255, 255, 255)");
      cleo.map("Name");
      cleo.shot("2-chosen");
      cleo.button("Install").click();

      JsonNode message = cleo.awaitMessage(of("boards"));
      JsonNode first = message.path("first");
      // A field that is mapped comes by its new name only.
      assertThat(names(first.path("fields"))).containsExactlyInAnyOrder("id", "privacy");
      assertThat(first.at("/mappedFields/note").asText())
          .isNotEmpty()
          .isEqualTo(first.at("/raw/name").asText());
      assertThat(message.path("readType").asText()).isEqualTo("backfill");
      cleo.text("boards: ").click();
      cleo.see("The first of them:");
      cleo.shot("3-arrived");
      assertThat(popup.isClosed()).isTrue();
      assertThat(headers)
          .isNotEmpty()
          .allSatisfy(
              each ->
                  assertThat(each.get("authorization"))
                      .as("a token of the back end's, and no key")
                      .startsWith("Bearer "))
          .noneMatch(each -> each.containsKey("x-api-key"));
    }
  }

  @Test
  void whatACustomerChoosesLaterIsWhatComesNext() throws Exception {
    install("lena");
    try (BrowserVisit lena = visit("lena")) {
      lena.tab("Boards");
      lena.text("Privacy").click();
      lena.text("Description").click();
      lena.map("Pin count");
      assertThat(lena.sends("PATCH", () -> lena.button("Save").click())).isEqualTo(200);
      assertThat(trigger("lena", "boards")).isEqualTo(201);

      JsonNode first =
          lena.awaitMessage(message -> message.at("/first/mappedFields").has("note")).path("first");
      assertThat(names(first.path("fields")))
          .containsExactlyInAnyOrder("id", "name", "description");
      assertThat(first.at("/mappedFields/note")).isEqualTo(first.at("/raw/pin_count"));
    }
  }

  @Test
  void anObjectThatIsStoppedIsReadNoMoreUntilItIsEnabledAgain() throws Exception {
    install("nils");
    try (BrowserVisit nils = visit("nils")) {
      nils.tab("Boards");
      nils.see("Reading from Boards is enabled.");
      nils.text("Stop reading from Boards").click();
      nils.button("Stop reading").click();
      nils.see("Reading is currently disabled");
      nils.shot("1-stopped");
      assertThat(trigger("nils", "boards")).isEqualTo(409);

      assertThat(nils.sends("PATCH", () -> nils.button("Re-enable reading from Boards").click()))
          .isEqualTo(200);
      nils.see("Reading from Boards is enabled.");
      assertThat(trigger("nils", "boards")).isEqualTo(201);
    }
  }

  @Test
  void anAccountWhoseTokensWereRevokedIsConnectedAgain() throws Exception {
    install("rosa");
    try (BrowserVisit rosa = visit("rosa")) {
      rosa.awaitMessage(of("boards"));
      revokeTokensOf(rosa);
      rosa.page().reload();
      rosa.tab("Manage");
      rosa.see("Bad_credentials");
      rosa.see("pinferry-demo-1");
      rosa.shot("1-revoked");
      BrowserVisit.press(rosa.pinterest(), "Give access");
      rosa.see("Connection updated successfully");
      rosa.page().getByText("Bad_credentials").waitFor(GONE);
      rosa.shot("2-connected-again");

      int before = rosa.messages().size();
      assertThat(trigger("rosa", "boards")).isEqualTo(201);
      rosa.page().waitForCondition(() -> rosa.messages().size() > before);
    }
  }

  @Test
  void anUninstalledIntegrationIsGoneAndCanBeInstalledAgain() throws Exception {
    install("udo");
    try (BrowserVisit udo = visit("udo")) {
      udo.tab("Manage");
      udo.button("Yes, uninstall").click();
      udo.see("Integration successfully uninstalled.");
      udo.shot("1-uninstalled");
      assertThat(team.get("./installations?groupRef=" + groupOf("udo"))).isEmpty();
      assertThat(team.get("./connections?groupRef=" + groupOf("udo"))).isEmpty();

      udo.button("Reinstall Integration").click();
      BrowserVisit.press(udo.pinterest(), "Give access");
      udo.see("Blue Desk reads the following fields");
    }
  }

  @Test
  void aDeclinedConsentIsSaidSoOnThePage() {
    try (BrowserVisit dora = visit("dora")) {
      BrowserVisit.press(dora.pinterest(), "Cancel");
      dora.see("Access was declined.");
      dora.see("reload this page");
      dora.shot("1-declined");

      dora.page().reload();
      BrowserVisit.press(dora.pinterest(), "Give access");
      dora.see("Blue Desk reads the following fields");
    }
  }

  @Test
  void whoComesBackWithoutThePageThatSentThemCanReadHowItWent() throws Exception {
    try (BrowserVisit otto = visit("otto")) {
      for (String button : List.of("Cancel", "Give access")) {
        otto.page().navigate(team.authorizeUrl(groupOf("otto"), "otto").toString());
        BrowserVisit.press(otto.page(), button);
        otto.see(button.equals("Cancel") ? "Access was declined." : "is connected to");
        otto.shot("after-" + button.toLowerCase(Locale.ROOT).replace(' ', '-'));
      }
      otto.see("If it still waits, press Next or reload it.");
      otto.page().reload();
      otto.see("is connected to");
    }
  }

  @Test
  void aFrontendKeyWillDoWhereThePageIsTrusted() throws Exception {
    URI simple = example.startWithFrontendKey();
    try (BrowserVisit finn = visit("finn", simple)) {
      BrowserVisit.press(finn.pinterest(), "Give access");
      finn.see("Blue Desk reads the following fields");
      finn.tab("Boards");
      assertThat(finn.sends("POST", () -> finn.button("Install").click())).isEqualTo(201);
      assertThat(team.get("./installations?groupRef=" + groupOf("finn"))).hasSize(1);
    }
  }

  @Test
  void aPermissionThatWasNotGivenIsNamedAtTheObjectThatNeedsIt() {
    try (BrowserVisit sara = visit("sara")) {
      Page popup = sara.pinterest();
      popup.getByLabel("boards:read", new Page.GetByLabelOptions().setExact(true)).uncheck();
      BrowserVisit.press(popup, "Give access");

      sara.tab("Boards");
      sara.see("needs the scope boards:read");
      sara.shot("1-missing");
      assertThat(sara.button("Install").isDisabled()).isTrue();
    }
  }

  @Test
  void whatPinterestRefusesIsSaidWhereItWasToBeSaved() throws Exception {
    try (BrowserVisit zara = visit("zara")) {
      BrowserVisit.press(zara.pinterest(), "Give access");
      zara.tab("Boards");
      zara.text("Privacy").click();
      refuseBoardsOnce();
      assertThat(zara.sends("POST", () -> zara.button("Install").click())).isEqualTo(422);
      zara.see("nothing was saved");
      zara.see("Boards are resting.");
      assertThat(zara.page().content())
          .as("what only whoever calls the API understands")
          .doesNotContain("config.content")
          .doesNotContain("skipSampling");
      zara.shot("1-refused");

      assertThat(zara.sends("POST", () -> zara.button("Install").click())).isEqualTo(201);
    }
  }

  @Test
  void whatMayBeWrittenIsChosenOnATabOfItsOwn() throws Exception {
    team.deploy(WRITES);
    try (BrowserVisit wanda = visit("wanda", page, "shopWrites")) {
      BrowserVisit.press(wanda.pinterest(), "Give access");
      wanda.tab("Write");
      wanda.text("Board sections").waitFor();
      wanda.text("Select all 2 objects").click();
      wanda.shot("1-writes");
      assertThat(wanda.sends("POST", () -> wanda.button("Install").click())).isEqualTo(201);

      JsonNode written =
          team.at(stack.write())
              .done(
                  "POST",
                  "./integrations/shopWrites/objects/boards",
                  Json.trusted(
                      """
                      {"groupRef": "shop-of-wanda", "type": "create", "record": {"name": "Lamps"}}
                      """));
      assertThat(written.at("/result/success").asBoolean()).as(written.toString()).isTrue();
    }
  }

  @Test
  void anIntegrationWithNothingToChooseIsInstalledByConnecting() throws Exception {
    team.deploy(PROXY);
    try (BrowserVisit yves = visit("yves", page, "shopProxy")) {
      BrowserVisit.press(yves.pinterest(), "Give access");
      yves.see("You have successfully installed your Pinterest integration.");
      yves.shot("1-installed");
      yves.button("Uninstall").click();
      yves.see("Integration successfully uninstalled.");
    }
  }

  @Test
  void anAccountIsConnectedAndRemovedWhereThereIsNothingToInstall() throws Exception {
    try (BrowserVisit connie = visit("connie", sources().resolve("/parts.html?part=connect"))) {
      BrowserVisit.press(connie.pinterest(), "Cancel");
      connie.see("Access was declined.");
      connie.see("Happened: nothing");
      connie.shot("1-declined");

      connie.page().reload();
      BrowserVisit.press(connie.pinterest(), "Give access");
      connie.see("You have successfully connected your Pinterest account");
      JsonNode connection = team.get("./connections?groupRef=" + groupOf("connie")).path(0);
      connie.see("Happened: connected " + connection.path("id").asText());
      connie.shot("2-connected");

      connie.button("Update connection").click();
      assertThat(connie.sends("DELETE", () -> connie.button("Remove connection").click()))
          .isEqualTo(204);
      connie.button("Next").waitFor();
      assertThat(team.get("./connections?groupRef=" + groupOf("connie"))).isEmpty();
    }
  }

  @Test
  void aPageOfTheProductsOwnIsMadeWithTheHooks() throws Exception {
    try (BrowserVisit hugo = visit("hugo", sources().resolve("/parts.html?part=hooks"))) {
      hugo.see("No account is connected.");
      connect("hugo");
      hugo.page().reload();
      hugo.see("Account: pinferry-demo-1");
      hugo.see("Installed: false");
      hugo.see("Required: id, name");
      hugo.see("Mappings: note");

      hugo.checkbox("Privacy").check();
      hugo.page().locator("select").selectOption("name");
      refuseBoardsOnce();
      assertThat(hugo.sends("POST", () -> hugo.button("Create").click())).isEqualTo(422);
      hugo.see("Happened: refused");
      hugo.see("Boards are resting.");
      hugo.shot("1-refused");

      assertThat(hugo.sends("POST", () -> hugo.button("Create").click())).isEqualTo(201);
      hugo.see("Happened: created");
      hugo.see("Installed: true");
      JsonNode first = hugo.at(page).awaitMessage(of("boards")).path("first");
      assertThat(names(first.path("fields"))).containsExactlyInAnyOrder("id", "privacy");
      assertThat(first.at("/mappedFields/note")).isEqualTo(first.at("/raw/name"));

      hugo.checkbox("Privacy").uncheck();
      hugo.checkbox("Description").check();
      assertThat(hugo.sends("PATCH", () -> hugo.button("Update").click())).isEqualTo(200);
      hugo.see("Happened: updated");
      hugo.see("\"description\":true");
      hugo.shot("2-updated");
      JsonNode installed = team.get("./installations?groupRef=" + groupOf("hugo")).path(0);
      assertThat(names(installed.at("/config/content/read/objects/boards/selectedFields")))
          .contains("description")
          .doesNotContain("privacy");

      assertThat(hugo.sends("DELETE", () -> hugo.button("Delete").click())).isEqualTo(204);
      hugo.see("No account is connected.");
      assertThat(team.get("./installations?groupRef=" + groupOf("hugo"))).isEmpty();
    }
  }

  @Test
  void thePageFindsPinferryWhileItIsDeveloped() throws Exception {
    // A bundler may replace the component's address in what it builds and not in what it serves.
    try (BrowserVisit ida = visit("ida", sources())) {
      Page popup = ida.pinterest();
      assertThat(popup.url()).startsWith(stack.pinterest().toString());
    }
  }

  @Test
  void thePageWorksWhereTheFontOfGooglesIsBlocked() {
    try (BrowserVisit gus = visit("gus")) {
      gus.button("Next").waitFor();
      assertThat(foreignHosts).contains("fonts.googleapis.com");
    }
  }

  @Test
  void theExamplesWebhookTakesOnlyWhatPinferryHasSigned() {
    try (BrowserVisit eve = visit("eve")) {
      APIResponse answer =
          eve.page()
              .request()
              .post(
                  page.resolve("/backend/webhook").toString(),
                  RequestOptions.create()
                      .setHeader("webhook-id", "msg_made_up")
                      .setHeader("webhook-timestamp", "1790000000")
                      .setHeader("webhook-signature", "v1,bWFkZSB1cA==")
                      .setData("{\"action\":\"read\",\"groupRef\":\"shop-of-eve\"}"));

      assertThat(answer.status()).isEqualTo(401);
      assertThat(eve.messages()).isEmpty();
    }
  }

  /** The component's style sheet asks for a font; its footer for a logo, until it is hidden. */
  @AfterEach
  void noOtherHostsAreAsked() {
    assertThat(foreignHosts).isSubsetOf("fonts.googleapis.com", "res.cloudinary.com");
  }

  /** Connects, as if it was done before. */
  private void connect(String name) throws Exception {
    URI callback = team.decide(team.authorizeUrl(groupOf(name), name), "decision=approve");
    assertThat(team.open(callback).body()).contains("AUTHORIZATION_SUCCEEDED");
  }

  /** Connects and installs, as if it was done before. */
  private void install(String name) throws Exception {
    connect(name);
    ObjectNode body = Json.object().put("groupRef", groupOf(name));
    body.withObject("/config/content").put("provider", "pinterest");
    ObjectNode boards = body.withObject("/config/content/read/objects/boards");
    boards.put("objectName", "boards").putObject("selectedFields").put("privacy", true);
    boards.putObject("selectedFieldMappings");
    team.done("POST", installations(), body);
  }

  private String installations() throws Exception {
    return "./integrations/" + integration() + "/installations";
  }

  private String integration() throws Exception {
    return team.get("./integrations/shopPinterest").path("id").asText();
  }

  /** Asks for a read now, and returns the status of the answer. */
  private int trigger(String name, String object) throws Exception {
    return team.at(stack.read())
        .send(
            "POST",
            "./integrations/" + integration() + "/objects/" + object,
            Json.text(Json.object().put("groupRef", groupOf(name)).put("mode", "async")))
        .statusCode();
  }

  /** Pinterest takes back all tokens, and Pinferry learns of it by a read. */
  private void revokeTokensOf(BrowserVisit visit) throws Exception {
    fault(
        Json.object()
            .put("kind", "revokeTokens")
            .put("refreshTokenToo", true)
            .put("object", "boards")
            .put("count", 1));
    assertThat(trigger(visit.name(), "boards")).isEqualTo(201);
    visit.page().waitForCondition(() -> connectionStatus(visit.name()).equals("bad_credentials"));
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
    Patience.until("the end of all reads", () -> running(), List::isEmpty);
  }

  private List<JsonNode> running() throws Exception {
    List<JsonNode> running = new ArrayList<>();
    for (JsonNode installation : team.get("./installations")) {
      String operations =
          "./integrations/"
              + installation.path("integrationId").asText()
              + "/installations/"
              + installation.path("id").asText()
              + "/operations";
      team.get(operations)
          .path("results")
          .valueStream()
          .filter(operation -> operation.path("status").asText().equals("in_progress"))
          .forEach(running::add);
    }
    return running;
  }

  /** Makes Pinterest misbehave. */
  private void fault(ObjectNode fault) throws Exception {
    awaitQuiet();
    new FaultClient(http, stack.pinterest()).add(fault);
  }

  private String connectionStatus(String name) {
    try {
      return team.get("./connections?groupRef=" + groupOf(name)).at("/0/status").asText();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Predicate<JsonNode> of(String object) {
    return message -> message.path("objectName").asText().equals(object);
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static String groupOf(String name) {
    return "shop-of-" + name;
  }

  /** Returns where the example is served from its sources, with the page of the other parts. */
  private URI sources() throws IOException {
    if (sources == null) {
      sources = example.startFromSources();
    }
    return sources;
  }

  private BrowserVisit visit(String name) {
    return visit(name, page);
  }

  private BrowserVisit visit(String name, URI address) {
    return visit(name, address, null);
  }

  /**
   * Opens the page.
   *
   * @param integration what it shows instead of the example's own integration, null for that
   */
  private BrowserVisit visit(String name, URI address, @Nullable String integration) {
    BrowserContext context = chromium.browser().newContext();
    context.setDefaultTimeout((double) Patience.LIMIT.toMillis());
    context.addCookies(List.of(new Cookie("user", name).setUrl(address.toString())));
    context.route(url -> !onThisComputer(url), this::refuse);
    if (integration != null) {
      context.route(
          address.resolve("/backend/session").toString(),
          route -> {
            ObjectNode session = (ObjectNode) Json.trusted(route.fetch().text());
            session.put("integration", integration);
            route.fulfill(new Route.FulfillOptions().setBody(Json.text(session)));
          });
    }
    Page opened = context.newPage();
    opened.navigate(address.toString());
    return new BrowserVisit(context, opened, address, name);
  }

  private static boolean onThisComputer(String url) {
    URI address = URI.create(url);
    return address.getHost() == null || address.getHost().equals("127.0.0.1");
  }

  private void refuse(Route route) {
    foreignHosts.add(URI.create(route.request().url()).getHost());
    route.abort();
  }
}
