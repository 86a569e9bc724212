package io.pinferry.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pinferry.base.Json;
import io.pinferry.base.Patience;
import io.pinferry.local.cli.CommandRun;
import io.pinferry.local.cli.CommandRun.Shell;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the terminal, one after the other, on a stack. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandsComponentTest {
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
              - objectName: ad_accounts
                destination: refusing
                optionalFieldsAuto: all
                backfill:
                  defaultPeriod:
                    fullHistory: true
      """;

  private final HttpClient http =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  @TempDir private Path home;
  private LocalStack stack;
  private RecordingWebhook webhook;
  private RecordingWebhook refusing;
  private Shell shell;
  private String installation = "";

  @BeforeAll
  void start() throws Exception {
    stack = LocalStack.start(Customer.stack(20, 3).withReplays(), sim -> sim.withRateLimits(false));
    shell =
        Shell.of(
            Map.of(
                "PINFERRY_API", stack.api().toString(),
                "PINFERRY_READ", stack.read().toString(),
                "PINFERRY_KEY", stack.apiKey()),
            home);
    webhook = RecordingWebhook.start(_ -> 204);
    refusing = RecordingWebhook.start(_ -> 422);
    var team = new StackClient(http, stack.api(), stack.project(), stack.apiKey());
    team.createWebhook("hook", webhook.url());
    team.createWebhook("refusing", refusing.url());
    team.deploy(MANIFEST);
    team.connect("org_7");
    installation =
        team.done(
                "POST",
                "./integrations/sync/installations",
                Json.trusted(StackClient.installation("org_7", "boards", "ad_accounts")))
            .path("id")
            .asText();
  }

  @AfterAll
  void stop() {
    webhook.close();
    refusing.close();
    stack.close();
    http.close();
  }

  private static void ok(CommandRun run) {
    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.err()).isEmpty();
  }

  /** Waits for the first reads: boards are delivered, ad accounts are refused to the last. */
  private String failedOperation() throws Exception {
    return Patience.until(
            "the failed read",
            () -> shell.run("operations", "--status", "failure", "--json").json().path("results"),
            found -> !found.isEmpty())
        .path(0)
        .path("id")
        .asText();
  }

  @Test
  void installationsAreListedAsATableAndAsTheApiAnswersThem() {
    CommandRun table = shell.run("installations");
    CommandRun json = shell.run("installations", "--group", "org_7", "--json");

    ok(table);
    ok(json);
    assertThat(table.out().lines().toList())
        .hasSize(2)
        .last()
        .asString()
        .contains(installation, "sync", "org_7", "healthy", "boards");
    assertThat(json.json().at("/0/id").asText()).isEqualTo(installation);
    assertThat(shell.run("installations", "--group", "nobody", "--json").json()).isEmpty();
    assertThat(shell.run("installations", "--group", "nobody").err())
        .contains("docs/getting-started.md");
  }

  @Test
  void whatIsLeftOfTheLimitsIsATableAndWhatTheApiAnswers() {
    CommandRun table = shell.run("rate", "org_7");
    CommandRun json = shell.run("rate", installation, "--json");

    ok(table);
    ok(json);
    assertThat(table.out())
        .containsPattern("CATEGORY +LIMIT +USED +LEFT +FULL AT +PAUSED UNTIL")
        .containsPattern("catalogs_write +100/minute +0 +100 +- +-");
    assertThat(json.json().path("budgets")).hasSize(10);
    assertThat(shell.run("rate", "nobody").code()).isEqualTo(6);
  }

  @Test
  void aReadIsShownUntilItsEnd() {
    CommandRun byGroup = shell.run("read", "org_7", "boards");
    CommandRun byId = shell.run("read", installation, "boards", "--json");

    ok(byGroup);
    assertThat(byGroup.out())
        .contains("operation ", "boards", "success: [boards] ", "records read");
    assertThat(byId.code()).isZero();
    assertThat(byId.json().path("status").asText()).isEqualTo("success");
    assertThat(byId.err()).contains("operation " + byId.json().path("id").asText());
  }

  @Test
  void aReadCanBeStartedOnly() {
    CommandRun started =
        shell.run("read", "org_7", "boards", "--no-wait", "--since", "2026-01-01T00:00:00Z");

    ok(started);
    CommandRun followed = shell.run("logs", started.out().strip(), "-f");

    assertThat(followed.code()).as(followed.err()).isZero();
    assertThat(followed.out()).contains(" INFO ", "[boards] ");
    assertThat(followed.err()).contains("success: [boards] ");
    assertThat(shell.run("logs", started.out().strip()).out()).isEqualTo(followed.out());
  }

  @Test
  void oneCommandSaysWhyTheNewestReadFailed() throws Exception {
    String id = failedOperation();

    CommandRun why = shell.run("why");

    assertThat(why.code()).isEqualTo(3);
    assertThat(why.out())
        .startsWith("failure: [ad_accounts] incomplete: ")
        .contains(
            "the destination answered 422",
            "what to do: Your webhook answered 422",
            "dead-letters:redrive",
            "operation     " + id,
            "from its log (./pinferry logs " + id + "):",
            "WARNING");
    CommandRun json = shell.run("operation", id, "--json");
    assertThat(json.code()).isEqualTo(3);
    assertThat(json.json().at("/operation/id").asText()).isEqualTo(id);
    assertThat(json.json().at("/why/advice/0").asText()).contains("Your webhook answered 422");
    assertThat(shell.run("why", "--installation", "org_7", "--object", "ad_accounts").out())
        .isEqualTo(why.out());
    CommandRun none = shell.run("why", "--object", "boards");
    assertThat(none.code()).isEqualTo(6);
    assertThat(none.err()).contains("no operation has failed", "./pinferry operations");
  }

  @Test
  void operationsAreListedByFilterAndPage() throws Exception {
    String failed = failedOperation();
    ok(shell.run("read", "org_7", "boards"));

    CommandRun failures = shell.run("operations", "--installation", "org_7", "--status", "failure");
    CommandRun first = shell.run("operations", "--object", "boards", "--limit", "1");
    CommandRun none = shell.run("operations", "--since", "2099-01-01T00:00:00Z");

    ok(failures);
    assertThat(failures.out().lines().toList()).hasSize(2).last().asString().contains(failed);
    assertThat(first.err()).contains("More: the same with --page ");
    String token = first.err().strip().replaceFirst(".* ", "");
    CommandRun second =
        shell.run("operations", "--object", "boards", "--limit", "1", "--page", token);
    assertThat(second.out().lines().toList()).hasSize(2);
    assertThat(second.out()).isNotEqualTo(first.out());
    assertThat(none.err()).contains("No operations match.");
    assertThat(shell.run("operations", "--status", "broken").code()).isEqualTo(7);
    assertThat(shell.run("operations", "--status", "broken").err())
        .contains("success, failure or in_progress");
  }

  @Test
  void attemptsAreListedWithTheAnswersOfTheWebhook() throws Exception {
    String failed = failedOperation();

    CommandRun attempts =
        shell.run("deliveries", "--operation", failed, "--status", "failed", "--limit", "1000");
    CommandRun json = shell.run("deliveries", "--destination", "refusing", "--json");

    ok(attempts);
    assertThat(attempts.out())
        .contains("refusing", "given_up", "failed", "the destination answered 422");
    assertThat(json.json().at("/results/0/statusCode").asInt()).isEqualTo(422);
    String message = json.json().at("/results/0/messageId").asText();
    assertThat(shell.run("deliveries", "--message", message, "--json").json().path("results"))
        .isNotEmpty()
        .allSatisfy(one -> assertThat(one.path("messageId").asText()).isEqualTo(message));
    assertThat(shell.run("deliveries", "--status", "broken").code()).isEqualTo(7);
    assertThat(shell.run("deliveries", "--until", "2026-01-01T00:00:00Z").err())
        .contains("No attempts match.");
  }

  @Test
  void deliveredMessagesComeAgainUnderTheirIds() throws Exception {
    String operation = shell.run("read", "org_7", "boards", "--json").json().path("id").asText();
    JsonNode delivered = shell.run("deliveries", "--operation", operation, "--json").json();
    String message = delivered.at("/results/0/messageId").asText();
    Map<String, Integer> before = webhook.takenCounts();
    assertThat(before).containsKey(message);

    CommandRun none = shell.run("replay", "--operation", operation, "--only-undelivered");
    CommandRun replay = shell.run("replay", "--operation", operation);

    ok(none);
    assertThat(none.out()).contains("no message is sent again");
    ok(replay);
    assertThat(replay.out()).containsPattern("[1-9][0-9]* messages? (is|are) sent again");
    Patience.until(
        "the replay",
        webhook::takenCounts,
        counts -> counts.getOrDefault(message, 0) > before.getOrDefault(message, 0));
    assertThat(webhook.takenCounts().keySet()).as("under the same ids").isEqualTo(before.keySet());
    assertThat(shell.run("operation", operation, "--json").json().at("/operation/status").asText())
        .isEqualTo("success");
    assertThat(shell.run("logs", operation).out()).contains("is sent again to hook");
    assertThat(shell.run("replay").code()).isEqualTo(7);
    assertThat(shell.run("replay").err()).contains("name the time, the destination");
  }

  @Test
  void aDeploySaysWhatChanged() throws Exception {
    Path file = home.resolve("amp.yaml");
    Files.writeString(file, MANIFEST.replace("name: sync", "name: second"));
    CommandRun created = shell.run("deploy", file.toString());
    Files.writeString(
        file,
        MANIFEST
            .replace("name: sync", "name: second")
            .replaceFirst("      - objectName: ad_accounts\n(?s).*", "")
            .replace("destination: hook", "destination: refusing"));
    CommandRun changed = shell.run("deploy", home.toString());
    CommandRun json = shell.run("deploy", file.toString(), "--json");

    ok(created);
    assertThat(created.out())
        .startsWith("second: new, revision ")
        .contains("  + read boards", "  + read ad_accounts");
    assertThat(changed.code()).as(changed.err()).isZero();
    assertThat(changed.out())
        .contains("before ", "  ~ read boards: destination", "  - read ad_accounts");
    assertThat(changed.err()).contains("--destructive");
    assertThat(json.json().at("/integrations/0/name").asText()).isEqualTo("second");
    Files.writeString(file, "specVersion: 1.0.0\nintegrations: 7\n");
    CommandRun refused = shell.run("deploy", file.toString());
    assertThat(refused.code()).isEqualTo(7);
    assertThat(refused.err()).contains("integrations");
    CommandRun missing = shell.run("deploy", home.resolve("none.yaml").toString());
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("cannot read", "examples/amp.yaml");
  }

  @Test
  void refusalsHaveTheirExitCodesAndSayWhatIsNext() {
    CommandRun object = shell.run("read", "org_7", "bord");
    CommandRun group = shell.run("read", "nobody", "boards");
    CommandRun id = shell.run("why", "0b54b1f0-0000-4000-8000-000000000000");
    CommandRun option = shell.run("operations", "--no-such-option");
    CommandRun nothing = Shell.of(Map.of(), home).run("installations");

    assertThat(object.code()).isEqualTo(7);
    assertThat(object.err()).contains("is not read for this group", "boards");
    assertThat(group.code()).isEqualTo(6);
    assertThat(group.err()).contains("no installation", "./pinferry installations lists them");
    assertThat(id.code()).isEqualTo(6);
    assertThat(option.code()).isEqualTo(2);
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("no Pinferry is named", "docs/cli.md#where-to");
  }

  @Test
  void neitherTheKeyNorATokenIsEverShown() throws Exception {
    String id = failedOperation();
    for (String command :
        new String[] {"installations", "operations", "why " + id, "logs " + id, "doctor"}) {
      for (String form : new String[] {"", " --json"}) {
        CommandRun run = shell.run((command + form).split(" "));
        assertThat(run.out() + run.err())
            .as(command)
            .isNotBlank()
            .doesNotContain(stack.apiKey(), "pina_", "pinr_");
      }
    }
  }

  @Test
  void anOperatorsKeyNamesTheProject() {
    JsonNode one =
        Shell.of(
                Map.of("PINFERRY_API", stack.api().toString(), "PINFERRY_KEY", stack.adminKey()),
                home)
            .run("installations", "--project", stack.project(), "--json")
            .json();

    assertThat(one.at("/0/id").asText()).isEqualTo(installation);
  }
}
