package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.local.cli.CommandRun;
import io.pinferry.local.cli.CommandRun.Shell;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The commands that change something, on a stack. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DailyWorkComponentTest {
  private static final String MANIFEST =
      """
      specVersion: 1.0.0
      integrations:
        - name: writer
          provider: pinterest
          write:
            objects:
              - objectName: boards
              - objectName: pins
      """;

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  @TempDir private Path home;
  private LocalStack stack;
  private StackClient team;
  private Shell shell;

  @BeforeAll
  void start() throws Exception {
    stack = LocalStack.start(Customer.stack(20, 3), sim -> sim.withRateLimits(false));
    shell =
        Shell.of(
            Map.of(
                "PINFERRY_API", stack.api().toString(),
                "PINFERRY_WRITE", stack.write().toString(),
                "PINFERRY_KEY", stack.apiKey()),
            home);
    team = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
    team.deploy(MANIFEST);
    team.connect("org_7");
    ObjectNode body = Json.object().put("groupRef", "org_7");
    ObjectNode content = body.putObject("config").putObject("content").put("provider", "pinterest");
    ObjectNode chosen = content.putObject("write").putObject("objects");
    for (String object : List.of("boards", "pins")) {
      chosen
          .putObject(object)
          .put("objectName", object)
          .putObject("deletionSettings")
          .put("enabled", true);
    }
    team.done("POST", "./integrations/writer/installations", body);
  }

  @AfterAll
  void stop() {
    stack.close();
    http.close();
  }

  /** Returns how many boards of the account have names that begin so. */
  private long boards(String start) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(stack.pinterest().resolve("/_sim/truth/boards")).build();
    return http.send(request, BodyHandlers.ofLines())
        .body()
        .map(Json::trusted)
        .filter(board -> board.path("name").asText().startsWith(start))
        .count();
  }

  private static void ok(CommandRun run) {
    assertThat(run.code()).as(run.out() + run.err()).isZero();
  }

  @Test
  void theRecordsOfACsvFileAreWrittenOnceHoweverOftenTheCommandIsStarted() throws Exception {
    Path file = home.resolve("boards.csv");
    Files.writeString(file, "name,privacy,description\nCsv A,PUBLIC,\nCsv B,SECRET,\"x, y\"\n");

    CommandRun first = shell.run("write", "org_7", "boards", "--file", file.toString());
    CommandRun second = shell.run("write", "org_7", "boards", "--file", file.toString());

    ok(first);
    ok(second);
    assertThat(first.out().lines())
        .satisfiesExactly(
            one -> assertThat(one).matches("row 1: written, id \\d+"),
            two -> assertThat(two).matches("row 2: written, id \\d+"));
    assertThat(first.err()).contains("2 written, 0 not written, 0 unknown");
    assertThat(second.out()).isEqualTo(first.out().replace("written", "written before"));
    assertThat(boards("Csv ")).isEqualTo(2);
  }

  @Test
  void eachRowThatFailsTellsWhyAndIsSentAgainByTheNextStart() throws Exception {
    String input =
        "{\"name\":\"Jsonl A\"}\n{\"name\":\"Jsonl B\",\"privacy\":\"NOBODY\"}\n{\"nam\":\"x\"}\n";
    Shell piped = shell.withInput(input);

    CommandRun text = piped.run("write", "org_7", "boards", "--file", "-");
    CommandRun json = piped.run("write", "org_7", "boards", "--file", "-", "--json");

    assertThat(text.code()).isEqualTo(3);
    assertThat(text.err()).contains("1 written, 2 not written, 0 unknown");
    assertThat(text.out().lines().toList())
        .anyMatch(line -> line.startsWith("row 2: not written: privacy: "))
        .anyMatch(line -> line.startsWith("row 3: not written: "))
        .noneMatch(line -> line.contains("batch["));
    List<JsonNode> rows = json.out().lines().map(Json::trusted).toList();
    assertThat(rows).hasSize(3);
    assertThat(rows)
        .filteredOn(row -> row.path("row").asInt() == 1)
        .allMatch(row -> row.path("earlier").asBoolean());
    assertThat(rows)
        .filteredOn(row -> row.path("row").asInt() == 2)
        .as("sent again")
        .allMatch(row -> !row.path("earlier").asBoolean())
        .allMatch(row -> row.path("outcome").asText().equals("refused"));
    assertThat(boards("Jsonl ")).isEqualTo(1);
  }

  @Test
  void oneRecordIsUpdatedAndDeleted() throws Exception {
    CommandRun created =
        shell
            .withInput("{\"name\":\"One A\"}")
            .run("write", "org_7", "boards", "--file", "-", "--json");
    String id = created.json().path("recordId").asText();
    Shell update = shell.withInput("id,name\n" + id + ",One B\n");

    CommandRun updated =
        update.run(
            "write", "org_7", "boards", "--file", "-", "--format", "csv", "--operation", "update");

    ok(updated);
    assertThat(boards("One B")).isEqualTo(1);
    ok(
        shell
            .withInput("{\"id\":\"" + id + "\"}")
            .run("write", "org_7", "boards", "--file", "-", "--operation", "delete"));
    assertThat(boards("One ")).isZero();
  }

  @Test
  void aCustomerIsConnectedInABrowser() throws Exception {
    List<URI> pages = new ArrayList<>();
    Shell person =
        shell.withBrowser(
            page -> {
              pages.add(page);
              approve(page);
            });

    CommandRun first =
        person.run("connect", "org_new", "--consumer", "u_1", "--consumer-name", "Ada");
    CommandRun again = person.run("connect", "org_new", "--json");

    ok(first);
    assertThat(first.out().lines().toList())
        .hasSize(2)
        .startsWith(pages.getFirst().toString())
        .last()
        .asString()
        .startsWith("connected: org_new, connection ");
    assertThat(first.err()).contains("Next: install an integration for org_new");
    ok(again);
    assertThat(first.out()).contains(again.json().at("/connection/id").asText());
    assertThat(again.json().at("/connection/status").asText()).isNotEqualTo("bad_credentials");
    assertThat(again.err()).contains(pages.getLast().toString());
  }

  private void approve(URI page) {
    try {
      assertThat(team.open(team.decide(page, "decision=approve")).body())
          .contains("AUTHORIZATION_SUCCEEDED");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aLinkIsPrintedForSomebodyElse() {
    List<URI> pages = new ArrayList<>();

    CommandRun link =
        shell.withBrowser(pages::add).run("connect", "org_new", "--no-browser", "--no-wait");
    CommandRun noBrowser = shell.run("connect", "org_new", "--no-wait", "--json");

    ok(link);
    assertThat(link.err()).isEmpty();
    assertThat(URI.create(link.out().strip())).hasParameter("state");
    assertThat(pages).isEmpty();
    ok(noBrowser);
    assertThat(noBrowser.json().path("link").asText()).contains("state=");
    assertThat(noBrowser.err()).contains("no browser");
  }

  @Test
  void recordsAreWrittenLater() throws Exception {
    Shell piped = shell.withInput("[{\"name\":\"Later A\"},{\"name\":\"Later B\",\"privacy\":7}]");

    CommandRun run = piped.run("write", "org_7", "boards", "--file", "-", "--async");
    CommandRun again = piped.run("write", "org_7", "boards", "--file", "-", "--async", "--no-wait");

    assertThat(run.code()).as(run.err()).isEqualTo(3);
    assertThat(run.out())
        .contains("row 1: written\n")
        .containsPattern("row 2: not written: .*privacy");
    ok(again);
    assertThat(again.out()).contains("./pinferry operation ");
    assertThat(again.err()).contains("0 written, 0 not written, 2 stored");
    assertThat(boards("Later ")).isEqualTo(1);
  }

  @Test
  void wrongInputIsToldBeforeAnythingIsSent() {
    CommandRun file = shell.run("write", "org_7", "boards", "--file", "/no/such/file");
    CommandRun content = shell.withInput("[7]").run("write", "org_7", "boards", "--file", "-");
    CommandRun verb =
        shell.withInput("{}").run("write", "org_7", "boards", "--file", "-", "--operation", "put");
    CommandRun object = shell.withInput("{}").run("write", "org_7", "bords", "--file", "-");

    assertThat(file.code()).isEqualTo(2);
    assertThat(content.code()).isEqualTo(2);
    assertThat(content.err()).contains("row 1 is not an object");
    assertThat(verb.code()).isEqualTo(7);
    assertThat(verb.err()).contains("row 1: ", "create", "update", "delete");
    assertThat(object.code()).isEqualTo(7);
    assertThat(object.err()).contains("is not written for this group", "boards");
  }
}
